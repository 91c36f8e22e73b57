"""Templates to pages: one environment a language, everything escaped, and nothing undefined goes unnoticed."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api.auditing import Visit
from api.console import catalogues, headers, navigation, paths
from api.console.assets import Assets
from api.console.formats import Format
from api.console.language import Reader, reader_of

TEMPLATES = Path(__file__).parent / "templates"
MACROS = ("ui", "form")
"""Files of macros that every template has by their name."""


@dataclass(frozen=True, slots=True)
class Console:
    """What rendering needs, made once an app."""

    assets: Assets
    environments: Mapping[str, Environment]
    texts: Mapping[str, gettext.NullTranslations]

    @classmethod
    def load(cls) -> Self:
        """Read assets, catalogues and templates. Raises `ConsoleError`."""
        assets = Assets.load()
        texts = {language: catalogues.load(language) for language in catalogues.LANGUAGES}
        return cls(assets, {language: environment(assets, found) for language, found in texts.items()}, texts)


def environment(assets: Assets, texts: gettext.NullTranslations) -> Environment:
    """The environment of one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    made.globals["_"] = made.globals["gettext"] = _saying(texts)
    made.globals["ngettext"] = _counting(cast("Callable[..., str]", made.globals["ngettext"]))
    made.globals |= {"url": paths.url, "static": assets.url, "LANGUAGES": catalogues.LANGUAGES}
    return made


def _saying(texts: gettext.NullTranslations) -> Callable[..., str]:
    """As the extension's own, but each text is looked up and marked safe once: a page says a hundred."""
    # Texts are ours, and few; what is put into them is escaped by `%`.
    kept = lru_cache(maxsize=4_096)(lambda text: Markup(texts.gettext(text)))  # noqa: S704
    plain = lru_cache(maxsize=4_096)(lambda text: kept(text) % {})

    def saying(text: str, /, **variables: Any) -> str:
        return kept(text) % variables if variables else plain(text)

    return saying


def _counting(ngettext: Callable[..., str]) -> Callable[..., str]:
    """The same, with `%(num)s` in the reader's digits."""

    @pass_context
    def counting(context: Context, one: str, more: str, count: int, **variables: Any) -> str:
        return ngettext(context, one, more, count, **({"num": context["fmt"].number(count)} | variables))

    return counting


def console_of(request: Request) -> Console:
    """The console of the app that answers `request`."""
    console: Console = request.app.state.console
    return console


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page; going back in history and boosted links want all of it."""
    asked = request.headers
    return "hx-request" in asked and "hx-boosted" not in asked and "hx-history-restore-request" not in asked


def page(
    request: Request,
    visit: Visit | None,
    template: str,
    /,
    *,
    fragment: str | None = None,
    status: int = 200,
    zone: str = "UTC",
    reader: Reader | None = None,
    **context: Any,
) -> HTMLResponse:
    """The page `template` makes of `context`; to htmx only its block `fragment`, if one is named.

    `visit` is None for pages that are open to nobody in particular. Times are written in `zone` (IANA).
    """
    reader = reader or reader_of(request, visit.principal if visit else getattr(request.state, "principal", None))
    console = console_of(request)
    made = console.environments[reader.language]
    values: dict[str, Any] = {
        "me": reader,
        "fmt": Format(reader.language, reader.calendar, console.texts[reader.language]).within(zone),
        "csrf": getattr(request.state, "csrf", ""),
        "csrf_token": getattr(request.state, "csrf", ""),  # `csrf` is the macro's name where forms are made
        "places": navigation.places(reader, request.url.path),
        "path": request.url.path,
        "here": lambda **changes: paths.here(request, **changes),
        **context,
    }
    for name in MACROS:
        values[name] = made.get_template(f"macros/{name}.html").make_module(values)
    chosen = made.get_template(template)
    if fragment is not None and is_fragment(request):
        body = "".join(chosen.blocks[fragment](chosen.new_context(values)))
    else:
        body = chosen.render(values)
    return HTMLResponse(body, status, headers=dict(headers.PAGE))
