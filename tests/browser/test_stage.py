"""The checks themselves: each finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit


def test_a_script_within_a_page_does_not_run_and_is_noticed(visit: Visit) -> None:
    stage = visit("/design")
    stage.page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
    }""")
    stage.page.wait_for_function("document.scripts.length > 0")
    assert stage.page.evaluate("window.ran") is None
    with pytest.raises(AssertionError, match="script-src"):
        stage.check_conduct()
    stage.violations.clear()


def test_a_style_within_a_page_is_noticed(visit: Visit) -> None:
    stage = visit("/design")
    stage.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    with pytest.raises(AssertionError, match="style-src"):
        stage.check_conduct()
    stage.violations.clear()


def test_another_host_is_not_reached_and_is_noticed(visit: Visit) -> None:
    stage = visit("/design")
    stage.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    with pytest.raises(AssertionError):
        stage.check_conduct()
    stage.violations.clear()
    stage.elsewhere.clear()


def test_what_has_no_name_is_found(visit: Visit) -> None:
    stage = visit("/design")
    stage.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        stage.check_accessible()


def test_what_the_keyboard_does_not_reach_is_found(visit: Visit) -> None:
    stage = visit("/design")
    stage.page.evaluate(
        "document.querySelector('main').addEventListener('focusin', (e) => { e.target.style.outline = 'none'; })"
    )
    with pytest.raises(AssertionError, match="no focus ring"):
        stage.check_keyboard()


def test_what_does_not_fit_is_found(visit: Visit) -> None:
    stage = visit("/design", phone=True)
    stage.page.evaluate("document.querySelector('main').style.minWidth = '900px'")
    with pytest.raises(AssertionError, match="px of content"):
        stage.check_fits()
