"""What is met more often with one firmware or batch than with the others of the product. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from store.insight.reading import Named
from voice.insight.ratios import Ratio, rate_ratio
from voice.insight.thresholds import Thresholds


class Standing(NamedTuple):
    """A topic or fault in one group beside the rest of the product's units."""

    product: str
    value: str
    source: str
    topic: str
    devices: int
    of: int
    others: int
    of_others: int
    ratio: Ratio
    stands_out: bool
    """Met at enough units, and more often than elsewhere beyond what chance allows for."""


def standing(found: Iterable[Named], t: Thresholds) -> list[Standing]:
    """All groups that have others beside them; those that stand out first, by how surely they do."""
    alike: defaultdict[tuple[str, str, str], list[Named]] = defaultdict(list)
    for each in found:
        alike[each.product, each.source, each.topic].append(each)
    told = []
    for groups in alike.values():
        devices, of = sum(each.devices for each in groups), sum(each.of for each in groups)
        for each in groups:
            others, of_others = devices - each.devices, of - each.of
            if each.of == 0 or of_others == 0:
                continue
            ratio = rate_ratio(each.devices, each.of, others, of_others)
            beyond = each.devices >= t.fewest_devices and ratio.low > 1
            told.append(
                Standing(
                    each.product, each.value, each.source, each.topic,
                    each.devices, each.of, others, of_others, ratio, beyond,
                )
            )  # fmt: skip
    return sorted(told, key=lambda s: (not s.stands_out, -s.ratio.low, s.product, s.topic, s.value))
