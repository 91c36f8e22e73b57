"""What somebody who writes requests by hand tries: to be served files, to send people elsewhere, to be somebody else,
to break the service. Each on a real socket, so that no client's good manners come between.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from api.console import headers as console_headers
from api.console.assets import JOINED, REQUIRED, Assets
from api.permissions import RULES, is_page
from api.sessions.cookies import BROWSER, SECURE_PREFIX, SESSION
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.wire import FORM, Reply, ask, cookie, said
from tests.integration.api.world import World, serve
from tests.platform_services import Server, fresh_database

EVIL = "evil.example"


@pytest.fixture(scope="module")
def sam(shared: World) -> Iterator[Browser]:
    with signed_in(shared, "sam") as browser:
        yield browser


@pytest.fixture(autouse=True)
def forgiven(request: pytest.FixtureRequest) -> None:
    if "shared" in request.fixturenames:
        request.getfixturevalue("shared").app.state.services.throttle.forget()


class TestFiles:
    """Static files are looked up by name among those read at start."""

    @pytest.mark.parametrize(
        "path",
        [
            b"../app.py", b"..%2fapp.py", b"%2e%2e/%2e%2e/app.py", b"%252e%252e%252fapp.py", b"..%252f..%252fapp.py",
            b"/etc/passwd", b"%2fetc%2fpasswd", b"file:///etc/passwd", b"..\\..\\app.py", b"..%5c..%5capp.py",
            b"....//app.py", b"%c0%ae%c0%ae/app.py", b"%E2%80%A5/app.py", b"css/base.css%00", b"css/base.css%00.js",
            b"css/../../app.py", b"css/./base.css", b"css//base.css", b"css/base.css/", b"CSS/BASE.CSS", b"css", b"",
            b"css/base.css;x", b"css/base.css%20", b"css/base.css::$DATA", b"%2e", b"%2e%2e", b"~root/.profile",
        ],
    )  # fmt: skip
    def test_nothing_else_is_served(self, shared: World, path: bytes) -> None:
        version = shared.app.state.console.assets.version.encode()
        for start in (b"/static/" + version + b"/", b"/static/%2e%2e/", b"/static/../", b"/static/x/../"):
            reply = ask(shared, start + path)
            assert reply.status == 404, (start, reply.status)
            assert "create_app" not in reply.body
            assert "root:" not in reply.body

    def test_what_is_put_beside_them_later_is_not_served_nor_a_link_that_leads_away(self, tmp_path: Path) -> None:
        for name in {*REQUIRED, *itertools.chain.from_iterable(JOINED.values())}:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(name)
        read = Assets.load(tmp_path)
        (tmp_path / "late.txt").symlink_to("/etc/passwd")
        (tmp_path / "away").symlink_to("/etc", target_is_directory=True)
        assert "late.txt" not in read.files
        assert not [name for name in Assets.load(tmp_path).files if name.startswith("away/")]


class TestElsewhere:
    """Nobody is sent to another site."""

    TARGETS = (
        f"//{EVIL}", f"///{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"\\/{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}",
        f"/\r/{EVIL}", f"\t//{EVIL}", f" //{EVIL}", f"/ /{EVIL}", f"https://{EVIL}", f"https:{EVIL}", f"https:/{EVIL}", f"http:///{EVIL}",
        f"//{EVIL}@127.0.0.1", f"//127.0.0.1@{EVIL}", f"@{EVIL}", f"{EVIL}", f"//{EVIL}%2f..", f"/\x00/{EVIL}",
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
        "?x", "#x", f"//\u3002{EVIL}", f"/\x7f/{EVIL}", "blob:x", "//", "\\", "",
    )  # fmt: skip
    HARMLESS = (
        f"/\u2215{EVIL}",
        f"/\uff0f{EVIL}",
        f"/@{EVIL}",
        f"/.//{EVIL}",
        f"/%09/{EVIL}",
        f"/;//{EVIL}",
        f"/:{EVIL}",
    )
    """Odd, but paths of this site."""

    @pytest.mark.parametrize("wanted", TARGETS, ids=ascii)
    def test_by_next(self, shared: World, wanted: str) -> None:
        for path in ("/language/fa", "/sign-in"):
            with Browser(shared) as browser:
                answer = browser.get(path, params={"next": wanted})
                if path == "/sign-in":
                    assert 'name="next" value="/"' in answer.text
                    answer = browser.sign_in(token=shared.tokens["tom"], next=wanted.replace("\x00", ""))
                assert (answer.status_code, answer.headers["location"]) == (303, "/")

    @pytest.mark.parametrize("wanted", HARMLESS, ids=ascii)
    def test_what_is_odd_stays_here(self, shared: World, wanted: str) -> None:
        with Browser(shared) as browser:
            there = browser.get("/language/fa", params={"next": wanted}).headers["location"]
        assert there.isascii()
        assert httpx.URL(shared.url).join(there).netloc.decode() == urlsplit(shared.url).netloc

    @pytest.mark.parametrize(
        "host",
        [
            EVIL.encode(), b"$(id)", b"[", b"[::1", b"a/b?c", b"x/api/v1/", b"\xff\xfe", b"a b", b"<script>", b"",
            b"x" * 3000, b"a:b", b"a:99999999", b"evil@127.0.0.1", b"x?", b"x#", b"127.0.0.1:80, evil.example",
        ],
        ids=ascii,
    )  # fmt: skip
    def test_by_the_host_header(self, shared: World, sam: Browser, host: bytes) -> None:
        """Addresses are written without a host; what is said of the broker's is text and quoted for the shell."""
        more = cookie(sam.session) + f"X-Forwarded-Host: {EVIL}\r\nForwarded: host={EVIL}\r\n".encode()
        for target in (b"/devices", b"/devices/", b"/connect", b"/nothing", b"/language/fa"):
            reply = ask(shared, target, host=host, more=more)
            assert reply.status in (200, 303, 308, 400, 404), (target, reply.status)
            assert reply.headers.get("location", "/").startswith("/")
            assert EVIL not in reply.body
            assert "<script>" not in reply.body.lower()

    def test_by_a_path_that_looks_like_a_host(self, shared: World, sam: Browser) -> None:
        for target in (
            b"//evil.example/devices",
            b"//evil.example//..",
            b"http://evil.example/devices",
            b"/\\evil.example",
        ):
            for more in (b"", cookie(sam.session)):
                reply = ask(shared, target, more=more)
                assert reply.status == 404
                assert "location" not in reply.headers
                assert 'href="//' not in reply.body
                assert 'action="//' not in reply.body

    def test_by_a_referer(self, shared: World) -> None:
        with Browser(shared) as browser:
            for path in ("/language/fa", "/devices", "/sign-in"):
                answer = browser.get(path, headers={"Referer": f"https://{EVIL}/"})
                assert EVIL not in answer.headers.get("location", "") + answer.text

    def test_the_way_back_is_one_that_can_be_gone(self, shared: World) -> None:
        """A way that is too long for the sign-in page is none."""
        for query in ("q=" + "a" * 3000, "q=%ff", "q=é", "x=//", "q=a&q=b"):
            there = ask(shared, b"/devices?" + quote(query, safe="=&%/").encode()).headers["location"]
            assert there.startswith("/sign-in")
            assert ask(shared, there.encode()).status == 200


class TestMethods:
    """Only what is offered is done, by its own name."""

    @pytest.mark.parametrize(
        "method", ["HEAD", "OPTIONS", "TRACE", "TRACK", "PUT", "DELETE", "PATCH", "PROPFIND", "get"]
    )
    def test_others_are_refused_everywhere(self, shared: World, sam: Browser, method: str) -> None:
        offered = {path: {m for m, p in RULES if p == path} for _, path in RULES if is_page(path)}
        for pattern in sorted(offered):
            if method in offered[pattern]:
                continue
            path = address(pattern)
            reply = ask(shared, path.encode(), method=method.encode(), more=cookie(sam.session))
            assert reply.status == 405, (method, path)
            assert set(reply.headers["allow"].split(", ")) <= offered[pattern]
            assert str(sam.session) not in reply.body, "TRACE does not repeat the request"

    def test_a_method_is_not_overridden(self, shared: World, sam: Browser) -> None:
        over = b"X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\nX-Method-Override: POST\r\n"
        reply = ask(shared, b"/sign-out?_method=POST", more=cookie(sam.session) + over)
        assert reply.status == 405
        assert sam.get("/preferences").status_code == 200


PARTS = {"device": "vac-anna", "customer": "anna", "product": "software", "language": "fa", "user": "sam"}


def address(pattern: str) -> str:
    """A path that fits `pattern`."""
    return re.sub(r"\{(\w+)(:path)?\}", lambda part: PARTS.get(part[1], "1"), pattern)


class TestForms:
    """Posts of odd size and shape are refused in words, by everybody's page."""

    @pytest.mark.parametrize(
        ("more", "body", "status"),
        [
            (FORM, b"token=" + b"a" * 2_000_000, 413),
            (FORM, b"&".join(b"f%d=1" % n for n in range(2_000)), 400),
            (FORM, b"user=a&user=b", 422),
            (FORM, b"user=%00&password=x", 422),
            (FORM, b"user=%ed%a0%80", 400),
            (FORM, b"csrf=%ff", 400),
            (FORM, "user=é".encode(), 400),
            (FORM, b"user=sam&password=" + b"a" * 900_000, 401),
            (b"Content-Type: multipart/form-data; boundary=x\r\n", b"--x\r\n\r\n--x--", 401),
            (b"Content-Type: text/plain\r\n", b"token=x", 401),
            (b"Content-Type: application/json\r\n", b'{"token": "x"}', 401),
            (b"Content-Type: \r\n", b"", 401),
        ],
        ids=lambda value: ascii(value[:40]) if isinstance(value, bytes) else None,
    )
    def test_to_sign_in(self, shared: World, more: bytes, body: bytes, status: int) -> None:
        reply = ask(shared, b"/sign-in", method=b"POST", more=more, body=body)
        assert reply.status == status
        assert reply.headers["content-type"].startswith("text/html")
        assert "set-cookie" not in reply.headers

    def test_a_body_in_pieces_has_the_same_limit(self, shared: World, sam: Browser) -> None:
        pieces = (b"80000\r\n" + b"a" * 0x80000 + b"\r\n") * 3 + b"0\r\n\r\n"
        for path, more in ((b"/sign-in", b""), (b"/connect/check", cookie(sam.session))):
            head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            assert said(shared, head + FORM + more + b"\r\n" + pieces).status == 413

    @pytest.mark.parametrize(
        "lines",
        [
            b"Content-Length: 4\r\nContent-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: 4,5\r\n",
            b"Transfer-Encoding: xchunked\r\n", b"Content-Length : 4\r\n", b"X: a\0b\r\n",
            b"".join(b"X%d: a\r\n" % n for n in range(20_000)),
        ],
        ids=lambda lines: ascii(lines[:40]),
    )  # fmt: skip
    def test_what_a_proxy_may_read_otherwise_is_refused(self, shared: World, lines: bytes) -> None:
        head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        assert said(shared, head + FORM + lines + b"\r\nabcde").status == 400

    @pytest.mark.parametrize(
        "origin",
        [b"http://[", b"null", b"", b"\xff", b"file://", b"http://HOST@evil.example", b"http://HOST.evil.example",
         b"http://evil.example#HOST", b"//HOST", b"HOST", b"javascript://HOST", b"http://HOST:1"],
    )  # fmt: skip
    def test_an_odd_origin_is_another_site(self, shared: World, sam: Browser, origin: bytes) -> None:
        line = b"Origin: " + origin.replace(b"HOST", urlsplit(shared.url).netloc.encode()) + b"\r\n"
        body = b"token=" + shared.tokens["tom"].encode()
        for path, more in ((b"/sign-in", b""), (b"/preferences", cookie(sam.session))):
            reply = ask(shared, path, method=b"POST", more=FORM + line + more, body=body)
            assert reply.status == 403
            assert "set-cookie" not in reply.headers

    @pytest.mark.parametrize(
        "text",
        ["a." * 5000 + "b=1", "a=" + "[" * 5000, "a = {" * 3000, "[" * 10_000, "a=" + "9" * 9000, "a=0x" + "f" * 9000,
         "a=9999-99-99", 'key="\\uD800"', "\r", "=", "a=1e99999", "a=nan"],
        ids=lambda text: ascii(text[:12]),
    )  # fmt: skip
    def test_a_product_file_made_to_break_the_reader_is_told_what_is_wrong(self, sam: Browser, text: str) -> None:
        answer = sam.submit("/connect/check", toml=text)
        assert answer.status_code == 200
        assert "problem" in answer.text

    @pytest.mark.parametrize("name", [".", ".."])
    def test_no_id_means_another_place_in_an_address(self, shared: World, sam: Browser, name: str) -> None:
        assert shared.call("sam", "POST", "/devices", json={"device": name, "product": "software"}).status_code == 422
        made = shared.call("sam", "POST", "/customers", json={"customer": name, "name": "x", "zone": "UTC"})
        assert made.status_code == 422
        assert "cannot be used" in sam.submit("/connect", device=name, product="software").text


class TestCookies:
    """A session is what this service gave, and goes nowhere but in its cookie."""

    def test_odd_ones_are_nobody(self, shared: World, sam: Browser) -> None:
        real = str(sam.session)
        for text in (b"a" * 50_000, b'"\\\xff;;=;', b"%00", real[:-1].encode(), real.encode() + b"x", b"' OR 1=1 --"):
            assert ask(shared, b"/devices", more=b"Cookie: vop_session=" + text + b"\r\n").status == 303
        for line in (f"vop_session ={real}x", f"Vop_Session={real}", f"{SECURE_PREFIX}{SESSION}={real}"):
            assert ask(shared, b"/devices", more=b"Cookie: " + line.encode() + b"\r\n").status == 303

    def test_an_address_or_a_form_carries_no_session(self, shared: World, sam: Browser) -> None:
        for query in (f"vop_session={sam.session}", f"token={shared.tokens['sam']}", f"sid={sam.session}"):
            assert ask(shared, f"/preferences?{query}".encode()).status == 303
        for path in ("/", "/devices", "/devices/vac-anna", "/preferences", "/connect", "/deadletters"):
            assert str(sam.session) not in sam.get(path).text

    def test_a_fixed_one_is_not_taken(self, shared: World) -> None:
        planted = "A" * 43
        line = f"Cookie: {SESSION}={planted}; {BROWSER}={planted}\r\n".encode()
        body = b"token=" + shared.tokens["tom"].encode()
        reply = ask(shared, b"/sign-in", method=b"POST", more=FORM + line, body=body)
        assert reply.status == 303
        assert planted not in str(reply.headers)
        assert ask(shared, b"/preferences", more=line).status == 303

    def test_flags_behind_a_proxy_that_is_believed_and_one_that_is_not(
        self, pg_server: Server, template_database: str
    ) -> None:
        """Failures count by the address that the proxy itself saw, the last of the list, whatever a sender adds."""
        with (
            fresh_database(pg_server, template=template_database) as name,
            serve(pg_server.url(name), trusted_proxies="127.0.0.1", auth_failures=5) as world,
            httpx.Client(base_url=world.url, verify=False) as proxy,
        ):
            sent = {"token": world.tokens["tom"]}
            forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
            given = proxy.post("/sign-in", data=sent, headers=forwarded).headers.get_list("set-cookie")
            assert len(given) == 2
            for line in given:
                assert line.startswith(SECURE_PREFIX)
                assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(line.split("; "))
                assert "Domain" not in line
            language = proxy.get("/language/fa", headers=forwarded).headers["set-cookie"]
            assert "Secure" in language
            proxy.cookies.clear()
            found = [
                proxy.post(
                    "/sign-in",
                    data={"token": f"guess{n}"},
                    headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"},
                ).status_code
                for n in range(8)
            ]
            assert found == [401] * 5 + [429] * 3
            # Another sender behind the same proxy does not wait for it.
            other = proxy.post("/sign-in", data={"token": "x"}, headers={"X-Forwarded-For": "203.0.113.10"})
            assert other.status_code == 401

    def test_nobody_is_believed_unless_named(self, shared: World) -> None:
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": EVIL}
        with Browser(shared) as browser:
            answer = browser.send("/sign-in", {"token": shared.tokens["tom"]}, headers=forwarded)
            assert all(line.startswith("vop_") for line in answer.headers.get_list("set-cookie"))
        with httpx.Client(base_url=shared.url, verify=False) as stranger:
            names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP")
            found = [
                stranger.post(
                    "/sign-in",
                    data={"token": f"guess{n}"},
                    headers={
                        name: f"198.51.100.{n}" if name != "Forwarded" else f"for=198.51.100.{n}" for name in names
                    },
                ).status_code
                for n in range(22)
            ]
        assert found == [401] * 20 + [429] * 2


def test_every_page_is_kept_nowhere_framed_nowhere_and_tells_no_other_site_where_one_was(
    shared: World, sam: Browser
) -> None:
    for method, pattern in RULES:
        if method != "GET" or not is_page(pattern) or pattern.startswith("/static"):
            continue
        path = address(pattern)
        for more in (b"", cookie(sam.session)):
            _is_guarded(ask(shared, path.encode(), more=more))
    for target in (b"/nothing", b"/devices/no%20thing", b"/customers/nobody", b"/devices?nonsense=1", b"/language/xx"):
        _is_guarded(ask(shared, target, more=cookie(sam.session)))
    _is_guarded(ask(shared, b"/sign-in", method=b"POST", more=FORM, body=b"a" * 2_000_000))


def _is_guarded(reply: Reply) -> None:
    said_so = reply.headers
    assert said_so["cache-control"] == "no-store"
    assert said_so["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in said_so["content-security-policy"]
    assert "'unsafe" not in said_so["content-security-policy"]
    assert said_so["x-content-type-options"] == "nosniff"
    assert said_so["referrer-policy"] in ("same-origin", "no-referrer")
    assert "server" not in said_so
    assert "access-control-allow-origin" not in said_so
    if reply.headers.get("content-type", "").startswith("text/html"):
        assert said_so["content-security-policy"] == console_headers.CONTENT_SECURITY_POLICY
        assert "Cookie" in said_so["vary"]


def test_queries_that_are_no_text_are_refused_in_words(shared: World, sam: Browser) -> None:
    for query, status in (
        (b"q=\xff", 400), (b"q=%ff", 200), (b"q=%00", 422), (b"q=%ED%A0%80", 200), (b"q=" + b"a" * 20_000, 422),
        (b"q=%u0041", 200), (b"%zz=1", 422), (b"q[]=1", 422), (b"q=1&q=2", 200), (b"&" * 5000, 200),
        (b"a=1&" * 3000, 422),
    ):  # fmt: skip
        reply = ask(shared, b"/devices?" + query, more=cookie(sam.session))
        assert reply.status == status, query[:40]


def test_guessing_from_many_connections_at_once_is_no_way_round(shared: World) -> None:
    def guess(n: int) -> int:
        return ask(shared, b"/sign-in", method=b"POST", more=FORM, body=b"token=guess%d" % n).status

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(60)))
    assert set(found) == {401, 429}
    assert found.count(401) <= 20 + 8, "those under way when the limit is reached"
