"""The README's pictures: which steps of the tour, and of the tests of statements, they show, and how they are taken."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from playwright.sync_api import Page

README = {
    ("device", "en-light-desktop"): "console-device.webp",
    ("start", "en-light-desktop"): "console-start.webp",
    ("device", "fa-dark-phone"): "console-device-fa.webp",
    ("comparison", "en-light-desktop"): "console-comparison.webp",
    ("entry", "en-light-desktop"): "console-entry.webp",
}
"""File names in `docs/pictures`, by step and look."""
UP_TO = {"console-device.webp": ".charts figure", "console-comparison.webp": ".voices-picture"}
"""Where a picture ends that shows more than the window: below the first of these."""
WEBP_QUALITY = 80


def keep(page: Page, step: str, look: str) -> None:
    """Take the README's picture of this step, if it shows it, packed by the browser itself."""
    directory, name = os.environ.get("VOP_TEST_PICTURES_DIR"), README.get((step, look))
    if not directory or name is None:
        return
    width, height, sharpness = page.evaluate("[innerWidth, innerHeight, devicePixelRatio]")
    if name in UP_TO:
        height = page.locator(UP_TO[name]).first.evaluate("figure => figure.getBoundingClientRect().bottom + 16")
    line = page.context.new_cdp_session(page)
    area = {"x": 0, "y": 0, "width": width, "height": height, "scale": sharpness}
    asked = {"format": "webp", "quality": WEBP_QUALITY, "clip": area, "captureBeyondViewport": True}
    taken = line.send("Page.captureScreenshot", asked)
    (Path(directory) / name).write_bytes(base64.b64decode(taken["data"]))
