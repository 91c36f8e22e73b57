"""The README shows the console as it is: its pictures are those that the tour in a browser takes, and are light."""

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


def test_the_tour_makes_every_step_the_readme_shows() -> None:
    tour = (ROOT / "tests/browser/test_tour.py").read_text()
    for step, _ in README:
        assert f'tour.see("{step}"' in tour
