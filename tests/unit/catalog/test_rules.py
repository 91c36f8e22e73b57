"""Every rule of a product file is broken once: one problem, at its place, with what is allowed."""

from __future__ import annotations

import pytest

from tests.unit.catalog.jug import changed, problems, product

LABEL = 'label = { en = "x", fa = "x" }'
MORE_SIGNALS = "\n".join(f'[[signal]]\nkey = "s{n}"\ntype = "bool"\n{LABEL}\n' for n in range(397))
SENSITIVE_EVENT = ('severity = "warning"', "sensitive = true")

# (text of the example, what it becomes, key, part of what is wrong, part of what is allowed)
RULES: dict[str, tuple[str, str, str, str, str]] = {
    "product key upper case": (
        '"water_jug"', '"WaterJug"', "key", "'WaterJug'", "at most 32 characters"),
    "product key too long": (
        '"water_jug"', f'"{"j" * 33}"', "key", "well-formed", "at most 32 characters"),
    "product key like a partition": (
        '"water_jug"', '"jug_p2026_01"', "key", "partition", "another key"),
    "no version": ("version = 1\n", "", "version", "is missing", "from 1"),
    "version zero": ("version = 1\n", "version = 0\n", "version", "0", "greater than or equal to 1"),
    "version as text": ("version = 1\n", 'version = "1"\n', "version", "'1'", "a whole number"),
    "version as bool": ("version = 1\n", "version = true\n", "version", "True", "a whole number"),
    "version too large for int4": (
        "version = 1\n", "version = 2147483648\n", "version", "2147483648", "2147483647"),
    "no label": (
        'label = { en = "Water filter jug", fa = "پارچ تصفیهٔ آب" }\n', "", "label", "missing", "fa ="),
    "label in one language": (
        ', fa = "پارچ تصفیهٔ آب" }', " }", "label.fa", "is missing", "Persian"),
    "blank label": ('"Water filter jug"', '"  "', "label.en", "is empty", "English"),
    "label of two lines": (
        '"Water filter jug"', '"Water\\njug"', "label.en", "control characters", "one line"),
    "label with NUL": (
        '"Water filter jug"', '"Water\\u0000jug"', "label.en", "control characters", "one line"),
    "label is text": (
        'label = { en = "Filled", fa = "پر شد" }', 'label = "Filled"',
        "event[0].label (filled)", "'Filled'", "a table"),
    "heartbeat zero": ("heartbeat_s = 21600", "heartbeat_s = 0", "heartbeat_s", "0", "greater than 0"),
    "heartbeat endless": (
        "heartbeat_s = 21600", "heartbeat_s = inf", "heartbeat_s", "inf", "a finite number"),
    "heartbeat not a number": (
        "heartbeat_s = 21600", "heartbeat_s = nan", "heartbeat_s", "nan", "a finite number"),
    "heartbeat a date": (
        "heartbeat_s = 21600", "heartbeat_s = 2026-01-01", "heartbeat_s", "2026-01-01", "number"),
    "unknown key": ("heartbeat_s = 21600", "heartbeat_s = 9\nheart_beat = 1", "heart_beat",
        "did you mean 'heartbeat_s'?", "claim_topics, command, doses, event"),
    "unknown key of a signal": (
        "resolution = 1\n", "resolutoin = 1\n", "signal[0].resolutoin (battery_pct)",
        "did you mean 'resolution'?", "label, range, regime"),
    "unknown topic": ('"last_used"', '"last_seen"', "claim_topics[1]", "'last_seen'", "'last_used'"),
    "topic twice": (
        '"last_used"', '"usage_frequency"', "claim_topics[1] (usage_frequency)", "twice", "once"),
    "topic of duration without length": (
        '"last_used"', '"usage_duration"', "claim_topics[1] (usage_duration)", "no length", "start"),
    "one signal too many": (
        "[[event]]", f"{MORE_SIGNALS}\n[[event]]", "signal", "401 entries", "at most 400"),
    "signal twice": (
        'key = "temperature_cel"', 'key = "battery_pct"', "signal[1].key (battery_pct)",
        "already declared by signal[0]", "each key once"),
    "signal without key": (
        'key = "battery_pct"\n', "", "signal[0].key", "is missing", "at most 48 characters"),
    "signal key with a blank": (
        '"battery_pct"', '"battery pct"', "signal[0].key (battery pct)", "well-formed", "48"),
    "signal key with a line end": (
        '"battery_pct"', '"battery_pct\\n"', "signal[0].key (battery_pct\n)", "well-formed", "48"),
    "signal key of 49 characters": (
        '"battery_pct"', f'"{"b" * 49}"', f"signal[0].key ({'b' * 49})", "well-formed", "48"),
    "reserved word": (
        '"battery_pct"', '"order"', "signal[0].key (order)", "reserved word", "'order_count'"),
    "base column": ('"battery_pct"', '"seq"', "signal[0].key (seq)", "base column", "device_id"),
    "system column": ('"battery_pct"', '"ctid"', "signal[0].key (ctid)", "system column", "xmin"),
    "unknown type": (
        'type = "float32"', 'type = "float"', "signal[0].type (battery_pct)", "'float'", "'float32'"),
    "not UCUM": ('unit = "%"', 'unit = "percent"', "signal[0].unit (battery_pct)",
        "did you mean '%'?", "'Cel'"),
    "not UCUM, no idea": (
        'unit = "%"', 'unit = "furlong"', "signal[0].unit (battery_pct)", "'furlong'", "UCUM"),
    "falling range": ("[0, 100]", "[100, 0]", "signal[0].range (battery_pct)", "rise", "lowest"),
    "empty range": ("[0, 100]", "[5, 5]", "signal[0].range (battery_pct)", "rise", "lowest"),
    "endless range": ("[0, 100]", "[0, inf]", "signal[0].range[1] (battery_pct)", "inf", "finite"),
    "range beyond float32": (
        "[0, 100]", "[0, 1e39]", "signal[0].range (battery_pct)", "does not fit float32", "3.4"),
    "range of three": (
        "[0, 100]", "[0, 1, 2]", "signal[0].range (battery_pct)", "3 entries", "at most 2"),
    "range of one": ("[0, 100]", "[0]", "signal[0].range[1] (battery_pct)", "missing", "two numbers"),
    "resolution zero": ("resolution = 1\n", "resolution = 0\n",
        "signal[0].resolution (battery_pct)", "0", "greater than 0"),
    "words for a number": ("resolution = 1\n", 'values = ["a"]\n', "signal[0].values (battery_pct)",
        "no list of words", "enum"),
    "label for no word": ("resolution = 1\n", 'value_labels.a = { en = "x", fa = "x" }\n',
        "signal[0].value_labels (battery_pct)", "a not among its values", "an enum's words"),
    "label of a word in one language": ('type = "float32"\nunit = "%"\nrange = [0, 100]\nresolution = 1\n',
        'type = "enum"\nvalues = ["key"]\nvalue_labels.key = { en = "x", fa = "x", de = "x" }\n',
        "signal[0].value_labels.key.de (battery_pct)", "is not a key here", "en, fa"),
    "bool as text": ("resolution = 1\n", 'sensitive = "yes"\n', "signal[0].sensitive (battery_pct)",
        "'yes'", "true or false"),
    "float32 counter": ('type = "float64"', 'type = "float32"', "signal[3].kind (filtered_total_l)",
        "a counter of type float32", "int64 or float64"),
    "unknown kind": ('kind = "counter"', 'kind = "sum"', "signal[3].kind (filtered_total_l)",
        "'sum'", "'gauge' or 'counter'"),
    "regime of floats": ("resolution = 1\n", "regime = true\n", "signal[0].regime (battery_pct)",
        "float32", "enum"),
    "event twice": ("[use]", f'[[event]]\nkey = "filled"\n{LABEL}\n\n[use]',
        "event[3].key (filled)", "already declared by event[0]", "once"),
    "unknown severity": ('severity = "warning"', 'severity = "bad"',
        "event[1].severity (cartridge_clogged)", "'bad'", "'info', 'warning' or 'error'"),
    "attribute with bad unit": ('key = "volume_l"\n  type = "float32"\n  unit = "L"',
        'key = "volume_l"\n  type = "float32"\n  unit = "litres!"',
        "event[0].attribute[0].unit (filled.volume_l)", "'litres!'", "UCUM"),
    "attribute twice": ("[[event.attribute]]",
        f'[[event.attribute]]\nkey = "volume_l"\ntype = "bool"\n{LABEL}\n[[event.attribute]]',
        "event[0].attribute[1].key (volume_l)", "already declared", "each key once"),
    "use of nothing": ('event = "filled"', 'event = "drunk"', "use.event", "'drunk'",
        "cartridge_changed, cartridge_clogged, filled"),
    "use begun by nothing": ('event = "filled"', 'event = "filled"\nstart = "lifted"', "use.start",
        "'lifted'", "filled"),
    "use begun by its end": ('event = "filled"', 'event = "filled"\nstart = "filled"', "use.start",
        "completes the use", "another event"),
    "duration that is no attribute": ('event = "filled"', 'event = "filled"\nduration = "minutes"',
        "use.duration", "not an attribute of event 'filled'", "declare it first"),
    "duration in litres": ('event = "filled"', 'event = "filled"\nduration = "volume_l"',
        "use.duration", "is in 'L'", "'min'"),
    "count of a float": ('event = "filled"', 'event = "filled"\ncount = "volume_l"', "use.count",
        "float32", "int64"),
    "uses counted by nothing": ('event = "filled"', 'event = "filled"\ncounter = "fills_total"', "use.counter",
        "'fills_total' is not a declared signal", "filtered_total_l"),
    "uses counted by a gauge": ('event = "filled"', 'event = "filled"\ncounter = "battery_pct"', "use.counter",
        "does not count that", "filtered_total_l"),
    "minutes counted in litres": ('event = "filled"', 'event = "filled"\nduration_counter = "filtered_total_l"',
        "use.duration_counter", "does not count that", "nothing yet"),
    "battery emptied by nothing": ("[use]", '[battery]\nempty = "flat"\nfull = "filled"\n\n[use]', "battery.empty",
        "'flat'", "cartridge_changed, cartridge_clogged, filled"),
    "battery without a length": ("[use]", '[battery]\nempty = "filled"\n\n[use]', "battery",
        "how long it lasted", "runtime, or full"),
    "battery full when empty": ("[use]", '[battery]\nempty = "filled"\nfull = "filled"\n\n[use]', "battery.full",
        "with which it is empty", "another event"),
    "runtime in litres": ("[use]", '[battery]\nempty = "filled"\nruntime = "volume_l"\n\n[use]', "battery.runtime",
        "is in 'L'", "'min'"),
    "stock of nothing": ("[use]", '[stock]\nlevel = "litres_left"\ntaken = "filled"\n\n[use]', "stock.level",
        "'litres_left' is not a declared signal", "battery_pct"),
    "stock taken by nothing": ("[use]", '[stock]\nlevel = "battery_pct"\ntaken = "drunk"\n\n[use]', "stock.taken",
        "'drunk'", "filled"),
    "items of a float": ("[use]",
        '[stock]\nlevel = "battery_pct"\ntaken = "filled"\nitems = "volume_l"\n\n[use]', "stock.items",
        "of type float32", "int64"),
    "doses taken and missed at once": ("[use]", '[doses]\ntaken = "filled"\nmissed = "filled"\n\n[use]',
        "doses.missed", "a dose taken", "another event"),
    "doses missed by nothing": ("[use]", '[doses]\ntaken = "filled"\nmissed = "spilt"\n\n[use]',
        "doses.missed", "'spilt'", "filled"),
    "count of two": ('event = "filled"', 'event = "filled"\ncount = 2', "use.count", "2", "1, or"),
    "minimum of an instant": ('event = "filled"', 'event = "filled"\nminimum_s = 5',
        "use.minimum_s", "no length", "start or duration"),
    "minimum below zero": ('event = "filled"', 'event = "filled"\nminimum_s = -5',
        "use.minimum_s", "-5", "greater than or equal to 0"),
    "fault opened by nothing": ('opened_by = "cartridge_clogged"', 'opened_by = "clogged"',
        "fault[0].opened_by (slow)", "'clogged'", "cartridge_clogged"),
    "fault closed by nothing": ('closed_by = "cartridge_changed"', 'closed_by = "changed"',
        "fault[0].closed_by (slow)", "'changed'", "cartridge_changed"),
    "fault closed as it opens": ('closed_by = "cartridge_changed"', 'closed_by = "cartridge_clogged"',
        "fault[0].closed_by (slow)", "opens it", "another event"),
    "fault of a sensitive event": (*SENSITIVE_EVENT,
        "fault[0].opened_by (slow)", "is sensitive", "cartridge_changed"),
    "fault without words": ('en = ["slow", "clogged", "takes ages"]', "en = []",
        "fault[0].words.en (slow)", "is empty", "English"),
    "mode of no signal": ('["flow_l_per_min", "filtered_total_l"]', "[]",
        "failure_mode[0].signals (cartridge_spent)", "is empty", "at least one"),
    "mode of an unknown signal": ('["flow_l_per_min", ', '["flow", ',
        "failure_mode[0].signals[0] (cartridge_spent)", "'flow'", "flow_l_per_min"),
    "mode of a signal twice": ('["flow_l_per_min", ', '["filtered_total_l", ',
        "failure_mode[0].signals[1] (cartridge_spent)", "'filtered_total_l'", "once"),
    "mode of a sensitive signal": ('resolution = 0.01\n', "sensitive = true\n",
        "failure_mode[0].signals[0] (cartridge_spent)", "is sensitive", "battery_pct"),
    "cost below zero": ("cost_part = 6", "cost_part = -6",
        "failure_mode[0].cost_part (cartridge_spent)", "-6", "greater than or equal to 0"),
    "effect above one": ("visit_effect = 0.95", "visit_effect = 95",
        "failure_mode[0].visit_effect (cartridge_spent)", "95", "less than or equal to 1"),
    "unknown role": ('["support"]', '["boss"]', "command[0].roles[0] (blink)", "'boss'", "'admin'"),
    "role twice": ('["support"]', '["support", "support"]', "command[0].roles[1] (blink)",
        "twice", "once"),
    "no role": ('["support"]', "[]", "command[0].roles (blink)", "is empty", "admin"),
    "no time-out": ("timeout_s = 30\n", "", "command[0].timeout_s (blink)", "missing", "seconds"),
    "default out of range": ("default = 150", "default = 5", "setting[0].default (reminder_l)",
        "out of range", "10 to 500"),
    "default of another type": ("default = 150", 'default = "150"', "setting[0].default (reminder_l)",
        "not of type int64", "int64"),
    "default true for a number": ("default = 150", "default = true",
        "setting[0].default (reminder_l)", "not of type int64", "int64"),
    "default a list": ("default = 150", "default = [150]", "setting[0].default (reminder_l)",
        "[150]", "the setting's type"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_told_with_its_place(rule: str) -> None:
    old, new, key, wrong, allowed = RULES[rule]
    found = problems(changed((old, new)))
    assert [problem.key for problem in found] == [key]
    assert wrong in found[0].wrong
    assert allowed in found[0].allowed


ENUM = 'type = "enum"\nvalues = ["a", "b"]'


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ("", "enum without words"),
        ("values = []", "enum without words"),
        ('values = ["a", "b", "a"]', "a twice"),
        ('values = ["a", "two words"]', "well-formed"),
        ('values = ["a", ""]', "well-formed"),
    ],
)
def test_words_of_an_enum(values: str, wrong: str) -> None:
    signal = f'[[signal]]\nkey = "mode"\ntype = "enum"\n{values}\n{LABEL}\n\n[[event]]'
    (problem,) = problems(changed(("[[event]]", signal)))
    assert problem.key.startswith("signal[4].values")
    assert problem.key.endswith("(mode)")
    assert wrong in problem.wrong


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        ('type = "bool"\ndefault = 1', "not of type bool"),
        ('type = "enum"\nvalues = ["a", "b"]\ndefault = "c"', "not one of its values"),
        ('type = "enum"\nvalues = ["1", "b"]\ndefault = 1', "not one of its values"),
        ('type = "text"\ndefault = 1', "not of type text"),
        ('type = "int64"\ndefault = 1.5', "not of type int64"),
        ('type = "float32"\ndefault = false', "not of type float32"),
    ],
)
def test_defaults_that_do_not_fit(declared: str, wrong: str) -> None:
    (problem,) = problems(changed() + f'\n[[setting]]\nkey = "mode"\n{declared}\n{LABEL}\n')
    assert problem.key == "setting[1].default (mode)"
    assert wrong in problem.wrong


@pytest.mark.parametrize(
    "declared",
    [
        'type = "bool"\ndefault = false',
        'type = "enum"\nvalues = ["a", "b"]\ndefault = "a"',
        'type = "text"\ndefault = ""',
        'type = "int64"\ndefault = -1',
        'type = "float32"\ndefault = 1',
        'type = "float64"\ndefault = 1.5',
    ],
)
def test_defaults_that_fit(declared: str) -> None:
    assert problems(changed() + f'\n[[setting]]\nkey = "mode"\n{declared}\n{LABEL}\n') == []


def test_no_use_and_no_fault_leave_their_topics_unanswerable() -> None:
    text = changed(('[use]\nevent = "filled"\n', ""))
    text = text[: text.index("[[fault]]")] + text[text.index("[[failure_mode]]") :]
    assert {(p.key, p.wrong) for p in problems(text)} == {
        ("claim_topics[0] (usage_frequency)", "cannot be checked without [use]"),
        ("claim_topics[1] (last_used)", "cannot be checked without [use]"),
        ("claim_topics[2] (fault_since)", "cannot be checked without a [[fault]]"),
    }


def test_an_attribute_that_may_be_absent_measures_no_use() -> None:
    text = changed(
        ('unit = "L"\n  range = [0, 5]\n  required = true', 'unit = "min"'),
        ('event = "filled"', 'event = "filled"\nduration = "volume_l"'),
    )
    (problem,) = problems(text)
    assert (problem.key, problem.allowed) == ("use.duration", "an attribute with required = true")


def test_all_mistakes_are_told_at_once() -> None:
    text = changed(("version = 1", "version = 0"), ('unit = "%"', 'unit = "°C"'), ("timeout_s = 30\n", ""))
    assert [p.key for p in problems(text)] == [
        "version",
        "signal[0].unit (battery_pct)",
        "command[0].timeout_s (blink)",
    ]


def test_usage_is_sensitive_when_its_event_is() -> None:
    assert not product().usage_is_sensitive
    assert product(('fa = "پر شد" }', 'fa = "پر شد" }\nsensitive = true')).usage_is_sensitive
