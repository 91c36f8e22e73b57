"""Administrators' forms for people: what they do in the database and the audit log, and how mistakes come back."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from store import care, consents, customers, devices, ownerships, tokens, users
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import World
from tests.waiting import poll

SCRIPT = '<script>alert("1")</script>'
ROLE = {"role.stock": "1"}


@pytest.fixture(scope="module")
def ada(shared: World) -> Iterator[Browser]:
    with signed_in(shared, "ada") as browser:
        yield browser


@pytest.fixture(scope="module")
def sam(shared: World) -> Iterator[Browser]:
    with signed_in(shared, "sam") as browser:
        yield browser


def user_of(world: World, name: str) -> users.User:
    with world.database.connection() as conn:
        return users.get(conn, name)


def newest(world: World, action: str) -> dict[str, Any]:
    """The newest entry of the audit log of this action."""
    entry: dict[str, Any] = world.audited(action=action)[0]
    return entry


def make(world: World, name: str, *roles: str) -> str:
    """A user with a token, whose secret is returned."""
    with world.database.connection() as conn:
        return tokens.issue(conn, users.create(conn, name, name.title(), roles or ["stock"]).user_id, "test")[1]


def hidden(page: httpx.Response, name: str, action: str = "") -> str:
    """The value of a hidden field, in the form that is sent to `action` when that is given."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text.partition(f'action="{action}"')[2] or page.text)
    assert found
    return found[1]


def test_a_user_is_added_and_given_a_first_token(shared: World, ada: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    done = ada.submit("/users", name=" Nora ", display_name=f" {SCRIPT} ", **{"role.support": "1", "role.stock": "1"})
    assert (done.status_code, done.headers["location"]) == (303, "/users/nora?done=made")
    nora = user_of(shared, "nora")
    assert (nora.display_name, nora.roles, nora.active, nora.last_sign_in) == (SCRIPT, ["support", "stock"], True, None)
    made = newest(shared, "user.create")
    assert (made["actor"], made["object"], made["detail"]) == ("user:ada", "nora", {"roles": ["support", "stock"]})
    shown = ada.get(done.headers["location"])
    assert "The user is added." in shown.text
    for page in (shown, ada.get("/users")):
        assert SCRIPT not in page.text
        assert "&lt;script&gt;alert" in page.text

    form = {"label": "Her laptop", "days": "7", "once": hidden(shown, "once")}
    issued = ada.submit("/users/nora/tokens", **form)
    assert issued.status_code == 200
    assert issued.headers["cache-control"] == "no-store"
    found = re.search(r"<code>(vop_[^<]+|[A-Za-z0-9_-]{40,})</code>", issued.text)
    assert found
    secret = found[1]
    assert f"{shared.url}/sign-in#token={secret}" in issued.text
    with Browser(shared) as hers:
        assert hers.sign_in(token=secret).status_code == 303
    assert user_of(shared, "nora").last_sign_in is not None
    again = ada.submit("/users/nora/tokens", **form)
    assert again.status_code == 200
    assert "This form was sent before" in again.text
    for page in (again, ada.get("/users/nora"), ada.get("/users")):
        assert secret not in page.text
    listed = shared.get("ada", "/tokens", user="nora")["items"]
    assert [token["label"] for token in listed] == ["Her laptop"]
    first = next(entry for entry in shared.audited(action="token.issue") if "user" in entry["detail"])
    assert (first["object"], first["detail"]) == (str(listed[0]["token_id"]), {"user": "nora"})
    assert secret not in caplog.text
    assert secret not in str(shared.audited(limit=500))


@pytest.mark.parametrize(
    ("path", "sent", "status", "says"),
    [
        ("/users", {"name": "new", "display_name": "", **ROLE}, 422, "as colleagues know them"),
        ("/users", {"name": "No Name!", "display_name": "New", **ROLE}, 422, "first a letter or a digit."),
        ("/users", {"name": "new", "display_name": "New"}, 422, "Choose at least one role."),
        ("/users", {"name": "sam", "display_name": "New", **ROLE}, 422, "There is a user of this name already."),
        ("/users", {"name": "new", "display_name": "New", "role.boss": "1"}, 422, "choose among them"),
        ("/users/sam", {"display_name": " ", "role.support": "1"}, 422, "as colleagues know them"),
        ("/users/sam", {"display_name": "Sam"}, 422, "Choose at least one role."),
        ("/users/sam", {"display_name": "Sam", "was": "old", "role.support": "1"}, 409, "Somebody else changed this"),
        ("/users/ada", {"display_name": "Ada", **ROLE}, 409, "the last administrator"),
        ("/users/ada/suspend", {}, 409, "the last administrator"),
        ("/users/sam/tokens", {"label": " ", "days": "7"}, 422, "that say what it is for"),
        ("/users/sam/tokens", {"label": "x" * 101, "days": "7"}, 422, "that say what it is for"),
        ("/users/sam/tokens", {"label": "x", "days": "8"}, 422, "Choose one of these."),
        ("/users/nobody", {"display_name": "Sam", **ROLE}, 404, ""),
        ("/users/nobody/suspend", {}, 404, ""),
        ("/users/nobody/reactivate", {}, 404, ""),
        ("/users/nobody/tokens", {"label": "x", "days": "7"}, 404, ""),
        ("/users/sam/tokens/999999/revoke", {}, 404, ""),
        ("/users/sam/tokens/1/revoke", {}, 404, ""),
    ],
)
def test_a_mistake_comes_back_and_changes_nothing(
    shared: World, ada: Browser, path: str, sent: dict[str, str], status: int, says: str
) -> None:
    def kept() -> object:
        with shared.database.connection() as conn:
            return users.listing(conn), tokens.listing(conn)

    before = kept()
    answer = ada.submit(path, **sent)
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert kept() == before
    if status == 422 and "role.boss" not in sent:
        assert 'aria-invalid="true"' in answer.text
    if status in (409, 422) and "role.boss" not in sent:
        entry = shared.audited(limit=1)[0]
        assert (entry["actor"], False in entry["detail"].values()) == ("user:ada", True)


def test_roles_and_name_are_changed_at_once(shared: World, ada: Browser) -> None:
    secret = make(shared, "otto")
    with Browser(shared) as otto:
        otto.sign_in(token=secret)
        assert otto.get("/deadletters").status_code == 403
        was = hidden(ada.get("/users/otto"), "was")
        done = ada.submit("/users/otto", display_name="Otto O.", was=was, **{"role.support": "1"})
        assert (done.status_code, done.headers["location"]) == (303, "/users/otto?done=changed")
        assert otto.get("/deadletters").status_code == 200
    assert user_of(shared, "otto").display_name == "Otto O."
    assert newest(shared, "user.change")["detail"] == {"roles": ["support"]}
    outdated = ada.submit("/users/otto", display_name="Another", was=was, **ROLE)
    assert outdated.status_code == 409
    assert "Otto O." in outdated.text


def test_a_suspended_user_is_out_and_comes_back(shared: World, ada: Browser) -> None:
    secret = make(shared, "uma")
    with Browser(shared) as uma:
        uma.sign_in(token=secret)
        assert uma.get("/products").status_code == 200
        asked = ada.get("/users/uma/suspend")
        assert "All their sessions end now" in asked.text
        assert uma.get("/products").status_code == 200
        assert ada.submit("/users/uma/suspend").headers["location"] == "/users/uma?done=suspended"
        assert uma.get("/products").status_code == 303
        assert uma.sign_in(token=secret).status_code == 401
        assert newest(shared, "user.change")["detail"] == {"active": False}
        assert ada.submit("/users/uma/reactivate").headers["location"] == "/users/uma?done=reactivated"
        assert uma.sign_in(token=secret).status_code == 303


def test_a_revoked_token_opens_nothing(shared: World, ada: Browser) -> None:
    secret = make(shared, "vera")
    token = shared.get("ada", "/tokens", user="vera")["items"][0]["token_id"]
    path = f"/users/vera/tokens/{token}/revoke"
    with Browser(shared) as vera:
        vera.sign_in(token=secret)
        assert "cannot be undone" in ada.get(path).text
        assert ada.submit(path).headers["location"] == "/users/vera?done=revoked"
        assert vera.get("/products").status_code == 303
    revoked = newest(shared, "token.revoke")
    assert (revoked["object"], revoked["detail"]) == (str(token), {"user": "vera"})
    assert "nothing to revoke" in ada.get(path).text
    assert "Revoked" in ada.get("/users/vera").text


def test_of_more_tokens_than_a_page_shows_those_that_open_something_are_there(world: World) -> None:
    make(world, "robot")
    with world.database.connection() as conn:
        robot = users.get(conn, "robot").user_id
        conn.execute(
            """INSERT INTO tokens (user_id, label, token_sha256, revoked_at)
               SELECT %s, 'old ' || n, sha256(n::text::bytea), now() FROM generate_series(1, 500) n""",
            (robot,),
        )
        tokens.issue(conn, robot, "newest")
    with signed_in(world, "ada") as ada:
        page = ada.get("/users/robot").text
    for label in ("test", "newest", "old 500"):
        assert f"<bdi>{label}</bdi>" in page
    assert "old 1<" not in page
    assert "There are more" in page


def test_an_administrator_who_resigns_is_led_to_the_start(shared: World) -> None:
    secret = make(shared, "wim", "admin")
    with Browser(shared) as wim:
        wim.sign_in(token=secret)
        assert wim.submit("/users/wim", display_name="Wim", **ROLE).headers["location"] == "/"
        assert wim.get("/users").status_code == 403


def owned(world: World, device: str) -> list[tuple[str, str, bool]]:
    """Customer, zone and whether it has ended, of each ownership."""
    with world.database.connection() as conn:
        kept = ownerships.history(conn, devices.get(conn, device).device_id)
    return [(one.customer, one.zone, one.until is not None) for one in kept]


def register(world: World, device: str) -> None:
    with world.database.connection() as conn:
        devices.register(conn, device, "software")


NEW = {"customer": "dora", "name": "Dora", "zone": "Asia/Tehran"}


def test_a_customer_is_added(shared: World, sam: Browser) -> None:
    sent = NEW | {"name": SCRIPT, "language": "fa", "calendar": "persian", "week_start": "6", "weekend.5": "1"}
    done = sam.submit("/customers", **sent)
    assert (done.status_code, done.headers["location"]) == (303, "/customers/dora?done=made")
    with shared.database.connection() as conn:
        dora = customers.get(conn, "dora")
    assert (dora.name, dora.zone, dora.language, dora.calendar) == (SCRIPT, "Asia/Tehran", "fa", "persian")
    assert (dora.week_start, dora.weekend) == (6, [5])
    made = newest(shared, "customer.create")
    assert (made["actor"], made["object"], made["customer"], made["detail"]) == ("user:sam", "dora", "dora", {})
    page = sam.get(done.headers["location"]).text
    assert "The customer is added." in page
    assert SCRIPT not in page


def test_all_mistakes_with_a_new_customer_are_told_at_once(sam: Browser) -> None:
    answer = sam.submit("/customers", customer="anna", name=" ", zone="Mars/Base", week_start="9")
    assert answer.status_code == 422
    for field in ("customer", "name", "zone", "week_start"):
        assert f'id="{field}-error"' in answer.text
    assert "4 fields are to be corrected" in answer.text


def test_a_profile_is_changed(shared: World, sam: Browser) -> None:
    with shared.database.connection() as conn:
        customers.create(conn, "elif", "Elif", zone="Europe/Berlin")
    path = "/customers/elif"
    was = hidden(sam.get(path), "was", path)
    sent = {"name": SCRIPT, "zone": "Asia/Tehran", "language": "fa", "calendar": "persian", "week_start": "6"}
    wrong = sam.submit(path, was=was, **sent | {"zone": "Mars/Base", "name": ""})
    assert wrong.status_code == 422
    for field in ("name", "zone"):
        assert f'id="{field}-error"' in wrong.text
    assert 'value="Mars/Base"' in wrong.text
    done = sam.submit(path, was=was, **sent, **{"weekend.5": "1"})
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?done=changed")
    with shared.database.connection() as conn:
        elif_ = customers.get(conn, "elif")
    assert (elif_.name, elif_.zone, elif_.language, elif_.calendar) == (SCRIPT, "Asia/Tehran", "fa", "persian")
    assert (elif_.week_start, elif_.weekend) == (6, [5])
    entry = newest(shared, "customer.change")
    fields = ["calendar", "language", "name", "week_start", "weekend", "zone"]
    assert (entry["actor"], entry["object"], entry["customer"], entry["detail"]) == (
        "user:sam", "elif", "elif", {"fields": fields},
    )  # fmt: skip
    outdated = sam.submit(path, was=was, **sent)
    assert (outdated.status_code, "Somebody else changed this" in outdated.text) == (409, True)
    changed = shared.call("sam", "PATCH", path, json={"zone": "Europe/Paris"})
    assert (changed.status_code, changed.json()["zone"], changed.json()["name"]) == (200, "Europe/Paris", SCRIPT)
    assert shared.call("sam", "PATCH", path, json={"zone": "Mars"}).status_code == 422
    assert shared.call("sam", "PATCH", path, json={"customer": "other"}).status_code == 422


def test_too_many_at_once_are_refused_in_words_and_kept_ticked(sam: Browser, ada: Browser) -> None:
    page = sam.submit("/customers/ben/consents", another="more", **{f"purpose.p{n}": "1" for n in range(150)})
    assert (page.status_code, "At most 50 purposes can be agreed to at once. Nothing" in page.text) == (422, True)
    page = ada.submit("/customers/ben/care-team", **{f"member.m{n}": "1" for n in range(150)}, **{"member.carl": "1"})
    assert (page.status_code, "At most 100 people can be on a care team. Nothing" in page.text) == (422, True)
    assert 'name="member.carl" value="1" checked' in page.text


def test_a_token_form_sent_again_for_something_else_keeps_what_was_typed(ada: Browser) -> None:
    form = {"label": "A kiosk", "once": hidden(ada.get("/users/sam"), "once")}
    assert ada.submit("/users/sam/tokens", days="7", **form).status_code == 200
    again = ada.submit("/users/sam/tokens", days="30", **form)
    assert (again.status_code, "Nothing was issued now" in again.text) == (409, True)
    assert 'value="A kiosk"' in again.text
    assert ada.submit("/users/sam/tokens", days="30", label="A kiosk", once=hidden(again, "once")).status_code == 200


def test_a_device_is_given_and_taken_back(shared: World, sam: Browser, ada: Browser) -> None:
    register(shared, "app-1")
    path = "/devices/app-1/ownerships"
    assert "Nobody has owned it so far" in ada.get(path).text
    given = sam.submit("/customers/ben/devices", device=" app-1 ", day="2026-01-31")
    assert (given.status_code, given.headers["location"]) == (303, "/customers/ben?done=given")
    assert owned(shared, "app-1") == [("ben", "Asia/Tehran", False)]
    entry = newest(shared, "device.own")
    assert (entry["actor"], entry["object"], entry["customer"], entry["detail"]) == ("user:sam", "app-1", "ben", {})
    assert shared.get("ada", path)["items"][0]["since"] == "2026-01-30T20:30:00Z"
    page = ada.get(path)
    assert "Owns it now" in page.text
    assert "Ben Example" not in page.text
    assert 'href="/customers/ben/care-team"' in page.text
    was = hidden(page, "was")
    assert "Somebody owns it." in sam.submit("/customers/anna/devices", device="app-1").text
    assert "before they had it" in ada.submit(path, was=was, day="2025-01-01").text
    assert ada.submit(path, was=was).headers["location"] == f"{path}?done=taken"
    assert owned(shared, "app-1") == [("ben", "Asia/Tehran", True)]
    assert ada.submit(path, was=was).status_code == 409
    clash = sam.submit(path, customer="anna", day="2026-02-01")
    assert (clash.status_code, "Choose a later day" in clash.text) == (422, True)
    assert sam.submit(path, customer="anna").headers["location"] == f"{path}?done=given"
    assert owned(shared, "app-1") == [("ben", "Asia/Tehran", True), ("anna", "Europe/Berlin", False)]


def test_of_two_who_give_a_device_at_once_one_is_told(shared: World, sam: Browser) -> None:
    register(shared, "app-2")
    with signed_in(shared, "sam") as other, ThreadPoolExecutor() as pool, shared.database.connection() as conn:
        conn.execute("SELECT 1 FROM devices WHERE device = 'app-2' FOR UPDATE")
        given = [
            pool.submit(browser.submit, f"/customers/{customer}/devices", device="app-2")
            for browser, customer in ((sam, "anna"), (other, "ben"))
        ]
        poll(lambda: waiting(shared), until=lambda count: count == 2, what="both waiting for the device")
        conn.commit()
        answers = [one.result() for one in given]
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    [first] = [answer for answer in answers if answer.status_code == 303]
    [(customer, _, _)] = owned(shared, "app-2")
    assert first.headers["location"] == f"/customers/{customer}?done=given"


USER = "users WHERE name = 'ada'"
CUSTOMER = "customers WHERE customer = 'ben'"


@pytest.mark.parametrize(
    ("who", "row", "page", "path", "first", "second"),
    [
        ("ada", USER, "/users/sam", "/users/sam", {"role.support": "1"}, {"role.support": "1", "role.stock": "1"}),
        ("sam", CUSTOMER, "/customers/ben", "/customers/ben/consents", {"another": "one"}, {"another": "other"}),
        ("ada", CUSTOMER, "/customers/ben/care-team", "/customers/ben/care-team", {"member.clara": "1"},
         {"member.stranger": "1"}),
    ],
    ids=["user", "consents", "care team"],
)  # fmt: skip
def test_of_two_who_save_at_once_one_is_told(
    world: World, who: str, row: str, page: str, path: str, first: dict[str, str], second: dict[str, str]
) -> None:
    with (
        signed_in(world, who) as one,
        signed_in(world, who) as other,
        ThreadPoolExecutor() as pool,
        world.database.connection() as conn,
    ):
        form = {"was": hidden(one.get(page), "was", path)} | ({"display_name": "Sam S."} if "users" in path else {})
        conn.execute(f"SELECT 1 FROM {row} FOR UPDATE".encode())
        sent = [pool.submit(each.submit, path, **form, **more) for each, more in ((one, first), (other, second))]
        poll(lambda: waiting(world), until=lambda count: count == 2, what="both waiting for their turn")
        conn.commit()
        answers = [each.result() for each in sent]
    assert sorted(answer.status_code for answer in answers) == [303, 409], [answer.text for answer in answers]


def waiting(world: World) -> int:
    """How many connections wait for a lock."""
    with world.database.connection() as conn:
        row = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    assert row is not None
    count: int = row[0]
    return count


def test_an_owner_to_come_is_called_off_and_an_end_never_put_off(shared: World, sam: Browser) -> None:
    register(shared, "app-3")
    path, later = "/devices/app-3/ownerships", datetime.now(UTC) + timedelta(days=40)
    given = sam.submit("/customers/ben/devices", device="app-3", day=f"{later:%Y-%m-%d}")
    assert given.headers["location"] == "/customers/ben?done=promised"
    shown = sam.get(f"{path}?done=promised").text
    assert all(words in shown for words in ("To come", "Nobody owns it until then", ">Call it off<"))
    assert "Take it back" not in shown
    assert "it is to be somebody's." in html.unescape(sam.get("/devices/app-3").text)
    assert shared.get("tom", "/devices/app-3")["owned_from"] == shared.get("sam", path)["items"][0]["since"]
    assert "Call that off first" in sam.submit("/customers/anna/devices", device="app-3").text
    theirs = sam.get("/customers/ben").text
    assert "Devices that are to be theirs" in theirs
    assert 'aria-label="Call off… app-3"' in theirs
    assert sam.submit(path).headers["location"] == f"{path}?done=called_off"
    assert owned(shared, "app-3") == []
    assert sam.submit(path, customer="ben").status_code == 303
    assert sam.submit(path, day=f"{later:%Y-%m-%d}").status_code == 303
    before = shared.get("sam", path)["items"]
    assert sam.submit(path, day=f"{later + timedelta(days=9):%Y-%m-%d}").status_code == 303
    assert shared.get("sam", path)["items"] == before
    assert before[0]["until"][:10] <= f"{later:%Y-%m-%d}"


def test_consents_are_given_and_withdrawn(shared: World, sam: Browser) -> None:
    def agreed() -> dict[str, bool]:
        with shared.database.connection() as conn:
            kept = consents.listing(conn, customers.get(conn, "ben").customer_id)
        return {one.purpose: one.until is None for one in kept}

    path = "/customers/ben/consents"
    done = sam.submit(path, another="compare_usage")
    assert (done.status_code, done.headers["location"]) == (303, "/customers/ben?done=consents")
    was = hidden(sam.get("/customers/ben"), "was", path)
    assert sam.submit(path, was=was, another="research").status_code == 303
    assert agreed() == {"compare_usage": False, "research": True}
    assert newest(shared, "customer.consent")["detail"] == {"purposes": ["research"]}
    assert sam.submit(path, was=was, **{"purpose.compare_usage": "1"}).status_code == 409
    assert agreed() == {"compare_usage": False, "research": True}


def test_the_care_team_is_changed(shared: World, ada: Browser) -> None:
    def members() -> dict[str, bool]:
        with shared.database.connection() as conn:
            kept = care.members(conn, customers.get(conn, "ben").customer_id)
        return {one.user: one.until is None for one in kept}

    path = "/customers/ben/care-team"
    page = ada.get(path)
    assert 'name="member.stranger"' in page.text
    assert 'name="member.sam"' not in page.text
    done = ada.submit(path, was=hidden(page, "was"), **{"member.stranger": "1"})
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?done=team")
    assert shared.call("stranger", "GET", "/customers/ben/usage").status_code == 200
    assert newest(shared, "customer.team")["detail"] == {"members": ["stranger"]}
    assert ada.submit(path, was=hidden(page, "was")).status_code == 409
    assert ada.submit(path, **{"member.sam": "1"}).status_code == 422
    assert members() == {"stranger": True}
    assert ada.submit(path).status_code == 303
    assert members() == {"stranger": False}


@pytest.mark.parametrize(
    ("path", "sent", "status", "says"),
    [
        ("/customers", NEW | {"customer": "a b"}, 422, "not a name such as .. alone"),
        ("/customers", NEW | {"customer": ".."}, 422, "not a name such as .. alone"),
        ("/customers", NEW | {"customer": "anna"}, 422, "There is a customer of this id already."),
        ("/customers", NEW | {"customer": "e", "name": " "}, 422, "1 to 200 characters."),
        ("/customers", NEW | {"customer": "e", "zone": "Mars"}, 422, "There is no such time zone."),
        ("/customers", NEW | {"customer": "e", "zone": ""}, 422, "There is no such time zone."),
        ("/customers", NEW | {"customer": "e", "language": "de"}, 422, "Choose one of these."),
        ("/customers", NEW | {"customer": "e", "week_start": "9"}, 422, "Choose one of these."),
        ("/customers/anna/consents", {"another": "No Word"}, 422, "A word of small letters"),
        ("/customers/anna/devices", {"device": "nothing"}, 422, "There is no device of this id."),
        ("/customers/anna/devices", {"device": "vac-ben"}, 422, "Somebody owns it."),
        ("/customers/anna/devices", {"device": "spare", "day": "soon"}, 422, "Write a day"),
        ("/customers/anna/devices", {"device": "spare", "day": "1405-09-01"}, 422, "Write a day"),
        ("/customers/anna/devices", {"device": "spare", "day": "9999-12-31"}, 422, "Write a day"),
        ("/devices/spare/ownerships", {"customer": "nobody"}, 422, "There is no customer of this id."),
        ("/devices/spare/ownerships", {"customer": "anna", "day": "2026-13-01"}, 422, "Write a day"),
        ("/devices/spare/ownerships", {"customer": "anna", "was": "old"}, 409, "Somebody else changed this"),
    ],
)
def test_a_mistake_with_a_customer_changes_nothing(
    shared: World, sam: Browser, path: str, sent: dict[str, str], status: int, says: str
) -> None:
    def kept() -> object:
        with shared.database.connection() as conn:
            anna = customers.get(conn, "anna").customer_id
            return (
                customers.search(conn),
                consents.listing(conn, anna),
                conn.execute("SELECT * FROM ownerships ORDER BY ownership_id").fetchall(),
            )

    before = kept()
    answer = sam.submit(path, **sent)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert kept() == before
    assert ('aria-invalid="true"' in answer.text) == (status == 422)
    entry = shared.audited(limit=1)[0]
    assert (entry["actor"], False in entry["detail"].values()) == ("user:sam", True)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_texts_are_there_in_both_languages(shared: World, ada: Browser, language: str) -> None:
    for path in ("/users", "/users/sam", "/users/sam/suspend"):
        page = ada.get(path, headers={"Accept-Language": language})
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
