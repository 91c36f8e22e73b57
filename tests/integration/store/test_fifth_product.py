"""A company's own product: from one TOML file to its history, with no code touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

import catalog
from catalog.elements import Quality
from ingest.arrivals import arrival
from ingest.receiver import Received
from store import readings
from store.database import connect
from store.intake import Intake
from store.migrate import migrate, require_current
from store.registry import Registry
from tests.integration.store.world import T0
from tests.unit.catalog import jug

NOW = datetime.fromtimestamp(T0 / 1000, UTC)
TOPIC = "vop/v1/jug-1/up/telemetry"


def test_a_fifth_product_goes_from_its_file_to_its_history(database: str, tmp_path: Path) -> None:
    (tmp_path / "jug.toml").write_text(jug.example(), encoding="utf-8")
    products = catalog.load_from_environment({"VOP_CATALOG_DIR": str(tmp_path)})
    [key] = set(products) - set(catalog.load())
    product = products[key]
    migrate(database, products)

    signal = next(s for s in product.signal if s.type in ("float32", "float64") and s.range)
    assert signal.range is not None
    low, high = signal.range
    values = [low, (low + high) / 2, high, high + 1]
    said = [
        {"ts": T0 + n * 1000, "boot": 1, "seq": n, "values": {signal.key: value, "undeclared": n}}
        for n, value in enumerate(values)
    ]
    with connect(database, autocommit=True) as conn:
        require_current(conn)
        conn.execute("INSERT INTO devices (device, product) VALUES ('jug-1', %s)", [key])
        known = Registry().lookup(conn, ["jug-1"])
        message = Received(TOPIC, orjson.dumps(said), None, False, T0 + 5000, 1, 1)
        outcome = Intake(products).write(conn, [arrival(message, known, products, 400)])
        assert (outcome.stored, outcome.rejects) == (len(values), [])

        device_id = known["jug-1"].device_id
        window = (NOW, NOW + timedelta(seconds=len(values)))
        history = readings.history(conn, product, device_id, [signal.key], *window)
        assert [bucket.avg for bucket in history.buckets[signal.key]] == values
        rows = readings.raw(conn, product, device_id, [signal.key], *window)
        assert [row.extra for row in rows] == [{"undeclared": n} for n in range(len(values))]
        assert [bool(row.quality & Quality.RANGE) for row in rows] == [False, False, False, True]
        latest = readings.latest(conn, [device_id])[device_id].value(signal.key)
        assert latest is not None
        assert latest.value == values[-1]
        assert conn.execute("SELECT count(*) FROM heard").fetchone() == (1,)

        # Its events have a place as well, and the four shipped products are still there.
        event = product.event[0]
        declared = {"kind": event.key, "ts": T0, "boot": 1, "seq": 99, "attrs": {}}
        told = arrival(
            Received("vop/v1/jug-1/up/event", orjson.dumps(declared), None, False, T0, 1, 1), known, products, 400
        )
        assert len(told.elements) + len(told.rejects) == 1
        Intake(products).write(conn, [told])
        stored = conn.execute("SELECT count(*) FROM events").fetchone()
        assert stored == (len(told.elements),)
        tables = {row[0] for row in conn.execute("SELECT product FROM products")}
        assert tables == set(products)
