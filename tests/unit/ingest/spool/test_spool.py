"""A spool's directory: what it acknowledged comes out, in order, through kills, damage and failing disks."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import SpoolRefuses
from ingest.receiver import Received
from ingest.spool import files, segment
from ingest.spool import spool as module
from ingest.spool.spool import Limits, Spool, take

LIMITS = Limits(size_bytes=10**9, age_h=1_000_000, reserve_bytes=0)


def message(number: int, size: int = 20) -> Received:
    topic = f"vop/v1/vac-{number}/up/telemetry"
    return Received(topic, b"x" * size, None, False, 1_790_000_000_000 + number, 0, 0)


def numbered(first: int, count: int, size: int = 20) -> list[Received]:
    return [message(n, size) for n in range(first, first + count)]


@contextmanager
def opened(directory: Path, limits: Limits = LIMITS) -> Iterator[Spool]:
    """A process that has the spool; on leaving it is gone, as after a kill: nothing is flushed or tidied up."""
    spool = take(directory, limits)
    assert spool is not None
    try:
        yield spool
    finally:
        spool.close()


def replayed(spool: Spool, messages: int = 3, size: int = 10**6) -> list[Received]:
    out: list[Received] = []
    while (piece := spool.read(messages, size)) is not None:
        out += piece.messages
        spool.done(piece)
    return out


def segments(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.v1"))


def test_what_is_appended_is_replayed_in_order_and_gone(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 5))
        spool.append(numbered(5, 2))
        assert (spool.is_empty, spool.oldest_ms) == (False, message(0).arrived_at_ms)
        assert replayed(spool) == numbered(0, 7)
        assert (spool.is_empty, spool.size_bytes, segments(spool.directory)) == (True, 0, [])
        spool.append(numbered(7, 1))
        assert replayed(spool) == numbered(7, 1)


def test_reading_again_before_done_gives_the_same(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 5))
        first = spool.read(3, 10**6)
        again = spool.read(3, 10**6)
        assert first is not None
        assert again is not None
        assert first.messages == again.messages == numbered(0, 3)


def test_what_comes_while_it_is_replayed_goes_to_the_end(tmp_path: Path) -> None:
    out: list[Received] = []
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 6))
        for first in range(6, 12, 2):
            piece = spool.read(4, 10**6)
            assert piece is not None
            out += piece.messages
            spool.append(numbered(first, 2))
            spool.done(piece)
        out += replayed(spool)
    assert out == numbered(0, 12)


def test_it_is_divided_into_segments_that_go_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 300)
    with opened(tmp_path / "0") as spool:
        for first in range(0, 20, 2):
            spool.append(numbered(first, 2))
        before = len(segments(spool.directory))
        assert before >= 4
        piece = spool.read(5, 10**6)
        assert piece is not None
        spool.done(piece)
        assert replayed(spool)[:1] == numbered(len(piece.messages), 1)
    assert segments(tmp_path / "0") == []


def test_records_longer_than_a_stretch_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "READ_BYTES", 64)
    with opened(tmp_path / "0") as spool:
        spool.append([message(0, 10), message(1, 1_000), message(2, 10)])
        assert replayed(spool) == [message(0, 10), message(1, 1_000), message(2, 10)]


@settings(deadline=None, max_examples=60)
@given(
    batches=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    stretch=st.integers(30, 400),
    per_segment=st.integers(100, 600),
    data=st.data(),
)
def test_killed_at_any_byte_it_replays_what_it_acknowledged_in_order(
    batches: list[int], stretch: int, per_segment: int, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SEGMENT_BYTES", per_segment)
        patch.setattr(segment, "READ_BYTES", stretch)
        directory, sent, acknowledged = Path(place) / "0", 0, 0
        with opened(directory) as spool:
            for count in batches:
                spool.append(numbered(sent, count))
                sent = acknowledged = sent + count
        # The kill: a write that was going on has put a beginning of itself behind what is certain.
        last = segments(directory)[-1]
        certain = last.read_bytes()
        with opened(Path(place) / "other") as other:
            other.append(numbered(sent, 3))
        (more,) = segments(Path(place) / "other")
        marker = bytes.fromhex(last.name.split("-")[1].removesuffix(".v1"))
        theirs = bytes.fromhex(more.name.split("-")[1].removesuffix(".v1"))
        unfinished = more.read_bytes().replace(theirs, marker)
        last.write_bytes(certain + unfinished[: data.draw(st.integers(0, len(unfinished)))])
        with opened(directory) as spool:
            spool.append(numbered(sent + 100, 1))
            out = replayed(spool)
        assert out[:acknowledged] == numbered(0, acknowledged)
        assert out[-1] == message(sent + 100)
        # Beside them at most what was being written, which comes again.
        assert set(out[acknowledged:-1]) <= set(numbered(sent, 3))
        assert list(directory.glob("*.damaged")) == []


@pytest.mark.parametrize("stretch", [40, 1 << 20])
def test_damage_at_any_byte_costs_what_it_hits_and_the_file_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stretch: int, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(segment, "READ_BYTES", stretch)
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 3))
    (path,) = segments(tmp_path / "0")
    whole = path.read_bytes()
    for place in range(len(whole)):
        caplog.clear()
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with opened(tmp_path / "0") as spool:
            out = replayed(spool)
        which = place // (len(whole) // 3)
        assert out == [m for n, m in enumerate(numbered(0, 3)) if n != which]
        assert "are damaged" in caplog.text
        (aside,) = (tmp_path / "0").glob("*.damaged")
        aside.unlink()


def test_a_block_the_disk_cannot_read_costs_only_what_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 100, size=200))
    pread, bad = os.pread, range(8_192, 12_288)

    def failing(descriptor: int, size: int, offset: int) -> bytes:
        if offset < bad.stop and offset + size > bad.start:
            raise OSError(errno.EIO, "Input/output error")
        return pread(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", failing)
    with opened(tmp_path / "0") as spool:
        out = replayed(spool)
    assert 70 < len(out) < 100
    assert [m for m in numbered(0, 100, size=200) if m in out] == out
    assert len(list((tmp_path / "0").glob("*.damaged"))) == 1


def test_a_file_that_lost_its_end_while_it_was_held_is_set_aside(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 4))
        (path,) = segments(spool.directory)
        os.truncate(path, path.stat().st_size - 30)
        assert replayed(spool) == numbered(0, 3)
    assert len(list((tmp_path / "0").glob("*.damaged"))) == 1


def test_a_lost_end_is_not_forgotten_while_the_database_does_not_take_what_is_left(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 4))
        (path,) = segments(spool.directory)
        os.truncate(path, path.stat().st_size // 2)  # at the end of a record
        assert spool.read(10, 10**6) is not None
        assert replayed(spool) == numbered(0, 2)
    assert len(list((tmp_path / "0").glob("*.damaged"))) == 1


def test_a_segment_deleted_by_somebody_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 2))
        spool.append(numbered(2, 2))
        segments(spool.directory)[0].unlink()
        assert replayed(spool) == numbered(2, 2)
    assert "is gone" in caplog.text


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "0").mkdir()
    newer = tmp_path / "0" / "000000000001-0011223344556677.v2"
    newer.write_bytes(b"?")
    with opened(tmp_path / "0") as spool:
        assert spool.is_empty
    assert newer.exists()
    assert "no file of a spool this program knows" in caplog.text


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "0") as spool:
        spool.append(numbered(0, 1))
        (path,) = segments(spool.directory)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [stat.S_IMODE(p.stat().st_mode) for p in (spool.directory, spool.directory.parent)] == [0o700] * 2


def refused(spool: Spool, batch: list[Received]) -> str:
    with pytest.raises(SpoolRefuses) as caught:
        spool.append(batch)
    return caught.value.reason


def test_full_it_takes_no_more_until_it_has_been_replayed(tmp_path: Path) -> None:
    with opened(tmp_path / "0", replace(LIMITS, size_bytes=500)) as spool:
        spool.append(numbered(0, 3))
        assert refused(spool, numbered(3, 10)) == "full"
        assert replayed(spool) == numbered(0, 3)
        spool.append(numbered(3, 4))


def test_too_old_it_takes_no_more_and_a_restart_knows_it_too(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 3))
    with opened(tmp_path / "0", replace(LIMITS, age_h=1)) as spool:
        assert refused(spool, numbered(3, 1)) == "old"
        assert replayed(spool) == numbered(0, 3)
        spool.append(numbered(3, 1))


def test_some_disk_is_left_to_others(tmp_path: Path) -> None:
    with opened(tmp_path / "0", replace(LIMITS, reserve_bytes=10**18)) as spool:
        assert refused(spool, numbered(0, 1)) == "disk"
        assert segments(spool.directory) == []


def fail(at: str, code: int) -> Callable[..., None]:
    def failing(*_: object) -> None:
        raise OSError(code, os.strerror(code), at)

    return failing


@pytest.mark.parametrize("step", ["write", "sync", "sync_directory"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_write_that_fails_is_refused_leaves_nothing_and_may_succeed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 2))
        if step == "sync_directory":
            monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
        with monkeypatch.context() as patch:
            patch.setattr(files, step, fail(step, code))
            for _ in range(3):
                assert refused(spool, numbered(2, 2)) == "unwritable"
        assert len(segments(spool.directory)) <= 2
        spool.append(numbered(4, 2))
        assert replayed(spool) == [*numbered(0, 2), *numbered(4, 2)]
        assert segments(spool.directory) == []


def test_half_a_write_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path / "0") as spool:
        spool.append(numbered(0, 2))
        write = os.write

        def half(descriptor: int, data: bytes) -> int:
            if len(data) < 60:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(descriptor, data[: len(data) // 2])

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            assert refused(spool, numbered(2, 4)) == "unwritable"
        spool.append(numbered(2, 4))
    with opened(tmp_path / "0") as spool:
        assert replayed(spool) == numbered(0, 6)


def test_a_directory_that_is_gone_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "0") as spool:
        (tmp_path / "0" / "lock").unlink()
        (tmp_path / "0").rmdir()
        assert refused(spool, numbered(0, 1)) == "unwritable"


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, path: Path, code: int) -> Iterator[None]:
    """A file that cannot be opened."""
    real = os.open

    def refuse(name: str | Path, *more: int, **others: int) -> int:
        if Path(name) == path:
            raise OSError(code, os.strerror(code), str(path))
        return real(name, *more, **others)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        yield


def three_segments(directory: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
    with opened(directory) as spool:
        for number in range(3):
            spool.append(numbered(number, 1))
    return segments(directory)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.ESTALE])
def test_a_segment_that_may_not_be_read_keeps_no_other_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    first, *_ = three_segments(tmp_path / "0", monkeypatch)
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    with opened(tmp_path / "0") as spool:
        with refusing(monkeypatch, first, code):
            assert replayed(spool) == numbered(1, 2)
            spool.look()
            assert (spool.is_empty, spool.unreadable, spool.size_bytes) == (True, 1, 0)
            spool.append(numbered(3, 1))
        assert caplog.text.count(f"{first} of the spool cannot be read ({os.strerror(code)})") == 1
        assert first.exists()
        spool.look()
        assert (spool.is_empty, spool.unreadable) == (False, 0)
        assert replayed(spool) == [message(0), message(3)]
    assert segments(tmp_path / "0") == []


def test_a_segment_the_disk_has_lost_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, *_ = three_segments(tmp_path / "0", monkeypatch)
    held = first.read_bytes()
    with opened(tmp_path / "0") as spool:
        with refusing(monkeypatch, first, errno.EIO):
            assert replayed(spool) == numbered(1, 2)
        assert (spool.is_empty, spool.unreadable) == (True, 0)
    assert "Input/output error): the file is set aside" in caplog.text
    assert first.with_name(first.name + ".damaged").read_bytes() == held


def test_what_concerns_every_file_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = three_segments(tmp_path / "0", monkeypatch)
    with opened(tmp_path / "0") as spool:
        with refusing(monkeypatch, first, errno.EMFILE), pytest.raises(OSError, match="Too many open files"):
            spool.read(1, 10**6)
        assert replayed(spool) == numbered(0, 3)


def test_a_segment_whose_size_cannot_be_asked_for_is_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = three_segments(tmp_path / "0", monkeypatch)
    real = Path.stat

    def refuse(path: Path, **more: bool) -> os.stat_result:
        if path == first:
            raise OSError(errno.EACCES, "Permission denied", str(path))
        return real(path, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", refuse)
        spool = take(tmp_path / "0", LIMITS)
    assert spool is not None
    assert replayed(spool) == numbered(0, 3)
    spool.close()
