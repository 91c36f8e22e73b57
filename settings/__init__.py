"""How a service is told what to do: settings declared once, with unit and help, and read from the environment.

A service declares a frozen dataclass whose fields are made by `setting`, and builds it at its edge by `read`. Nothing
here knows a service; `vop` collects the declarations into docs/settings.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

S = TypeVar("S")

MAX_DIGITS = 12


class BadSetting(Exception):
    """A variable is missing, makes no sense or cannot be read; the message names it and never a secret's value."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as it is documented."""

    env: str
    default: str | int | None
    """None: it must be set."""
    about: str
    unit: str
    secret: bool
    within: tuple[int, int] | None


def setting(
    env: str,
    default: str | int | None,
    *,
    about: str,
    unit: str = "",
    secret: bool = False,
    within: tuple[int, int] = (0, 10**MAX_DIGITS - 1),
) -> Any:
    """A dataclass field read from `env`, or from the file that `{env}_FILE` names.

    Text or a whole number, by the type of `default`; None declares a text that must be set. `within` bounds a number.
    """
    bounds = within if isinstance(default, int) else None
    declared = Declared(env, default, about, unit, secret, bounds)
    return field(default=default, metadata={"setting": declared}, repr=not secret)


def declared(cls: type[Any]) -> list[Declared]:
    """The settings of a class, in its order."""
    return [f.metadata["setting"] for f in fields(cls) if "setting" in f.metadata]


def read(cls: type[S], env: Mapping[str, str]) -> S:
    """An instance of `cls` from `env`. Raises `BadSetting`, naming the variable."""
    given: dict[str, str | int] = {}
    for each in fields(cls):  # type: ignore[arg-type]
        one: Declared = each.metadata["setting"]
        text = _text(env, one.env)
        if not text and one.default is None:
            raise BadSetting(f"{one.env} is not set; it is required: {one.about}")
        if text is not None:
            given[each.name] = text if one.within is None else _whole(one.env, text, one.within)
    return cls(**given)


def _text(env: Mapping[str, str], name: str) -> str | None:
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name)
    if name in env:
        raise BadSetting(f"both {name} and {name}_FILE are set; keep one")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE: {path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise BadSetting(f"{name}_FILE: {path} is not UTF-8") from None


def _whole(name: str, text: str, within: tuple[int, int]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and within[0] <= int(text) <= within[1]):
        raise BadSetting(f"{name} must be a whole number, {within[0]:,} to {within[1]:,}; it is {text!r}")
    return int(text)
