"""What customers say in English."""

from __future__ import annotations

from collections.abc import Mapping

from device_sim.speech.memory import Figure

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TIMES = {1.0: "once", 2.0: "twice"}
DOUBTS = ("about ", "maybe ", "roughly ", "around ")

SENTENCES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("robot_vacuum", "usage_frequency"): ("I run it {rate}.", "We use the robot {rate}.", "It cleans {rate} here."),
    ("robot_vacuum", "usage_duration"): (
        "One run takes {number} minutes.",
        "It cleans for {number} minutes each time.",
    ),
    ("robot_vacuum", "last_used"): ("I haven't used it for {days}.", "The robot has not been used for {days}."),
    ("robot_vacuum", "battery_runtime"): ("The battery lasts {number} minutes.", "It dies after {number} minutes."),
    ("robot_vacuum", "fault_frequency"): ("It gets stuck {rate}.", "The robot is stuck {rate}, I have to free it."),
    ("pill_dispenser", "adherence"): ("I take {share} of my pills.", "I'd say I take {share} of my doses."),
    ("pill_dispenser", "missed_doses"): ("I forget a pill {rate}.", "I miss a dose {rate}."),
    ("pill_dispenser", "fault_frequency"): ("The dispenser jams {rate}.", "It jams {rate}."),
    ("stock_sensor", "stock_consumption"): ("We use {number} a {per}.", "We sell {number} pieces a {per}."),
    ("stock_sensor", "stock_level"): ("There are {number} left on the shelf.", "We have {number} left."),
    ("software", "usage_frequency"): ("I log in {rate}.", "I open the app {rate}."),
    ("software", "usage_duration"): ("A session takes me {number} minutes.", "I spend {number} minutes each time."),
    ("software", "last_used"): ("I haven't logged in for {days}.", "I have not used it for {days}."),
    ("software", "fault_frequency"): ("It crashes {rate}.", "The app crashes on me {rate}."),
}
NOTHING: Mapping[str, str] = {
    "usage_frequency": "I never use it.",
    "fault_frequency": "It never does that.",
    "missed_doses": "I never miss a dose.",
    "adherence": "I take none of my pills.",
    "stock_level": "The shelf is empty.",
}
ALL = "I take every pill."
STORIES: Mapping[str, str] = {
    "robot_vacuum": "Honestly, I only use it two or three times a month.",
    "pill_dispenser": "I take every pill.",
}
SMALL_TALK = (
    "My order number is 48213 and I am still waiting for the invoice.",
    "I was on hold for 25 minutes yesterday, nobody answered.",
    "How often should I change the filter?",
    "If it stops again I will send it back.",
    "Thank you, the last reply was very helpful.",
    "The box says 120 minutes, is that true?",
    "I bought it on the 3rd of May and the warranty is two years.",
    "Could you tell me the price of two spare parts?",
    "My neighbour's does it ten times a day.",
    "I would like to speak to somebody about my contract.",
)


def number(figure: Figure) -> str:
    """ "three", "two or three", "15 to 20"."""
    if figure.low == figure.high:
        return _word(figure.low)
    joint = " or " if figure.high - figure.low == 1.0 else " to "
    return f"{_word(figure.low)}{joint}{_word(figure.high)}"


def rate(figure: Figure) -> str:
    """ "twice a week", "two or three times a month"."""
    said = _TIMES.get(figure.low) if figure.low == figure.high else None
    return f"{said or number(figure) + ' times'} a {figure.per}"


def share(figure: Figure) -> str:
    """ "half", "85 percent"."""
    return "half" if figure.low == 50.0 else f"{figure.low:.0f} percent"


def days(figure: Figure) -> str:
    """ "three days", "two weeks"."""
    length, unit = (figure.low / 7.0, "week") if figure.low % 7.0 == 0.0 else (figure.low, "day")
    return f"{_word(length)} {unit}{'s' if length != 1.0 else ''}"


def _word(value: float) -> str:
    return _SMALL[int(value)] if value < len(_SMALL) else f"{value:.0f}"
