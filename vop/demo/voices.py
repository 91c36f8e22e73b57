"""The customers speak: what they say of the history goes through the API as a support desk would write it down.

Statements about a product that measures a person are written down by somebody of the care team, who says first what is
prescribed. Every statement has a
`ref`, so that a start that was interrupted says nothing twice.
"""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from device_sim import Fleet
from device_sim.speech import Statement, statements
from vop.demo import desk
from vop.demo.api import Api
from vop.demo.errors import Unanswered
from vop.demo.prescriptions import prescriptions
from vop.demo.registry import SENSITIVE_PRODUCT
from vop.demo.shelves import terms

PURPOSE: Final = "compare_usage"
PATIENCE_S: Final = 30.0
"""For an API that is being started again."""
AGAIN_AFTER_S: Final = 1.0

Advance = Callable[[int, int], None]
"""Statements said, of how many."""


@dataclass
class Heard:
    """What came of it."""

    statements: int = 0
    claims: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    stories: list[tuple[str, str, str]] = field(default_factory=list)
    """Device, words, and what the product makes of them."""
    cases: dict[int, desk.Case] = field(default_factory=dict)
    """By number, in the order they were opened."""


def speak(
    url: str, tokens: Mapping[str, str], fleet: Fleet, advance: Advance, now: Callable[[], datetime] | None = None
) -> Heard:
    """Say everything the fleet's customers say of its history, and deal with some of the cases.

    Who keeps the stock says how each item is ordered. `tokens` are by role: those of support, of the clinician who is
    on the care teams, and of stock. Raises `Unanswered`.
    """
    clock = now or (lambda: datetime.now(UTC))
    said = statements(fleet)
    heard = Heard()
    with Api(url, tokens["stock"]) as keeper:
        for item, wanted in terms(fleet):
            if patiently(keeper, "GET", f"/stock/{item}")["terms"] is None:
                patiently(keeper, "PUT", f"/stock/{item}", wanted)
    with Api(url, tokens["support"]) as support, Api(url, tokens["clinician"]) as clinician:
        for customer in dict.fromkeys(statement.customer for statement in said):
            _agree(support, customer)
        for device, regimen in prescriptions(fleet) if said else ():
            _prescribe(clinician, device, regimen)
        for number, statement in enumerate(said):
            by = clinician if statement.product == SENSITIVE_PRODUCT else support
            kept = patiently(by, "POST", "/statements", _written(statement, fleet, clock()))
            _note(heard, statement, kept)
            advance(number + 1, len(said))
        desk.work(support, clinician, list(heard.cases.values()), clock)
    return heard


def patiently(api: Api, method: str, path: str, body: object = None) -> Any:
    """As `Api.call`, again for a while where there was no answer. Only for what may be done twice."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return api.call(method, path, body)
        except Unanswered as error:
            if error.status is not None or time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_AFTER_S)


def _agree(support: Api, customer: str) -> None:
    """Have the customer agree that words and telemetry are compared, beside what they agree to already."""
    there = patiently(support, "GET", f"/customers/{customer}")["consents"]
    purposes = {consent["purpose"] for consent in there if consent["until"] is None}
    if PURPOSE not in purposes:
        patiently(support, "PUT", f"/customers/{customer}/consents", {"purposes": sorted(purposes | {PURPOSE})})


def _prescribe(clinician: Api, device: str, regimen: object) -> None:
    """Say what is prescribed, unless somebody has."""
    path = f"/devices/{device}/regimen"
    if not patiently(clinician, "GET", path)["items"]:
        patiently(clinician, "PUT", path, regimen)


def _written(statement: Statement, fleet: Fleet, now: datetime) -> dict[str, Any]:
    at = datetime.fromtimestamp(fleet.epoch_ms / 1000, UTC) + timedelta(days=statement.day)
    body = {
        "customer": statement.customer,
        "device": statement.device,
        "channel": statement.channel,
        "text": statement.text,
        "said_at": at.isoformat(),
        "lang": statement.language,
        "ref": f"demo-{fleet.seed}-{fleet.epoch:%Y%m%d}-{statement.key}",
    }
    answered = desk.answered(statement.channel, zlib.crc32(statement.key.encode()), at)
    return body | ({"answered_at": answered.isoformat()} if answered is not None and answered < now else {})


def _note(heard: Heard, statement: Statement, kept: Mapping[str, Any]) -> None:
    verdicts = [claim["verdict"] for claim in kept["claims"] if claim["verdict"] is not None]
    heard.statements += 1
    heard.claims += len(kept["claims"])
    heard.verdicts.update(verdict["verdict"] for verdict in verdicts)
    if statement.key.endswith("-story"):
        heard.stories += [(statement.device, statement.text, verdict["because"]["en"]) for verdict in verdicts]
    case = heard.cases.setdefault(
        kept["case"],
        desk.Case(kept["case"], statement.product, statement.language, statement.product == SENSITIVE_PRODUCT),
    )
    case.topics.update(claim["topic"] for claim in kept["claims"])
    case.is_story = case.is_story or statement.key.endswith("-story")
