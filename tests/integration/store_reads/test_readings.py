from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Product
from store import product_tables, readings
from store.database import Connection
from store.errors import InvalidValue
from store.product_tables import TableOptions
from store.readings import LADDER_S, Bucket, LatestValue, Position, bucket_width_s
from tests.integration.store_reads.conftest import Past

LABEL = {"en": "x", "fa": "x"}
KINDS: dict[str, dict[str, Any]] = {
    "level": {"type": "float32"},
    "mass": {"type": "float64"},
    "total": {"type": "int64", "kind": "counter"},
    "count": {"type": "int64"},
    "door": {"type": "bool"},
    "mode": {"type": "enum", "values": ["low", "high"]},
    "note": {"type": "text"},
}
PROBE = Product.model_validate(
    {
        "key": "probe",
        "version": 1,
        "label": LABEL,
        "heartbeat_s": 60,
        "signal": [{"key": key, "label": LABEL, **more} for key, more in KINDS.items()],
    }
)
NOW = datetime.now(UTC)
HOUR0 = (NOW - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


def _at(seconds: float) -> datetime:
    return HOUR0 + timedelta(seconds=seconds)


@pytest.fixture
def probe(conn: Connection) -> Connection:
    product_tables.apply(conn, PROBE, TableOptions())
    return conn


def _store(conn: Connection, seconds: float, *, device: int = 1, boot: int = 1, seq: int = 0, **values: Any) -> None:
    names = ", ".join(["device_id", "ts", "boot", "seq", "lag_ms", "quality", *values])
    row = [device, _at(seconds), boot, seq, 7, 0, *values.values()]
    marks = ", ".join(["%s"] * len(row))
    conn.execute(f"INSERT INTO telemetry_probe ({names}) VALUES ({marks})".encode(), row)


def _chart(conn: Connection, signals: Sequence[str], until: float = 120, points: int = 2) -> dict[str, list[Bucket]]:
    found = readings.history(conn, PROBE, 1, signals, _at(0), _at(until), points)
    assert (found.bucket_s, found.source) == (60, "raw")
    return {key: list(buckets) for key, buckets in found.buckets.items()}


def test_gauges_by_bucket(probe: Connection) -> None:
    for n, level in enumerate([1.92, 1.92, None, 3.5]):
        _store(probe, n * 10, seq=n, level=level)
    _store(probe, 60, seq=9, level=7.5, mass=1.1)
    _store(probe, 0, device=2, level=99)
    _store(probe, -1, level=99)
    _store(probe, 120, level=99)
    found = _chart(probe, ["level", "mass"])
    assert [b[:1] + b[1:2] + b[3:5] for b in found["level"]] == [
        (_at(0), 1.92, 3.5, 3),
        (_at(60), 7.5, 7.5, 1),
    ]
    assert found["level"][0].avg == pytest.approx((1.92 * 2 + 3.5) / 3, rel=1e-6)
    assert found["mass"] == [Bucket(_at(60), 1.1, 1.1, 1.1, 1, None, None)]


def test_means_of_float32_keep_its_digits(probe: Connection) -> None:
    _store(probe, 0, level=1.92)
    [bucket] = _chart(probe, ["level"])["level"]
    assert (bucket.min, bucket.avg, bucket.max) == (1.92, 1.92, 1.92)


def test_counters_give_their_last_value_also_after_a_reset(probe: Connection) -> None:
    for n, total in enumerate([10, 12, 3]):
        _store(probe, n, seq=n, total=total)
    [bucket] = _chart(probe, ["total"])["total"]
    assert (bucket.min, bucket.max, bucket.n, bucket.last, bucket.mode) == (3, 12, 3, 3, None)
    assert bucket.avg == pytest.approx(25 / 3)


def test_the_last_value_is_by_ts_boot_and_seq(probe: Connection) -> None:
    _store(probe, 5, boot=2, seq=0, total=3)
    _store(probe, 5, boot=1, seq=9, total=1)
    _store(probe, 5, boot=2, seq=1, total=4)
    _store(probe, 4, boot=9, seq=9, total=2)
    assert _chart(probe, ["total"])["total"][0].last == 4


def test_bools_give_the_share_of_true(probe: Connection) -> None:
    for n, door in enumerate([True, True, False, True, None]):
        _store(probe, n, seq=n, door=door)
    assert _chart(probe, ["door"])["door"] == [Bucket(_at(0), 0, 0.75, 1, 4, True, None)]


def test_enums_give_their_mode_and_texts_their_last(probe: Connection) -> None:
    for n, mode in enumerate(["low", "low", "high", None]):
        _store(probe, n, seq=n, mode=mode, note=mode and f"{mode} {n}")
    found = _chart(probe, ["mode", "note"])
    assert found["mode"] == [Bucket(_at(0), None, None, None, 3, "high", "low")]
    assert found["note"] == [Bucket(_at(0), None, None, None, 3, "high 2", None)]


def test_a_bucket_adds_up_to_the_rows(probe: Connection) -> None:
    for n in range(500):
        _store(probe, n * 17, seq=n, count=n, mass=n / 3)
    found = readings.history(probe, PROBE, 1, ["count", "mass"], _at(0), _at(9_000), 37)
    buckets = found.buckets["count"]
    assert sum(b.n for b in buckets) == 500
    assert sum((b.avg or 0) * b.n for b in buckets) == pytest.approx(sum(range(500)))
    assert len(buckets) <= 37
    assert all(
        (b.t - datetime(1970, 1, 1, tzinfo=UTC)) % timedelta(seconds=found.bucket_s) == timedelta() for b in buckets
    )


def test_history_refuses_what_it_cannot_answer(probe: Connection) -> None:
    for signals, start, end, points in (
        (["nonsense"], _at(0), _at(1), 10),
        ([], _at(0), _at(1), 10),
        (["level"], _at(1), _at(1), 10),
        (["level"], _at(0), _at(1), 5_001),
        (["level"], _at(0), _at(1), 1),
        (["level"], _at(0).replace(tzinfo=None), _at(1), 10),
    ):
        with pytest.raises(InvalidValue):
            readings.history(probe, PROBE, 1, signals, start, end, points)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(microseconds=1), timedelta(days=20_000)),
    st.integers(2, 5_000),
)
def test_buckets_never_exceed_the_points(start: datetime, length: timedelta, points: int) -> None:
    width = timedelta(seconds=bucket_width_s(start, start + length, points))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    first = (start - epoch) // width
    last = (start + length - epoch - timedelta(microseconds=1)) // width
    assert last - first + 1 <= points
    narrower = [w for w in LADDER_S if timedelta(seconds=w) < width]
    if narrower and width <= timedelta(seconds=LADDER_S[-1]):
        w = timedelta(seconds=narrower[-1])
        assert -(-(start + length - epoch) // w) - (start - epoch) // w > points


def test_raw_rows_page_by_position(probe: Connection) -> None:
    expected = []
    for n in range(17):
        _store(probe, n // 3, boot=n % 2, seq=n, level=float(n), door=None if n % 2 else True)
        expected.append(Position(_at(n // 3), n % 2, n))
    expected.sort()
    found: list[readings.Row] = []
    after = None
    while page := readings.raw(probe, PROBE, 1, ["level", "door"], _at(0), _at(100), after=after, limit=4):
        found += page
        after = page[-1].position
    assert [row.position for row in found] == expected
    assert all(row.values["level"] == row.seq for row in found)
    assert all(("door" in row.values) == (row.seq % 2 == 0) for row in found)
    with pytest.raises(InvalidValue):
        readings.raw(probe, PROBE, 1, ["level"], _at(0), _at(1), limit=501)


def test_latest_of_many_devices(conn: Connection, past: Past) -> None:
    ids = [past.device(f"d-{n}") for n in range(3)]
    values = {"battery_pct": [1_764_000_000_123, 12, 34, 81.5]}
    for device in ids[:2]:
        conn.execute(
            "INSERT INTO latest VALUES (%s, %s::json, %s, %s)",
            (device, orjson.dumps(values).decode(), HOUR0, NOW),
        )
    found = readings.latest(conn, ids)
    assert sorted(found) == ids[:2]
    assert found[ids[0]].signals == {"battery_pct": LatestValue(1_764_000_000_123, 12, 34, 81.5)}
    assert found[ids[0]].value("battery_pct") == found[ids[0]].signals["battery_pct"]
    assert found[ids[0]].value("dust_pct") is None
    assert (found[ids[0]].ts, found[ids[0]].updated_at) == (HOUR0, NOW)
    assert readings.latest(conn, []) == {}
    with pytest.raises(InvalidValue):
        readings.latest(conn, range(10_001))
