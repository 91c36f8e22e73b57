"""docs/wire.md tells the truth: its examples decode, and no reason, topic or limit is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog.elements import Reason
from tests.unit.wire.conftest import Hear
from wire import limits, topics

DOCUMENT = (Path(__file__).parents[3] / "docs" / "wire.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"<!-- (\w+)(?:: ([\w ]+))? -->\n```json\n(.*?)```", re.DOTALL)
EXAMPLES = EXAMPLE.findall(DOCUMENT)
TABLE_REASON = re.compile(r"^\| `(\w+)` \| (?:message|element|message, element) \|", re.MULTILINE)
TABLE_TOPIC = re.compile(r"^\| `(vop/v1/\S+)` \|.*?\| (yes|no) \|", re.MULTILINE)


def test_every_block_of_json_is_an_example() -> None:
    assert len(EXAMPLES) == DOCUMENT.count("```json")


@pytest.mark.parametrize(("channel", "reasons", "payload"), EXAMPLES)
def test_examples_decode(hear: Hear, channel: str, reasons: str, payload: str) -> None:
    decoded = hear(channel, payload)
    assert [reject.reason.value for reject in decoded.rejects] == reasons.split()
    assert decoded.elements


def test_every_reason_is_explained_once() -> None:
    assert sorted(TABLE_REASON.findall(DOCUMENT)) == sorted(reason.value for reason in Reason)


def test_every_topic_is_listed_as_it_is_retained() -> None:
    expected = [
        (f"{topics.PREFIX}/{{device}}/{way}/{channel}", "yes" if (way, channel) in topics.RETAINED else "no")
        for way, channels in (
            (topics.Direction.UP, topics.UP_CHANNELS),
            (topics.Direction.DOWN, topics.DOWN_CHANNELS),
        )
        for channel in channels
    ]
    assert TABLE_TOPIC.findall(DOCUMENT) == expected


@pytest.mark.parametrize("name", [name for name in dir(limits) if name.startswith("MAX_")])
def test_every_limit_is_named_by_its_number(name: str) -> None:
    assert re.search(rf"(?<!\d){getattr(limits, name)}(?!\d)", DOCUMENT)


def test_how_far_ahead_a_clock_may_run() -> None:
    assert f"{limits.AHEAD_MS // 3_600_000} h ahead" in DOCUMENT
