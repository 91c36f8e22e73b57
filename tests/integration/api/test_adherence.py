"""Regimens and adherence over HTTP: for the care team of whose doses they are, with every figure's definition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.api.world import World

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SINCE = TODAY - timedelta(days=10)
TWICE = {"from": SINCE.isoformat(), "doses": [{"at": "20:00"}, {"at": "08:00", "count": 2, "window_min": 60}]}
PATH = "/devices/pill-anna/regimen"


def _put(world: World, status: int, *items: dict[str, Any], who: str = "clara", path: str = PATH) -> Any:
    answer = world.call(who, "PUT", path, json={"items": list(items)})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_regimen_is_set_read_and_replaced(world: World) -> None:
    kept = _put(world, 200, TWICE)["items"]
    assert [dose["at"] for dose in kept[0]["doses"]] == ["08:00", "20:00"]
    assert (kept[0]["set_by"], kept[0]["paused"], kept[0]["to"]) == ("user:clara", False, None)
    assert world.get("carl", PATH)["items"] == kept
    until = (TODAY - timedelta(days=5)).isoformat()
    home = {**TWICE, "to": until, "zone_rule": "fixed", "zone": "Asia/Tehran", "every_days": 2}
    away = {"from": until, "doses": [], "reason": "hospital"}
    assert [one["paused"] for one in _put(world, 200, home, away)["items"]] == [False, True]
    entries = [entry for entry in world.audited(action="regimen.set") if entry["object"] == "pill-anna"]
    assert len(entries) == 2


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({**TWICE, "to": SINCE.isoformat()}, "must come after"),
        ({**TWICE, "zone": "Asia/Tehran"}, "zone"),
        ({**TWICE, "zone_rule": "fixed", "zone": "Mars/Base"}, "there is no time zone Mars/Base"),
        ({**TWICE, "doses": [{"at": "8:00"}]}, "doses"),
        ({**TWICE, "doses": [{"at": "08:00"}, {"at": "08:00"}]}, "at the same time"),
        ({**TWICE, "from": (SINCE - timedelta(days=400)).isoformat()}, "outside of the customer's ownership"),
    ],
)
def test_what_cannot_be_prescribed_is_said(shared: World, item: dict[str, Any], words: str) -> None:
    assert words in str(_put(shared, 422, item))


def test_versions_that_overlap_are_refused(shared: World) -> None:
    later = {**TWICE, "from": TODAY.isoformat()}
    assert "begins before the one before it ends" in str(_put(shared, 422, TWICE, later))


def test_a_vacuum_has_no_regimen(shared: World) -> None:
    assert "gives no doses out" in str(_put(shared, 404, TWICE, path="/devices/vac-anna/regimen"))


def test_adherence_with_its_definitions(world: World) -> None:
    """Mornings taken, one of them late, evenings never: the device said that it sent all there was."""
    _put(world, 200, {"from": SINCE.isoformat(), "zone_rule": "fixed", "zone": "UTC", "doses": TWICE["doses"]})
    said: list[dict[str, Any]] = []
    for day in range(11):
        at = SINCE + timedelta(days=day, hours=8, minutes=90 if day == 3 else 5)
        if at < datetime.now(UTC):
            said.append({"ts": int(at.timestamp() * 1000), "kind": "dose_taken", "attrs": {"doses": 2}})
    said = [one | {"boot": 1, "seq": n} for n, one in enumerate(said)]
    assert not world.publish("pill-anna", said, "event")["rejected"]
    query = {"from": SINCE.isoformat(), "to": (SINCE + timedelta(days=9)).isoformat()}
    found = world.get("clara", "/devices/pill-anna/adherence", **query)
    taking, dosing, timing = (found[name] for name in ("taking", "dosing", "timing"))
    assert (taking["hits"], taking["of"], taking["unknown"]) == (18, 27, 0)
    assert taking["low"] < 18 / 27 < taking["high"]
    assert (dosing["hits"], dosing["of"]) == (0, 9)
    assert (timing["hits"], timing["of"]) == (8, 18)
    assert len({figure["definition"]["en"] for figure in (taking, dosing, timing)}) == 3
    assert len({taking["share"], dosing["share"], timing["share"]}) == 3
    first_heard = timedelta(hours=8, minutes=5)
    assert found["coverage"] == pytest.approx(1 - first_heard / timedelta(days=9))
    assert {day["state"] for day in found["days"]} == {"partly"}
    assert [(habit["key"], habit["share"]["hits"]) for habit in found["by_time"]] == [("08:00", 18), ("20:00", 0)]
    assert found["by_time"][0]["late_min"] == 5
    assert found["missing"]["slots"] == 1
    assert found["persistence"]["until"] is None
    assert world.call("stranger", "GET", "/devices/pill-anna/adherence").status_code == 403
    assert world.call("sam", "GET", "/devices/pill-anna/adherence").status_code == 403
