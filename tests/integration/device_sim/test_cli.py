"""`vop sim`, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.platform_services import DeviceBroker


def vop_sim(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vop", "sim", *arguments],
        env={key: value for key, value in os.environ.items() if not key.startswith("VOP_")} | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_files(tmp_path: Path) -> None:
    done = vop_sim("--out", str(tmp_path / "sim"), "--devices", "10", "--days", "40", "--product", "stock_sensor")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("stock_sensor\t10 devices\t")
    assert {path.name for path in (tmp_path / "sim").iterdir()} == {"stock_sensor", "truth"}


def test_devices_of_an_accounts_file_publish_their_history(broker: DeviceBroker, tmp_path: Path) -> None:
    secrets = broker.add_devices(["rv-0001", "shelf.9", "pd-0001"])
    products = {"rv-0001": "robot_vacuum", "shelf.9": "stock_sensor", "pd-0001": "pill_dispenser"}
    (tmp_path / "demo.json").write_text(json.dumps({
        "mqtt": {"host": broker.host, "port": broker.port, "port_v5": broker.port},
        "devices": [{"device": d, "password": s, "product": products[d], "customer": "c"} for d, s in secrets.items()],
    }))  # fmt: skip
    done = vop_sim("--days", "7", "--no-live", VOP_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    sent, acknowledged = int(words[0]), int(words[3])
    assert sent == acknowledged > 1000


def test_what_a_person_is_told(tmp_path: Path) -> None:
    absent = vop_sim("--accounts", str(tmp_path / "no.json"))
    assert absent.returncode == 1
    assert "no.json" in absent.stderr
    assert len(absent.stderr.strip().splitlines()) == 1
    (tmp_path / "few.csv").write_text("device,product,password\na,software,x\n")
    few = vop_sim("--accounts", str(tmp_path / "few.csv"), "--devices", "2", VOP_MQTT_URL="mqtt://127.0.0.1:1")
    assert few.returncode == 2
    assert "has 1 devices, not 2" in few.stderr
    unknown = vop_sim("--out", str(tmp_path / "x"), "--product", "toaster")
    assert unknown.returncode == 1
    assert "toaster" in unknown.stderr
