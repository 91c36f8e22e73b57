"""How a page can be looked at: language, colours, size of the window."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

WAIT_MS = 30_000
_LOCALES = {"en": "en-GB", "fa": "fa-IR"}


@dataclass(frozen=True)
class Look:
    """One reader's browser."""

    language: str = "en"
    dark: bool = False
    phone: bool = False

    def __str__(self) -> str:
        return f"{self.language}-{'dark' if self.dark else 'light'}-{'phone' if self.phone else 'desktop'}"

    def context(self, browser: Browser) -> BrowserContext:
        """A browser of its own, without cookies."""
        context = browser.new_context(
            locale=_LOCALES[self.language],
            color_scheme="dark" if self.dark else "light",
            viewport={"width": 390, "height": 844} if self.phone else {"width": 1280, "height": 900},
            device_scale_factor=2 if self.phone else 1,
            has_touch=self.phone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT_MS)
        return context


LOOKS = {
    str(look): look
    for look in (Look(*chosen) for chosen in itertools.product(("en", "fa"), (False, True), (False, True)))
}
"""All of them, by name: `en-light-desktop` to `fa-dark-phone`."""
USUAL = ("en-light-desktop", "fa-dark-phone")
"""Between them every language, colour and width: what the fast suite looks at."""
EVERY = [*USUAL, *(pytest.param(name, marks=pytest.mark.slow) for name in LOOKS if name not in USUAL)]
