"""Spools of several workers on one host: each its own, and those of the dead are taken over."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ingest.errors import SpoolRefuses
from ingest.receiver import Received
from ingest.spool import Limits, Spools
from ingest.spool import spool as module

LIMITS = Limits(size_bytes=10**9, age_h=1_000_000, reserve_bytes=0)


def batch(*numbers: int) -> list[Received]:
    return [Received(f"vop/v1/vac-{n}/up/telemetry", b"{}", None, False, 1_790_000_000_000 + n, 0, 0) for n in numbers]


def drained(spools: Spools) -> list[Received]:
    out: list[Received] = []
    while (piece := spools.read(2, 10**6)) is not None:
        out += piece.messages
        spools.done(piece)
    return out


def test_a_restarted_worker_goes_on_with_what_it_had(tmp_path: Path) -> None:
    first = Spools(tmp_path / "spool", LIMITS)
    first.append(batch(1, 2))
    first.close()
    again = Spools(tmp_path / "spool", LIMITS)
    again.prepare()
    assert not again.is_empty
    again.append(batch(3))
    assert drained(again) == batch(1, 2, 3)
    assert (again.is_empty, again.size_bytes, again.oldest_ms) == (True, 0, None)
    again.close()


def test_workers_have_spools_of_their_own_and_those_of_the_living_are_left_to_them(tmp_path: Path) -> None:
    one, two = Spools(tmp_path, LIMITS), Spools(tmp_path, LIMITS)
    one.append(batch(1))
    two.append(batch(2))
    one.adopt()
    assert drained(one) == batch(1)
    assert drained(two) == batch(2)
    one.close()
    two.close()


def test_what_a_dead_worker_left_is_replayed_by_another(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one, two = Spools(tmp_path, LIMITS), Spools(tmp_path, LIMITS)
    one.append(batch(1))
    two.append(batch(2, 3))
    two.close()  # it dies
    one.adopt()
    one.adopt()
    assert caplog.text.count("which a worker that is gone has left") == 1
    one.append(batch(4))
    assert one.size_bytes > 0
    assert drained(one) == batch(1, 4, 2, 3)
    # Its directory is free again, for its replacement.
    one.adopt()
    three = Spools(tmp_path, LIMITS)
    three.append(batch(5))
    assert sorted(path.parent.name for path in tmp_path.glob("*/*.v1")) == ["1"]
    for each in (one, three):
        each.close()


def test_how_old_it_is_can_be_told_before_anything_is_replayed(tmp_path: Path) -> None:
    """A worker that starts while the database is away: its gauge would say that nothing waits."""
    first, other = Spools(tmp_path, LIMITS), Spools(tmp_path, LIMITS)
    first.append(batch(5))
    other.append(batch(4))
    first.close()
    other.close()
    again = Spools(tmp_path, LIMITS)
    again.prepare()
    again.adopt()
    again.look()
    ages = [again.oldest_ms]
    assert drained(again) == batch(5, 4)
    again.look()
    ages.append(again.oldest_ms)
    assert ages == [batch(4)[0].arrived_at_ms, None]
    again.close()


def test_what_no_program_of_this_version_can_read_is_not_taken_up_again_and_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "000000000001-0011223344556677.v2").write_bytes(b"?")
    spools = Spools(tmp_path, LIMITS)
    spools.append(batch(1))
    for _ in range(3):
        spools.adopt()
    assert caplog.text == ""
    spools.close()


def test_a_place_where_nothing_can_be_made_refuses_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    spools = Spools(tmp_path / "spool", LIMITS)
    for _ in range(2):
        with pytest.raises(SpoolRefuses) as caught:
            spools.append(batch(1))
        assert caught.value.reason == "unwritable"
    spools.adopt()
    (tmp_path / "spool").unlink()
    spools.append(batch(1))
    assert drained(spools) == batch(1)
    spools.close()


def test_damaged_segments_of_every_worker_are_counted(tmp_path: Path) -> None:
    spools = Spools(tmp_path, LIMITS)
    spools.append(batch(1, 2, 3))
    (path,) = tmp_path.glob("0/*.v1")
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)
    assert spools.damaged_files() == 0
    assert drained(spools) == batch(2, 3)
    assert spools.damaged_files() == 1
    spools.close()


def test_a_dead_worker_s_segment_that_may_not_be_read_stays_in_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Spools(tmp_path, LIMITS), Spools(tmp_path, LIMITS)
    one.prepare()
    two.append(batch(1))
    two.close()
    [left] = tmp_path.glob("*/*.v1")
    real = os.open

    def refuse(name: str | Path, *more: int, **others: int) -> int:
        if Path(name) == left:
            raise PermissionError(errno.EACCES, "Permission denied", str(left))
        return real(name, *more, **others)

    monkeypatch.setattr(module, "RETRY_S", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        for _ in range(2):
            one.adopt()
            one.look()
            assert drained(one) == []
            assert one.damaged_files() == 1
    one.look()
    assert drained(one) == batch(1)
    assert one.damaged_files() == 0
    one.adopt()
    two.prepare()  # let go of
    one.close()
    two.close()
