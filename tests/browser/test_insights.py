"""The pages of insight over a made fleet: both languages, light and dark, desktop and telephone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from store.insight.weeks import monday
from tests.browser.conftest import Visit
from tests.integration.api.world import World

BIAS = {"usage_frequency": 0.62, "adherence": 1.17, "battery_runtime": 0.85, "fault_frequency": 1.8}
LOOKS = [("en", False, False), ("fa", True, True)]


@pytest.fixture(scope="module", autouse=True)
def counted(site: World) -> None:
    """What the relay's job would have counted: 40 customers, a firmware that gets stuck, one who stopped."""
    dice = random.Random(5)
    now = datetime.now(UTC)
    with site.database.connection() as conn:
        vacuum = conn.execute("SELECT device_id FROM devices WHERE device = 'vac-anna'").fetchone()
        assert vacuum is not None
        rows = []
        for n in range(160):
            topic = list(BIAS)[n % 4]
            ratio = BIAS[topic] * 2 ** dice.gauss(0, 0.4) if n % 5 else None
            word = "cannot_tell" if ratio is None else "agrees" if 0.75 < ratio < 1.33 else "understates"
            said = now - timedelta(days=dice.uniform(1, 80))
            rows.append(
                (1 + n % 4, 100 + n, said, n % 40, "pill_dispenser" if topic == "adherence" else "robot_vacuum", topic,
                 ("phone", "chat", "email")[n % 3], "fa" if n % 2 else "en", word, ratio)
            )  # fmt: skip
        with conn.cursor() as cursor:
            cursor.executemany(
                """INSERT INTO insight_claims
                       (statement_id, n, said_at, customer_id, product, topic, channel, lang, word, ratio)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
                rows,
            )
        made = conn.execute(
            """INSERT INTO devices (device, product) SELECT 'many-' || n, 'robot_vacuum' FROM generate_series(1, 60) n
               RETURNING device_id"""
        ).fetchall()
        weeks = [monday(now) - timedelta(weeks=n) for n in range(1, 17)]
        for k, (device,) in enumerate([*made, vacuum]):
            for n, week in enumerate(weeks):
                uses = dice.randint(4, 8) if k < 60 or n >= 4 else 0
                faults = '{"stuck": 1}' if n < 4 and k % 60 < 20 and dice.random() < 0.5 else "{}"
                conn.execute(
                    """INSERT INTO insight_weeks (device_id, week, firmware, uses, heard, faults)
                       VALUES (%s, %s, %s, %s, %s, %s)""",
                    (device, week, "2.0.1" if k % 60 < 20 else "1.9.4", uses, 0.3 if n == 9 else 0.98, faults),
                )
        conn.execute(
            "UPDATE ownerships SET during = tstzrange(now() - interval '200 days', NULL) WHERE device_id = %s", vacuum
        )


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_insights(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit("/insights", "quinn", language=language, dark=dark, phone=phone)
    assert stage.page.locator("svg.ratios").count() == 4
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"insights-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")


@pytest.mark.parametrize(("language", "dark", "phone"), LOOKS)
def test_whom_to_call(visit: Visit, language: str, dark: bool, phone: bool) -> None:
    stage = visit("/contacts", "sam", language=language, dark=dark, phone=phone)
    assert stage.page.locator("svg.weeks").count() == 1
    stage.check_accessible()
    stage.check_fits()
    stage.picture(f"contacts-{language}-{'dark' if dark else 'light'}-{'phone' if phone else 'desktop'}")
