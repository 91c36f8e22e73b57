"""From product files to the catalogue that every other package reads."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from catalog.errors import CatalogUnreadable, InvalidCatalog, Problem
from catalog.model import Product
from catalog.problems import explain, unfit

SETTING = "VOP_CATALOG_DIR"
"""Environment variable with the directory of a company's own product files."""


class Catalog(Mapping[str, Product]):
    """Products by key, in the order of their keys. Never changes once made."""

    def __init__(self, products: Mapping[str, Product], files: Mapping[str, Path] | None = None) -> None:
        self._products = MappingProxyType({key: products[key] for key in sorted(products)})
        self._files = MappingProxyType(dict(files or {}))

    def __getitem__(self, key: str) -> Product:
        return self._products[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._products)

    def __len__(self) -> int:
        return len(self._products)

    def __repr__(self) -> str:
        return f"Catalog({', '.join(self._products)})"

    def file_of(self, key: str) -> Path | None:
        """The file that declares the product; None for one made in memory. Raises KeyError."""
        return self._files.get(self._products[key].key)


def load(extra_dir: Path | None = None) -> Catalog:
    """The products we ship and those of `extra_dir`: its `*.toml`, not those of sub-directories.

    Raises CatalogUnreadable, or InvalidCatalog with every problem of every file.
    """
    files = _shipped() + (files_in(extra_dir) if extra_dir is not None else [])
    return _assembled(files, Catalog({}))


def load_from_environment(environment: Mapping[str, str]) -> Catalog:
    """`load` with the directory that VOP_CATALOG_DIR names, if it is set and not empty."""
    directory = environment.get(SETTING)
    if not directory:
        return load()
    path = Path(directory)
    if not path.is_dir():
        raise CatalogUnreadable(path, f"is not a directory; {SETTING} must name one that holds product files")
    return load(path)


def check(*paths: Path) -> list[Problem]:
    """What is wrong with product files, or with all of a directory; empty when all is well.

    Judged beside each other and the shipped products, whose keys are taken. Raises
    CatalogUnreadable.
    """
    files: dict[Path, Path] = {}
    for path in paths:
        found = files_in(path) if path.is_dir() else [path]
        if not found:
            raise CatalogUnreadable(path, "holds no product files (*.toml)")
        files |= {file.resolve(): file for file in found}
    shipped = [file for file in _shipped() if file.resolve() not in files]
    try:
        _assembled(list(files.values()), _assembled(shipped, Catalog({})))
    except InvalidCatalog as error:
        return list(error.problems)
    return []


def check_text(text: str, taken: Catalog, file: Path) -> tuple[Product | None, list[Problem]]:
    """The product that `text` declares, and what is wrong with it; None when anything is.

    As `check`, of a file that is not there yet, beside the products of `taken`. `file` is only for messages.
    """
    try:
        product = parse(text, file)
    except InvalidCatalog as error:
        return None, list(error.problems)
    if product.key in taken:
        return None, [_taken(file, product.key, taken.file_of(product.key) or file, taken)]
    return product, []


def parse(text: str, file: Path) -> Product:
    """The product one TOML text declares. `file` is only for messages. Raises InvalidCatalog."""
    try:
        raw = tomllib.loads(text)
        problems = unfit(file, raw)
        plain = json.dumps(raw, default=str)
    except tomllib.TOMLDecodeError as error:
        raise InvalidCatalog([_syntax(file, str(error))]) from error
    except RecursionError as error:
        raise InvalidCatalog([Problem(file, "", "is nested too deeply", "tables within tables, three deep")]) from error
    except ValueError as error:  # Python refuses numbers of thousands of digits
        raise InvalidCatalog([Problem(file, "", "holds a number of too many digits", "numbers of 64 bits")]) from error
    try:
        # JSON: there pydantic takes a list for a tuple even when strict about everything else.
        product = Product.model_validate_json(plain, strict=True)
    except ValidationError as error:
        explained = explain(file, raw, error)
        told = {problem.key for problem in explained}
        explained += [problem for problem in problems if problem.key not in told]
        raise InvalidCatalog(explained) from error
    if problems:
        raise InvalidCatalog(problems)
    return product


def files_in(directory: Path) -> list[Path]:
    """The product files of a directory by name, without hidden ones. Raises CatalogUnreadable."""
    try:
        return sorted(p for p in directory.iterdir() if p.suffix == ".toml" and not p.name.startswith("."))
    except OSError as error:
        raise CatalogUnreadable(directory, f"cannot be read: {error.strerror}") from error


def _shipped() -> list[Path]:
    return files_in(Path(__file__).parent)


def _assembled(files: list[Path], taken: Catalog) -> Catalog:
    products: dict[str, Product] = dict(taken)
    sources: dict[str, Path] = {key: file for key in taken if (file := taken.file_of(key)) is not None}
    problems: list[Problem] = []
    for file in files:
        try:
            product = parse(_text(file), file)
        except InvalidCatalog as error:
            problems += error.problems
            continue
        if product.key in products:
            problems.append(_taken(file, product.key, sources[product.key], products))
            continue
        products[product.key], sources[product.key] = product, file
    if problems:
        raise InvalidCatalog(problems)
    return Catalog(products, sources)


def _taken(file: Path, key: str, by: Path, products: Mapping[str, Any]) -> Problem:
    return Problem(
        file,
        "key",
        f"{key!r} is already declared by {by}, and readings kept under a key never change meaning",
        f"a key other than {', '.join(sorted(products))}",
    )


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CatalogUnreadable(file, f"cannot be read: {error.strerror}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidCatalog([Problem(file, f"line {line}", "is not UTF-8", "save the file as UTF-8")]) from error


def _syntax(file: Path, message: str) -> Problem:
    what, _, place = message.rpartition(" (at ")
    if not what:
        return Problem(file, "", f"is not TOML: {message}", "TOML 1.0")
    place = place.removesuffix(")")
    return Problem(file, place, f"is not TOML: {what[:1].lower()}{what[1:]}", "TOML 1.0, see https://toml.io")
