from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalog.elements import Reading, State
from store.intake import latest, states


def reading(ts: int, boot: int, seq: int, **values: float) -> Reading:
    return Reading(0, ts, boot, seq, 0, dict(values), None, None)


# A value follows from its identity: the same element always says the same.
READINGS = st.lists(
    st.builds(
        lambda ts, boot, seq, keys: reading(ts, boot, seq, **dict.fromkeys(keys, ts * 100 + boot * 10 + seq)),
        st.integers(0, 3), st.integers(-1, 2), st.integers(0, 3), st.sets(st.sampled_from("abc")),
    ),
    max_size=12,
)  # fmt: skip


@given(READINGS, st.data())
def test_the_newest_value_does_not_depend_on_order_or_batching(readings: list[Reading], data: st.DataObject) -> None:
    expected: latest.Signals = {}
    for r in sorted(readings, key=lambda r: (r.ts_ms, r.boot, r.seq)):
        expected |= {key: [r.ts_ms, r.boot, r.seq, value] for key, value in r.values.items()}
    known: latest.Signals = {}
    left = data.draw(st.permutations(readings))
    while left:
        size = data.draw(st.integers(1, len(left)))
        known |= latest.merge(known, left[:size])
        left = left[size:]
    assert known == expected
    assert latest.merge(known, readings) == {}


def test_an_older_reading_adds_the_signals_it_alone_has() -> None:
    known = latest.merge({}, [reading(10, 1, 1, a=1.0)])
    assert latest.merge(known, [reading(5, 1, 0, a=0.0, b=2.0)]) == {"b": [5, 1, 0, 2.0]}


def test_values_that_are_false_are_values() -> None:
    known = {"a": [10, 1, 1, 0]}
    assert latest.merge(known, [reading(10, 1, 1, a=5)]) == {}
    assert latest.merge(known, [reading(11, 1, 1, a=0)]) == {"a": [11, 1, 1, 0]}


def test_presence_is_ordered_by_boot_then_connection_then_offline() -> None:
    def report(boot: int, conn: int, online: bool) -> State:
        return State(0, online, boot, conn, None, None, None, {})

    in_order = [report(0, 9, False), report(1, 0, True), report(1, 0, False), report(1, 1, True), report(2, 0, True)]
    keys = [states.order(s) for s in in_order]
    assert all(a < b for a, b in pairwise(keys))
