"""UCUM codes, by the examples of its specification and the mistakes people make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalog
from catalog.units import _MEANT, is_ucum, meant


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "%",
        "Cel",
        "A.h",
        "mA.h",
        "kW.h",
        "/min",
        "{item}",
        "dB{mW}",
        "MBy",
        "KiBy",
        "m2",
        "m3/h",
        "kg/m3",
        "10*3/uL",
        "m/s2",
        "[in_i]",
        "[degF]",
        "(m.s)/kg",
        "W/(m2.K)",
        "mm[Hg]",
        "cm[H2O]",
        "B[10.nV]",
        "B[SPL]",
        "min",
        "10^",
        "mol/L",
        "umol/min/g{tissue}",
        "[ppm]",
        "[pH]",
        "deg",
        "''",
        "m.s-1",
        "m-2",
        "{rbc}",
        "mo_j",
        "L/min",
        "mL",
        "a",
        "wk",
    ],
)
def test_ucum_codes(unit: str) -> None:
    assert is_ucum(unit)


@pytest.mark.parametrize(
    "unit",
    ["", " ", "°C", "rpm", "percent", "m//s", "m.", ".m", "/", "//m", "{", "}", "()", "(m", "m)", "a b", "mAh",
     "minutes", "Kelvin", "C°", "µm", "m²", "m0", "m^2", "m/", "{a}{b}", "[in i]", "m\n", "%" * 33],
)  # fmt: skip
def test_what_is_no_ucum_code(unit: str) -> None:
    assert not is_ucum(unit)


def test_what_people_mean_is_a_code_and_what_they_wrote_is_not() -> None:
    for written, code in _MEANT.items():
        assert is_ucum(code), code
        assert not is_ucum(written), written
        assert meant(f" {written} ") == code


@given(st.text("mskgAVCel%0123456789./()[]{}*^+-'hd ", max_size=24))
def test_a_quotient_is_a_code_when_its_parts_are(text: str) -> None:
    assert is_ucum(f"V.s/({text})") == (is_ucum(text) and not text.startswith("/"))


def test_a_ratio_of_codes_is_a_code() -> None:
    units = {s.unit for p in catalog.load().values() for s in p.signal} - {"/min"}
    for one in units:
        for other in units:
            assert is_ucum(f"{one}/{other}")
