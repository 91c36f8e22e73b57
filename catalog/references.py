"""What one product file says twice, or says of something it does not declare."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from catalog.model import Battery, Event, Product, Signal, Use


class Finding(NamedTuple):
    """One broken reference."""

    path: str
    """Where, as in `use.event` or `fault[0].opened_by (stuck)`."""
    wrong: str
    allowed: str


def problems(product: Product) -> list[str]:
    """Every broken reference, a sentence each; empty when all is well."""
    return [
        f"{path}: {wrong}" + (f"; allowed: {allowed}" if allowed else "") for path, wrong, allowed in findings(product)
    ]


def findings(product: Product) -> Iterator[Finding]:
    """Every broken reference of a product whose fields are each valid."""
    yield from _repeated("signal", "key", [s.key for s in product.signal])
    yield from _repeated("event", "key", [e.key for e in product.event])
    yield from _repeated("fault", "kind", [f.kind for f in product.fault])
    yield from _repeated("failure_mode", "key", [m.key for m in product.failure_mode])
    yield from _repeated("command", "name", [c.name for c in product.command])
    yield from _repeated("setting", "key", [s.key for s in product.setting])
    for at, event in enumerate(product.event):
        yield from _repeated(f"event[{at}].attribute", "key", [a.key for a in event.attribute])
    for at, command in enumerate(product.command):
        yield from _repeated(f"command[{at}].argument", "key", [a.key for a in command.argument])
        yield from _listed_twice(f"command[{at}].roles", command.name, command.roles)
    if product.use is not None:
        yield from _use(product, product.use)
    yield from _measured(product)
    yield from _faults(product)
    yield from _failure_modes(product)
    yield from _claims(product)


def _repeated(table: str, name: str, keys: Iterable[str]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        if key in first:
            yield Finding(
                f"{table}[{at}].{name} ({key})",
                f"{key!r} is already declared by {table}[{first[key]}]",
                f"each {name} once",
            )
        first.setdefault(key, at)


def _listed_twice(path: str, owner: str, words: tuple[str, ...]) -> Iterator[Finding]:
    for at, word in enumerate(words):
        if word in words[:at]:
            yield Finding(f"{path}[{at}] ({owner})", f"{word!r} is listed twice", "each once")


def _one_of(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)) or "nothing yet: declare it first"


def _use(product: Product, use: Use) -> Iterator[Finding]:
    event = product.event_of(use.event)
    kinds = _one_of(e.key for e in product.event)
    if event is None:
        yield Finding("use.event", f"{use.event!r} is not a declared event", kinds)
    if use.start is not None:
        if product.event_of(use.start) is None:
            yield Finding("use.start", f"{use.start!r} is not a declared event", kinds)
        elif use.start == use.event:
            yield Finding("use.start", "is the event that completes the use", "another event, or no start")
    if event is not None:
        if use.duration is not None:
            yield from _attribute("use.duration", event, use.duration, ("float32", "float64", "int64"), "min")
        if isinstance(use.count, str):
            yield from _attribute("use.count", event, use.count, ("int64",), None)
    if use.minimum_s > 0 and use.start is None and use.duration is None:
        yield Finding(
            "use.minimum_s",
            "this use has no length to compare with",
            "0, or give start or duration",
        )


_NUMBERS: Final = ("float32", "float64", "int64")


def _measured(product: Product) -> Iterator[Finding]:
    """What [use], [battery], [stock] and [doses] count by, beside the events of a use."""
    use, stock, doses = product.use, product.stock, product.doses
    if use is not None:
        yield from _counter(product, "use.counter", use.counter, None)
        yield from _counter(product, "use.duration_counter", use.duration_counter, "min")
    if product.battery is not None:
        yield from _battery(product, product.battery)
    if stock is not None:
        yield from _signal(product, "stock.level", stock.level, [s for s in product.signal if s.type in _NUMBERS])
        yield from _counter(product, "stock.counter", stock.counter, None)
        taken = yield from _event(product, "stock.taken", stock.taken)
        if taken is not None and stock.items is not None:
            yield from _attribute("stock.items", taken, stock.items, ("int64",), None)
    if doses is not None:
        for name, key in (("taken", doses.taken), ("missed", doses.missed)):
            event = yield from _event(product, f"doses.{name}", key)
            if event is not None and doses.count is not None:
                yield from _attribute("doses.count", event, doses.count, ("int64",), None)
        if doses.missed == doses.taken:
            yield Finding("doses.missed", "is the event of a dose taken", "another event")


def _battery(product: Product, battery: Battery) -> Iterator[Finding]:
    empty = yield from _event(product, "battery.empty", battery.empty)
    if empty is not None and battery.runtime is not None:
        yield from _attribute("battery.runtime", empty, battery.runtime, _NUMBERS, "min", always=False)
    if battery.full is not None:
        yield from _event(product, "battery.full", battery.full)
    if battery.full == battery.empty:
        yield Finding("battery.full", "is the event with which it is empty", "another event, or none")
    if battery.runtime is None and battery.full is None:
        yield Finding("battery", "does not tell how long it lasted", "runtime, or full")


def _event(product: Product, path: str, key: str) -> Generator[Finding, None, Event | None]:
    event = product.event_of(key)
    if event is None:
        yield Finding(path, f"{key!r} is not a declared event", _one_of(e.key for e in product.event))
    return event


def _counter(product: Product, path: str, key: str | None, unit: str | None) -> Iterator[Finding]:
    fit = [s for s in product.signal if s.kind == "counter" and unit in (None, s.unit)]
    if key is not None:
        yield from _signal(product, path, key, fit)


def _signal(product: Product, path: str, key: str, fit: Sequence[Signal]) -> Iterator[Finding]:
    if product.signal_of(key) is None:
        yield Finding(path, f"{key!r} is not a declared signal", _one_of(s.key for s in fit))
    elif all(s.key != key for s in fit):
        yield Finding(path, f"signal {key!r} does not count that", _one_of(s.key for s in fit))


def _attribute(
    path: str, event: Event, key: str, types: tuple[str, ...], unit: str | None, *, always: bool = True
) -> Iterator[Finding]:
    attribute = next((a for a in event.attribute if a.key == key), None)
    fit = [a.key for a in event.attribute if a.type in types and unit in (None, a.unit) and (a.required or not always)]
    if attribute is None:
        yield Finding(path, f"{key!r} is not an attribute of event {event.key!r}", _one_of(fit))
    elif attribute.type not in types:
        yield Finding(
            path,
            f"{key!r} is of type {attribute.type}",
            f"an attribute of type {' or '.join(types)}",
        )
    elif unit is not None and attribute.unit != unit:
        yield Finding(path, f"{key!r} is in {attribute.unit!r}", f"an attribute whose unit is {unit!r}")
    elif always and not attribute.required:
        yield Finding(path, f"{key!r} may be absent from the event", "an attribute with required = true")


def _faults(product: Product) -> Iterator[Finding]:
    kinds = _one_of(e.key for e in product.event if not e.sensitive)
    for at, fault in enumerate(product.fault):
        for name, key in (("opened_by", fault.opened_by), ("closed_by", fault.closed_by)):
            if key is None:
                continue
            event = product.event_of(key)
            path = f"fault[{at}].{name} ({fault.kind})"
            if event is None:
                yield Finding(path, f"{key!r} is not a declared event", kinds)
            elif event.sensitive:
                yield Finding(
                    path,
                    f"event {key!r} is sensitive, faults are shown to support and maintenance",
                    kinds,
                )
        if fault.closed_by == fault.opened_by:
            yield Finding(
                f"fault[{at}].closed_by ({fault.kind})",
                "is the event that opens it",
                "another event, or none",
            )


def _failure_modes(product: Product) -> Iterator[Finding]:
    shown = _one_of(s.key for s in product.signal if not s.sensitive)
    for at, mode in enumerate(product.failure_mode):
        yield from _listed_twice(f"failure_mode[{at}].parts", mode.key, mode.parts)
        yield from _listed_twice(f"failure_mode[{at}].signals", mode.key, mode.signals)
        for index, key in enumerate(mode.signals):
            signal = product.signal_of(key)
            path = f"failure_mode[{at}].signals[{index}] ({mode.key})"
            if signal is None:
                yield Finding(path, f"{key!r} is not a declared signal", shown)
            elif signal.sensitive:
                yield Finding(
                    path,
                    f"signal {key!r} is sensitive, alerts are shown to support and maintenance",
                    shown,
                )


def _claims(product: Product) -> Iterator[Finding]:
    use = product.use
    for at, topic in enumerate(product.claim_topics):
        path = f"claim_topics[{at}] ({topic})"
        if topic in product.claim_topics[:at]:
            yield Finding(path, f"{topic!r} is listed twice", "each topic once")
        elif topic in ("usage_frequency", "last_used", "usage_duration") and use is None:
            yield Finding(path, "cannot be checked without [use]", "declare [use], or leave the topic out")
        elif topic == "usage_duration" and use is not None and use.start is None and use.duration is None:
            yield Finding(
                path,
                "[use] has no length",
                "give use.start or use.duration, or leave the topic out",
            )
        elif topic in ("fault_frequency", "fault_since") and not product.fault:
            yield Finding(
                path,
                "cannot be checked without a [[fault]]",
                "declare a [[fault]], or leave the topic out",
            )
