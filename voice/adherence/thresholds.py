"""What an operator may set of adherence: each with its variable, unit and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from settings import read, setting


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Whole numbers, as settings are."""

    holiday_days: int = setting(
        "VOP_ADHERENCE_HOLIDAY_DAYS",
        3,
        unit="days",
        within=(1, 365),
        about="so many days in a row without a dose are a drug holiday",
    )
    discontinued_days: int = setting(
        "VOP_ADHERENCE_DISCONTINUED_DAYS",
        30,
        unit="days",
        within=(1, 3_650),
        about="so long without a dose up to now, the therapy counts as given up",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Thresholds from `env`. Raises `settings.BadSetting`."""
        return read(cls, env)
