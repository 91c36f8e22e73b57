"""docs/ingest.md names every metric and every setting, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from ingest import draining, holding, keeper, link, worker
from ingest.buffer import OVERHEAD_BYTES
from ingest.metrics import Metrics
from ingest.settings import Settings
from settings import declared
from store.database import SILENCE_MS

REPLAY_WORDS = {2: "Two", 3: "Three", 4: "Four"}

TEXT = (Path(__file__).parents[3] / "docs" / "ingest.md").read_text(encoding="utf-8")


def test_every_metric_is_listed_with_its_kind() -> None:
    listed = dict(re.findall(r"^\| `(vop_\w+)` \| (\w+) \|", TEXT, re.MULTILINE))
    assert listed == {family.name: family.type for family in Metrics().registry.collect()}


def test_every_setting_is_listed() -> None:
    rows = re.findall(r"^\| (`VOP_[^|]*) \|", TEXT, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {one.env for one in declared(Settings)}


def test_the_times_it_tells_are_those_of_the_worker() -> None:
    assert f"{OVERHEAD_BYTES} bytes a message" in TEXT
    assert f"of about {keeper.MOST_ELEMENTS:,} elements" in " ".join(TEXT.split())
    assert f"looks {holding.NEW_SLOT_AFTER_S:g} seconds" in TEXT
    assert f"after {holding.MOVE_AFTER_S:g} seconds" in TEXT
    assert f"after {holding.UNHELD_ALARM_S:g} seconds" in TEXT
    assert f"within {worker.STOP_WITHIN_S:g} seconds" in TEXT
    assert f"come for {draining.DRY_AFTER_S:g} seconds" in TEXT
    assert f"{link.FIRST_PAUSE_S:g} to {link.LONGEST_PAUSE_S:g} seconds" in TEXT
    assert f"within {SILENCE_MS // 1000} seconds" in TEXT
    assert (REPLAY_WORDS[worker.REPLAY_SHARE] + " messages are replayed for each one received") in TEXT
    assert f"`ingest-{Settings(mqtt_url='mqtt://b').slots - 1}`" in TEXT
