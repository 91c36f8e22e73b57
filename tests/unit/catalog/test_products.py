"""The four products that ship: what the other packages and the console count on."""

from __future__ import annotations

import pytest

import catalog
from catalog import Product
from catalog.model import Quantity

PRODUCTS = catalog.load()

each_product = pytest.mark.parametrize("product", PRODUCTS.values(), ids=list(PRODUCTS))


@each_product
def test_signals_say_what_a_reader_needs(product: Product) -> None:
    assert 8 <= len(product.signal) <= 20
    for signal in product.signal:
        if signal.type in ("float32", "float64", "int64"):
            assert signal.range is not None, signal.key
            assert signal.resolution is not None, signal.key
            assert signal.resolution < signal.range[1] - signal.range[0]
        if signal.kind == "counter":
            assert signal.range is not None
            assert signal.range[0] == 0, signal.key
    assert any(signal.kind == "counter" for signal in product.signal)
    assert sum(signal.regime for signal in product.signal) <= 1


def _quantities(product: Product) -> list[Quantity]:
    found: list[Quantity] = [*product.signal, *product.setting]
    for event in product.event:
        found += event.attribute
    for command in product.command:
        found += command.argument
    return found


@each_product
def test_every_word_of_an_enum_has_a_label_of_its_own(product: Product) -> None:
    for quantity in _quantities(product):
        labels = quantity.value_labels
        assert list(labels) == list(quantity.values), quantity.key
        assert len({label.en for label in labels.values()} | {label.fa for label in labels.values()}) == 2 * len(labels)


@each_product
def test_labels_are_in_their_language(product: Product) -> None:
    labels = [product.label]
    for quantity in _quantities(product):
        labels += [quantity.label, *quantity.value_labels.values()]
    for entries in (product.event, product.fault, product.command):
        labels += [entry.label for entry in entries]
    for mode in product.failure_mode:
        labels += [mode.label, mode.part, mode.action]
    for label in labels:
        assert label.en.isascii(), label
        assert any("\u0600" <= letter <= "\u06ff" for letter in label.fa), label
        assert not set("يك٠١٢٣٤٥٦٧٨٩") & set(label.fa), f"Arabic letters: {label}"


@each_product
def test_labels_tell_entries_apart(product: Product) -> None:
    for entries in (product.signal, product.event, product.fault, product.failure_mode):
        for language in ("en", "fa"):
            labels = [getattr(entry.label, language) for entry in entries]
            assert len(set(labels)) == len(labels)


@each_product
def test_a_visit_can_be_worth_its_cost(product: Product) -> None:
    assert product.failure_mode
    for mode in product.failure_mode:
        assert mode.cost_failure * mode.visit_effect > mode.cost_visit + mode.cost_part, mode.key
        assert mode.lead_time_days < mode.horizon_days, mode.key


@each_product
def test_words_of_one_fault_are_not_those_of_another(product: Product) -> None:
    for language in ("en", "fa"):
        words = [word for fault in product.fault for word in getattr(fault.words, language)]
        assert len(set(words)) == len(words)
        assert all(word == word.lower() for word in words)


def test_heartbeats() -> None:
    assert {key: product.heartbeat_s for key, product in PRODUCTS.items()} == {
        "robot_vacuum": 900,
        "pill_dispenser": 1800,
        "stock_sensor": 3600,
        "software": 86400,
    }


def test_what_a_use_is() -> None:
    uses = {key: p.use and (p.use.event, p.use.start, p.use.duration, p.use.count) for key, p in PRODUCTS.items()}
    assert uses == {
        "robot_vacuum": ("clean_finished", "clean_started", "duration_min", 1),
        "pill_dispenser": ("dose_taken", None, None, "doses"),
        "stock_sensor": ("items_taken", None, None, "items"),
        "software": ("session_ended", "session_started", "duration_min", 1),
    }


def test_only_what_tells_of_doses_is_sensitive() -> None:
    sensitive = {(p.key, signal.key) for p in PRODUCTS.values() for signal in p.signal if signal.sensitive}
    sensitive |= {(p.key, event.key) for p in PRODUCTS.values() for event in p.event if event.sensitive}
    assert sensitive == {
        ("pill_dispenser", key)
        for key in ("dispensed_total", "doses_remaining", "dose_due", "dose_taken", "dose_missed", "refilled")
    }
    assert [key for key, p in PRODUCTS.items() if p.usage_is_sensitive] == ["pill_dispenser"]
