"""What the demo's people do with the cases: some are closed, in some something is promised, the others wait.

Which, follows from the cases' order alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from vop.demo.api import Api
from vop.demo.errors import Unanswered

ANSWERED_WITHIN: Final = {
    "phone": 8, "visit": 30, "chat": 4, "sms": 45, "app": 240, "social": 420, "email": 900,
}  # fmt: skip
"""Minutes, by channel: what half of the answers take about."""
UNANSWERED_OF: Final = 9
"""One statement in so many nobody answered."""
CLOSED_OF: Final = 3
WAITING_OF: Final = 2
"""Of those neither closed nor promised anything: every second waits for the customer."""
PROMISED: Final = 8
"""Of the cases left open, the first so many hold a promise."""
OVERDUE_S: Final = 1.5
CONFLICT: Final = 409


@dataclass
class Case:
    """A case as the statements made it."""

    case: int
    product: str
    language: str
    is_private: bool
    """For the care team alone."""
    topics: set[str] = field(default_factory=set)
    is_story: bool = False


_CAUSES: Final[dict[tuple[str, str], tuple[str, str, str]]] = {
    ("robot_vacuum", "fault_frequency"): (
        "visit", "Loose cables and a high threshold in the hall", "کابل‌های رها و آستانهٔ بلند در راهرو"),
    ("robot_vacuum", "battery_runtime"): ("visit", "Worn battery, replaced", "باتری فرسوده بود و عوض شد"),
    ("robot_vacuum", ""): (
        "command", "A schedule nobody remembered started it", "برنامهٔ زمان‌بندی فراموش‌شده آن را راه می‌انداخت"),
    ("pill_dispenser", "fault_frequency"): (
        "visit", "Large tablets jammed the wheel", "قرص‌های درشت چرخ را گیر می‌انداخت"),
    ("pill_dispenser", ""): (
        "advice", "The evening dose fell into working hours", "نوبت عصر در ساعت کار بود"),
    ("stock_sensor", ""): ("advice", "Unopened boxes stood beside the scale", "جعبه‌های بازنشده کنار ترازو بود"),
    ("software", "fault_frequency"): ("firmware", "A release ran out of memory", "یک نسخه حافظه کم می‌آورد"),
    ("software", ""): ("advice", "Two people use one account", "دو نفر از یک حساب استفاده می‌کنند"),
}  # fmt: skip
_PROMISES: Final = {
    "kept": ("We call back with the figures of the last three months", "با ارقام سه ماه گذشته تماس می‌گیریم"),
    "broken": ("A spare part is sent", "یک قطعهٔ یدکی فرستاده می‌شود"),
    "open": ("A technician looks at it", "تکنسین آن را بررسی می‌کند"),
}


def answered(channel: str, chance: int, at: datetime) -> datetime | None:
    """When it was answered; None: it was not. `chance` is any number that is always the same."""
    if chance % UNANSWERED_OF == 0:
        return None
    return at + timedelta(minutes=ANSWERED_WITHIN[channel] * (0.4 + (chance // UNANSWERED_OF % 100) / 60))


def work(support: Api, clinician: Api, cases: Sequence[Case], now: Callable[[], datetime]) -> None:
    """Close some of the cases, and promise something in others. Raises `Unanswered`."""
    left = []
    for number, case in enumerate(cases):
        if not case.is_story and number % CLOSED_OF == 0:
            _once(clinician if case.is_private else support, f"/cases/{case.case}/close", _resolution(case))
        else:
            left.append(case)
    overdue = False
    left.sort(key=lambda case: not case.is_story)
    for case in left[PROMISED::WAITING_OF]:
        _once(clinician if case.is_private else support, f"/cases/{case.case}/answers", {"channel": "phone"})
    for number, case in enumerate(left[:PROMISED]):
        by = clinician if case.is_private else support
        if by.call("GET", f"/cases/{case.case}")["promises"]:
            continue
        # The stories first: theirs are open.
        fate = "open" if case.is_story else ("kept", "broken", "open")[number % 3]
        due = timedelta(seconds=OVERDUE_S) if fate == "broken" else timedelta(days=1 + number % 4)
        what = _PROMISES[fate][case.language == "fa"]
        made = _once(by, f"/cases/{case.case}/promises", {"what": what, "due_at": (now() + due).isoformat()})
        if fate == "kept" and made is not None:
            _once(by, f"/cases/{case.case}/promises/{made['promise']}/keep", None)
        overdue = overdue or fate == "broken"
    if overdue:
        time.sleep(OVERDUE_S)


def _resolution(case: Case) -> dict[str, str]:
    topic = next((topic for topic in sorted(case.topics) if (case.product, topic) in _CAUSES), "")
    fix, en, fa = _CAUSES[case.product, topic]
    return {"cause": fa if case.language == "fa" else en, "fix": fix}


def _once(api: Api, path: str, body: object) -> Any:
    """POST what may have been done by a start that was interrupted; None: it was."""
    try:
        return api.call("POST", path, body)
    except Unanswered as error:
        if error.status != CONFLICT:
            raise
        return None
