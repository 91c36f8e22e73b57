"""A page in a real Chromium, watched: what it may not do is noted as it happens and asserted at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

import api.console

AXE = Path(api.console.__file__).parent / "vendor-dev" / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
MAX_TABS = 400

_LISTEN = """
addEventListener("securitypolicyviolation", (event) => window.violated(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
_WATCH_FOCUS = """() => {
  const walk = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^="-"])'
  )].filter((e) => !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }));
  window.steps = [];
  document.addEventListener("focusin", (event) => {
    const style = getComputedStyle(event.target);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    window.steps.push([walk.indexOf(event.target), ring]);
  });
  document.activeElement.blur();
  getSelection().removeAllRanges();
  scrollTo(0, 0);
  const names = walk.map((e) => `${e.localName} ${(e.ariaLabel || e.textContent || e.name || "").trim().slice(0, 40)}`);
  return [names, walk.filter((e) => e.type === "date").length];
}"""
INNER_STOPS = 3
"""Of a date's field, beyond its first: two more parts and the button of its calendar."""


@dataclass
class Stage:
    """One page and what it did that it must not."""

    page: Page
    url: str
    violations: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext, url: str) -> Stage:
        """A new page of `context` for the site at `url`, watched from its first byte."""
        stage = cls(context.new_page(), url)
        stage.page.expose_function("violated", stage._violated)
        stage.page.add_init_script(_LISTEN)
        stage.page.on("request", stage._requested)
        stage.page.on("console", stage._said)
        stage.page.on("pageerror", lambda error: stage.faults.append(str(error)))
        return stage

    def _violated(self, what: str) -> None:
        self.violations.append(what)

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != urlsplit(self.url).netloc:
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def open(self, path: str, status: int = 200) -> Page:
        """Go to a page of the site, which must answer with `status`."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def check_conduct(self) -> None:
        """No violation of the policy, no request to another host, no fault in a script."""
        assert self.violations == []
        assert self.elsewhere == []
        assert self.faults == []

    def check_accessible(self) -> None:
        """axe finds nothing serious on the page as it is now. Run as the debugger does: the policy stays as it is."""
        self.page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await axe.run({ resultTypes: ['violations'] })).violations"
        )
        grave = [
            (rule["id"], node["html"][:200], node["failureSummary"])
            for rule in found
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]
        assert grave == []

    def check_keyboard(self) -> list[str]:
        """Tab reaches everything that can be used, in the order it stands, and shows where it is. Returns the way."""
        # Parts that are loaded later are walked too.
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        names, dates = self.page.evaluate(_WATCH_FOCUS)
        assert 0 < len(names) < MAX_TABS
        for _ in range(len(names) + INNER_STOPS * dates):
            self.page.keyboard.press("Tab")
        steps: list[tuple[int, bool]] = self.page.evaluate("window.steps")
        assert [names[index] for index, ring in steps if not ring] == [], "no focus ring on these"
        reached = [index for index, _ in steps]
        missed = [name for index, name in enumerate(names) if index not in reached]
        assert missed == []
        assert reached == sorted(reached)
        way: list[str] = names
        return way

    def check_fits(self) -> None:
        """Nothing makes the page wider than its window."""
        wide, window = self.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, f"{wide} px of content in a window of {window} px"

    def check_whole(self) -> None:
        """What holds of every page: accessible, no wider than its window, and usable by keyboard alone."""
        self.check_accessible()
        self.check_fits()
        self.check_keyboard()

    def picture(self, name: str) -> None:
        """Keep what is seen as `name`.png, where VOP_TEST_PICTURES_DIR names a directory."""
        directory = os.environ.get("VOP_TEST_PICTURES_DIR")
        if directory:
            self.page.screenshot(path=Path(directory) / f"{name}.png", full_page=True)
