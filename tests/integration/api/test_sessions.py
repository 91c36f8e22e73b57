"""Sessions: how they begin, what opens with them, and everything that ends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from http.cookies import SimpleCookie

import httpx
import psycopg
import pytest

from api.sessions.cookies import BROWSER, SECURE_PREFIX, SESSION
from store import passwords, users
from tests.integration.api.browsers import Browser, host_of, signed_in
from tests.integration.api.world import API, World, serve

ME = f"{API}/me"
PASSWORD = "four quiet words here"
FIELDS = {"language": "fa", "calendar": ""}


@pytest.fixture
def sam(world: World) -> Iterator[Browser]:
    with signed_in(world, "sam") as browser:
        yield browser


def give_password(world: World, name: str, password: str = PASSWORD) -> None:
    with world.database.connection() as conn:
        passwords.change(conn, name, passwords.hashed(password))


def sql(world: World, statement: str) -> None:
    with psycopg.connect(world.database.url) as conn:
        conn.execute(statement.encode())


def cookies_of(answer: httpx.Response) -> SimpleCookie:
    jar = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return jar


def test_a_token_opens_a_session_for_pages_and_json(world: World) -> None:
    with Browser(world) as browser:
        assert browser.get(ME).status_code == 401
        answer = browser.sign_in(token=world.tokens["sam"], next="/preferences")
        assert (answer.status_code, answer.headers["location"]) == (303, "/preferences")
        me = browser.get(ME).json()
        assert (me["user"], me["display_name"], me["roles"]) == ("sam", "Sam", ["support"])
        assert me["session"]["expires_at"] > me["session"]["since"]
        assert browser.get(f"{API}/devices").status_code == 200
        assert browser.get(f"{API}/users").status_code == 403
        page = browser.get("/preferences")
        assert page.status_code == 200
        assert browser.csrf() != browser.csrf()
    assert world.get("sam", "/me")["session"] is None


def test_a_password_opens_one_and_its_user_is_on_record(world: World) -> None:
    give_password(world, "sam")
    with Browser(world) as browser:
        assert browser.sign_in(user=" Sam ", password=PASSWORD).status_code == 303
        assert browser.get(ME).json()["user"] == "sam"
    [entry] = world.audited(action="session.sign_in")
    assert (entry["actor"], entry["object"], entry["outcome"], entry["roles"]) == (
        "user:sam", "sam", "allowed", ["support"],
    )  # fmt: skip
    assert entry["detail"] == {"by": "password"}
    assert PASSWORD not in str(world.audited())


def test_the_cookies_are_for_this_host_and_out_of_reach_of_scripts(world: World) -> None:
    with Browser(world) as browser:
        answer = browser.sign_in(token=world.tokens["sam"])
    given = cookies_of(answer)
    for name, ends in ((SESSION, ""), (BROWSER, "15552000")):
        morsel = given[name]
        assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"]) == (True, "lax", "/", "")
        assert (morsel["max-age"], morsel["secure"]) == (ends, "")


def test_over_https_they_are_for_https_alone(database: str) -> None:
    with serve(database, secure_cookies=1) as world:
        answer = httpx.post(f"{world.url}/sign-in", data={"token": world.tokens["sam"]})
        given = cookies_of(answer)
        assert set(given) == {SECURE_PREFIX + SESSION, SECURE_PREFIX + BROWSER}
        assert all(morsel["secure"] for morsel in given.values())
        secret = given[SECURE_PREFIX + SESSION].value
        there = httpx.get(world.url + ME, headers={"Cookie": f"{SECURE_PREFIX}{SESSION}={secret}"})
        assert there.status_code == 200
        # What plain http could have put there is not looked at.
        plain = httpx.get(world.url + ME, headers={"Cookie": f"{SESSION}={secret}"})
        assert plain.status_code == 401


def test_a_session_that_was_there_before_is_not_taken_over(world: World, sam: Browser) -> None:
    fixed = sam.session or ""
    answer = sam.sign_in(token=world.tokens["max"])
    assert answer.status_code == 303
    assert sam.session not in (None, fixed)
    assert sam.get(ME).json()["user"] == "max"
    with Browser(world) as attacker:
        attacker.plant(fixed)
        assert attacker.get(ME).status_code == 401
        # Nor is one that nobody was given.
        attacker.plant("A" * 43)
        assert attacker.sign_in(token=world.tokens["tom"]).status_code == 303
        assert attacker.session != "A" * 43


def test_only_a_hash_is_kept(world: World, sam: Browser) -> None:
    with psycopg.connect(world.database.url) as conn:
        rows = str(conn.execute("SELECT * FROM sessions, known_browsers, users, audit").fetchall())
    assert sam.session
    assert sam.session not in rows
    assert str(sam.known) not in rows


def test_signing_out_ends_this_browser_s_session_alone(world: World, sam: Browser) -> None:
    with signed_in(world, "sam") as other:
        kept = sam.session
        answer = sam.submit("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert cookies_of(answer)[SESSION]["max-age"] == "0"
        sam.plant(kept or "")
        assert sam.get(ME).status_code == 401
        assert other.get(ME).status_code == 200
    assert [(e["actor"], e["object"]) for e in world.audited(action="session.sign_out")] == [("user:sam", "sam")]


def test_it_ends_when_it_was_not_used_for_long(world: World, sam: Browser) -> None:
    sql(world, "UPDATE sessions SET seen_at = seen_at - interval '59 minutes'")
    assert sam.get(ME).status_code == 200  # and is used with it
    sql(world, "UPDATE sessions SET seen_at = seen_at - interval '59 minutes'")
    assert sam.get(ME).status_code == 200
    sql(world, "UPDATE sessions SET seen_at = seen_at - interval '61 minutes'")
    answer = sam.get("/preferences")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/preferences")


def test_it_ends_after_half_a_day_however_busy(world: World, sam: Browser) -> None:
    me = sam.get(ME).json()["session"]
    assert me["expires_at"] > me["since"]
    sql(world, "UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert sam.get(ME).status_code == 401
    with signed_in(world, "max"), psycopg.connect(world.database.url) as conn:
        # Which deletes what has expired.
        row = conn.execute("SELECT count(*), min(expires_at - created_at)::text FROM sessions").fetchone()
    assert row == (1, "12:00:00")


def test_it_lasts_no_longer_than_the_token_it_came_from(world: World) -> None:
    sql(world, "UPDATE tokens SET expires_at = now() + interval '1 hour'")
    with signed_in(world, "sam") as browser, psycopg.connect(world.database.url) as conn:
        row = conn.execute(
            "SELECT s.expires_at = t.expires_at FROM sessions s JOIN tokens t USING (token_id)"
        ).fetchone()
        assert row == (True,)
        assert browser.get(ME).status_code == 200


def test_it_ends_with_its_token_and_no_other_does(world: World, sam: Browser) -> None:
    issued = world.call("ada", "POST", "/tokens", json={"user": "sam", "label": "short"}).json()
    with Browser(world) as other:
        assert other.sign_in(token=issued["secret"]).status_code == 303
        assert world.call("ada", "DELETE", f"/tokens/{issued['token']['token_id']}").status_code == 200
        assert other.get(ME).status_code == 401
        assert other.sign_in(token=issued["secret"]).status_code == 401
    assert sam.get(ME).status_code == 200


def test_it_ends_for_good_when_its_user_is_suspended(world: World, sam: Browser) -> None:
    assert world.call("ada", "PATCH", "/users/sam", json={"active": False}).status_code == 200
    assert sam.get(ME).status_code == 401
    assert world.call("ada", "PATCH", "/users/sam", json={"active": True}).status_code == 200
    assert sam.get(ME).status_code == 401


def test_roles_are_those_of_the_moment(world: World, sam: Browser) -> None:
    assert sam.get(f"{API}/customers").status_code == 200
    with world.database.connection() as conn:
        users.change(conn, "sam", roles=["stock"])
    assert sam.get(f"{API}/customers").status_code == 403
    assert sam.get(ME).json()["roles"] == ["stock"]


def test_changing_the_password_ends_all_others_and_begins_anew(world: World) -> None:
    give_password(world, "sam")
    with Browser(world) as here, signed_in(world, "sam") as there, Browser(world) as later:
        assert here.sign_in(user="sam", password=PASSWORD).status_code == 303
        before = here.session
        new = "another four quiet words"
        answer = here.submit("/preferences/password", current=PASSWORD, new=new, again=new)
        assert (answer.status_code, answer.headers["location"]) == (303, "/preferences?saved=password")
        assert here.session != before
        assert here.get(ME).json()["user"] == "sam"
        assert there.get(ME).status_code == 401
        assert later.sign_in(user="sam", password=PASSWORD).status_code == 401
        assert later.sign_in(user="sam", password=new).status_code == 303
        assert here.get(ME).status_code == 200
    assert [e["outcome"] for e in world.audited(action="user.password")] == ["allowed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "not it at all", "new": "four other words here"}, "not your current password"),
        ({"current": PASSWORD, "new": "short"}, "too short"),
        ({"current": PASSWORD, "new": "password1234"}, "tried first"),
        ({"current": PASSWORD, "new": PASSWORD}, "is the old one"),
        ({"current": PASSWORD, "new": "four other words here", "again": "four other words"}, "not the same"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(world: World, fields: dict[str, str], said: str) -> None:
    give_password(world, "sam")
    with signed_in(world, "sam") as browser:
        answer = browser.submit("/preferences/password", **({"again": fields["new"]} | fields))
        assert answer.status_code == 422
        assert said in answer.text
        assert PASSWORD not in answer.text
        assert browser.get(ME).status_code == 200
        assert browser.sign_in(user="sam", password=PASSWORD).status_code == 303


def test_who_has_no_password_cannot_make_a_token_one(world: World, sam: Browser) -> None:
    new = "four other words here"
    assert sam.submit("/preferences/password", current="", new=new, again=new).status_code == 422
    with Browser(world) as browser:
        assert browser.sign_in(user="sam", password=new).status_code == 401


def test_preferences_are_kept(world: World, sam: Browser) -> None:
    answer = sam.submit("/preferences", language="fa", calendar="persian")
    assert (answer.status_code, answer.headers["location"]) == (303, "/preferences?saved=preferences")
    assert sam.get(ME).json()["preferences"] == {"language": "fa", "calendar": "persian"}
    assert '<html lang="fa" dir="rtl">' in sam.get("/preferences").text
    assert sam.submit("/preferences", language="", calendar="").status_code == 303
    assert world.get("sam", "/me")["preferences"] == {"language": None, "calendar": None}
    assert sam.submit("/preferences", language="xx", calendar="").status_code == 422


def test_two_tabs_share_a_session_and_each_has_a_token_of_it(world: World, sam: Browser) -> None:
    first, second = sam.csrf(), sam.csrf()
    assert first != second
    for token in (first, second, first):
        assert sam.send("/preferences", {"language": "en", "calendar": "", "csrf": token}).status_code == 303
    # A tab opened before somebody else signed in is refused, and says so as a page.
    assert sam.sign_in(token=world.tokens["max"]).status_code == 303
    stale = sam.send("/preferences", {"language": "fa", "calendar": "", "csrf": first})
    assert stale.status_code == 403
    assert "text/html" in stale.headers["content-type"]
    assert sam.get(ME).json()["preferences"]["language"] is None


def test_a_user_s_sessions_are_bounded(world: World, sam: Browser) -> None:
    for _ in range(20):
        with signed_in(world, "sam"):
            pass
    assert sam.get(ME).status_code == 401


def test_a_cookie_and_a_header_are_too_much(world: World, sam: Browser) -> None:
    for value in (f"Bearer {world.tokens['ada']}", "Bearer wrong", "Basic eDp5"):
        answer = sam.get(f"{API}/users", headers={"Authorization": value})
        assert answer.status_code == 401
        assert "one of them" in answer.json()["detail"]


def test_a_cookie_that_is_no_session_does_not_hinder_a_token(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['sam']}", "Cookie": f"{SESSION}=; other=1"}
    assert httpx.get(world.url + ME, headers=headers).status_code == 200


def test_a_live_stream_ends_with_its_session(database: str) -> None:
    with serve(database, keepalive_s=1) as world, ExitStack() as opened:
        browser = opened.enter_context(signed_in(world, "sam"))
        with browser.http.stream("GET", f"{API}/stream", params={"device": "spare"}) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "event: watching"
            sql(world, "UPDATE sessions SET seen_at = seen_at - interval '30 minutes'")
            assert ": still here" in (next(lines) for _ in range(4))
            with psycopg.connect(world.database.url) as conn:
                row = conn.execute("SELECT seen_at < now() - interval '29 minutes' FROM sessions").fetchone()
            assert row == (True,), "a page left open is not used"
            sql(world, "UPDATE users SET active = false WHERE name = 'sam'")
            assert not [line for line in lines if line.startswith("event:")]


class TestAnotherSite:
    """What a page of another site makes a browser send."""

    @pytest.mark.parametrize("csrf", [None, "", "0" * 64, "other", "é"])
    def test_without_the_session_s_token_nothing_is_changed(self, world: World, sam: Browser, csrf: str | None) -> None:
        with signed_in(world, "max") as other:
            given = {"other": other.csrf()}.get(csrf or "", csrf)
            answer = sam.send("/preferences", FIELDS | ({} if given is None else {"csrf": given}))
        assert answer.status_code == 403
        assert sam.get(ME).json()["preferences"]["language"] is None

    def test_json_routes_ask_for_it_too(self, world: World) -> None:
        with signed_in(world, "ada") as ada:
            body = {"name": "new", "display_name": "New", "roles": ["stock"]}
            refused = ada.http.post(f"{API}/users", json=body)
            assert refused.status_code == 403
            assert refused.json()["type"] == "urn:vop:problem:cross-site"
            made = ada.http.post(f"{API}/users", json=body, headers={"X-CSRF-Token": ada.csrf()})
            assert made.status_code == 201
            assert ada.http.delete(f"{API}/tokens/1").status_code == 403
        # A token is sent by nobody but who means it.
        assert world.call("ada", "PATCH", "/users/new", json={"active": False}).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_with_it_neither(self, world: World, sam: Browser, headers: dict[str, str]) -> None:
        fields = FIELDS | {"csrf": sam.csrf()}
        assert sam.send("/preferences", fields, headers=headers).status_code == 403
        assert sam.get(ME).json()["preferences"]["language"] is None
        # Nobody is signed in by another site's form either, as whoever that site likes.
        with Browser(world) as fresh:
            assert fresh.send("/sign-in", {"token": world.tokens["max"]}, headers=headers).status_code == 403
            assert fresh.session is None

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
    def test_our_own_pages_may(self, world: World, sam: Browser, headers: dict[str, str]) -> None:
        fields = FIELDS | {"csrf": sam.csrf()}
        assert sam.send("/preferences", fields, headers=headers).status_code == 303

    @pytest.mark.parametrize(
        "wanted",
        [
            "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
            "https:", "javascript:alert(1)", "///evil.example", "/\t/evil.example", "/\n/evil.example",
            " //evil.example", "evil.example", "", "/sign-in?next=/x", "/%0d%0aLocation:%20//evil" + "\r\n",
        ],
    )  # fmt: skip
    def test_nobody_is_sent_elsewhere(self, world: World, wanted: str) -> None:
        with Browser(world) as browser:
            page = browser.get("/sign-in", params={"next": wanted})
            assert '<input type="hidden" name="next" value="/">' in page.text
            answer = browser.sign_in(token=world.tokens["sam"], next=wanted)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")

    @pytest.mark.parametrize(
        "wanted", ["/devices?q=a%20b&status=active", "/%2F%2Fevil.example", "/%5Cevil.example", "/devices/a%2Fb#x"]
    )
    def test_and_everybody_where_they_wanted_to_here(self, world: World, wanted: str) -> None:
        with Browser(world) as browser:
            there = browser.sign_in(token=world.tokens["sam"], next=wanted).headers["location"]
            assert httpx.URL(world.url).join(there).netloc.decode() == host_of(world.url)
            assert there.partition("#")[0] == wanted.partition("#")[0]
