"""Claims about doses beside what was prescribed, and the versions that are kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from store import regimens
from store.customers import Customer
from store.devices import Device
from store.errors import InvalidValue
from store.regimens import Dose, Regimen
from store.usage import Window
from tests.integration.voice.lives import CATALOG, SAID_AT, Happening, Lives, ago
from tests.unit.voice.compare.saying import claim
from voice.adherence.reading import adherence
from voice.adherence.thresholds import Thresholds

MORNING = datetime(2026, 6, 15, tzinfo=UTC)
ALWAYS = Window(ago(200), datetime.max.replace(tzinfo=UTC))
EIGHT = (Dose(time(8)),)


def _taken(*days: int) -> list[Happening]:
    return [(MORNING - timedelta(days=day) + timedelta(hours=8, minutes=5), "dose_taken", {"doses": 1}) for day in days]


def _dispenser(lives: Lives, *days: int, lost: tuple[int, int] | None = None) -> tuple[Customer, Device]:
    """Heard each half hour for 100 days, and taken at eight on the days so long ago."""
    owner = lives.customer()
    device = lives.device("p-1", "pill_dispenser", (owner, ago(200), None))
    gaps = [] if lost is None else [(MORNING - timedelta(days=lost[0]), MORNING - timedelta(days=lost[1]))]
    lives.live(device, ago(100), SAID_AT, _taken(*days), lost=gaps)
    return owner, device


def _prescribe(lives: Lives, device: Device, *versions: Regimen) -> None:
    regimens.replace(lives.conn, device.device_id, versions, [ALWAYS], by="user:clara", now=SAID_AT)


def test_every_pill_beside_sixty_four_of_eighty_nine(lives: Lives) -> None:
    """The device reports no missed dose at all: what was prescribed tells that 26 are lacking."""
    kept = [day for day in range(1, 92) if day % 7 not in (0, 3)]
    owner, device = _dispenser(lives, *kept)
    every = claim("adherence", 100, 100)
    assert lives.verdict(owner, device, "pill_dispenser", every).verdict == "agrees"  # as far as it says itself
    _prescribe(lives, device, Regimen(ago(150), None, EIGHT, "fixed", "UTC"))
    found = lives.verdict(owner, device, "pill_dispenser", every)
    assert (found.verdict, found.reported.of) == ("overstates", 89)  # today's can still be taken
    assert found.reported.n == 64


def test_missed_doses_are_counted_against_the_regimen(lives: Lives) -> None:
    owner, device = _dispenser(lives, *(day for day in range(1, 92) if day % 7))
    _prescribe(lives, device, Regimen(ago(150), None, EIGHT, "fixed", "UTC"))
    found = lives.verdict(owner, device, "pill_dispenser", claim("missed_doses", 1, 1, "week"))
    assert (found.verdict, found.reported.value) == ("agrees", 1)
    never = lives.verdict(owner, device, "pill_dispenser", claim("missed_doses", 0, 0))
    assert never.verdict in ("contradicts", "understates")


def test_a_stay_in_hospital_is_nobodys_fault(lives: Lives) -> None:
    owner, device = _dispenser(lives, *(day for day in range(1, 92) if not 20 <= day < 40))
    home = Regimen(ago(150), MORNING - timedelta(days=39), EIGHT, "fixed", "UTC")
    away = Regimen(MORNING - timedelta(days=39), MORNING - timedelta(days=19), (), "fixed", "UTC", reason="hospital")
    back = Regimen(MORNING - timedelta(days=19), None, EIGHT, "fixed", "UTC")
    _prescribe(lives, device, home, away, back)
    found = lives.verdict(owner, device, "pill_dispenser", claim("adherence", 100, 100))
    assert (found.verdict, found.reported.of) == ("agrees", 69)


def test_a_silence_is_not_known_and_not_missed(lives: Lives) -> None:
    _, device = _dispenser(lives, *range(1, 92), lost=(20, 15))
    _prescribe(lives, device, Regimen(ago(150), None, EIGHT, "fixed", "UTC"))
    product, window = CATALOG["pill_dispenser"], Window(MORNING - timedelta(days=30), MORNING)
    found = adherence(lives.conn, product, device.device_id, window, Thresholds(), now=SAID_AT)
    assert (found.taking.hits, found.taking.of, found.taking.unknown) == (25, 25, 5)
    assert found.coverage == pytest.approx(25 / 30, abs=0.05)
    assert found.holidays == ()
    assert found.timing.share == 1


def test_what_was_prescribed_before_is_kept(lives: Lives) -> None:
    _, device = _dispenser(lives, 1)
    _prescribe(lives, device, Regimen(ago(150), None, EIGHT, "fixed", "UTC"))
    twice = Regimen(ago(150), None, (Dose(time(8)), Dose(time(20), 2, 30)), weekdays=(1, 3), every_days=1)
    _prescribe(lives, device, twice)
    [held] = regimens.of(lives.conn, device.device_id)
    assert (held.doses, held.weekdays, held.zone_rule, held.set_by) == (twice.doses, (1, 3), "local", "user:clara")
    row = lives.conn.execute("SELECT count(*), count(replaced_at) FROM regimens").fetchone()
    assert row == (2, 1)
    for wrong, words in (
        ([Regimen(ago(9), None, EIGHT), Regimen(ago(5), None, EIGHT)], "begins before the one before it ends"),
        ([Regimen(ago(300), None, EIGHT)], "outside of the customer's ownership"),
    ):
        with pytest.raises(InvalidValue, match=words):
            _prescribe(lives, device, *wrong)


def test_the_next_owner_has_nothing_of_the_one_before(lives: Lives) -> None:
    """A version without an end ends with the ownership: neither read, nor judged by, nor in the way of the next."""
    first, second = lives.customer(), lives.customer("c-2")
    handover = MORNING - timedelta(days=40)
    device = lives.device("p-1", "pill_dispenser", (first, ago(200), handover), (second, handover, None))
    lives.live(device, ago(100), SAID_AT, _taken(*range(1, 92)))
    regimens.replace(
        lives.conn, device.device_id, [Regimen(ago(150), None, EIGHT, "fixed", "UTC", reason="private")],
        [Window(ago(200), datetime.max.replace(tzinfo=UTC))], by="user:clara", now=ago(150),
    )  # fmt: skip
    [held] = regimens.of(lives.conn, device.device_id)
    assert held.until == handover
    product, window = CATALOG["pill_dispenser"], Window(handover, MORNING)
    theirs = adherence(lives.conn, product, device.device_id, window, Thresholds(), now=SAID_AT)
    assert (theirs.versions, theirs.slots) == ((), ())
    mine = Window(handover, datetime.max.replace(tzinfo=UTC))
    own = [Regimen(handover, None, (Dose(time(20)),), "fixed", "UTC")]
    regimens.replace(lives.conn, device.device_id, own, [mine], by="user:carl", now=SAID_AT)
    assert [(one.since, one.until, one.set_by) for one in regimens.of(lives.conn, device.device_id)] == [
        (ago(150), handover, "user:clara"), (handover, None, "user:carl"),
    ]  # fmt: skip
    found = adherence(lives.conn, product, device.device_id, window, Thresholds(), now=SAID_AT)
    assert found.slots[0].since >= handover
    assert all(at >= handover for slot in found.slots for at in slot.at)


def test_a_regimen_of_last_week_judges_no_quarter(lives: Lives) -> None:
    """Of time before anything was prescribed it is not said that nothing was missed."""
    owner, device = _dispenser(lives, *range(1, 92))
    two = claim("missed_doses", 2, 2, "week")
    _prescribe(lives, device, Regimen(MORNING - timedelta(days=7), None, EIGHT, "fixed", "UTC"))
    for told in (two, claim("adherence", 50, 50)):
        found = lives.verdict(owner, device, "pill_dispenser", told)
        assert found.verdict == "cannot_tell", told.topic
