"""Keeps the catalogues of texts in step with code and templates: `python -m api.console.extraction`.

New texts appear untranslated, texts nobody shows any more go, translations stay. Existing ones are never guessed from
similar ones. Prints what lacks a Persian translation and exits with 1 while anything does.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.console import catalogues

CONSOLE = Path(__file__).parent
TEMPLATE = catalogues.ROOT / "console.pot"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_n": (1, 2), "N_": None}


def extracted() -> Catalog:
    """Every text that code and templates show."""
    found = Catalog(project="vop", charset="utf-8")
    options = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
    walk = extract_from_dir(CONSOLE, METHODS, options, keywords=KEYWORDS, comment_tags=("i18n:",))
    for name, _, message, comments, context in sorted(walk, key=lambda row: (row[0], row[1])):
        found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue of `language` with the texts of `template`, and its own translations of them."""
    path = catalogues.path_of(language)
    known = read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    fresh = Catalog(locale=language, project="vop", charset="utf-8")
    for message in template:
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        string = before.string if before is not None else ""
        fresh.add(
            message.id, string, locations=message.locations, auto_comments=message.auto_comments,
            user_comments=before.user_comments if before is not None else (), context=message.context,
        )  # fmt: skip
    return fresh


def text(catalogue: Catalog) -> bytes:
    """A catalogue as its file: sorted, with no date and no line number, so that it changes only when texts do."""
    out = BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, omit_header=True, include_lineno=False)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    if catalogue.locale is not None:
        header += f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    return header.encode() + b"\n" + out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The ids without a text."""
    return [str(message.id) for message in catalogue if message.id and not all(_strings(message.string))]


def _strings(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def main() -> int:
    """Write the template and every catalogue; the exit code says whether Persian is whole."""
    template = extracted()
    TEMPLATE.write_bytes(text(template))
    for language in catalogues.LANGUAGES:
        path = catalogues.path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text(updated(language, template)))
    missing = untranslated(updated("fa", template))
    for message in missing:
        sys.stdout.write(f"no Persian: {message}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
