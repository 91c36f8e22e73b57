"""Dead letters as pages: the same to the same people as the JSON, harmless to look at, and replayed by a form."""

from __future__ import annotations

import re

import pytest

from api.deadletters.samples import sample
from catalog.elements import Reason, Reject
from store import devices
from store.deadletters import Refused, write
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms

SCRIPT = '<img src=x onerror="alert(1)">'


def refuse(world: World, device: str, payload: bytes, reason: Reason = Reason.NOT_JSON, detail: str = "no") -> None:
    with world.database.connection() as conn:
        write(conn, [Refused(f"vop/v1/{device}/up/telemetry", payload, Reject(0, reason, detail))])


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_for_whom_their_json_is_for(shared: World, name: str) -> None:
    expected = 200 if name in ("ada", "sam") else 403
    with signed_in(shared, name) as browser:
        for path in ("/deadletters", "/deadletters?reason=not_json&device=vac-anna", "/deadletters/replay?id=1"):
            assert browser.get(path).status_code == expected
        assert shared.call(name, "GET", "/deadletters/reasons").status_code == expected
        assert browser.submit("/deadletters/replay", ids="999999").status_code == expected


def test_nobody_is_sent_to_sign_in(shared: World) -> None:
    with Browser(shared) as browser:
        assert browser.get("/deadletters").status_code == 303


def test_a_write_needs_its_form_token(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        assert browser.send("/deadletters/replay", {"ids": "1"}).status_code == 403


def test_a_message_is_shown_as_text_and_only_where_it_tells_of_no_person(world: World) -> None:
    refuse(world, "vac-anna", SCRIPT.encode(), detail=SCRIPT)
    refuse(world, "pill-anna", b"secret of anna")
    refuse(world, "never-seen", b"secret of nobody")
    with signed_in(world, "sam") as browser:
        text = browser.get("/deadletters").text
    assert "<img src=x" not in text
    assert text.count("&lt;img src=x") == 2
    assert "secret of" not in text
    assert "secret of" not in str(world.get("sam", "/deadletters", sample=100))


def test_filters_and_counts(world: World) -> None:
    refuse(world, "vac-anna", b"a")
    refuse(world, "vac-anna", b"a")
    refuse(world, "vac-ben", b"b", Reason.WRONG_TYPE)
    assert world.get("sam", "/deadletters/reasons")["items"] == [
        {"reason": "not_json", "count": 2},
        {"reason": "wrong_type", "count": 1},
    ]
    assert world.get("sam", "/deadletters/reasons", device="vac-ben")["items"] == [{"reason": "wrong_type", "count": 1}]
    assert world.get("sam", "/deadletters", to="2026-01-01T00:00:00Z")["items"] == []
    with signed_in(world, "ada") as browser:
        text = browser.get("/deadletters?device=vac-ben").text
        assert "vop/v1/vac-ben/up/telemetry" in text
        assert "vac-anna" not in text
        assert "Nothing was refused" in browser.get("/deadletters?to=2026-01-01T00:00:00Z").text


def test_replay_from_choice_to_result(world: World) -> None:
    world_message = b'{"ts": %d, "boot": 1, "seq": 0, "values": {"battery_pct": 50}}' % now_ms()
    with world.database.connection() as conn:
        write(conn, [Refused("vop/v1/vac-late/up/telemetry", world_message, Reject(0, Reason.UNKNOWN_DEVICE, "x"))])
        devices.register(conn, "vac-late", "robot_vacuum")
    with signed_in(world, "sam") as browser:
        [number] = re.findall(r'name="id" value="(\d+)"', browser.get("/deadletters").text)
        assert "1 letter is tried again" in browser.get(f"/deadletters/replay?id={number}").text
        done = browser.submit("/deadletters/replay", ids=number)
        assert done.status_code == 200
        assert "Nothing was refused again" in done.text
        again = browser.submit("/deadletters/replay", ids=number).text
        assert "was not there any more" in again
    assert world.get("sam", "/deadletters")["items"] == []
    assert world.get("sam", "/devices/vac-late")["latest"]["battery_pct"]["value"] == 50


@pytest.mark.parametrize("ids", ["", "x", "1,,2", "0", ",".join(map(str, range(1, 102)))])
def test_nonsense_is_refused_in_words(shared: World, ids: str) -> None:
    with signed_in(shared, "sam") as browser:
        answer = browser.submit("/deadletters/replay", ids=ids)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


def test_samples_are_harmless() -> None:
    assert sample(b'{"a": 1}', 8).text == '{"a": 1}'
    assert sample("سلام".encode()[:3], 8).text == "س"
    assert sample(b"\x00\x01\xff", 3).model_dump() == {"text": "00 01 ff", "is_hex": True, "cut": False}
    assert sample("a\u202eb".encode(), 5).text == "a\\u{202e}b"
    assert sample(b"\x1b[31m", 5).is_hex
