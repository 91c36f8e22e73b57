"""The simulated fleet's customers: invented names, real zones, their languages and calendars."""

from __future__ import annotations

from dataclasses import dataclass

from device_sim.seeds import FLEET, Purpose, generator


@dataclass(frozen=True)
class Customer:
    """Somebody who owns units; fields as the platform's customers have them."""

    customer: str
    name: str
    language: str
    """`en` or `fa`."""
    zone: str
    calendar: str
    """`gregorian` or `persian`."""
    week_start: int
    """ISO weekday, 1 = Monday."""
    weekend: tuple[int, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where customers live, and what follows from it."""

    zone: str
    language: str
    calendar: str
    week_start: int
    weekend: tuple[int, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    shops: tuple[str, ...]


PLACES = (
    Place(
        "Europe/Berlin", "en", "gregorian", 1, (6, 7),
        ("Anna", "Jonas", "Greta", "Emil", "Frieda", "Karl", "Lotte", "Moritz", "Paula", "Theo"),
        ("Albrecht", "Brandt", "Dorn", "Engel", "Falk", "Hartwig", "Keller", "Lindner", "Roth", "Vogt"),
        ("Brandt Hardware", "Lindner Pharmacy", "Falk Bakery Supplies", "Roth Bicycle Parts"),
    ),
    Place(
        "America/New_York", "en", "gregorian", 7, (6, 7),
        ("Abigail", "Caleb", "Diane", "Elliot", "Grace", "Harold", "Ivy", "Marcus", "Nora", "Wesley"),
        ("Abbott", "Barlow", "Chandler", "Dalton", "Ellison", "Fletcher", "Garner", "Holt", "Mercer", "Whitaker"),
        ("Holt Fasteners", "Mercer Medical Supply", "Barlow Coffee Roasters", "Dalton Auto Parts"),
    ),
    Place(
        "Asia/Tehran", "fa", "persian", 6, (5,),
        ("آرش", "بهار", "پریسا", "تینا", "داریوش", "رویا", "سهراب", "شیرین", "کاوه", "مینا"),
        ("آذری", "بهرامی", "پارسا", "تهرانی", "دلاوری", "رستگار", "سپهری", "شایان", "کیانی", "نیکنام"),
        ("ابزار کیانی", "داروخانهٔ سپهری", "قهوهٔ نیکنام", "لوازم یدکی پارسا"),
    ),
)  # fmt: skip
SECOND_UNIT_SHARE = 0.2
"""Customers who own two units of the same product."""


@dataclass(frozen=True)
class Ownership:
    """The units one customer owns, by their numbers within the fleet."""

    place: Place
    units: tuple[int, ...]


def ownerships(seed: int, products: list[str]) -> list[Ownership]:
    """Who owns which of the units; `products` gives each unit's product. Same-product pairs share a customer."""
    rng = generator(seed, FLEET, Purpose.IDENTITY)
    owned: list[Ownership] = []
    unit = 0
    while unit < len(products):
        two = unit + 1 < len(products) and products[unit + 1] == products[unit] and rng.random() < SECOND_UNIT_SHARE
        units = (unit, unit + 1) if two else (unit,)
        # In turn, so that even a small fleet has every zone.
        owned.append(Ownership(PLACES[len(owned) % len(PLACES)], units))
        unit += len(units)
    return owned


def customers(seed: int, owned: list[Ownership], names: list[str], products: list[str]) -> tuple[Customer, ...]:
    """The customers of `owned`; `names` are the devices' names. Stock sensors belong to businesses."""
    rng = generator(seed, FLEET, Purpose.IDENTITY, number=1)
    order = {place.zone: rng.permutation(100) for place in PLACES}
    seen: dict[str, int] = {}
    people = []
    for number, ownership in enumerate(owned):
        place = ownership.place
        turn = seen[place.zone] = seen.get(place.zone, -1) + 1
        if products[ownership.units[0]] == "stock_sensor":
            shop = place.shops[turn % len(place.shops)]
            branch = turn // len(place.shops)
            name = f"{shop} {branch + 1}" if branch else shop
        else:
            pick = int(order[place.zone][turn % 100])
            name = f"{place.given[pick // 10]} {place.family[pick % 10]}"
        people.append(Customer(
            f"customer-{number + 1:04d}", name, place.language, place.zone, place.calendar, place.week_start,
            place.weekend, tuple(names[unit] for unit in ownership.units),
        ))  # fmt: skip
    return tuple(people)
