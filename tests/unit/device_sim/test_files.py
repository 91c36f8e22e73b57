"""What the file mouth writes: complete, causal, labelled as a crew labels, with the truth apart."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import math
from pathlib import Path

import pytest

import catalog
from device_sim import files
from device_sim.errors import BadAccounts
from device_sim.fleet import Fleet, fleet
from device_sim.settings import Settings
from wire.errors import BadBrokerUrl

PRODUCTS = catalog.load()
EPOCH = dt.date(2024, 1, 1)
DAYS = 400


@pytest.fixture(scope="module")
def home() -> Fleet:
    """Sixty devices, staged to fail so that a small fleet has labels."""
    return fleet(PRODUCTS, 60, DAYS, seed=9, epoch=EPOCH, not_before={"software": 0.6 * DAYS})


@pytest.fixture(scope="module")
def place(home: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sim")
    files.write(home, PRODUCTS, directory)
    return directory


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="ascii") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_readings_have_every_numeric_signal_and_plausible_values(place: Path, home: Fleet, product: str) -> None:
    numeric = [s for s in PRODUCTS[product].signal if s.type in ("float32", "float64", "int64")]
    devices = {device.device for device in home.devices if device.product == product}
    with gzip.open(place / product / "readings.csv.gz", "rt", encoding="ascii") as lines:
        reader = csv.DictReader(lines)
        assert reader.fieldnames == ["device", "ts", *(signal.key for signal in numeric)]
        measured = dict.fromkeys((signal.key for signal in numeric), 0)
        last: dict[str, dt.datetime] = {}
        rows = 0
        for row in reader:
            rows += 1
            ts = dt.datetime.fromisoformat(row["ts"])
            assert ts.utcoffset() == dt.timedelta()
            assert row["device"] not in last or ts > last[row["device"]]
            last[row["device"]] = ts
            for signal in numeric:
                if row[signal.key]:
                    value = float(row[signal.key])
                    assert math.isfinite(value)
                    assert signal.range is None or signal.range[0] <= value <= signal.range[1]
                    measured[signal.key] += 1
    assert set(last) == devices
    assert all(count > 0.1 * rows for count in measured.values()), measured
    # Some days are missing, most are there (rule 5).
    assert 0.9 * len(devices) * DAYS < rows < len(devices) * DAYS


def test_labels_are_nearly_the_truth(place: Path, home: Fleet) -> None:
    booked, true = [], []
    for product in PRODUCTS:
        failures = table(place / product / "failures.csv")
        truth = table(place / "truth" / f"{product}.csv")
        modes = {mode.key for mode in PRODUCTS[product].failure_mode}
        assert {row["mode"] for row in (*failures, *truth)} <= modes
        booked += failures
        true += [row for row in truth if row["kind"] == "failure"]
        replaced = {(row["device"], row["ts"], row["mode"]) for row in truth if row["kind"] == "replacement"}
        censored = {(row["device"], row["ts"], row["mode"]) for row in table(place / product / "censored.csv")}
        assert censored == replaced
        services = table(place / product / "services.csv")
        assert {row["kind"] for row in services} <= {"repair", "preventive_replacement", "inspection"}
    assert len(true) == len(home.failures(0, DAYS)) >= 4
    assert 0.7 * len(true) <= len(booked) <= len(true)


def test_a_product_type_without_failures_in_training(home: Fleet) -> None:
    late = [f.day for device, f in home.failures(0, DAYS) if device.startswith("sw-")]
    assert all(day >= 0.6 * DAYS for day in late)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        small = fleet(PRODUCTS, 6, 30, seed=2, epoch=EPOCH, staged=False)
        files.write(small, PRODUCTS, tmp_path / name)
        texts.append([
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*.*"))
        ])  # fmt: skip
    assert texts[0] == texts[1]


def test_accounts_from_demo_json_and_from_csv(tmp_path: Path) -> None:
    demo = tmp_path / "demo.json"
    demo.write_text(
        '{"api": "http://localhost", "mqtt": {"host": "127.0.0.1", "port": 1883, "port_v5": 1884},'
        ' "devices": [{"device": "rv-0001", "password": "s", "product": "robot_vacuum", "customer": "c"}]}'
    )
    settings = Settings.read(demo, {})
    assert (settings.broker.port, settings.broker.port_v5) == (1883, 1884)
    assert settings.accounts[0].device == "rv-0001"
    assert "password" not in repr(settings.accounts[0])
    listed = tmp_path / "devices.csv"
    listed.write_text("device,product,password\npd-9,pill_dispenser,x\n")
    settings = Settings.read(listed, {"VOP_MQTT_URL": "mqtts://broker.example"})
    assert (settings.broker.host, settings.broker.port, settings.broker.tls) == ("broker.example", 8883, True)
    assert settings.accounts[0].product == "pill_dispenser"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ('{"devices": []}', "names no broker"),
        ('{"mqtt": {"host": "h", "port": 1}, "devices": []}', "lists no devices"),
        ('{"mqtt": {"host": "h", "port": 1}, "devices": [{"device": "a"}]}', "device number 1 lacks"),
        ("device,secret\na,b\n", "lacks password, product"),
    ],
)
def test_what_is_wrong_with_an_accounts_file(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "accounts"
    path.write_text(text)
    with pytest.raises(BadAccounts, match=problem) as raised:
        Settings.read(path, {})
    assert str(path) in str(raised.value)


def test_an_accounts_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadAccounts, match="cannot be read"):
        Settings.read(tmp_path / "absent.json", {})
    listed = tmp_path / "devices.csv"
    listed.write_text("device,product,password\npd-9,pill_dispenser,x\n")
    with pytest.raises(BadBrokerUrl):
        Settings.read(listed, {"VOP_MQTT_URL": "http://x"})
