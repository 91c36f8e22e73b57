"""A world in which everything that a person, a device or a company may write is written to break a page."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import catalog
from catalog import Catalog
from catalog.elements import Reason, Reject
from store.deadletters import Refused, write
from store.migrate import migrate
from tests.integration.api.pages import Page, Tag, parsed
from tests.integration.api.world import World, now_ms, serve
from tests.platform_services import Server, fresh_database

MARK = "zq"
COMPUTED = "51317"
"""What a template makes of `7331*7`, if one ever reads a text of somebody's."""
TURNED = "\u202e"
"""From here the writing runs from right to left, also in what follows the text unless it is kept within."""

TAGS = frozenset(
    {
        "html", "head", "meta", "title", "link", "script", "body", "header", "nav", "main", "section", "form",
        "fieldset", "legend", "div", "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "a", "span", "strong",
        "bdi", "time", "pre", "code", "img", "button", "input", "select", "option", "textarea", "label", "table",
        "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure", "figcaption", "meter",
        "template", "noscript",
    }
)  # fmt: skip
"""Elements that our pages are made of. One that is not here, or an attribute below, was made of somebody's text."""
BARRED = re.compile(r"on.*|style|srcdoc|formaction|hx-(on.*|vals|vars|headers|disable.*|ext)|xlink:.*|ping|background")
LEADS = frozenset({"href", "src", "action", "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "data-source"})
OWN = re.compile(r"(?:/(?![/\\])[^\\]*|[#?].*|)", re.DOTALL)
INLINE = frozenset({"a", "span", "strong", "bdi", "time", "label", "button", "code"})
KEPT_WITHIN = frozenset({"bdi", "pre", "code", "textarea", "title", "option"})


def hostile(name: str) -> str:
    """A text that closes what it stands in, at most 128 characters, and says which field it is of."""
    end = """"'>--></title></textarea></select><script>window.broken=1</script><svg onload=window.broken=1>{{7331*7}}"""
    return f"{MARK}-{name}{end}"


def leading(name: str) -> str:
    """A text that is harmful where an address is expected, and turns around what follows it."""
    end = """"'><img src=x onerror=window.broken=1>&lt;b&gt;${7331*7}"""
    return f"javascript:window.broken=1//{MARK}-{name}{TURNED}{end}"


def word(name: str) -> str:
    """The same in 48 characters without a blank, as words of an enum are."""
    return f"""{MARK}-{name}"'><svg/onload=window.broken=1>"""


def product_file() -> str:
    """A company's own product, whose every text is hostile."""
    words = json.dumps([word("low"), word("high")])
    unit = json.dumps("""{zq"'><svg/onload=broken()>}""")

    def label(name: str) -> str:
        text = json.dumps(hostile(f"label-{name}")), json.dumps(leading(f"fa-{name}"))
        return f"{{ en = {text[0]}, fa = {text[1]} }}"

    return f"""
key = "odd"
version = 1
label = {label("product")}
heartbeat_s = 60
[[signal]]
key = "motto"
type = "text"
label = {label("text")}
[[signal]]
key = "mood"
type = "enum"
values = {words}
label = {label("enum")}
[[signal]]
key = "depth"
type = "float64"
unit = {unit}
range = [0, 9]
label = {label("number")}
[[event]]
key = "cried"
severity = "error"
label = {label("event")}
  [[event.attribute]]
  key = "words"
  type = "text"
  label = {label("attribute")}
[[event]]
key = "calmed"
severity = "info"
label = {label("end")}
[[fault]]
kind = "crying"
label = {label("fault")}
opened_by = "cried"
closed_by = "calmed"
words = {{ en = [{json.dumps(hostile("words"))}], fa = [{json.dumps(leading("words-fa"))}] }}
[[failure_mode]]
key = "worn"
label = {label("mode")}
part = {label("part")}
signals = ["depth"]
horizon_days = 3
action = {label("action")}
parts = [{json.dumps(hostile("part-number"))}]
cost_failure = 1
cost_visit = 1
cost_part = 1
lead_time_days = 1
visit_effect = 0.5
[[command]]
name = "hush"
label = {label("command")}
roles = ["support"]
timeout_s = 9
  [[command.argument]]
  key = "tone"
  type = "enum"
  values = {words}
  label = {label("argument")}
[[setting]]
key = "creed"
type = "text"
default = {json.dumps(hostile("default"))}
label = {label("setting")}
"""


SHOWN = frozenset(
    {
        "serial", "batch", "hardware", "customer", "user", "token", "motto", "attr", "attr-key", "firmware",
        "setting", "state-key", "state-value", "kind-text", "topic", "payload", "detail", "job", "team", "words", "low",
        "part-number", "default", "label-product", "label-text", "label-enum", "label-number", "label-event",
        "label-attribute", "label-fault", "label-mode", "label-part", "label-action", "label-command", "label-argument",
        "label-setting", "fa-product", "fa-number",
    }
)  # fmt: skip
"""Names of the texts that must be met on some page: what is never shown proves nothing."""


@contextmanager
def hostile_world(pg_server: Server, template: str, directory: Path) -> Iterator[World]:
    """The world of world.py with the device `odd-1` of product `odd`, which Anna owns, and all the texts."""
    (directory / "odd.toml").write_text(product_file(), encoding="utf-8")
    products = catalog.load(directory)
    with fresh_database(pg_server, template=template) as name:
        url = pg_server.url(name)
        migrate(url, products)
        with serve(url, products=products, demo=1) as world:
            _registered(world)
            _said(world, products)
            yield world


def _done(world: World, name: str, method: str, path: str, body: object) -> Any:
    answer = world.call(name, method, path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _registered(world: World) -> None:
    marks = {name: hostile(name) for name in ("serial", "batch", "hardware")}
    made = _done(world, "sam", "POST", "/devices", {"device": "odd-1", "product": "odd"} | marks)
    world.secrets["odd-1"] = made["secret"]
    _done(world, "sam", "POST", "/customers", {"customer": "odd", "name": leading("customer"), "zone": "Asia/Tehran"})
    _done(world, "ada", "POST", "/users", {"name": "odd", "display_name": leading("user"), "roles": ["clinician"]})
    _done(world, "ada", "PATCH", "/users/clara", {"display_name": leading("team")})
    _done(world, "ada", "POST", "/tokens", {"user": "odd", "label": hostile("token")[:100]})
    since = "2026-01-01T00:00:00Z"
    _done(world, "sam", "PUT", "/devices/odd-1/ownerships", {"items": [{"customer": "odd", "since": since}]})
    _done(world, "ada", "PUT", "/customers/odd/care-team", {"members": ["clara"]})
    _done(world, "sam", "PUT", "/customers/odd/consents", {"purposes": ["compare"]})


def _said(world: World, products: Catalog) -> None:
    at = now_ms() - 600_000
    values = {
        "motto": hostile("motto"),
        "mood": word("low"),
        "depth": 3.0,
        hostile("extra")[:64]: leading("extra-value"),
    }
    rows = [{"ts": at + 60_000 * n, "boot": 1, "seq": n, "values": values} for n in range(3)]
    said = world.publish("odd-1", rows)
    assert said["stored"] == 3, said
    attrs = {"words": leading("attr"), hostile("attr-key")[:64]: {hostile("attr-nested"): [leading("attr-list")]}}
    events = [
        {"ts": at + 1, "boot": 1, "seq": 10, "kind": "cried", "attrs": attrs},
        {"ts": at + 2, "boot": 1, "seq": 11, "kind": "unheard_of", "attrs": {"text": hostile("kind-text")}},
    ]
    said = world.publish("odd-1", events, "event")
    assert said["stored"] == 2, said
    for conn, name in enumerate(("firmware-before", "firmware"), 1):
        firmware = f"javascript:broken=1//{MARK}-{name}{TURNED}\"'><b>"
        told: Mapping[str, Any] = {
            "creed": hostile("setting"),
            hostile("state-key")[:64]: [leading("state-value")],
            "plain": leading("state-text"),
        }
        state = {"online": True, "boot": 1, "conn": conn, "firmware": firmware, "values": told}
        said = world.publish("odd-1", state, "state")
        assert said["stored"] == 1, said
    said = world.publish("odd-1", {"ts": at, "boot": 1, "seq": 20, "values": {"mood": hostile("payload")}})
    world.publish("odd-1", {"boot": hostile("payload"), "values": {}})
    letters = [
        Refused(
            "vop/v1/odd-1/up/telemetry", hostile("payload").encode(), Reject(0, Reason.NOT_JSON, leading("detail"))
        ),
        Refused(f"vop/v1/{hostile('topic')}/up/x", b"x", Reject(0, Reason.BAD_TOPIC, hostile("detail"))),
    ]
    with world.database.connection() as conn_:
        write(conn_, letters)
        conn_.execute(
            """INSERT INTO jobs (job, every_s, failing, failures, last_error) VALUES (%s, 60, 1, 1, %s)
               ON CONFLICT (job) DO UPDATE SET last_error = excluded.last_error""",
            (hostile("job-name"), hostile("job")),
        )


def harmless(html: str) -> Page:
    """The page, after asserting that nothing of it was made by somebody's text."""
    page = parsed(html)
    assert COMPUTED not in html
    assert not [comment for comment in page.comments if MARK in comment or "broken" in comment]
    for tag in page.tags:
        _harmless(tag)
    texts = Counter(_block(within) for _, within in page.texts)
    for text, within in page.texts:
        names = {tag.name for tag in within}
        assert not names & {"script", "style"}, text
        if TURNED in text and texts[_block(within)] > 1:
            kept = names & KEPT_WITHIN or any("dir" in tag.attributes for tag in within[1:])
            assert kept, f"{text!r} turns around what follows, in {[tag.name for tag in within]}"
    return page


def _block(within: tuple[Tag, ...]) -> int:
    """The innermost element that keeps writing within itself."""
    return next((id(tag) for tag in reversed(within) if tag.name not in INLINE), 0)


def _harmless(tag: Tag) -> None:
    drawn = [one for one in (*tag.within, tag) if one.name == "svg"]
    assert tag.name in TAGS or (drawn and drawn[0].attributes.get("class") == "bar"), tag
    for name, value in tag.attributes.items():
        assert re.fullmatch(r"[a-z][a-z0-9-]*", name), tag
        assert not BARRED.fullmatch(name), tag
        if name in LEADS:
            assert OWN.fullmatch(value), tag
            assert "<" not in value, tag
    if tag.name in ("script", "img", "link") and tag.attributes.get("as") != "fetch":
        assert tag.attributes.get("src", tag.attributes.get("href", "")).startswith("/static/"), tag


def texts_of(page: Page) -> set[str]:
    """Names of the hostile texts that the page shows whole, or as much as fits: as text or as the value of a field."""
    strings = [text for text, _ in page.texts]
    strings += [value for tag in page.tags for value in tag.attributes.values()]
    return {name for text in strings for name in re.findall(rf"{MARK}-([a-z-]+)(?=[\"&'\\\\{TURNED}])", text)}
