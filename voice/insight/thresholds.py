"""What an operator may set of the look at the fleet: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from settings import read, setting


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Whole numbers, as settings are."""

    fewest_customers: int = setting(
        "VOP_INSIGHT_FEWEST_CUSTOMERS",
        5,
        unit="customers",
        within=(1, 1_000),
        about="a group of fewer is not shown where the product measures a person",
    )
    fewest_devices: int = setting(
        "VOP_INSIGHT_FEWEST_DEVICES",
        5,
        unit="devices",
        within=(1, 1_000),
        about="what was met at fewer does not stand out, whatever its share",
    )
    recent_weeks: int = setting(
        "VOP_INSIGHT_RECENT_WEEKS", 4, unit="weeks", within=(1, 26), about="what use is now: the last whole weeks"
    )
    before_weeks: int = setting(
        "VOP_INSIGHT_BEFORE_WEEKS", 12, unit="weeks", within=(2, 104), about="what use was: the weeks before these"
    )
    fallen_to_pct: int = setting(
        "VOP_INSIGHT_FALLEN_TO_PCT", 60, unit="%", within=(1, 99), about="use has fallen when it is less of what it was"
    )
    coverage_pct: int = setting(
        "VOP_INSIGHT_COVERAGE_PCT", 50, unit="%", within=(1, 100), about="a week heard less of says nothing of use"
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Thresholds from `env`. Raises `settings.BadSetting`."""
        return read(cls, env)
