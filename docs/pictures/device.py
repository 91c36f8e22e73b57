"""Draw the README's picture from a running demo: what one vacuum says of its month.

    python docs/pictures/device.py DEMO.json DEVICE > docs/pictures/device.svg

Only the standard library; everything in the picture was read through the HTTP interface.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DAYS = 28
WIDTH, LEFT, RIGHT = 860, 70, 20
INK, FAINT, BAND, LINE, BAR = "#24292f", "#8c959f", "#b6d4fe", "#0b5cad", "#2f7d4f"


def main(demo_path: str, device: str) -> None:
    """Read the demo's tokens, ask the API, print the SVG."""
    demo = json.loads(Path(demo_path).read_text(encoding="utf-8"))
    end = datetime.now(UTC).replace(microsecond=0)
    start = end - timedelta(days=DAYS)

    def ask(path: str, **query: object) -> Any:
        pairs = {"from": start.isoformat(), "to": end.isoformat(), **query}
        text = "&".join(f"{k}={str(v).replace('+', '%2B')}" for k, v in pairs.items())
        request = urllib.request.Request(  # noqa: S310 - the demo's own address
            f"{demo['api']}/api/v1/devices/{device}/{path}?{text}",
            headers={"Authorization": f"Bearer {demo['tokens']['support']}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def x(moment: str) -> float:
        at = datetime.fromisoformat(moment)
        return LEFT + (WIDTH - LEFT - RIGHT) * (at - start) / (end - start)

    battery = ask("history", signal="battery_pct", points=400)["items"]
    usage = ask("usage", per="day")
    uses = [item for stretch in usage["stretches"] for item in stretch["items"]]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 330" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="330" rx="8" fill="#ffffff"/>',
        _text(LEFT, 28, f"{device}, a robot vacuum: the last {DAYS} days in its own words", INK, 16),
        *_battery(battery, x),
        *_uses(uses, x, usage["total"]),
        "</svg>",
    ]
    sys.stdout.write("\n".join(parts) + "\n")


def _battery(items: list[dict[str, Any]], x: Any) -> list[str]:
    top, height = 60, 120

    def y(value: float) -> float:
        return top + height * (1 - value / 100)

    upper = [f"{x(i['t']):.1f},{y(i['max']):.1f}" for i in items]
    lower = [f"{x(i['t']):.1f},{y(i['min']):.1f}" for i in reversed(items)]
    middle = " ".join(f"{x(i['t']):.1f},{y(i['avg']):.1f}" for i in items)
    marks = [_text(LEFT - 8, y(v) + 4, f"{v} %", FAINT, 12, "end") for v in (0, 50, 100)]
    return [
        _text(LEFT, top - 10, "battery: lowest, mean and highest of each bucket", FAINT, 12),
        *marks,
        f'<polygon points="{" ".join(upper + lower)}" fill="{BAND}"/>',
        f'<polyline points="{middle}" fill="none" stroke="{LINE}" stroke-width="1.5"/>',
    ]


def _uses(items: list[dict[str, Any]], x: Any, total: dict[str, Any]) -> list[str]:
    top, height = 220, 60
    most = max((i["minutes"] or 0 for i in items), default=1) or 1
    bars = []
    for item in items:
        left, right, tall = x(item["from"]), x(item["to"]), height * (item["minutes"] or 0) / most
        shape = f'x="{left + 1:.1f}" y="{top + height - tall:.1f}" width="{right - left - 2:.1f}" height="{tall:.1f}"'
        bars.append(f'<rect {shape} fill="{BAR}"/>')
    said = f"{total['uses']} uses, {total['minutes']:.0f} minutes; heard {100 * total['coverage']:.1f} % of the time"
    ticks = [items[n] for n in range(0, len(items) - 3, 7)]
    return [
        _text(LEFT, top - 10, f"cleaning, minutes a local day: {said}", FAINT, 12),
        *bars,
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + height}" y2="{top + height}" stroke="{FAINT}"/>',
        *(_text(x(t["from"]), top + height + 18, t["label"], FAINT, 12) for t in ticks),
    ]


def _text(x: float, y: float, words: str, colour: str, size: int, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{words}</text>'


if __name__ == "__main__":
    main(*sys.argv[1:])
