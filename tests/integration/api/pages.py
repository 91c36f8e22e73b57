"""Pages as a parser sees them: elements, attributes and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(frozen=True)
class Tag:
    """One element; `within` are the tags around it, outermost first."""

    name: str
    attributes: dict[str, str]
    within: tuple[Tag, ...] = ()


@dataclass
class Page:
    """Everything of a page, in the order it stands there."""

    tags: list[Tag] = field(default_factory=list)
    texts: list[tuple[str, tuple[Tag, ...]]] = field(default_factory=list)
    """Text, and the elements it stands in."""
    comments: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        made = Tag(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.page.tags.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].name == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.page.texts.append((data, tuple(self._open)))

    def handle_comment(self, data: str) -> None:
        self.page.comments.append(data)


def parsed(html: str) -> Page:
    """The page that `html` is."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
