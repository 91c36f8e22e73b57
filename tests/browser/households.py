"""A household that says less than its vacuum reports: half a year of uses, and a month in which it was not heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from store import customers, devices, ownerships
from tests.integration.api.world import World

Calendar: TypeAlias = Literal["gregorian", "persian"]
SAYS = {
    "en": "I only run it two or three times a month. The battery dies after 20 minutes. What is this red light?",
    "fa": "ماهی دو سه بار بیشتر روشنش نمی‌کنم. باتریش بیست دقیقه هم دووم نمیاره. این چراغ قرمز چیه؟",
}
HALF_A_YEAR = timedelta(days=185)
EVERY = timedelta(days=4, hours=16)
SILENT = (timedelta(days=96), timedelta(days=74))
"""Before now: from and to."""


def settle(site: World, customer: str, device: str, *, calendar: Calendar = "gregorian") -> None:
    """Have `customer` own the vacuum `device`, agree to be compared, and use it about six times a month."""
    now = datetime.now(UTC)
    zone, name = ("Asia/Tehran", "رزا باغبان") if calendar == "persian" else ("Europe/Berlin", "Rosa Gardener")
    with site.database.connection() as conn:
        customers.create(
            conn, customer, name, zone=zone, calendar=calendar, language="fa" if calendar == "persian" else "en"
        )
        made, site.secrets[device] = devices.register(conn, device, "robot_vacuum")
        ownerships.set_history(conn, made.device_id, [ownerships.Span(customer, now - HALF_A_YEAR)])
    answer = site.call("sam", "PUT", f"/customers/{customer}/consents", json={"purposes": ["compare_usage"]})
    assert answer.status_code == 200, answer.text
    assert not site.publish(device, _uses(now), "event")["rejected"]


def _uses(now: datetime) -> list[dict[str, Any]]:
    """Their events. Around the silence numbers are lost, so it is not taken for heard."""
    found: list[dict[str, Any]] = []
    at, seq = now - HALF_A_YEAR + timedelta(hours=1), 0
    while at < now:
        silent = now - SILENT[0] <= at < now - SILENT[1]
        if not silent:
            attrs = {"duration_min": 38 + seq % 7, "area_m2": 30}
            found.append(
                {"ts": int(at.timestamp() * 1000), "boot": 1, "seq": seq, "kind": "clean_finished", "attrs": attrs}
            )
        seq += 1
        at += EVERY
    stuck = int((now - timedelta(hours=3)).timestamp() * 1000)
    found.append({"ts": stuck, "boot": 1, "seq": seq, "kind": "stuck", "attrs": {"cause": "cliff"}})
    return found


def says(site: World, customer: str, device: str, text: str, **more: str) -> dict[str, Any]:
    """A statement kept by support, now unless told otherwise; the API's answer."""
    body = {"customer": customer, "device": device, "channel": "phone", "text": text}
    body |= {"said_at": datetime.now(UTC).isoformat()} | more
    answer = site.call("sam", "POST", "/statements", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
