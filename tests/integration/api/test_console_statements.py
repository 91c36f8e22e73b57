"""Statements on their pages: read as one types, kept, compared anew, corrected, and drawn beside what is reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.household import Home
from tests.integration.api.pages import parsed
from tests.integration.api.world import World

WORDS = "I only use it at most twice a week. The battery dies after 20 minutes."


@pytest.fixture(scope="module")
def home(shared: World) -> Home:
    """A household that agrees to be compared, and whose vacuum reports more than they say."""
    made = Home.new(shared)
    made.agrees("compare_usage")
    made.reports(*["clean_finished"] * 24)
    return made


@pytest.fixture(scope="module")
def sam(shared: World) -> Iterator[Browser]:
    with signed_in(shared, "sam") as browser:
        yield browser


def written(home: Home, text: str = WORDS, **more: str) -> dict[str, str]:
    """The form of a statement as a browser sends it."""
    fields = {"customer": home.customer, "device": home.device, "channel": "phone", "text": text, "lang": ""}
    return fields | {"case": "", "said_on": "", "said_time": ""} | more


def test_what_is_read_and_found_is_shown_as_one_types(home: Home, sam: Browser) -> None:
    blank = sam.get("/statements/new", params={"customer": home.customer})
    assert blank.status_code == 200
    form = next(tag for tag in parsed(blank.text).tags if tag.attributes.get("id") == "statement")
    assert form.attributes["hx-post"] == "/statements/preview"
    by_htmx = {"HX-Request": "true", "X-CSRF-Token": sam.csrf()}
    part = sam.send("/statements/preview", written(home), headers=by_htmx)
    assert part.status_code == 200
    assert "<html" not in part.text
    marked = re.findall(r"<mark>(.*?)<sup>(\d)</sup></mark>", part.text)
    assert [number for _, number in marked] == ["1", "2"]
    assert "The product reports more" in part.text
    assert "at most 2 times a week" in part.text
    whole = sam.submit("/statements/preview", **written(home))  # without scripts
    assert whole.status_code == 200
    assert part.text.strip() in whole.text
    unfinished = sam.send("/statements/preview", written(home, said_time="9"), headers=by_htmx)
    assert (unfinished.status_code, "hour:minute" in unfinished.text) == (200, True)
    assert home.get(f"/customers/{home.customer}/comparison")["items"] == []


def test_a_statement_is_saved_once_compared_again_and_corrected(home: Home, sam: Browser) -> None:
    sent = written(home, once="o" * 22)
    kept = sam.submit("/statements", **sent)
    assert kept.status_code == 303
    path = urlsplit(kept.headers["location"]).path
    assert sam.submit("/statements", **sent).headers["location"] == kept.headers["location"]
    other = sam.submit("/statements", **sent | {"text": "It works."}).headers["location"]
    assert other != kept.headers["location"]
    page = sam.get(path).text
    assert 'class="voices desk"' in page
    both = sam.get(f"/devices/{home.device}/comparison").text
    assert both.count("twice a week") == 1  # in their words; what is drawn has its sentence there
    assert "The customer says" in both
    assert "Why it was read so" in page
    events = next(t.attributes["href"] for t in parsed(page).tags if "/events?" in t.attributes.get("href", ""))
    assert events.startswith(f"/devices/{home.device}/events?kind=clean_finished")
    assert sam.get(events).text.count("<tr>") > 10
    assert sam.submit(f"{path}/compare").status_code == 303
    assert "1 earlier comparison" in sam.get(path).text

    right = {"do": "claim", "topic": "usage_frequency", "low": "۸", "high": "9", "unit": "count", "per": "week"}
    assert sam.submit(f"{path}/claims/0", **right).status_code == 303
    corrected = sam.get(path).text
    assert "8 to 9 times a week" in corrected
    assert "Corrected by" in corrected
    for wrong, field in (({"unit": "item"}, "unit"), ({"low": "x"}, "low"), ({"low": "10"}, "low")):
        back = sam.submit(f"{path}/claims/0", **right | wrong)
        assert (back.status_code, f'id="claim-0-{field}-error"' in back.text) == (422, True), wrong
    judged = {"do": "verdict", "verdict": "agrees", "because": "the neighbour's"}
    assert sam.submit(f"{path}/claims/0", **judged).status_code == 303
    assert "says instead: Agrees" in sam.get(path).text
    assert sam.submit(f"{path}/claims/1", do="drop").status_code == 303
    assert "says that this is no claim" in sam.get(path).text
    assert sam.submit(f"{path}/claims/1", do="restore").status_code == 303
    added = {"topic": "last_used", "low": "1", "high": "1", "unit": "day", "per": "", "quote": "x"}
    assert sam.submit(f"{path}/claims", **added).status_code == 303
    assert "Found by" in sam.get(path).text
    assert sam.submit(f"{path}/claims/9", do="drop").status_code == 404
    own = sam.submit(f"{path}/split").headers["location"]
    assert "split from case" in sam.get(own).text
    assert "the only statement" in sam.submit(f"{path}/split").text


def test_mistakes_are_said_at_their_fields_and_nothing_is_lost(home: Home, sam: Browser) -> None:
    for change, field in (
        ({"text": " "}, "text"),
        ({"device": "vac-ben"}, "device"),
        ({"case": "1"}, "case"),
        ({"said_on": "2999-01-01"}, "said_on"),
        ({"said_time": "25:00"}, "said_time"),
        ({"channel": "owl"}, "channel"),
    ):
        back = sam.submit("/statements", **written(home) | change)
        assert back.status_code == 422, change
        assert f'id="{field}-error"' in back.text, change
    assert sam.get("/statements/new", params={"customer": "nobody"}).status_code == 404


def test_words_that_are_a_script_are_shown_as_words(home: Home, sam: Browser) -> None:
    text = "<script>alert(1)</script> I use it <b>twice a week</b>"
    made = sam.submit("/statements/preview", **written(home, text))
    kept = sam.submit("/statements", **written(home, text)).headers["location"]
    path = f"{urlsplit(kept).path}/claims/0"
    judged = {"do": "verdict", "verdict": "agrees", "because": "<script>alert(2)</script>"}
    assert sam.submit(path, **judged).status_code == 303
    for page in (made, sam.get(kept), sam.get(f"/devices/{home.device}/comparison")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


def test_words_for_the_care_team_are_kept_and_not_shown_to_who_wrote_them_down(home: Home, sam: Browser) -> None:
    sent = written(home, "I take every pill.") | {"customer": "anna", "device": "pill-anna"}
    assert "for their care team alone" in sam.submit("/statements/preview", **sent).text
    kept = sam.submit("/statements", **sent)
    assert kept.headers["location"].startswith("/cases/")
    with signed_in(home.world, "clara") as clara:
        assert "every pill" in clara.submit("/statements/preview", **sent).text
