"""The README shows the console as it is: its pictures are those that tests in a browser take, and are light."""

import re

from tests.browser.pictures import README
from tests.unit.repository.files import ROOT, name, tracked_files

MOST_BYTES = 500_000
"""All of them together: a clone should not be long in coming."""
SHOWN = re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", (ROOT / "README.md").read_text())


def test_the_readme_shows_what_the_tour_takes() -> None:
    assert {path for _, path in SHOWN} == {f"docs/pictures/{file}" for file in README.values()}


def test_every_picture_is_there_and_said_in_words() -> None:
    for words, path in SHOWN:
        assert (ROOT / path).read_bytes()[8:12] == b"WEBP"
        assert len(words.split()) > 5


def test_pictures_are_light_and_none_is_left_over() -> None:
    kept = {file for file in tracked_files() if name(file).startswith("docs/pictures/")}
    assert {name(file) for file in kept} == {path for _, path in SHOWN}
    assert sum(file.stat().st_size for file in kept) < MOST_BYTES


def test_every_picture_is_taken_by_a_test_that_make_runs() -> None:
    target = re.search(r"^pictures:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert target is not None
    tests = "".join((ROOT / path).read_text() for path in re.findall(r"tests/browser/\w+\.py", target[1]))
    for step, _ in README:
        assert f'tour.see("{step}"' in tests or f'keep(page, "{step}"' in tests
