"""Problems of a product file are told with their line."""

from __future__ import annotations

from catalog.lines import line_of


def test_lines_of_a_file() -> None:
    text = (
        'key = "x"\n\n[[event]]\nkey = "a"\n\n  [[event.attribute]]\n  key = "b"\n'
        '[[event]]\nkey = "c"\n[use]\nevent = "a"\n'
        '[[signal]]\nkey = "d"\nvalue_labels.on = { en = "On" }\n'
    )
    assert line_of(text, "key") == 1
    assert line_of(text, "event[0].attribute[0].key (a.b)") == 7
    assert line_of(text, "event[1].label (c)") == 8
    assert line_of(text, "use.event") == 11
    assert line_of(text, "signal[0].value_labels.on.fa (d)") == 14
    assert line_of(text, "line 4, column 2") == 4
    assert line_of(text, "") is None
    assert line_of(text, "heartbeat_s") is None
