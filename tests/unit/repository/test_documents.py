"""The documents do not lie: their links lead somewhere, their commands exist."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from tests.unit.repository.files import ROOT, name, tracked
from vop.__main__ import cli

DOCUMENTS = tracked(".md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SHELLS = {"", "sh", "bash", "shell", "console"}

parametrized_documents = pytest.mark.parametrize("document", DOCUMENTS, ids=name)


def prose(document: Path) -> str:
    """A document without its code blocks."""
    return FENCE.sub("", document.read_text())


def anchors(document: Path) -> set[str]:
    """The anchors that a page's headings get, by GitHub's rule."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def commands(document: Path) -> list[str]:
    """Everything a document shows as typed: shell blocks by line, and inline code."""
    text = document.read_text()
    lines = [
        line.strip().removeprefix("$ ").partition(" #")[0].strip()
        for language, block in FENCE.findall(text)
        if language in SHELLS
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return lines + re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def broken_links(document: Path) -> list[str]:
    broken = []
    for target in LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        page = (document.parent / file).resolve() if file else document
        if not page.exists() or (anchor and anchor not in anchors(page)):
            broken.append(target)
    return broken


def unknown_targets(document: Path) -> list[str]:
    named = [
        word
        for line in commands(document)
        if (match := re.match(r"make((?: +[a-z][a-z-]*)+)", line))
        for word in match.group(1).split()
    ]
    return [word for word in named if word not in make_targets()]


def unknown_vop_words(line: str, cli: click.Command) -> list[str]:
    """Commands and options of one typed line that the command line does not know.

    Alternatives are written with a bar, as in ``vop devices add|list``.
    """
    match = re.match(r"(?:\S*/)?vop((?:\s+\S+)*)", line)
    words = shlex.split(match.group(1), comments=True) if match else []
    unknown: list[str] = []
    command, context = cli, click.Context(cli, info_name="vop")
    for word in words:
        if word in {"&", "&&", "|", ";", ">"}:
            break
        if word.startswith("-"):
            option = word.partition("=")[0]
            declared = {o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts)}
            unknown += [] if option in declared else [word]
        elif isinstance(command, click.Group):
            found = {part: command.get_command(context, part) for part in word.split("|")}
            unknown += [part for part, subcommand in found.items() if subcommand is None]
            following = next((c for c in found.values() if c is not None), None)
            if following is None:
                break
            command, context = following, click.Context(following, parent=context, info_name=word)
    return unknown


@parametrized_documents
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert not broken_links(document)


@parametrized_documents
def test_every_make_target_exists(document: Path) -> None:
    assert not unknown_targets(document)


@parametrized_documents
def test_every_vop_command_exists(document: Path) -> None:
    unknown = [word for line in commands(document) for word in unknown_vop_words(line, cli)]
    assert not unknown


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n## One & two\n\n[a](page.md) [b](absent.md) [c](#one--two) [d](#three)\n\n"
        "```sh\n$ make fly  # high\nvop swim --deep\n```\n\n`make test` and `vop` make sense\n"
    )
    assert broken_links(page) == ["absent.md", "#three"]
    assert unknown_targets(page) == ["fly"]
    assert "vop swim --deep" in commands(page)

    swim = click.Command("swim", params=[click.Option(["--far"])])
    pool = click.Group(commands={"fill": swim})
    sea = click.Group("vop", commands={"swim": swim, "pool": pool})
    assert unknown_vop_words("vop swim --far 3", sea) == []
    assert unknown_vop_words("vop swim --deep", sea) == ["--deep"]
    assert unknown_vop_words("vop pool fill|drain --far 1", sea) == ["drain"]
    assert unknown_vop_words(".venv/bin/vop fly", sea) == ["fly"]
    assert unknown_vop_words("vop/v1/{device}/up/telemetry", sea) == []


def test_the_readme_names_the_commands_that_ci_runs() -> None:
    readme = commands(ROOT / "README.md")
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert {"make demo", "make test"} <= set(readme)
    assert "make test" in script
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(re.findall(r"^  make ([a-z-]+)", done.stdout, re.MULTILINE)) == make_targets()


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
