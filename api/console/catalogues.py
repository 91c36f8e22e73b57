"""Texts by language: gettext catalogues read from their .po files at start, so nothing has to be compiled.

English texts are their own ids. `python -m api.console.extraction` keeps the catalogues in step with what
code and templates show.
"""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from api.console.errors import BadCatalogue

ROOT = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "fa": "فارسی"}
"""Language to its own name for itself."""
RIGHT_TO_LEFT = frozenset({"fa"})


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark `text` for translation where it stands; it is translated where it is shown."""
    return text


def path_of(language: str) -> Path:
    """The catalogue of one language."""
    return ROOT / language / "LC_MESSAGES" / "console.po"


def load(language: str) -> gettext.GNUTranslations:
    """The texts of one language. Raises `BadCatalogue`."""
    path = path_of(language)
    try:
        with path.open("rb") as source:
            catalogue = read_po(source, locale=language, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise BadCatalogue(f"{path.name} of {language} cannot be read: {error}") from error
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
