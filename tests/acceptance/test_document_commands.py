"""What the documents tell a person to type is typed, from the pages' own text, into a demo that really runs."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.shell import Shell
from tests.integration.demo.harness import Demo, demo
from tests.mqtt_handshake import ACCEPTED, connect_status
from tests.platform_services import reachable_directory
from tests.unit.repository.blocks import Block, blocks
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

    def known(self, device: str, secret: str) -> None:
        """Wait until the broker lets a device in."""
        broker = self.demo.access["mqtt"]
        poll(
            lambda: connect_status(broker["host"], broker["port"], device, secret),
            until=lambda status: status == ACCEPTED,
            what=f"the broker letting {device} in",
        )


def shown(document: str, language: str, start: str) -> Block:
    """The block of a page that begins so."""
    (found,) = [block for block in blocks(document, language) if block.text.startswith(start)]
    return found


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The first two steps of the page, and a jug beside the coffee machine."""
    with reachable_directory("documents") as place:
        clone, data = place / "clone", place / "data"
        clone.mkdir()
        data.mkdir()
        (clone / ".venv").symlink_to(sys.prefix)
        with Shell(clone, {}) as shell:
            first, check, start = blocks(OWN, "sh")[:3]
            shell.type(first.text)
            (toml,) = blocks(OWN, "toml")
            (clone / "my-products" / "coffee_machine.toml").write_text(toml.text, encoding="utf-8")
            (expected,) = blocks(OWN, "text")
            assert shell.type(check.text) == expected.text
            export, line = start.text.splitlines()
            shell.type(export)
            catalogue = shell.type('echo "$VOP_CATALOG_DIR"').strip()
        assert line.startswith("vop demo ")
        with demo(data, *shlex.split(line)[2:], environment={"VOP_CATALOG_DIR": catalogue}) as one:
            one.until(r"\] ready$")
            yield Stage(clone, one)


def test_the_page_of_ones_own_product(stage: Stage) -> None:
    addresses, register, publish, program, link, look = blocks(OWN, "sh")[3:]
    (python,) = blocks(OWN, "python")
    (stage.clone / "coffee.py").write_text(python.text, encoding="utf-8")
    with stage.shell() as shell:
        shell.type(addresses.text)
        shell.type(register.text)
        stage.known("cm-1", shell.type('echo "$SECRET"').strip())
        shell.type(publish.text)
        shell.type(program.text)
        get = "/api/v1/devices/cm-1"
        poll(lambda: len(stage.demo.get(f"{get}/events")["items"]), until=lambda n: n == 3, what="three events")
        history, events, usage = (json.loads(shell.type(line)) for line in look.text.splitlines())
        page = shell.type(link.text).strip()
    assert sorted(value for bucket in history["items"] for value in (bucket["min"], bucket["max"]))[0] == 71
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
