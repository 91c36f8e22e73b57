"""What a demo remembers, where it keeps it, and how the proof judges."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from store.tallies import Tally
from vop.demo import memory, place
from vop.demo.errors import DemoError, OtherDemo
from vop.demo.life import IN_FLIGHT, Diary
from vop.demo.memory import Access, Account, State, recall, recall_secrets
from vop.demo.proof import Line, Proof
from vop.errors import AlreadyRunning

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_first_start_takes_the_wishes_and_the_defaults(tmp_path: Path) -> None:
    assert recall(tmp_path, None, None, NOW) == State(60, 90, date(2025, 12, 1))
    assert recall(tmp_path, 3, 2, NOW) == State(3, 2, date(2026, 2, 27))


def test_what_is_saved_is_recalled(tmp_path: Path) -> None:
    state = State(3, 2, date(2026, 2, 27), backfilled=True, through=NOW, ports={"api": 8000})
    state.save(tmp_path)
    assert recall(tmp_path, None, None, NOW) == state
    assert recall(tmp_path, 3, 2, NOW) == state


@pytest.mark.parametrize("wishes", [(4, None), (None, 3), (4, 2)])
def test_another_size_needs_a_fresh_start(tmp_path: Path, wishes: tuple[int | None, int | None]) -> None:
    State(3, 2, date(2026, 2, 27)).save(tmp_path)
    with pytest.raises(OtherDemo, match=r"3 devices and 2 days.*--fresh"):
        recall(tmp_path, *wishes, NOW)


def test_a_fleet_older_than_its_model_needs_a_fresh_start(tmp_path: Path) -> None:
    State(3, 2, date(2026, 2, 27)).save(tmp_path)
    with pytest.raises(OtherDemo, match="begun on 2026-02-27"):
        recall(tmp_path, None, None, NOW + timedelta(days=memory.LIFE_DAYS + 2))


@pytest.mark.parametrize("text", ["", "[]", '{"devices": 3}', '{"devices": "x"}'])
def test_a_damaged_state_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo-state.json").write_text(text)
    with pytest.raises(DemoError, match="--fresh"):
        recall(tmp_path, None, None, NOW)


def test_how_far_it_got_never_goes_back() -> None:
    state = State(1, 1, date(2026, 2, 27)).sent_through(NOW)
    assert state.sent_through(NOW - timedelta(seconds=1)) is state
    assert state.sent_through(NOW + timedelta(seconds=1)).through == NOW + timedelta(seconds=1)


def test_demo_json_is_private_and_has_the_contracts_shape(tmp_path: Path) -> None:
    access = Access(
        "http://127.0.0.1:8000",
        {"host": "127.0.0.1", "port": 1883, "port_v5": 1883},
        {"support": "vop_x"},
        [Account("rv-0001", "secret", "robot_vacuum", "customer-0001")],
    )
    path = access.save(tmp_path)
    assert path == tmp_path / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {
        "api": "http://127.0.0.1:8000",
        "mqtt": {"host": "127.0.0.1", "port": 1883, "port_v5": 1883},
        "tokens": {"support": "vop_x"},
        "devices": [
            {"device": "rv-0001", "password": "secret", "product": "robot_vacuum", "customer": "customer-0001"}
        ],
    }
    known = recall_secrets(tmp_path)
    assert (known.tokens, known.passwords) == ({"support": "vop_x"}, {"rv-0001": "secret"})


@pytest.mark.parametrize("text", [None, "", "[1]", '{"tokens": {}, "devices": [1]}'])
def test_lost_secrets_are_no_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "demo.json").write_text(text)
    assert not recall_secrets(tmp_path).tokens


def test_a_diary_stays_behind_what_may_be_in_flight(tmp_path: Path) -> None:
    begun = NOW - timedelta(days=1)
    now = [NOW]
    diary = Diary(tmp_path, State(1, 2, date(2026, 2, 27)).sent_through(begun), 60.0, lambda: now[0])
    now[0] += timedelta(seconds=15)
    assert diary.kept() is False
    assert recall(tmp_path, None, None, NOW).through == begun
    now[0] += IN_FLIGHT - timedelta(seconds=15) + timedelta(minutes=9)
    assert diary.kept() is False
    assert recall(tmp_path, None, None, NOW).through == begun + timedelta(hours=9)
    now[0] += timedelta(days=1)  # long since caught up with the clock
    diary.save()
    assert recall(tmp_path, None, None, NOW).through == now[0] - IN_FLIGHT


def test_the_data_directory_is_the_named_one_made_for_all(tmp_path: Path) -> None:
    made = place.open_directory({"VOP_DATA_DIR": str(tmp_path / "a" / "b")})
    assert made == tmp_path / "a" / "b"
    assert stat.S_IMODE(made.stat().st_mode) == 0o755
    (tmp_path / "file").touch()
    with pytest.raises(DemoError, match="VOP_DATA_DIR"):
        place.open_directory({"VOP_DATA_DIR": str(tmp_path / "file" / "below")})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the rule of this platform")
def test_the_default_follows_the_platforms_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/people/ada")
    assert place.default_directory({}) == Path("/people/ada/.local/share/vop")
    assert place.default_directory({"XDG_DATA_HOME": "/data"}) == Path("/data/vop")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert place.default_directory({}) == Path("/var/lib/vop")


def test_a_directory_is_held_by_one(tmp_path: Path) -> None:
    with place.held(tmp_path), pytest.raises(AlreadyRunning), place.held(tmp_path):
        pytest.fail("held twice")
    with place.held(tmp_path):
        pass


def test_wiping_leaves_what_is_somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "services_directory", lambda directory: directory)
    (tmp_path / "postgres" / "pgdata").mkdir(parents=True)
    for name in ("demo.json", "photos.zip"):
        (tmp_path / name).touch()
    place.wipe(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["photos.zip"]


def test_the_proof_is_by_device(tmp_path: Path) -> None:
    whole = Line("a", 10, Tally(readings=6, events=3, dead=1))
    short = Line("b", 10, Tally(readings=9))
    more = Line("c", 10, Tally(readings=11))
    assert Proof((whole, more), 0).holds
    unequal = Proof((whole, short, more), 4)
    assert not unequal.holds  # what one has too many does not stand in for what another lacks
    assert (unequal.acknowledged, unequal.stored, unequal.dead) == (30, 29, 1)
    assert (unequal.missing, unequal.more) == (1, 1)
    rows = json.loads(unequal.save(tmp_path).read_text())["devices"]
    assert [row["missing"] for row in rows] == [0, 1, 0]
