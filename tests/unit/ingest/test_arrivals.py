from __future__ import annotations

import orjson
import pytest

import catalog
from catalog.elements import Quality, Reason
from ingest.arrivals import _parsed, arrival, senders
from ingest.receiver import Received
from store.registry import Registered

CATALOG = catalog.load()
KNOWN = {
    "vac-1": Registered(7, "vac-1", "robot_vacuum", "active"),
    "old-1": Registered(8, "old-1", "no_longer_made", "active"),
}
ARRIVED_MS = 1_790_000_000_000
DAY_MS = 86_400_000


def received(topic: str, payload: bytes = b"{}", *, content_type: str | None = None) -> Received:
    return Received(topic, payload, content_type, False, ARRIVED_MS, 1, 1)


def reading(ts_ms: int) -> bytes:
    return orjson.dumps({"ts": ts_ms, "boot": 1, "seq": 2, "values": {"battery_pct": 50.0}})


def test_a_reading_belongs_to_the_device_its_topic_names() -> None:
    payload = reading(ARRIVED_MS)
    found = arrival(received("vop/v1/vac-1/up/telemetry", payload), KNOWN, CATALOG, 400)
    assert (found.device_id, found.product, found.arrived_at_ms) == (7, "robot_vacuum", ARRIVED_MS)
    assert (found.topic, found.payload) == ("vop/v1/vac-1/up/telemetry", payload)
    assert len(found.elements) == 1
    assert not found.rejects


@pytest.mark.parametrize(
    "topic",
    ["", "vop", "vop/v1/vac-1/up", "vop/v2/vac-1/up/telemetry", "vop/v1/vac 1/up/telemetry", "(not UTF-8)",
     "vop/v1/vac-1/down/command", "vop/v1/vac-1/up/telemetry/more"],
)  # fmt: skip
def test_what_is_no_device_topic_is_kept_as_bad_topic_without_a_device(topic: str) -> None:
    found = arrival(received(topic), KNOWN, CATALOG, 400)
    assert [(r.index, r.reason) for r in found.rejects] == [(0, Reason.BAD_TOPIC)]
    assert (found.device_id, found.product, found.elements) == (None, None, ())
    assert senders([received(topic)]) == set()


@pytest.mark.parametrize("device", ["stranger", "old-1"])
def test_who_is_not_registered_or_whose_product_is_unknown_is_an_unknown_device(device: str) -> None:
    found = arrival(received(f"vop/v1/{device}/up/telemetry", reading(ARRIVED_MS)), KNOWN, CATALOG, 400)
    assert [r.reason for r in found.rejects] == [Reason.UNKNOWN_DEVICE]
    assert (found.device_id, found.elements) == (None, ())


def test_a_channel_the_platform_does_not_read_counts_as_heard_from_its_device() -> None:
    found = arrival(received("vop/v1/vac-1/up/reply"), KNOWN, CATALOG, 400)
    assert [r.reason for r in found.rejects] == [Reason.BAD_TOPIC]
    assert found.device_id == 7


def test_content_type_reaches_the_decoder() -> None:
    found = arrival(received("vop/v1/vac-1/up/telemetry", content_type="application/xml"), KNOWN, CATALOG, 400)
    assert [r.reason for r in found.rejects] == [Reason.CONTENT_TYPE]


@pytest.mark.parametrize(("age_days", "flag"), [(30, 0), (31, Quality.CLOCK)])
def test_times_before_retention_are_not_usable(age_days: int, flag: int) -> None:
    topic = "vop/v1/vac-1/up/telemetry"
    [element] = arrival(received(topic, reading(ARRIVED_MS - age_days * DAY_MS)), KNOWN, CATALOG, 30).elements
    assert getattr(element, "quality", None) == flag


def test_senders_are_named_once() -> None:
    topics = ["vop/v1/a/up/telemetry", "vop/v1/a/up/state", "vop/v1/b/up/event", "nonsense"]
    assert senders([received(topic) for topic in topics]) == {"a", "b"}


def test_the_longest_device_name_and_channel_are_heard() -> None:
    name = "d" * 64
    known = {name: Registered(9, name, "robot_vacuum", "active")}
    assert senders([received(f"vop/v1/{name}/up/telemetry")]) == {name}
    assert arrival(received(f"vop/v1/{name}/up/telemetry", reading(ARRIVED_MS)), known, CATALOG, 400).device_id == 9


def test_a_topic_longer_than_any_of_ours_is_refused_and_not_kept_in_mind() -> None:
    before = _parsed.cache_info().currsize
    found = arrival(received("vop/v1/vac-1/up/" + "x" * 60_000), KNOWN, CATALOG, 400)
    assert [reject.reason for reject in found.rejects] == [Reason.BAD_TOPIC]
    assert _parsed.cache_info().currsize == before
