"""The calendar of doses, and prescribing on it, as a clinician does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import Visit
from tests.integration.api.world import World

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
LOOKS = [("en", False, False), ("fa", True, True)]
PATH = "/devices/pill-anna/adherence"


@pytest.fixture(scope="module", autouse=True)
def taken(site: World) -> None:
    """Eighteen days of two doses a day: some late, some missed, three days without any, and a pause."""
    said: list[dict[str, object]] = []
    for day in range(19, 0, -1):
        for hour in (8, 20):
            if day in (9, 8, 7) or (hour == 20 and day % 4 == 0):
                continue
            at = TODAY - timedelta(days=day) + timedelta(hours=hour, minutes=300 if day == 12 else 10)
            kind = {"kind": "dose_taken", "attrs": {"doses": 2 if day == 15 and hour == 8 else 1}}
            said.append({"ts": int(at.timestamp() * 1000), "boot": 1, "seq": len(said), **kind})
    assert not site.publish("pill-anna", said, "event")["rejected"]
    with site.database.connection() as conn:
        conn.execute(
            "UPDATE ownerships SET zone = 'UTC' WHERE device_id = (SELECT device_id FROM devices WHERE device = %s)",
            ("pill-anna",),
        )
    doses = [{"at": "08:00"}, {"at": "20:00"}]
    pause = [(TODAY - timedelta(days=n)).isoformat() for n in (5, 3)]
    since = (TODAY - timedelta(days=19)).isoformat()
    items = [
        {"from": since, "to": pause[0], "doses": doses},
        {"from": pause[0], "to": pause[1], "doses": [], "reason": "hospital"},
        {"from": pause[1], "doses": doses},
    ]
    assert site.call("clara", "PUT", "/devices/pill-anna/regimen", json={"items": items}).status_code == 200


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_the_calendar(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit(PATH, "clara", language=language, dark=dark, phone=phone)
    assert stage.page.locator("td.day-missed").count() == 3
    assert stage.page.locator("td.day-paused").count() == 2
    assert stage.page.locator("td.day-extra").count() == 1
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"adherence-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")


def test_a_regimen_is_changed_by_hand(visit: Visit) -> None:
    page = visit(PATH, "clara").page
    page.get_by_label("Doses of a day").fill("8 o'clock")
    page.get_by_label("From the day").fill(f"{TODAY:%Y-%m-%d}")
    with page.expect_navigation():
        page.get_by_role("button", name="Save what is prescribed").click()
    assert "Write the times of a day like 08:00" in page.content()
    page.get_by_label("Doses of a day").fill("07:30 x2")
    with page.expect_navigation():
        page.get_by_role("button", name="Save what is prescribed").click()
    assert page.locator("section[aria-labelledby=regimen] tbody tr").count() == 4
    assert "07:30" in page.locator("section[aria-labelledby=regimen] tbody tr").first.inner_text()
