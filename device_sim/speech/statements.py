"""When a fleet's customers speak, about what, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from device_sim.fleet import Device, Fleet
from device_sim.people import Customer
from device_sim.seeds import Purpose, generator
from device_sim.speech import english, persian
from device_sim.speech.facts import DAYS, Fact, Past
from device_sim.speech.memory import Figure, Leaning, Memory, memory, remember

DAYS_APART = 18.0
"""Mean time between two statements of a customer."""
FIRST_DAY = 28.0
"""Nobody speaks of a habit before."""
LOOK_BACK_DAYS = 91.3
"""What people mean by now: the last three months."""
SILENT_SHARE = 1 / 3
"""Of statements: those that claim nothing."""
CHANNELS = {"phone": 0.35, "email": 0.2, "chat": 0.2, "sms": 0.05, "social": 0.05, "visit": 0.05, "app": 0.1}
STORY_DAYS_AGO = 1.2
"""The first vacuum's owner and the first dispenser's speak this long before the observed days end."""
_STORY_TOPICS = {"robot_vacuum": "usage_frequency", "pill_dispenser": "adherence"}
_STORY_FIGURES = {
    "robot_vacuum": Figure(2.0, 3.0, "count", "month", hedged=False),
    "pill_dispenser": Figure(100.0, 100.0, "percent", None, hedged=False),
}


class Words(Protocol):
    """A language; each is a module."""

    @property
    def SENTENCES(self) -> Mapping[tuple[str, str], tuple[str, ...]]: ...  # noqa: N802, D102  # a module's constants
    @property
    def NOTHING(self) -> Mapping[str, str]: ...  # noqa: N802, D102
    @property
    def ALL(self) -> str: ...  # noqa: N802, D102
    @property
    def DOUBTS(self) -> tuple[str, ...]: ...  # noqa: N802, D102
    @property
    def STORIES(self) -> Mapping[str, str]: ...  # noqa: N802, D102
    @property
    def SMALL_TALK(self) -> tuple[str, ...]: ...  # noqa: N802, D102


LANGUAGES: Mapping[str, Words] = {"en": english, "fa": persian}


@dataclass(frozen=True)
class Said:
    """A figure that was said, and what was true of the same days."""

    topic: str
    figure: Figure
    truth: float
    """In the figure's unit, and per its `per`."""
    since: float
    until: float
    """The days the truth is of."""
    leaning: Leaning


@dataclass(frozen=True)
class Statement:
    """One statement of a customer about one of their units."""

    key: str
    """The same in every run of the same fleet: for whoever must not store it twice."""
    customer: str
    device: str
    product: str
    channel: str
    language: str
    day: float
    """When it was said, in days since the fleet's epoch."""
    text: str
    said: tuple[Said, ...]
    """Empty where nothing is claimed."""


def statements(fleet: Fleet) -> list[Statement]:
    """Everything the fleet's customers say within the observed days, earliest first."""
    devices = {device.device: device for device in fleet.devices}
    found = [
        statement
        for number, customer in enumerate(fleet.customers)
        for statement in _of_customer(fleet, number, customer, [devices[name] for name in customer.devices])
    ]
    return sorted(found, key=lambda statement: (statement.day, statement.key))


def _of_customer(fleet: Fleet, number: int, customer: Customer, units: Sequence[Device]) -> Iterator[Statement]:
    rng = generator(fleet.seed, number, Purpose.SPEECH)
    mind = memory(rng)
    pasts = {unit.device: Past(fleet.unit(unit.device), fleet.days) for unit in units}
    words = LANGUAGES[customer.language]
    last = fleet.days - STORY_DAYS_AGO
    spoken = np.sort(rng.uniform(FIRST_DAY, max(last, FIRST_DAY), rng.poisson(max(last - FIRST_DAY, 0.0) / DAYS_APART)))
    for turn, day in enumerate(spoken.tolist()):
        unit = units[int(rng.integers(len(units)))]
        text, said = _speak(rng, mind, words, unit.product, pasts[unit.device], day)
        yield _statement(rng, customer, unit, f"{customer.customer}-{turn}", day, text, said)
    for unit in units:
        if unit.device in fleet.stories and unit.product in words.STORIES and last > FIRST_DAY:
            said = _story(unit.product, pasts[unit.device], last)
            yield _statement(rng, customer, unit, f"{customer.customer}-story", last, words.STORIES[unit.product], said)


def _statement(
    rng: np.random.Generator, customer: Customer, unit: Device, key: str, day: float, text: str, said: tuple[Said, ...]
) -> Statement:
    channel = str(rng.choice(list(CHANNELS), p=list(CHANNELS.values())))
    return Statement(
        key, customer.customer, unit.device, unit.product, channel, customer.language, day, text, said
    )  # fmt: skip


def _speak(
    rng: np.random.Generator, mind: Memory, words: Words, product: str, past: Past, day: float
) -> tuple[str, tuple[Said, ...]]:
    facts = past.facts(max(0.0, day - LOOK_BACK_DAYS), day)
    if not facts or rng.random() < SILENT_SHARE:
        return words.SMALL_TALK[int(rng.integers(len(words.SMALL_TALK)))], ()
    fact = facts[int(rng.integers(len(facts)))]
    figure = remember(rng, mind, fact)
    if _is_set_phrase(words, fact.topic, figure):
        figure = replace(figure, hedged=False)
    return _sentence(rng, words, product, fact.topic, figure), (_said(fact, figure, mind.leaning),)


def _is_set_phrase(words: Words, topic: str, figure: Figure) -> bool:
    return (figure.high == 0.0 and topic in words.NOTHING) or (topic == "adherence" and figure.low == 100.0)


def _sentence(rng: np.random.Generator, words: Words, product: str, topic: str, figure: Figure) -> str:
    if _is_set_phrase(words, topic, figure):
        return words.ALL if topic == "adherence" and figure.low == 100.0 else words.NOTHING[topic]
    choices = words.SENTENCES[product, topic]
    doubt = words.DOUBTS[int(rng.integers(len(words.DOUBTS)))] if figure.hedged else ""
    module = english if words is english else persian
    parts = {
        "number": module.number(figure),
        "rate": module.rate(figure) if figure.per else "",
        "share": module.share(figure),
        "days": module.days(figure),
        "per": figure.per or "",
        "period": persian.period(figure),
    }
    parts = {
        name: doubt + part if name in ("number", "rate", "share", "days") else part for name, part in parts.items()
    }
    return choices[int(rng.integers(len(choices)))].format(**parts)


def _said(fact: Fact, figure: Figure, leaning: Leaning) -> Said:
    truth = fact.value * DAYS[figure.per] if figure.per else fact.value
    return Said(fact.topic, figure, truth, fact.since, fact.until, leaning)


def _story(product: str, past: Past, day: float) -> tuple[Said, ...]:
    facts = past.facts(max(0.0, day - LOOK_BACK_DAYS), day)
    leaning: Leaning = "high" if product == "pill_dispenser" else "low"
    return tuple(_said(f, _STORY_FIGURES[product], leaning) for f in facts if f.topic == _STORY_TOPICS[product])
