"""Typed values: signals, attributes of events, arguments of commands, settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from catalog.columns import BASE_COLUMNS, SQL_KEYWORDS, SYSTEM_COLUMNS
from catalog.units import is_ucum, meant

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
SignalType = Literal["float32", "float64", "int64", "bool", "enum", "text"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""Text for people, on one line."""

NUMERIC = frozenset({"float32", "float64", "int64"})
_LARGEST = {"float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308, "int64": 2.0**63}
_EnumWord = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,48}$")]


def broken_rule(wrong: str, allowed: str) -> PydanticCustomError:
    """One rule broken; `vop catalog check` prints the two halves apart."""
    return PydanticCustomError("rule", "{wrong}; allowed: {allowed}", {"wrong": wrong, "allowed": allowed})


class Strict(BaseModel):
    """Frozen, with no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


class Text(Strict):
    """A label people read, in every language the console speaks."""

    en: Line
    fa: Line


class Quantity(Strict):
    """A typed value: what signals, attributes, arguments and settings have in common."""

    key: Key
    type: SignalType
    unit: str = "1"
    """UCUM code, case sensitive: `%`, `Cel`, `A`, `min`, `g`, `1` for a pure number."""
    range: tuple[float, float] | None = None
    """Lowest and highest plausible value. Outside it a value is stored and flagged, not refused."""
    values: tuple[_EnumWord, ...] = Field(default=(), validate_default=True)
    """The words an `enum` may take: printable ASCII without blanks, at most 48 characters."""
    value_labels: dict[str, Text] = Field(default={}, validate_default=True)
    """What people read for a word of `values`; one without a label is shown as it is. Data keep the word."""
    label: Text
    sensitive: bool = False
    """Tells of a person's health or habits: shown to that customer's care team alone."""

    def words_in(self, language: Literal["en", "fa"]) -> dict[str, str]:
        """What people read for each word of `values` that has a label."""
        return {word: getattr(label, language) for word, label in self.value_labels.items()}

    @field_validator("unit")
    @classmethod
    def _ucum(cls, unit: str) -> str:
        if not is_ucum(unit):
            better = meant(unit)
            hint = f", did you mean {better!r}?" if better else ""
            raise broken_rule(
                f"{unit!r} is not a UCUM code{hint}",
                "UCUM, case sensitive: '%', 'Cel', 'A.h', '/min', '{item}', '1'",
            )
        return unit

    @field_validator("range")
    @classmethod
    def _rising(cls, limits: tuple[float, float] | None, info: ValidationInfo) -> tuple[float, float] | None:
        kind = info.data.get("type")
        if limits is None or kind is None:
            return limits
        if kind not in NUMERIC:
            raise broken_rule(f"a value of type {kind} has no range", "no range, or a type of number")
        low, high = limits
        if low >= high:
            raise broken_rule(f"[{low:g}, {high:g}] does not rise", "[lowest, highest], lowest below highest")
        if max(-low, high) > _LARGEST[kind]:
            raise broken_rule(f"[{low:g}, {high:g}] does not fit {kind}", f"at most {_LARGEST[kind]:g} either way")
        return limits

    @field_validator("values")
    @classmethod
    def _words(cls, words: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("type")
        if kind == "enum" and not words:
            raise broken_rule("an enum without words", 'the words it may take, such as ["quiet", "turbo"]')
        if kind not in (None, "enum") and words:
            raise broken_rule(f"a value of type {kind} has no list of words", 'no values, or type = "enum"')
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise broken_rule(f"{', '.join(twice)} twice", "each word once")
        return words

    @field_validator("value_labels")
    @classmethod
    def _of_words(cls, labels: dict[str, Text], info: ValidationInfo) -> dict[str, Text]:
        words = info.data.get("values")
        unknown = sorted(set(labels) - set(words or ()))
        if words is not None and unknown:
            raise broken_rule(
                f"{', '.join(unknown)} not among its values", ", ".join(words) or "labels of an enum's words"
            )
        return labels


class Signal(Quantity):
    """One column of the product's telemetry."""

    kind: Literal["gauge", "counter"] = "gauge"
    """A counter only rises, except at a reset; type int64 or float64."""
    resolution: Annotated[float, Field(gt=0)] | None = None
    """Smallest step the device resolves, in `unit`."""
    regime: bool = False
    """Names the operating regime that other signals must be compared within."""

    @field_validator("key")
    @classmethod
    def _column(cls, key: str) -> str:
        if key in SQL_KEYWORDS:
            raise broken_rule(
                f"{key!r} is a reserved word of SQL",
                f"another word; add its unit or part, such as '{key}_count'",
            )
        if key in BASE_COLUMNS:
            raise broken_rule(
                f"{key!r} is a base column of every product",
                f"another key than {', '.join(sorted(BASE_COLUMNS))}",
            )
        if key in SYSTEM_COLUMNS:
            raise broken_rule(
                f"{key!r} is a system column of PostgreSQL",
                f"another key than {', '.join(sorted(SYSTEM_COLUMNS))}",
            )
        return key

    @field_validator("kind")
    @classmethod
    def _countable(cls, kind: str, info: ValidationInfo) -> str:
        if kind == "counter" and info.data.get("type", "int64") not in ("int64", "float64"):
            raise broken_rule(
                f"a counter of type {info.data['type']}",
                "type int64 or float64: a float32 stops counting at 2^24",
            )
        return kind

    @field_validator("resolution")
    @classmethod
    def _steps(cls, step: float | None, info: ValidationInfo) -> float | None:
        if step is not None and info.data.get("type", "int64") not in NUMERIC:
            raise broken_rule(
                f"a value of type {info.data['type']} has no resolution",
                "no resolution, or a type of number",
            )
        return step

    @field_validator("regime")
    @classmethod
    def _named(cls, regime: bool, info: ValidationInfo) -> bool:
        if regime and info.data.get("type", "enum") not in ("enum", "bool", "int64"):
            raise broken_rule(
                f"a regime of type {info.data['type']}",
                "type enum, bool or int64: regimes are told apart by name",
            )
        return regime


class Attribute(Quantity):
    """One typed attribute of an event, or argument of a command."""

    required: bool = False


class Setting(Quantity):
    """A value of the device's desired state."""

    default: bool | int | float | str
    """What a device applies until somebody asks for another value; fits type, values and range."""

    @field_validator("default")
    @classmethod
    def _fits(cls, default: bool | int | float | str, info: ValidationInfo) -> bool | int | float | str:
        kind, limits = info.data.get("type"), info.data.get("range")
        words = info.data.get("values", ())
        number = isinstance(default, int | float) and not isinstance(default, bool)
        fits = {
            "bool": isinstance(default, bool),
            "int64": number and isinstance(default, int),
            "float32": number,
            "float64": number,
            "enum": default in words,
            "text": isinstance(default, str),
        }
        if kind == "enum" and not fits["enum"]:
            raise broken_rule(f"{default!r} is not one of its values", ", ".join(words))
        if kind is not None and not fits[kind]:
            raise broken_rule(f"{default!r} is not of type {kind}", f"a value of type {kind}")
        if limits is not None and isinstance(default, int | float) and not limits[0] <= default <= limits[1]:
            raise broken_rule(f"{default!r} is out of range", f"{limits[0]:g} to {limits[1]:g}")
        return default
