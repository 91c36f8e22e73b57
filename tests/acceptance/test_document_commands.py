"""What the documents tell a person to type is typed, from the pages' own text, into a demo that really runs."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.shell import Shell
from tests.integration.demo.harness import Demo, demo
from tests.mqtt_handshake import ACCEPTED, connect_status
from tests.platform_services import reachable_directory
from tests.unit.catalog import jug
from tests.unit.repository.blocks import blocks, typed
from tests.waiting import poll
from vop.services.mosquitto import find_mosquitto

NEEDED = ("mosquitto_pub", "curl", "bash")
OWN = "docs/own-product.md"

pytestmark = pytest.mark.skipif(
    find_mosquitto() is None or not all(map(shutil.which, NEEDED)), reason="needs mosquitto, its clients and curl"
)


@dataclass
class Stage:
    """A clone as the pages speak of it, and the demo that runs in it."""

    clone: Path
    demo: Demo

    def shell(self, **more: str) -> Shell:
        """Another terminal, in the clone."""
        return Shell(self.clone, {"VOP_DATA_DIR": str(self.demo.place), **more})

    def here(self, text: str) -> str:
        """A block that names the usual ports, with those this demo has taken."""
        access = self.demo.access
        ported = text.replace("http://127.0.0.1:8000", access["api"])
        return ported.replace("-p 1883", f"-p {access['mqtt']['port']}")

    def registered(self, device: str, product: str) -> str:
        """A device's secret, as the API gives it out."""
        body = json.dumps({"device": device, "product": product}).encode()
        return str(self._post("/devices", body)["secret"])

    def customer(self, customer: str) -> None:
        """A customer to own something."""
        self._post("/customers", json.dumps({"customer": customer, "name": customer, "zone": "UTC"}).encode())

    def _post(self, path: str, body: bytes) -> dict[str, Any]:
        access = self.demo.access
        headers = {"Authorization": f"Bearer {access['tokens']['support']}", "Content-Type": "application/json"}
        request = urllib.request.Request(access["api"] + "/api/v1" + path, body, headers)
        with urllib.request.urlopen(request) as answer:
            made: dict[str, Any] = json.load(answer)
        return made

    def known(self, device: str, secret: str) -> None:
        """Wait until the broker lets a device in."""
        broker = self.demo.access["mqtt"]
        poll(
            lambda: connect_status(broker["host"], broker["port"], device, secret),
            until=lambda status: status == ACCEPTED,
            what=f"the broker letting {device} in",
        )


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The first two steps of the page, and a jug beside the coffee machine."""
    with reachable_directory("documents") as place:
        clone, data = place / "clone", place / "data"
        clone.mkdir()
        data.mkdir()
        (clone / ".venv").symlink_to(sys.prefix)
        with Shell(clone, {}) as shell:
            first, check, start = typed(OWN)[:3]
            shell.enter(first.text)
            (toml,) = blocks(OWN, "toml")
            (clone / "my-products" / "coffee_machine.toml").write_text(toml.text, encoding="utf-8")
            (clone / "my-products" / "water_jug.toml").write_text(jug.example(), encoding="utf-8")
            (expected,) = blocks(OWN, "text")
            assert shell.enter(check.text) == expected.text
            export, line = start.text.splitlines()
            shell.enter(export)
            catalogue = shell.enter('echo "$VOP_CATALOG_DIR"').strip()
        assert line.startswith("vop demo ")
        with demo(data, *shlex.split(line)[2:], environment={"VOP_CATALOG_DIR": catalogue}) as one:
            one.until(r"\] ready$")
            yield Stage(clone, one)


def test_the_page_of_ones_own_product(stage: Stage) -> None:
    addresses, register, publish, program, link, look = typed(OWN)[3:]
    (python,) = blocks(OWN, "python")
    (stage.clone / "my-products" / "coffee.py").write_text(python.text, encoding="utf-8")
    with stage.shell() as shell:
        shell.enter(addresses.text)
        shell.enter(register.text)
        stage.known("cm-1", shell.enter('echo "$SECRET"').strip())
        shell.enter(publish.text)
        shell.enter(program.text)
        get = "/api/v1/devices/cm-1"
        poll(lambda: len(stage.demo.get(f"{get}/events")["items"]), until=lambda n: n == 3, what="three events")
        poll(lambda: stage.demo.get(get)["presence"]["connected"] is False, what="its leave")
        history, events, usage = (json.loads(shell.enter(line)) for line in look.text.splitlines())
        page = shell.enter(link.text).strip()
    assert min(value for bucket in history["items"] for value in (bucket["min"], bucket["max"])) == 71
    assert sum(bucket["n"] for bucket in history["items"]) == 3
    assert [one["kind"] for one in events["items"]] == ["scale_found", "brewed", "brewed"]
    assert usage["total"]["uses"] == 2
    assert [stretch["zone"] for stretch in usage["stretches"]] == ["UTC"]
    request = urllib.request.Request(
        page, headers={"Authorization": f"Bearer {stage.demo.access['tokens']['support']}"}
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read().decode()
    for told in ("Coffee machine", "Boiler temperature", "Water in the tank", "Needs descaling"):
        assert told in text, told


def test_the_page_of_the_catalogue(stage: Stage) -> None:
    check, register = typed("docs/catalog.md")
    with stage.shell(PATH=f"{stage.clone}/.venv/bin:{os.environ['PATH']}") as shell:
        lines = check.text.splitlines()
        typing = [line.removeprefix("$ ").partition(" #")[0].strip() for line in lines if line.startswith("$ ")]
        assert typing[-1] == "vop demo"  # that is running
        said = shell.enter("\n".join(typing[:-1]))
        assert said.startswith("".join(f"{line}\n" for line in lines if not line.startswith("$ ")))
        assert "water_jug" in said.partition("\n")[2]

        shell.enter(f"cd {stage.demo.place}")
        first, then, history = stage.here(register.text).split("sleep 1 #")
        shell.enter(first)
        stage.known("jug-1", shell.enter('echo "$SECRET"').strip())
        shell.enter("#" + then)
        poll(lambda: '"max":1.5' in shell.enter("#" + history), what="the flow in its history")


@pytest.mark.slow
def test_the_page_of_the_demo(stage: Stage) -> None:
    ask, say, look = typed("docs/demo.md")
    with stage.shell() as shell:
        said = shell.enter(stage.here(ask.text))
        assert '"device":"rv-0001"' in said
        shell.enter(stage.here(say.text))
        shell.enter(f"cd {stage.clone}")
        for line in look.text.splitlines():
            said = shell.enter(line.replace("vop doctor --all", "vop doctor --all || test $? = 1"))
        for job in ("rollups", "silence", "partitions", "retention"):
            assert job in said


def test_a_device_that_speaks_http(stage: Stage) -> None:
    (speak,) = typed("docs/api.md")
    secret = stage.registered("vac-1", "robot_vacuum")
    with stage.shell(SECRET=secret) as shell:
        assert '"rejected":[]' in shell.enter(stage.here(speak.text))


@pytest.mark.slow
def test_the_pages_of_the_registry_and_of_signing_in(stage: Stage) -> None:
    devices, people = typed("docs/registry.md")
    (passwords,) = typed("docs/sign-in.md")
    stage.customer("c-1001")
    (stage.clone / "devices.csv").write_text("device,product\nbought-1,stock_sensor\n", encoding="utf-8")
    with stage.shell(PATH=f"{stage.clone}/.venv/bin:{os.environ['PATH']}") as shell:
        shell.enter('. "$VOP_DATA_DIR/run/vop.env"')
        shell.enter(devices.text)
        assert (stage.clone / "secrets.csv").read_text(encoding="utf-8").count("bought-1,") == 1
        asking = [line for line in people.text.splitlines() if "password" in line]
        assert len(asking) == 1
        shell.enter(people.text.replace(asking[0], "vop users password sara --stdin <<< 'a long walk by night'"))
        assert stage.demo.get("/api/v1/users/sara", "admin")["active"] is False
        terminal, piped = passwords.text.splitlines()
        assert terminal.startswith(piped.partition(" --stdin")[0])  # the same, on a terminal, which there is none here
        shell.enter(piped.partition(" #")[0] + " <<< 'another walk by night'")


@pytest.mark.slow
def test_the_page_of_dead_letters(stage: Stage) -> None:
    listing, replay = typed("docs/deadletters.md")
    with stage.shell(PATH=f"{stage.clone}/.venv/bin:{os.environ['PATH']}") as shell:
        shell.enter('. "$VOP_DATA_DIR/run/vop.env"')
        shell.enter(listing.text)
        for line in replay.text.splitlines():
            # Letters of these numbers there are none, of which the page says what follows.
            shell.enter(f"{line} || test $? = 1" if "--id" in line else line)
