"""What an operator may set of the comparison: every threshold of docs/comparison.md, with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from settings import read, setting


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Whole numbers, as settings are. A verdict carries those it was reached by."""

    coverage_pct: int = setting(
        "VOP_COMPARE_COVERAGE_PCT", 50, unit="%", within=(1, 100), about="heard less of the time, nothing can be told"
    )
    factor_exact_pct: int = setting(
        "VOP_COMPARE_FACTOR_EXACT_PCT",
        115,
        unit="%",
        within=(100, 1_000),
        about="how far beside an exact figure still agrees: 3 said agrees with up to 3.45",
    )
    factor_range_pct: int = setting(
        "VOP_COMPARE_FACTOR_RANGE_PCT",
        125,
        unit="%",
        within=(100, 1_000),
        about="the same of a range, 'a couple', and round figures: multiples of 5 and 10, whole weeks and months",
    )
    factor_hedged_pct: int = setting(
        "VOP_COMPARE_FACTOR_HEDGED_PCT",
        150,
        unit="%",
        within=(100, 1_000),
        about="the same of a figure said with doubt, or told by somebody else",
    )
    share_exact_points: int = setting(
        "VOP_COMPARE_SHARE_EXACT_POINTS",
        5,
        unit="percentage points",
        within=(0, 100),
        about="how far beside a share still agrees",
    )
    share_hedged_points: int = setting(
        "VOP_COMPARE_SHARE_HEDGED_POINTS",
        10,
        unit="percentage points",
        within=(0, 100),
        about="the same of a share said with doubt",
    )
    every_day_of_7: int = setting(
        "VOP_COMPARE_EVERY_DAY_OF_7",
        6,
        unit="days of 7",
        within=(1, 7),
        about="days with a use that 'every day' stands for",
    )
    every_dose_pct: int = setting(
        "VOP_COMPARE_EVERY_DOSE_PCT", 95, unit="%", within=(1, 100), about="doses taken that 'every pill' stands for"
    )
    rank_pct: int = setting(
        "VOP_COMPARE_RANK_PCT",
        33,
        unit="% of the fleet",
        within=(1, 50),
        about="'rarely' is contradicted within the top of the fleet that is this large, 'often' within the bottom",
    )
    periods: int = setting(
        "VOP_COMPARE_PERIODS",
        3,
        unit="periods",
        within=(1, 24),
        about="full days, weeks, months or years before it was said that a habit is compared with at least",
    )
    least_days: int = setting(
        "VOP_COMPARE_LEAST_DAYS",
        91,
        unit="days",
        within=(1, 366),
        about="a habit told by the day or week is compared with at least so many days; 1: with the periods above alone",
    )
    look_back_days: int = setting(
        "VOP_COMPARE_LOOK_BACK_DAYS",
        90,
        unit="days",
        within=(1, 400),
        about="days before it was said that what has no period is compared with: shares, lengths",
    )
    fault_pause_days: int = setting(
        "VOP_COMPARE_FAULT_PAUSE_DAYS",
        30,
        unit="days",
        within=(1, 400),
        about="a fault that stays away for longer begins anew",
    )
    level_h: int = setting(
        "VOP_COMPARE_LEVEL_H", 24, unit="h", within=(1, 744), about="how old a look at the shelf may be when it is told"
    )
    peers: int = setting(
        "VOP_COMPARE_PEERS",
        300,
        unit="devices",
        within=(10, 5_000),
        about="devices of the product at most that 'rarely' and 'often' are ranked among",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Thresholds from `env`. Raises `settings.BadSetting`."""
        return read(cls, env)

    def as_json(self) -> dict[str, int]:
        """Every threshold by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
