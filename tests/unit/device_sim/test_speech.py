from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest

import catalog
from device_sim.fleet import Fleet, fleet
from device_sim.speech import Statement, english, persian, statements
from device_sim.speech.facts import DAYS, Fact
from device_sim.speech.memory import CLOSE, Figure, Memory, remember
from device_sim.speech.statements import FIRST_DAY, LANGUAGES, LOOK_BACK_DAYS

PRODUCTS = catalog.load()
EPOCH = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def spoken() -> tuple[Fleet, list[Statement]]:
    people = fleet(PRODUCTS, 60, 90, seed=1, epoch=EPOCH)
    return people, statements(people)


def test_the_same_fleet_says_the_same(spoken: tuple[Fleet, list[Statement]]) -> None:
    one, said = spoken
    assert statements(fleet(PRODUCTS, 60, 90, seed=1, epoch=EPOCH)) == said
    assert statements(fleet(PRODUCTS, 60, 90, seed=2, epoch=EPOCH)) != said
    assert len({statement.key for statement in said}) == len(said)
    assert [s.day for s in said] == sorted(s.day for s in said)
    assert all(FIRST_DAY <= s.day < one.days for s in said)


def test_people_speak_their_language_of_units_they_own(spoken: tuple[Fleet, list[Statement]]) -> None:
    one, said = spoken
    people = {person.customer: person for person in one.customers}
    for statement in said:
        person = people[statement.customer]
        assert statement.device in person.devices
        assert statement.language == person.language
        assert bool(re.search("[\u0600-\u06ff]", statement.text)) == (statement.language == "fa"), statement.text
        assert "{" not in statement.text


def test_a_third_claims_nothing_and_every_claim_is_of_a_topic_of_its_product(
    spoken: tuple[Fleet, list[Statement]],
) -> None:
    _, said = spoken
    silent = sum(not statement.said for statement in said)
    assert 0.2 < silent / len(said) < 0.45
    for statement in said:
        assert {one.topic for one in statement.said} <= set(PRODUCTS[statement.product].claim_topics)
    assert {leaning.leaning for statement in said for leaning in statement.said} == {"true", "low", "high"}


def test_the_truth_is_counted_from_what_happened(spoken: tuple[Fleet, list[Statement]]) -> None:
    one, said = spoken
    starts = {"robot_vacuum": "clean_started", "software": "session_started"}
    checked = 0
    for statement in said:
        for claim in statement.said:
            if claim.topic != "usage_frequency" or not claim.figure.per:
                continue
            unit = one.unit(statement.device)
            assert (claim.since, claim.until) == (max(0.0, statement.day - LOOK_BACK_DAYS), statement.day)
            happened = sum(
                h.kind == starts[statement.product] and claim.since <= h.t < claim.until
                for week in range(13)
                for h in unit.week(week).happenings
            )
            assert claim.truth == pytest.approx(happened / (claim.until - claim.since) * DAYS[claim.figure.per])
            checked += 1
    assert checked > 5


def test_the_stories_of_the_first_page_are_told(spoken: tuple[Fleet, list[Statement]]) -> None:
    _, said = spoken
    vacuum, dispenser = (
        next(s for s in said if s.device == d and s.key.endswith("-story")) for d in ("rv-0001", "pd-0001")
    )
    (uses,), (doses,) = vacuum.said, dispenser.said
    assert (uses.figure.low, uses.figure.high, uses.figure.per) == (2.0, 3.0, "month")
    assert 5.0 < uses.truth < 7.0
    assert (doses.figure.low, doses.figure.high) == (100.0, 100.0)
    assert 68.0 < doses.truth < 74.0


@pytest.mark.parametrize("value", [0.07, 0.13, 0.4, 1.0, 1.9, 2.5, 7.3, 14.0, 33.0])
def test_who_remembers_truly_says_what_holds_the_truth(value: float) -> None:
    fact = Fact("usage_frequency", value, "count", True, 0.0, 90.0)
    for seed in range(20):
        figure = remember(np.random.default_rng(seed), Memory("true", 1.0), fact)
        assert figure.per is not None
        truth = value * DAYS[figure.per]
        assert figure.low / CLOSE <= truth <= figure.high * CLOSE or (figure.low == figure.high == 1.0 and truth < 1.08)


def test_who_leans_says_less_or_more() -> None:
    fact = Fact("usage_frequency", 1.0, "count", True, 0.0, 90.0)

    def middle(mind: Memory) -> float:
        figure = remember(np.random.default_rng(1), mind, fact)
        return (figure.low + figure.high) / 2 / DAYS[figure.per or "day"]

    low, true, high = middle(Memory("low", 0.4)), middle(Memory("true", 1.0)), middle(Memory("high", 2.0))
    assert low < 0.7 < true < 1.8 < high


@pytest.mark.parametrize(
    ("figure", "in_english", "in_persian"),
    [
        (Figure(1, 1, "count", "week", False), "once a week", "هفته‌ای یه بار"),
        (Figure(2, 2, "count", "month", False), "twice a month", "ماهی دو بار"),
        (Figure(1, 2, "count", "day", False), "one or two times a day", "روزی یکی دو بار"),
        (Figure(2, 3, "count", "month", False), "two or three times a month", "ماهی دو سه بار"),
        (Figure(15, 20, "count", "year", False), "15 to 20 times a year", "سالی ۱۵ تا ۲۰ بار"),
    ],
)
def test_rates_in_words(figure: Figure, in_english: str, in_persian: str) -> None:
    assert english.rate(figure) == in_english
    assert persian.rate(figure) == in_persian


def test_both_languages_can_say_the_same() -> None:
    assert english.SENTENCES.keys() == persian.SENTENCES.keys()
    assert english.NOTHING.keys() == persian.NOTHING.keys()
    assert english.STORIES.keys() == persian.STORIES.keys()
    assert set(LANGUAGES) == {"en", "fa"}
