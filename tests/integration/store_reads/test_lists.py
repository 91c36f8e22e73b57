"""Events and the timeline: order, pages, kinds left out."""

from __future__ import annotations

import pytest

from store import events, timeline
from store.database import Connection
from store.errors import InvalidValue
from tests.integration.store_reads.conftest import Past, at


def _kinds(found: list[events.EventRow]) -> list[str]:
    return [event.kind for event in found]


def test_events_come_newest_first_page_by_page(conn: Connection, past: Past) -> None:
    device, other = past.device("a"), past.device("b")
    expected = []
    for n in range(23):
        past.event(device, n // 4, f"k{n}", {"n": n}, boot=n % 3, seq=n)
        past.event(other, n // 4, "other", seq=n)
        expected.append((at(n // 4), n % 3, n))
    expected.sort(reverse=True)
    found: list[events.EventRow] = []
    after = None
    while page := events.listing(conn, device, after=after, limit=5):
        found += page
        after = page[-1].position
    assert [event.position for event in found] == expected
    assert all(event.attrs == {"n": event.seq} for event in found)


def test_events_by_kind_and_time(conn: Connection, past: Past) -> None:
    device = past.device()
    for n, kind in enumerate(["stuck", "freed", "dose_taken", "stuck"]):
        past.event(device, n, kind)
    assert _kinds(events.listing(conn, device, kinds=["stuck", "dose_taken"])) == [
        "stuck", "dose_taken", "stuck",
    ]  # fmt: skip
    sight = events.Sight(["stuck", "freed"])
    assert _kinds(events.listing(conn, device, sight=sight)) == ["stuck", "freed", "stuck"]
    assert events.listing(conn, device, kinds=["dose_taken"], sight=sight) == []
    assert events.listing(conn, device, sight=events.Sight([])) == []
    then = events.Sight(["freed"], [(at(2), at(3)), (at(7), at(9))])
    assert _kinds(events.listing(conn, device, sight=then)) == ["dose_taken", "freed"]
    assert _kinds(events.listing(conn, device, start=at(1), end=at(3))) == ["dose_taken", "freed"]
    assert events.listing(conn, device, kinds=[]) == []


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_limit(conn: Connection, limit: int) -> None:
    with pytest.raises(InvalidValue):
        events.listing(conn, 1, limit=limit)
    with pytest.raises(InvalidValue):
        timeline.listing(conn, 1, limit=limit)


def _told(past: Past) -> int:
    device = past.device()
    first, second = past.customer("c-1", "UTC"), past.customer("c-2", "Asia/Tehran")
    past.owned(device, first, "UTC", at(-10), at(50))
    past.owned(device, second, "Asia/Tehran", at(50))
    past.boot(device, 1, 0, 30)
    past.boot(device, 2, 40, 90, prev=(1, 9))
    past.connection(device, 0, 1, 1, online=True, firmware="1.0")
    past.connection(device, 30, 1, 1, online=False, firmware=None)
    past.connection(device, 40, 2, 1, online=True, firmware="1.1")
    past.connection(device, 60, 2, 2, online=True, firmware="1.1")
    past.event(device, 40, "stuck", {"cause": "rug"}, boot=2, quality=4)
    past.event(device, 20, "dose_taken")
    return device


def test_the_timeline_tells_everything_in_order(conn: Connection, past: Past) -> None:
    found = timeline.listing(conn, _told(past))
    assert [(e.at, e.source, e.kind) for e in found] == [
        (at(60), "connection", "connected"),
        (at(50), "ownership", "owner_began"),
        (at(50), "ownership", "owner_ended"),
        (at(40), "firmware", "firmware_changed"),
        (at(40), "event", "stuck"),
        (at(40), "connection", "connected"),
        (at(40), "boot", "restarted"),
        (at(30), "connection", "disconnected"),
        (at(20), "event", "dose_taken"),
        (at(0), "connection", "connected"),
        (at(0), "boot", "restarted"),
        (at(-10), "ownership", "owner_began"),
    ]
    details = {(e.source, e.at): e.detail for e in found}
    assert details["firmware", at(40)] == {"from": "1.0", "to": "1.1"}
    assert details["event", at(40)] == {"cause": "rug", "quality": 4}
    assert details["boot", at(40)] == {"boot": 2, "prev_boot": 1, "prev_seq": 9}
    assert details["ownership", at(-10)] == {"customer": "c-1", "zone": "UTC"}
    assert details["connection", at(30)] == {}


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_of_the_timeline_join_without_seam(conn: Connection, past: Past, limit: int) -> None:
    device = _told(past)
    found: list[timeline.Entry] = []
    after = None
    while page := timeline.listing(conn, device, after=after, limit=limit):
        found += page
        after = page[-1].place
    assert found == timeline.listing(conn, device)


def test_the_timeline_leaves_out_what_a_reader_may_not_see(conn: Connection, past: Past) -> None:
    device = _told(past)
    kinds = [e.kind for e in timeline.listing(conn, device, sight=events.Sight(["stuck"]))]
    assert "dose_taken" not in kinds
    assert "stuck" in kinds
    some = timeline.listing(conn, device, sources=["boot", "event"], start=at(1), end=at(40))
    assert [e.kind for e in some] == ["dose_taken"]
    assert timeline.listing(conn, device, sources=[]) == []
    with pytest.raises(InvalidValue, match="gossip"):
        timeline.listing(conn, device, sources=["gossip"])
