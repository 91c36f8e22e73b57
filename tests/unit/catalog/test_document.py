"""docs/catalog.md names every key the model takes, no other, and its example and messages are true."""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from catalog import Product
from catalog.model import (
    Attribute,
    Battery,
    Command,
    Doses,
    Event,
    FailureMode,
    Fault,
    Setting,
    Signal,
    Stock,
    Use,
    Words,
)
from catalog.problems import EXPECTED
from catalog.quantities import Text
from tests.unit.catalog.jug import DOCUMENT, example, problems, product

SECTIONS: dict[str, type[BaseModel]] = {
    "Keys of the file": Product,
    "label": Text,
    "signal": Signal,
    "event": Event,
    "attribute": Attribute,
    "use": Use,
    "battery": Battery,
    "stock": Stock,
    "doses": Doses,
    "fault": Fault,
    "words": Words,
    "failure_mode": FailureMode,
    "command": Command,
    "setting": Setting,
}


def _documented() -> dict[str, dict[str, tuple[str, str]]]:
    """Section -> key -> (required, meaning)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    section = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        row = re.fullmatch(r"\| `(\w+)` \| (.*?) ?\| (.+) \|", line)
        if row:
            found.setdefault(section, {})[row[1]] = (row[2], row[3])
    return found


def _models(root: type[BaseModel]) -> set[type[BaseModel]]:
    """Every model reachable from the product's fields."""
    found: set[type[BaseModel]] = set()

    def walk(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in found:
                found.add(annotation)
                for field in annotation.model_fields.values():
                    walk(field.annotation)
        elif get_origin(annotation) is not Literal:
            for part in get_args(annotation):
                walk(part)

    assert get_origin(int | None) is UnionType  # unions are walked by their parts
    walk(root)
    return found


def test_every_model_has_its_section() -> None:
    assert _models(Product) == set(SECTIONS.values())
    assert set(_documented()) == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_documented_and_no_other(section: str) -> None:
    rows = _documented()[section]
    fields = SECTIONS[section].model_fields
    assert set(rows) == set(fields)
    assert {key for key, (required, _) in rows.items() if required == "yes"} == {
        key for key, field in fields.items() if field.is_required()
    }


def test_every_word_a_key_may_take_is_documented() -> None:
    documented = _documented()
    for section, model in SECTIONS.items():
        for key, field in model.model_fields.items():
            if get_origin(field.annotation) is Literal:
                meaning = documented[section][key][1]
                if meaning.startswith("As a signal's"):
                    continue
                for word in get_args(field.annotation):
                    assert f"`{word}`" in meaning, (section, key, word)


def test_what_a_missing_key_should_hold_is_known() -> None:
    required = {k for m in SECTIONS.values() for k, f in m.model_fields.items() if f.is_required()}
    assert required <= set(EXPECTED)


def test_the_worked_example_is_accepted() -> None:
    jug = product()
    assert (jug.key, len(jug.signal), len(jug.event)) == ("water_jug", 4, 3)
    assert jug.use is not None


def test_the_message_shown_is_the_message_given() -> None:
    shown = re.search(r"```text\n(.*?)\n```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    (problem,) = problems(example().replace('unit = "Cel"', 'unit = "°C"'))
    assert str(problem) == shown[1]


def test_links_lead_to_sections() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    anchors = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= anchors
