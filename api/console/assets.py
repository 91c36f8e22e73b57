"""Files the pages load: read once at start, kept in memory, named by what is in them.

All of them live under one version, the digest of everything, so that a style sheet can name a font by a relative path
and a script another. A path is only ever looked up among what was read: nothing outside can be asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fastapi import APIRouter, Request, Response

from api.console.errors import MissingAsset
from api.errors import Absent

ROOT = Path(__file__).parent / "static"
REQUIRED = ("vendor/htmx.min.js", "vendor/uplot.min.js", "vendor/uplot.min.css", "vendor/vazirmatn.woff2")
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
_TEXT = frozenset({".js", ".css", ".svg", ".txt"})

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file below one directory, by its path there."""

    files: Mapping[str, Asset]
    version: str

    @classmethod
    def load(cls, root: Path = ROOT) -> Self:
        """Read them. Raises `MissingAsset` when set-up did not bring what the pages need."""
        missing = [name for name in REQUIRED if not (root / name).is_file()]
        if missing:
            raise MissingAsset(
                f"the console lacks {', '.join(missing)}: run `python3 bootstrap.py` (or `make setup`), which fetches "
                "them with npm; where the platform runs from a wheel, build that wheel after it"
            )
        files = {p.relative_to(root).as_posix(): _asset(p) for p in sorted(root.rglob("*")) if p.is_file()}
        digest = hashlib.sha256()
        for name, asset in files.items():
            digest.update(f"{name} {asset.etag}\n".encode())
        return cls(files, digest.hexdigest()[:16])

    def url(self, name: str) -> str:
        """The path of file `name`, e.g. "css/base.css". Raises `MissingAsset`: a template names what is not there."""
        if name not in self.files:
            raise MissingAsset(f"a template names {name}, which is not in {ROOT.name}/")
        return f"/static/{self.version}/{name}"


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    suffix = path.suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, 9, mtime=0) if suffix in _TEXT else None
    return Asset(
        body,
        zipped if zipped is not None and len(zipped) < len(body) else None,
        f"{kind}; charset=utf-8" if suffix in _TEXT else kind,
        f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    )


@router.get("/static/{version}/{path:path}")
async def static(request: Request, version: str, path: str) -> Response:
    """One file. Under an old version the newest is sent, and not kept: a page from before an upgrade still works."""
    assets: Assets = request.app.state.console.assets
    asset = assets.files.get(path)
    if asset is None:
        raise Absent(f"no such file: {request.url.path}")
    headers = {
        "Cache-Control": FOREVER if version == assets.version else "no-cache",
        "ETag": asset.etag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
