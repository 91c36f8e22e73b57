"""Physics constants and the ranges they are drawn from.

Each fleet seed draws its own constants, so that whatever is learnt on one simulated fleet meets other physics on the
next. Marks: [S] has a source, [M] was measured on public data, [U] is an engineering estimate (see docs/simulation.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from device_sim.seeds import FLEET, Purpose, generator


@dataclass(frozen=True)
class Range:
    """`low`..`high`, drawn evenly, or evenly in the logarithm where it spans decades."""

    low: float
    high: float
    source: str
    scale: Literal["linear", "log"] = "linear"

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        if self.scale == "log":
            return float(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        return float(rng.uniform(self.low, self.high))


RANGES: dict[str, Range] = {
    # Failures and what people do about them (rules 1-7).
    "sudden_share": Range(0.25, 0.40, "[S] up to 40 % of disks fail without a SMART flag"),
    "failure_rate": Range(0.01, 0.05, "[S] per part and year"),
    "weibull_shape": Range(2.0, 4.0, "[U]"),
    "censored_share": Range(0.20, 0.50, "[U] lives ended by preventive replacement"),
    "wrong_order_share": Range(0.05, 0.10, "[U] work orders naming the wrong part, or late"),
    "missing_label_share": Range(0.02, 0.05, "[U] failures nobody booked"),
    "offset_sigma": Range(1.0, 2.0, "[U] unit-to-unit spread in sigma of the degradation effect"),
    "excursion_size": Range(0.60, 0.80, "[U] recoverable excursions, share of the failing signal"),
    "excursions_per_year": Range(0.08, 0.20, "[U] per part"),
    "onset_days": Range(40.0, 60.0, "[U] median time from first sign to failure"),
    # Li-ion pack of the vacuum.
    "pack_cycles": Range(300.0, 500.0, "[S] 18650 cells; about 400 claimed by iRobot"),
    "pack_fade": Range(0.24, 0.42, "[M] NASA B0005/6/7/18 over 132-168 cycles"),
    "pack_fade_power": Range(0.5, 1.0, "[S]"),
    "pack_resistance_rise": Range(0.30, 1.00, "[U] at end of life"),
    # Consumables, hours to replace.
    "main_brush_h": Range(270.0, 330.0, "[S] 300 h, python-roborock const.py"),
    "side_brush_h": Range(180.0, 220.0, "[S] 200 h"),
    "filter_h": Range(135.0, 165.0, "[S] 150 h"),
    "sensor_clean_h": Range(27.0, 33.0, "[S] 30 h"),
    # What faults do to what is measured, relative change at the moment of failure.
    "motor_current_rise": Range(0.15, 0.60, "[U] before seizing"),
    "filter_flow_loss": Range(0.10, 0.18, "[S] NIOSH/eLCOSH: 85 -> 73 cfm while the pressure rose 19-fold"),
    "optic_temperature": Range(0.0005, 0.0010, "[S] Vishay: net below 10 % from -25 to 70 Cel"),
    # Pill dispenser.
    "jam_rate_new": Range(1e-4, 1e-3, "[U] per dispense", "log"),
    "jam_growth": Range(10.0, 50.0, "[U] at end of life", "log"),
    "jam_sudden_share": Range(0.40, 0.60, "[U] jams without precursor"),
    "optic_dust_days": Range(100.0, 600.0, "[U] time constant of dust", "log"),
    "rtc_ppm": Range(20.0, 50.0, "[S] tuning-fork crystal, apex-chip"),
    "rtc_ppm_per_k2": Range(0.030, 0.038, "[U] parabola around 25 Cel"),
    "rtc_ageing_ppm_year": Range(1.0, 5.0, "[S] 1 for good parts, [U] 3-5 in the first year"),
    # Stock sensor.
    "cell_drift_fs_month": Range(0.001, 0.005, "[U] cheap kitchen-type cells, share of full scale", "log"),
    "cell_temperature_fs": Range(0.0005, 0.0120, "[S] per 10 K: HBM TK0 .. badly mounted 3 %/25 K", "log"),
    "primary_cell_years": Range(1.0, 5.0, "[U]"),
    "packet_loss": Range(0.001, 0.05, "[U] share, in bursts (Gilbert-Elliott)", "log"),
}  # fmt: skip


@dataclass(frozen=True)
class Constants:
    """One fleet's physics; each field is a draw from `RANGES` of the same name."""

    sudden_share: float
    weibull_shape: float
    censored_share: float
    wrong_order_share: float
    missing_label_share: float
    offset_sigma: float
    excursion_size: float
    excursions_per_year: float
    onset_days: float
    pack_cycles: float
    pack_fade: float
    pack_fade_power: float
    pack_resistance_rise: float
    main_brush_h: float
    side_brush_h: float
    filter_h: float
    sensor_clean_h: float
    motor_current_rise: float
    filter_flow_loss: float
    optic_temperature: float
    jam_rate_new: float
    jam_growth: float
    jam_sudden_share: float
    optic_dust_days: float
    rtc_ppm: float
    rtc_ppm_per_k2: float
    rtc_ageing_ppm_year: float
    cell_drift_fs_month: float
    cell_temperature_fs: float
    primary_cell_years: float
    packet_loss: float


def draw(seed: int) -> Constants:
    """The constants of fleet `seed`."""
    rng = generator(seed, FLEET, Purpose.CONSTANTS)
    return Constants(**{field.name: RANGES[field.name].draw(rng) for field in fields(Constants)})


def failure_rates(seed: int, product: int, parts: int) -> tuple[float, ...]:
    """Failures per device-year of each of the parts of product number `product` (rule 7: 1-5 %, not 50 %)."""
    rng = generator(seed, FLEET, Purpose.CONSTANTS, number=1 + product)
    return tuple(RANGES["failure_rate"].draw(rng) for _ in range(parts))
