"""Every fenced block of every document is run, or read by the program it is for, or listed here with the reason."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml  # type: ignore[import-untyped]

import catalog
from tests.unit.repository.blocks import TYPED, Block, all_blocks, blocks, typed
from tests.unit.repository.files import ROOMS, ROOT, name, pyproject
from vop.__main__ import cli

SUITE = "is a run of the tests, or of much of them"
SHOWN = {
    ("README.md", "make demo"): "tests/integration/demo runs the demo; the other line is " + SUITE,
    ("CONTRIBUTING.md", "make setup-dev"): "installs what this test runs in",
    ("docs/claims.md", '$ vop claims "I run it about three times a week." --product robot_vacuum'):
        "tests/unit/voice/claims/test_command.py runs it",
    ("docs/demo.md", "make demo"): "tests/integration/demo runs it",
    ("docs/demo.md", "export VOP_DATABASE_URL_FILE=/etc/vop/database.url VOP_MQTT_URL_FILE=/etc/vop/mqtt.url"):
        "names files of a host; tests/integration/demo/test_up.py runs it with others",
    ("docs/faults.md", ".venv/bin/python -m tests.faults.table"): "takes minutes; " + SUITE,
    ("docs/ingest.md", "vop ingest drain --slot 3"): "needs a share; tests/integration/ingest drains slots",
    ("docs/own-product.md", "my-products/coffee_machine.toml: ok"): "output, compared by the test that types the page",
    ("docs/catalog.md", "jug.toml: signal[1].unit (temperature_cel): '°C' is not a UCUM code, did you mean 'Cel'?; "
                        "allowed: UCUM, case sensitive: '%', 'Cel', 'A.h', '/min', '{item}', '1'"):
        "output, compared by the test below",
    ("CONTRIBUTING.md", "vop                          the command line: starts everything"):
        "a picture; test_architecture.py holds the imports to it",
    ("docs/operations.md", "max_queued_bytes = messages a second x mean payload in bytes x seconds of outage / "
                           "ingest workers"): "a formula; tests/unit/deploy computes the figure of the page by it",
    ("docs/registry.md", "vop broker-accounts --password-file /mosquitto/accounts/passwords --acl-file "
                         "/mosquitto/accounts/acl --pid-file /run/mosquitto.pid"):
        "names a broker's files; tests/integration/registry runs it with others",
    ("docs/simulation.md", "vop sim --days 90"): "takes the machine for a while; tests/integration/device_sim runs it",
    ("docs/simulation.md", "vop sim --out fleet --devices 2000 --days 730 --seed 1 --product robot_vacuum"):
        "makes 1.4 million rows; tests/unit/device_sim writes files",
    ("docs/store.md", ".venv/bin/python -m tests.migration.freeze"): "writes into the repository",
    ("docs/store.md", "VOP_UPDATE_GOLDEN=1 .venv/bin/pytest tests/migration/test_schema.py"):
        "writes into the repository",
    ("docs/store.md", "VOP_PG_BIN_DIR=/usr/lib/postgresql/15/bin .venv/bin/pytest tests/integration/store "
                      "tests/migration"): SUITE + ", on another server",
    ("docs/operations.md", "mosquitto_pub -h mqtt.example.com -p 8883 --cafile deploy/tls/ca.crt -u rv-0042 "
                           "-P \"$SECRET\" \\"): "names a broker with TLS; tests/integration/deploy connects to one",
}  # fmt: skip
"""By document and first line: what is not run, and why. Commands in them must exist all the same."""

# What is Docker's on docs/operations.md needs Docker; tests/unit/deploy/test_operations_page.py holds its services,
# commands and secrets against docker-compose.yml.
SHELL = {"sh", "console"}
READ = {"toml", "json", "python", "ini", "yaml", "mermaid"}


def shown_blocks() -> list[Block]:
    """Those that are neither typed, nor read by a program, nor Docker's."""
    ran = {block for document in TYPED for block in typed(document)}
    return [
        block
        for block in all_blocks()
        if block not in ran and block.language not in READ
        if not (block.document == "docs/operations.md" and "docker compose" in block.text)
    ]


def test_what_is_not_run_is_listed_and_what_is_listed_is_there() -> None:
    there = {(block.document, block.head): str(block) for block in shown_blocks()}
    assert not [where for key, where in there.items() if key not in SHOWN], "run it, or list it with the reason"
    assert not [key for key in SHOWN if key not in there], "gone from the documents: take it out of the list"


def test_every_block_says_its_language() -> None:
    assert not [str(block) for block in all_blocks() if block.language not in SHELL | READ | {"text"}]


def test_no_code_hides_outside_of_fences() -> None:
    for document in {block.document for block in all_blocks()}:
        outside = re.sub(
            r"^```.*?^```$", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        assert not re.search(r"^ {4}(vop|curl|make|docker|mosquitto_\w+) ", outside, re.MULTILINE), document


# ---- commands


def lines_of(block: Block) -> list[str]:
    """Its commands, continued lines joined, without prompt and comment."""
    return [
        line.removeprefix("$ ").partition(" #")[0].strip()
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def vop_calls(block: Block) -> list[list[str]]:
    """The words behind each `vop` that a block calls, in a container too."""
    found = []
    for line in lines_of(block):
        match = re.search(r"(?:^|[ (])(?:\.venv/bin/)?vop ((?!-?[<>|]).*)", line)
        if match and "echo" not in line and "git clone" not in line:
            words = shlex.split(match[1].partition(")")[0])
            stop = next(
                (n for n, word in enumerate(words) if word in {"<", ">", "|", "||", "&&", ";", "&"}), len(words)
            )
            found.append(words[:stop])
    return found


def parsed(words: list[str], command: click.Command = cli, parent: click.Context | None = None) -> None:
    """Give words to the parsers of the command line. Raises `click.UsageError`."""
    context = click.Context(command, parent=parent, info_name=command.name)
    options, rest, _ = command.make_parser(context).parse_args(list(words))
    if isinstance(command, click.Group) and rest:
        name_, following, remaining = command.resolve_command(context, [*context._protected_args, *rest])
        assert following is not None, name_
        parsed(remaining, following, context)
        return
    given = {option for option, value in options.items() if isinstance(value, str | list | tuple) and value}
    if missing := {p.name for p in command.params if p.required} - given:
        raise click.UsageError(f"{command.name}: {missing}")


VOP = [(block, words) for block in all_blocks() if block.language in SHELL for words in vop_calls(block)]


def test_vop_commands_pass_the_real_parser() -> None:
    assert len(VOP) > 40
    wrong = []
    for block, words in VOP:
        try:
            parsed(words)
        except click.UsageError as error:
            wrong.append(f"{block}: {' '.join(words)}: {error}")
    assert not wrong


@pytest.mark.parametrize("words", ["vop fly", "devices add --product", "devices add --wings 2 x", "devices add"])
def test_the_parser_refuses_what_is_wrong(words: str) -> None:
    with pytest.raises(click.UsageError):
        parsed(words.split())


def test_shell_blocks_are_shell() -> None:
    for block in all_blocks():
        if block.language in SHELL:
            text = "\n".join(lines_of(block)) if block.language == "console" else block.text
            done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
            assert done.returncode == 0, f"{block}: {done.stderr}"


def test_python_programs_and_test_files_that_are_called_exist() -> None:
    for block in all_blocks():
        for module in re.findall(r"python -m ([\w.]+)", block.text):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), f"{block}: {module}"
        for path in re.findall(r"(?<![\w/])(?:tests|deploy)/[\w/.-]+", block.text):
            made_later = path.startswith(("deploy/tls", "deploy/sim", "deploy/secrets"))
            assert made_later or (ROOT / path).exists(), f"{block}: {path}"
    for block in all_blocks():
        for module, rest in re.findall(r"python -m (tests\.[\w.]+)(.*)", block.text):
            source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
            for option in re.findall(r" (--[a-z-]+)", rest.partition("#")[0]):
                assert f'"{option}"' in source, f"{block}: {option}"


# ---- what programs read


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.language == "toml"], ids=str)
def test_product_files_are_right(block: Block) -> None:
    _, problems = catalog.check_text(block.text, catalog.load(), Path("product.toml"))
    assert not problems


def test_the_message_about_a_mistake_is_the_program_s() -> None:
    (wrong,) = blocks("docs/catalog.md", "text")
    (right,) = blocks("docs/catalog.md", "toml")
    _, (problem,) = catalog.check_text(right.text.replace('"Cel"', '"°C"'), catalog.load(), Path("jug.toml"))
    assert wrong.text == f"{problem}\n"


def test_all_json_is_what_devices_say() -> None:
    # tests/unit/wire/test_wire_document.py decodes each of these.
    assert {block.document for block in all_blocks() if block.language == "json"} == {"docs/wire.md"}


def test_yaml_is_yaml() -> None:
    for block in all_blocks():
        if block.language == "yaml":
            assert yaml.safe_load(block.text), str(block)


def test_unit_files_have_the_sections_of_unit_files() -> None:
    for block in all_blocks():
        if block.language == "ini":
            # systemd has sections without values too, and options in upper and lower case.
            reader = configparser.ConfigParser(strict=True, interpolation=None)
            reader.read_string(block.text)
            assert set(reader.sections()) <= {"Unit", "Service", "Install", "Timer"}
            assert reader.get("Service", "ExecStart").startswith("/")


def test_python_is_python() -> None:
    found = [block for block in all_blocks() if block.language == "python"]
    assert {block.document for block in found} == {"docs/console.md", "docs/own-product.md"}
    for block in found:
        ast.parse(block.text)


def test_the_page_of_the_console_s_page_works() -> None:
    (block,) = blocks("docs/console.md", "python")
    given: dict[str, object] = {}
    exec(
        "from fastapi import Request\n"
        "from fastapi.responses import HTMLResponse\n"
        "from api.auditing import Visiting\n"
        "from api.console.rendering import page\n"
        "from api.console.routing import pages\n"
        "from api.devices import records\n"
        "from api.parameters import DeviceId\n" + block.text,
        given,
    )
    routes = given["router"].routes  # type: ignore[attr-defined]
    assert [route.path for route in routes] == ["/devices/{device}"]


def test_the_picture_of_the_house_names_every_room() -> None:
    (picture,) = blocks("CONTRIBUTING.md", "text")
    words = set(re.findall(r"[a-z_]+", picture.text))
    assert set(pyproject()["tool"]["importlinter"]["root_packages"]) <= words


def test_the_picture_of_the_way_of_a_message_is_of_today() -> None:
    (picture,) = blocks("docs/architecture.md", "mermaid")
    lines = [line.strip() for line in picture.text.splitlines()[1:] if line.strip() not in {"", "end"}]
    arrow = r"(?:-- \"[^\"]+\" -->|<-- \"[^\"]+\" -->|-\. \"[^\"]+\" \.->|-->|-\.->)"
    node = r"\w+(?:[\[(]+\"[^\"]+\"[\])]+)?"
    for line in lines:
        assert re.fullmatch(rf"{node}(?: {arrow} {node})*|subgraph \w+ \[\"[^\"]+\"\]", line), line
    drawn = set(re.findall(r"\w+", picture.text))
    assert {"wire", "store", "voice", "ingest", "relay", "api", "console", "device_sim", "catalog", "spool"} <= drawn
    table = (
        (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Rooms")[2].partition("\n## ")[0]
    )
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(ROOMS)


def test_a_new_block_is_noticed(tmp_path: Path) -> None:
    block = Block("docs/new.md", 1, "sh", "vop fly # high\n")
    assert block.head == "vop fly"
    assert vop_calls(block) == [["fly"]]
    assert name(ROOT / "README.md") == "README.md"
