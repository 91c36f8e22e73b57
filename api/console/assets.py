"""Files the pages load: read once at start, kept in memory, named by what is in them.

All of them live under one version, the digest of everything, so that a style sheet can name a font by a relative path
and a script another. A path is only ever looked up among what was read: nothing outside can be asked for.

What a page always needs together is joined to one file: each costs a browser about 2 ms even out of its cache.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from fastapi import APIRouter, Request, Response

from api.console.errors import ConsoleError, MissingAsset
from api.errors import Absent

ROOT = Path(__file__).parent / "static"
REQUIRED = ("vendor/htmx.min.js", "vendor/uplot.min.js", "vendor/uplot.min.css", "vendor/vazirmatn.woff2")
_EVERY_PAGE = ("css/tokens.css", "css/base.css", "css/components.css", "css/print.css")
JOINED = {
    "css/console.css": _EVERY_PAGE,
    "css/console-rtl.css": ("css/fonts.css", *_EVERY_PAGE),
    "css/charts.css": ("vendor/uplot.min.css", "css/chart.css"),
    "js/charts.js": ("js/chart-words.js", "js/chart-draw.js", "js/chart.js"),
}
"""Files made of others, in this order. Of modules, those before the others that import them: they share one scope."""
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
_TEXT = frozenset({".js", ".css", ".svg", ".txt"})
_IMPORT = re.compile(rb'^import [^;]* from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(rb"^export (?=(?:async )?(?:function|const|class) )", re.MULTILINE)

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
        bodies = {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
        bodies |= {name: _joined(parts, bodies) for name, parts in JOINED.items()}
        files = {name: _asset(name, body) for name, body in bodies.items()}
        digest = hashlib.sha256()
        for name, asset in files.items():
            digest.update(f"{name} {asset.etag}\n".encode())
        return cls(files, digest.hexdigest()[:16])

    def url(self, name: str) -> str:
        """The path of file `name`, e.g. "css/base.css". Raises `MissingAsset`: a template names what is not there."""
        if name not in self.files:
            raise MissingAsset(f"a template names {name}, which is not in {ROOT.name}/")
        return f"/static/{self.version}/{name}"


def _joined(parts: Sequence[str], bodies: Mapping[str, bytes]) -> bytes:
    return b"".join(_part(name, parts, bodies[name]) for name in parts)


def _part(name: str, parts: Sequence[str], body: bytes) -> bytes:
    if name.endswith(".css"):
        return b"@media print {\n%s}\n" % body if name == "css/print.css" else body + b"\n"
    elsewhere = {f"js/{found.decode()}" for found in _IMPORT.findall(body)} - set(parts)
    if elsewhere:
        raise ConsoleError(f"{name} imports {', '.join(sorted(elsewhere))}, which is not joined with it")
    return _EXPORT.sub(b"", _IMPORT.sub(b"", body))


def _asset(name: str, body: bytes) -> Asset:
    suffix = PurePosixPath(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
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
