"""Connecting a device: what the page shows is run as it is shown, and what it says of the message is true."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import catalog
from api.connecting.first_words import Broker, first_reading, programs
from catalog.elements import Reason, Reject
from store import devices
from store.deadletters import Refused, write
from tests.integration.api.browsers import Browser, signed_in
from tests.integration.api.world import PEOPLE, World, now_ms, serve
from tests.integration.ingest.harness import WorkerProcess
from tests.platform_services import DeviceBroker
from tests.waiting import poll
from wire.decode import decode

SHIPPED = Path(catalog.__file__).parent / "stock_sensor.toml"
CLIENT = shutil.which("mosquitto_pub")
NEEDS_CLIENT = pytest.mark.skipif(
    CLIENT is None, reason="mosquitto_pub is not installed: apt-get install mosquitto-clients"
)
BEGUN = "2026-01-01T00:00:00Z"


@dataclass
class Place:
    """A platform with a broker: people on its pages, devices on their topics."""

    world: World
    broker: DeviceBroker

    def connect(self, device: str, product: str = "robot_vacuum") -> dict[str, str]:
        """The programs that the page shows after registering `device`, by name; the broker knows it from then on."""
        with signed_in(self.world, "sam") as browser:
            shown = browser.submit("/connect", device=device, product=product)
        assert shown.status_code == 200, shown.text
        blocks = re.findall(r'<pre[^>]*aria-label="([^"]+)"[^>]*><code>(.*?)</code>', shown.text, re.DOTALL)
        texts = {name: html.unescape(text) for name, text in blocks}
        self.broker.add_device(device, texts["Password of the device"])
        return texts

    def state(self, device: str) -> str:
        """What the page's JSON says of the device's first message."""
        found = self.world.get("sam", f"/devices/{device}/arrival", **{"from": BEGUN})
        return str(found["state"])

    def until(self, device: str, state: str) -> None:
        """Wait for that."""
        poll(lambda: self.state(device), until=lambda seen: seen == state, what=f"{device} {state}")


@pytest.fixture
def place(database: str, broker: DeviceBroker, tmp_path: Path) -> Iterator[Place]:
    url = f"mqtt://{broker.host}:{broker.port}"
    with (
        serve(database, device_mqtt_url=url) as world,
        WorkerProcess(database, broker.service_url, tmp_path / "ingest.log"),
    ):
        poll(
            lambda: world.get("sam", "/system")["ingest"],
            until=lambda ingest: ingest["receiving"] and bool(ingest["slots"]),
            what="ingest, hearing",
        )
        yield Place(world, broker)


def run(text: str, name: str, where: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as it was shown."""
    file = where / name
    file.write_text(text)
    command = ["sh", str(file)] if name.endswith(".sh") else [sys.executable, str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@NEEDS_CLIENT
def test_the_lines_shown_send_a_first_message_that_is_stored(place: Place, tmp_path: Path) -> None:
    for number, (name, file) in enumerate({"mosquitto_pub": "first.sh", "Python": "first.py"}.items()):
        device = f"first-{number}"
        texts = place.connect(device)
        assert place.state(device) == "nothing"
        done = run(texts[name], file, tmp_path)
        assert done.returncode == 0, done.stderr
        place.until(device, "stored")
        with signed_in(place.world, "sam") as browser:
            text = browser.get(f"/connect/{device}/arrival?from={BEGUN}").text
        assert "It has arrived and is stored" in text
        assert "hx-trigger" not in text.partition('id="arrival"')[2].partition(">")[0]


@NEEDS_CLIENT
def test_a_wrong_password_is_told_in_the_words_that_the_help_names(place: Place, tmp_path: Path) -> None:
    texts = place.connect("wrong")
    secret = texts["Password of the device"]
    shell = run(texts["mosquitto_pub"].replace(secret, "x"), "first.sh", tmp_path)
    assert shell.returncode != 0
    python = run(texts["Python"].replace(secret, "x"), "first.py", tmp_path)
    said = shell.stderr + python.stdout
    with signed_in(place.world, "sam") as browser:
        text = browser.get(f"/connect/wrong/arrival?from={BEGUN}").text
    assert "Wrong password" in text
    for words in ("not authorised", "Not authorized"):
        assert words in said
        assert words in text
    assert place.state("wrong") == "nothing"


@NEEDS_CLIENT
def test_what_is_refused_is_explained(place: Place, tmp_path: Path) -> None:
    texts = place.connect("slips")
    message = re.search(r"-m '(.*)'", texts["mosquitto_pub"])
    assert message is not None
    foreign = run(texts["mosquitto_pub"].replace("-t vop/v1/slips/", "-t vop/v1/other/"), "first.sh", tmp_path)
    assert (foreign.returncode, foreign.stderr) == (0, "")  # as the help says: taken without a word, and dropped
    astray = run(texts["mosquitto_pub"].replace("/up/telemetry", "/up/telemetri"), "first.sh", tmp_path)
    assert astray.returncode == 0, astray.stderr
    place.until("slips", "refused")
    (letter,) = place.world.get("sam", "/devices/slips/arrival", **{"from": BEGUN})["refused"]
    assert letter["topic"] == "vop/v1/slips/up/telemetri"  # the one before it, in order, came nowhere
    with signed_in(place.world, "sam") as browser:
        assert "up/telemetri" in browser.get(f"/connect/slips/arrival?from={BEGUN}").text
    done = run(texts["mosquitto_pub"].replace(message[1], "{values: 1}"), "first.sh", tmp_path)
    assert done.returncode == 0, done.stderr
    poll(
        lambda: place.world.get("sam", "/devices/slips/arrival", **{"from": BEGUN})["refused"],
        until=lambda letters: len(letters) == 2,
        what="the second refusal",
    )
    with signed_in(place.world, "sam") as browser:
        text = browser.get(f"/connect/slips/arrival?from={BEGUN}").text
    assert "Not JSON" in text
    assert "{values: 1}" in text
    strange = texts["mosquitto_pub"].replace(message[1], '{"values": {"batery_pct": 5}}')
    assert run(strange, "first.sh", tmp_path).returncode == 0
    place.until("slips", "stored")
    with signed_in(place.world, "sam") as browser:
        text = browser.get(f"/connect/slips/arrival?from={BEGUN}").text
    assert "1 key in it is not in the catalogue" in text
    assert "batery_pct" in text


def test_without_accounts_the_page_says_so(database: str) -> None:
    with serve(database, device_accounts=0) as world, signed_in(world, "ada") as browser:
        text = browser.submit("/connect", device="open", product="software").text
    assert "asks nobody for a password" in text
    assert " -P " not in html.unescape(text)
    assert "username_pw_set" not in text


@pytest.mark.parametrize("name", PEOPLE)
def test_it_is_for_whom_registering_is_for(shared: World, name: str) -> None:
    allowed = name in ("ada", "sam")
    with signed_in(shared, name) as browser:
        for path in ("/connect", "/connect?product=software", "/connect/vac-anna/arrival"):
            assert browser.get(path).status_code == (200 if allowed else 403)
        assert browser.get("/connect/nothing/arrival").status_code == (404 if allowed else 403)
        assert browser.submit("/connect/check", toml="key = 1").status_code == (200 if allowed else 403)
        answer = browser.submit("/connect", device=f"by-{name}", product="software")
        assert answer.status_code == (200 if allowed else 403)


def test_nobody_and_no_other_site_gets_in(shared: World) -> None:
    with Browser(shared) as browser:
        assert browser.get("/connect").status_code == 303
    with signed_in(shared, "sam") as browser:
        assert browser.send("/connect", {"device": "x", "product": "software"}).status_code == 403
        assert shared.call("sam", "GET", "/devices/x").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"device": "vac-anna", "product": "robot_vacuum"}, "registered already"),
        ({"device": "a b", "product": "robot_vacuum"}, "1 to 64 letters"),
        ({"device": '"><script>x', "product": "robot_vacuum"}, "1 to 64 letters"),
        ({"device": "ingest-0", "product": "robot_vacuum"}, "cannot be used"),
        ({"device": "fine", "product": "nothing"}, "Choose one of the products"),
        ({"product": "robot_vacuum"}, "1 to 64 letters"),
        ({"device": "fine", "product": "robot_vacuum", "serial": "x" * 129}, "At most 128"),
    ],
)
def test_mistakes_are_told_at_their_field(shared: World, fields: dict[str, str], words: str) -> None:
    with signed_in(shared, "sam") as browser:
        answer = browser.submit("/connect", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>x" not in answer.text
    assert shared.call("sam", "GET", "/devices/fine").status_code == 404


def test_a_device_is_given_a_new_secret_once(shared: World) -> None:
    with shared.database.connection() as conn:
        devices.register(conn, "forgetful", "robot_vacuum")
    path = "/devices/forgetful/credentials"
    with signed_in(shared, "sam") as browser:
        taken = browser.submit("/connect", device="forgetful", product="software")
        for page in (taken.text, browser.get("/devices/forgetful").text):
            assert f'href="{path}"' in page
        asked = browser.get(path)
        assert "is refused within about a second" in asked.text
        once = re.search(r'name="once" value="([^"]+)"', asked.text)
        assert once
        done = browser.submit(path, once=once[1])
        assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
        blocks = dict(re.findall(r'<pre[^>]*aria-label="([^"]+)"[^>]*><code>(.*?)</code>', done.text, re.DOTALL))
        secret = html.unescape(blocks["Password of the device"])
        assert secret in html.unescape(blocks["mosquitto_pub"])
        again = browser.submit(path, once=once[1])
        assert "This form was sent before" in again.text
        assert secret not in again.text
    with shared.database.connection() as conn:
        assert devices.authenticate(conn, "forgetful", secret)
        devices.set_status(conn, "forgetful", "retired")
    entries = [entry for entry in shared.audited(action="device.rotate") if entry["object"] == "forgetful"]
    assert [entry["detail"] for entry in entries] == [{}]
    assert secret not in str(entries)
    with signed_in(shared, "sam") as browser:
        assert "retired" in browser.get(path).text
        refused = browser.submit(path)
        assert (refused.status_code, "Nothing was changed." in refused.text) == (409, True)


def test_a_product_file_is_checked_as_the_command_does(shared: World) -> None:
    text = SHIPPED.read_text()
    mine = text.replace('key = "stock_sensor"', 'key = "shelf"')
    wrong = mine.replace('unit = "Cel"', 'unit = "C°"').replace('type = "float32"', 'type = "float"', 1)

    def check(toml: str) -> list[dict[str, object]]:
        answer = shared.call("sam", "POST", "/products/check", json={"toml": toml})
        assert answer.status_code == 200
        return list(answer.json()["mistakes"])

    assert check(mine) == []
    assert "already declared" in str(check(text)[0]["wrong"])
    lines = wrong.splitlines()
    found = {str(one["place"]): one for one in check(wrong)}
    assert len(found) == 2
    for one in found.values():
        assert isinstance(one["line"], int)
        assert lines[one["line"] - 1].startswith(("unit =", "type ="))
    assert check("key = ")[0]["line"] == 1
    with signed_in(shared, "sam") as browser:
        part = browser.http.post(
            "/connect/check",
            data={"toml": "<script>alert(1)</script>", "csrf": browser.csrf()},
            headers={"Origin": browser.url, "HX-Request": "true"},
        )
        assert "<html" not in part.text
        assert "<script>alert" not in part.text
        assert "shelf.toml" in browser.submit("/connect/check", toml=mine).text
        assert "This is too long" in browser.submit("/connect/check", toml="#" * 70_000).text


def test_a_message_on_nobodys_topic_is_pointed_at(world: World) -> None:
    with world.database.connection() as conn:
        letter = Reject(0, Reason.UNKNOWN_DEVICE, "x")
        write(conn, [Refused("vop/v1/<b>vac-ana</b>/up/telemetry", b"{}", letter)])
    with signed_in(world, "sam") as browser:
        text = browser.get("/connect/vac-anna/arrival").text
    assert "vop/v1/&lt;b&gt;vac-ana" in text
    assert "<b>vac-ana" not in text


def test_a_fragment_that_says_nothing_new_is_not_sent(shared: World) -> None:
    with signed_in(shared, "sam") as browser:
        hx = {"HX-Request": "true"}
        assert browser.get("/connect/vac-ben/arrival?was=nothing", headers=hx).status_code == 204
        assert browser.get("/connect/vac-ben/arrival?was=refused", headers=hx).status_code == 200
        old = browser.get(f"/connect/vac-ben/arrival?was=nothing&from={BEGUN}", headers=hx)
        assert old.status_code == 200
        assert "every 2s" not in old.text


@pytest.mark.parametrize("product", catalog.load())
def test_every_product_has_a_first_reading_that_is_taken_whole(product: str) -> None:
    import json

    declared = catalog.load()[product]
    now = now_ms()
    elements, rejects = decode(
        "telemetry", json.dumps(first_reading(declared)).encode(), declared, arrived_at_ms=now, oldest_ts_ms=0
    )
    assert (len(elements), rejects) == (1, [])
    assert not any(s.sensitive for s in declared.signal if s.key in first_reading(declared)["values"])


def test_over_tls_every_program_names_the_authority() -> None:
    broker = Broker.of("mqtts://iot.example:8884", "ignored", accounts=True)
    for words in programs(broker, "dev", "s3cret", catalog.load()["software"]):
        assert "ca.crt" in words.text
        assert "8884" in words.text
        assert "s3cret" in words.text


@pytest.mark.parametrize("program", ["MicroPython", "Python"])
def test_programs_in_python_can_be_read(program: str) -> None:
    for url in ("mqtt://h", "mqtts://h"):
        text = {
            w.name: w.text for w in programs(Broker.of(url, "h", accounts=True), "d", "s", catalog.load()["software"])
        }
        compile(text[program], program, "exec")
