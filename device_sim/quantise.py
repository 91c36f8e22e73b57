"""Numbers as a device would send them: in steps of the resolution the catalogue declares, in the declared type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from catalog.model import Product, Quantity, Signal
from device_sim.errors import UnmodelledProduct
from device_sim.model.body import Array


def decimals(resolution: float) -> int:
    """Decimal places needed to write a multiple of `resolution`: 0.5 -> 1, 10 -> 0, 0.005 -> 3."""
    for places in range(9):
        scaled = resolution * 10**places
        if math.isclose(scaled, round(scaled), rel_tol=1e-9):
            return places
    return 9


def column(signal: Signal, values: Array) -> Array:
    """`values` (n,) within `signal`'s plausible range, on its grid and in its type."""
    if signal.type in ("enum", "text", "bool"):
        return values
    low, high = signal.range or (-math.inf, math.inf)
    numbers = np.clip(values.astype(np.float64), low, high)
    step = signal.resolution
    if step is not None:
        numbers = np.clip(np.round(numbers / step) * step, low, high)
    if signal.type == "int64":
        return np.rint(numbers).astype(np.int64)
    return np.asarray(np.round(numbers, decimals(step) if step is not None else 4))


def columns(product: Product, values: Mapping[str, Array]) -> dict[str, Array]:
    """Each of `values`' columns as `product` declares it. Raises UnmodelledProduct for an undeclared one."""
    done = {}
    for key, numbers in values.items():
        signal = product.signal_of(key)
        if signal is None:
            raise UnmodelledProduct(product.key, f"its physics measures {key!r}, which the catalogue does not declare")
        done[key] = column(signal, numbers)
    return done


def attributes(declared: Mapping[str, Quantity], values: Mapping[str, Any]) -> dict[str, Any]:
    """An event's attributes: numbers within range, floats rounded to three places."""
    done: dict[str, Any] = {}
    for key, value in values.items():
        quantity = declared[key]
        low, high = quantity.range or (-math.inf, math.inf)
        is_float = quantity.type in ("float32", "float64")
        done[key] = round(min(max(float(value), low), high), 3) if is_float else value
    return done
