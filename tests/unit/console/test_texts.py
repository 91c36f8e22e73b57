"""Every text is in the catalogues, and Persian is whole."""

from __future__ import annotations

import gettext
import re

import pytest

from api.console import catalogues, extraction, problem_pages
from api.console.assets import Assets
from api.console.rendering import environment
from api.problems import KINDS

TEXTS = extraction.extracted()


def test_the_template_is_what_code_and_templates_show() -> None:
    assert extraction.TEMPLATE.read_bytes() == extraction.text(TEXTS), "run python -m api.console.extraction"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_catalogue_is_up_to_date(language: str) -> None:
    expected = extraction.text(extraction.updated(language, TEXTS))
    assert catalogues.path_of(language).read_bytes() == expected, "run python -m api.console.extraction"


def test_everything_is_said_in_persian() -> None:
    assert extraction.untranslated(extraction.updated("fa", TEXTS)) == []


def test_a_translation_keeps_the_placeholders() -> None:
    wrong = []
    for message in extraction.updated("fa", TEXTS):
        one, *_ = [message.id] if isinstance(message.id, str) else message.id
        said = message.string if isinstance(message.string, str) else (message.string or [""])[0]
        if sorted(re.findall(r"%\(\w+\)s", one)) != sorted(re.findall(r"%\(\w+\)s", said)):
            wrong.append(one)
    assert wrong == []


def test_a_missing_translation_is_noticed() -> None:
    found = extraction.updated("fa", TEXTS)
    found.add("Nobody has translated this")
    assert "Nobody has translated this" in extraction.untranslated(found)


def test_a_persian_text_reaches_the_reader() -> None:
    assert catalogues.load("fa").gettext("Devices") == "دستگاه‌ها"
    assert catalogues.load("en").gettext("Devices") == "Devices"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ _('Devices') }}", "Devices"),
        ("{{ _('<b>%(what)s</b>', what='<i>') }}", "<b>&lt;i&gt;</b>"),
        ("{{ _('100%%') }} {{ _('100%%') }} {{ _('%(n)s of 100%%', n=7) }}", "100% 100% 7 of 100%"),
        ("{% trans what='<i>' %}so {{ what }}{% endtrans %}", "so &lt;i&gt;"),
    ],
)
def test_a_text_is_markup_and_what_is_put_into_it_is_not(template: str, shown: str) -> None:
    made = environment(Assets.load(), gettext.NullTranslations())
    assert made.from_string(template).render() == shown


def test_every_problem_has_words_for_people() -> None:
    assert problem_pages.WORDS.keys() >= KINDS.keys()
