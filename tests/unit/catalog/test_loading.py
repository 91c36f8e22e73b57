"""Files, directories, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalog
from catalog import Catalog, CatalogUnreadable, InvalidCatalog, Product
from tests.unit.catalog.jug import FILE, changed, example, problems

SHIPPED = ["pill_dispenser", "robot_vacuum", "software", "stock_sensor"]


def _own(directory: Path, text: str, name: str = "jug.toml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_company_adds_its_own(tmp_path: Path) -> None:
    own = _own(tmp_path, example())
    _own(tmp_path, "not = = toml", ".hidden.toml")
    _own(tmp_path, "not = = toml", "notes.txt")
    loaded = catalog.load(tmp_path)
    assert list(loaded) == [*SHIPPED, "water_jug"]
    assert loaded.file_of("water_jug") == own
    assert loaded["water_jug"].table == "telemetry_water_jug"
    with pytest.raises(KeyError):
        loaded.file_of("toaster")


@pytest.mark.parametrize("environment", [{}, {"VOP_CATALOG_DIR": ""}])
def test_without_a_directory_of_ones_own(environment: dict[str, str]) -> None:
    assert list(catalog.load_from_environment(environment)) == SHIPPED


def test_the_environment_names_the_directory(tmp_path: Path) -> None:
    _own(tmp_path, example())
    assert "water_jug" in catalog.load_from_environment({"VOP_CATALOG_DIR": str(tmp_path)})


def test_a_directory_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(CatalogUnreadable, match="VOP_CATALOG_DIR"):
        catalog.load_from_environment({"VOP_CATALOG_DIR": str(missing)})
    with pytest.raises(CatalogUnreadable, match="nowhere"):
        catalog.load(missing)


def test_a_shipped_product_is_never_redefined(tmp_path: Path) -> None:
    _own(tmp_path, changed(('"water_jug"', '"robot_vacuum"')))
    with pytest.raises(InvalidCatalog) as caught:
        catalog.load(tmp_path)
    (problem,) = caught.value.problems
    assert problem.key == "key"
    assert "robot_vacuum.toml" in problem.wrong
    assert "other than pill_dispenser, robot_vacuum" in problem.allowed
    assert catalog.check(tmp_path / "jug.toml") == [problem]


def test_two_files_of_one_product(tmp_path: Path) -> None:
    first, second = _own(tmp_path, example(), "a.toml"), _own(tmp_path, example(), "b.toml")
    for paths in ([tmp_path], [first, second]):
        (problem,) = catalog.check(*paths)
        assert problem.file == second
        assert "a.toml" in problem.wrong
    assert catalog.check(first, first, tmp_path / "." / "a.toml") == []


def test_every_faulty_file_is_told_at_once(tmp_path: Path) -> None:
    _own(tmp_path, changed(("version = 1", "version = 0")), "a.toml")
    _own(tmp_path, "key = ", "b.toml")
    _own(tmp_path, example(), "c.toml")
    with pytest.raises(InvalidCatalog) as caught:
        catalog.load(tmp_path)
    assert [(p.file.name, p.key) for p in caught.value.problems] == [
        ("a.toml", "version"),
        ("b.toml", "end of document"),
    ]
    assert str(tmp_path / "a.toml") in str(caught.value)


def test_the_shipped_files_pass_their_own_check() -> None:
    directory = Path(catalog.__file__).parent
    assert catalog.check(directory) == []
    assert catalog.check(directory / "software.toml") == []


def test_a_directory_without_product_files_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(CatalogUnreadable, match="no product files"):
        catalog.check(tmp_path)


@pytest.mark.parametrize(
    ("content", "key", "wrong"),
    [
        (b'key = "jug"\nversion = = 1\n', "line 2, column 11", "not TOML"),
        (b'key = "jug"\nlabel = { en = "caf\xe9" }\n', "line 2", "not UTF-8"),
        (b'key = "jug"\nkey = "mug"\n', "line 2, column 12", "not TOML"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "", "nested too deeply"),
        (b"", "key", "is missing"),
    ],
)
def test_files_that_are_hardly_toml(tmp_path: Path, content: bytes, key: str, wrong: str) -> None:
    path = tmp_path / "jug.toml"
    path.write_bytes(content)
    first = catalog.check(path)[0]
    assert (first.file, first.key) == (path, key)
    assert wrong in first.wrong


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "jug.toml"
    path.write_bytes(b"\xef\xbb\xbf" + example().replace("\n", "\r\n").encode())
    assert catalog.check(path) == []


def test_a_catalogue_never_changes() -> None:
    loaded = catalog.load()
    with pytest.raises(TypeError):
        loaded["jug"] = loaded["software"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        loaded["software"].version = 2  # type: ignore[misc]


def test_a_product_survives_json() -> None:
    for product in catalog.load().values():
        assert Product.model_validate_json(product.model_dump_json()) == product


def test_a_catalogue_of_products_made_in_memory() -> None:
    product = catalog.parse(example(), FILE)
    made = Catalog({product.key: product})
    assert made.file_of("water_jug") is None
    assert repr(made) == "Catalog(water_jug)"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in str(value)) + '"'


_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "type", "label", "en", "values", "event", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(key=st.sampled_from(sorted(Product.model_fields)), value=_VALUES)
def test_any_value_under_any_key_is_accepted_or_explained(key: str, value: object) -> None:
    """Nothing but InvalidCatalog leaves `parse`, and each problem is about that key."""
    found = problems(f"{key} = {_toml(value)}\n")
    assert found, "the other required keys are missing"
    for problem in found:
        assert problem.wrong
        assert "\n" not in problem.wrong
