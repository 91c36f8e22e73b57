from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import catalog
from relay.errors import UnknownJob
from relay.jobs import all_jobs, chosen
from relay.jobs.silence import unheard
from relay.lane import told
from relay.metrics import Metrics
from relay.settings import Settings
from store.errors import Conflict
from store.hearing import hearing
from store.silences import Fleet
from store.slots import Slot

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PRODUCTS = catalog.load()


def slot(number: int = 0, *, held: bool = True, seen_s: float = 1, hearing_s: float | None = 60) -> Slot:
    since = None if hearing_s is None else NOW - timedelta(seconds=hearing_s)
    return Slot(number, "w", None, NOW - timedelta(seconds=seen_s), None, held, since)


def test_every_job_says_what_it_does() -> None:
    jobs = all_jobs(Settings(), PRODUCTS)
    assert all(job.name == name and job.about and job.every_s >= 1 for name, job in jobs.items())


def test_a_relay_may_be_left_some_jobs() -> None:
    assert list(chosen(Settings(jobs=" silence,retention,"), PRODUCTS)) == ["silence", "retention"]
    assert chosen(Settings(), PRODUCTS).keys() == all_jobs(Settings(), PRODUCTS).keys()
    with pytest.raises(UnknownJob, match="no job 'silense'; there are: insight, outbox, partitions"):
        chosen(Settings(jobs="silense"), PRODUCTS)


@pytest.mark.parametrize(
    ("rows", "since_s"),
    [
        ([slot()], 60),
        ([slot(), slot(1, hearing_s=20)], 20),
        ([slot(), slot(1, held=False, hearing_s=None)], 60),
        ([slot(held=False)], None),
        ([slot(hearing_s=None)], None),
        ([slot(), slot(1, hearing_s=None)], None),
        ([slot(seen_s=31)], None),
    ],
)
def test_we_hear_while_all_who_hold_a_slot_do(rows: list[Slot], since_s: float | None) -> None:
    since, why = hearing(rows, NOW)
    assert since == (None if since_s is None else NOW - timedelta(seconds=since_s))
    assert (why is None) is (since_s is not None)


def test_where_ingest_never_ran_its_absence_says_nothing() -> None:
    drained = Slot(0, None, None, NOW, NOW, False)
    for rows in ([], [drained]):
        since, why = hearing(rows, NOW)
        assert since is not None
        assert why is None


@pytest.mark.parametrize(
    ("devices", "late", "expected"),
    [(0, 0, False), (2, 2, False), (3, 3, True), (3, 2, False), (100, 94, False), (100, 95, True)],
)
def test_it_takes_next_to_all_of_some_to_blame_ourselves(devices: int, late: int, expected: bool) -> None:
    assert unheard(Fleet(900, devices, late, 0)) is expected


def test_what_is_told_of_a_failure_holds_nobody_s_value() -> None:
    assert told(Conflict("it contradicts what is stored (constraint x)")) == (
        "it contradicts what is stored (constraint x)"
    )
    assert "secret" not in told(ValueError("a secret"))


def test_a_job_has_its_series_from_the_start() -> None:
    metrics = Metrics(["silence"])
    assert metrics.registry.get_sample_value("vop_relay_job_failures_total", {"job": "silence"}) == 0
    metrics.ran("silence", 0.2, well=False)
    assert metrics.registry.get_sample_value("vop_relay_job_failures_total", {"job": "silence"}) == 1
    assert metrics.registry.get_sample_value("vop_relay_job_seconds_count", {"job": "silence"}) == 1
