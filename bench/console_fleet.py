"""A fleet of 100,000 devices in a database, and how long its page takes for whatever people look for in it.

The fleet is written straight into the tables, as registry and intake would have left it: owners, latest values, states,
a week and more of heard spans, silences, events with some faults open. Of some things there is exactly one, in the
middle of the order, so that a search has to find one device of all.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import orjson

from api import paging
from bench.year import Progress
from catalog import Catalog
from catalog.model import Product
from store.database import Connection, connect

LIMIT_MS = 60.0
"""p99 of each question."""
CUSTOMERS_A_DEVICE = 0.6
REPEATS = 100
SEED = 1
RARE_FIRMWARE = "9.9.9-rc.1"
PRODUCTS = (*("robot_vacuum",) * 6, *("pill_dispenser",) * 2, "stock_sensor", "software")
"""Of ten devices in a row."""
PREFIXES = {"robot_vacuum": "rv", "pill_dispenser": "pd", "stock_sensor": "ss", "software": "sw"}
FIRST = (
    "Anna", "Ben", "Clara", "David", "Emma", "Farid", "Greta", "Hamid", "Ingrid", "Jonas", "Karin", "Lars", "Maryam",
    "Nils", "Olga", "Paul", "Reza", "Sara", "Tom", "Ursula", "آرش", "بهار", "پریسا", "داریوش", "زهرا", "سینا",
)  # fmt: skip
SYLLABLES = ("ba", "do", "fen", "gri", "hol", "ja", "kel", "lo", "mer", "nor", "pe", "qui", "ros", "sta", "tu", "vel")

Params = Mapping[str, str]
"""Of a request; what is not asked for is not there."""


@dataclass(frozen=True)
class Times:
    """Of one question, in ms by the clock of the client, and how many devices its answers showed."""

    n: int
    p50_ms: float
    p99_ms: float
    limit_ms: float
    late: int
    """Of `n`: as long as the limit, or longer."""
    fewest_rows: int
    kb: float
    """Of the largest answer's body."""


def surname(n: int) -> str:
    """One of 4,096."""
    return "".join(SYLLABLES[n // 16**k % 16] for k in range(3)).title()


def device_name(n: int) -> str:
    """Of device `n`: the order of ids is not that in which they were registered."""
    return f"{PREFIXES[PRODUCTS[n % 10]]}-{n * 7919 % 1_000_003:07d}"


def serial(n: int) -> str:
    """Of device `n`."""
    return f"{PREFIXES[PRODUCTS[n % 10]].upper()}26{n * 104_729 % 100_000_007:09d}"


def customer_name(n: int) -> str:
    """Of customer `n`."""
    return f"{FIRST[n % len(FIRST)]} {surname(n * 31)}"


def load(url: str, catalog: Catalog, devices: int, progress: Progress) -> None:
    """Register so many devices, half a minute's work for 100,000, and analyse the tables."""
    now = datetime.now(UTC)
    customers = int(devices * CUSTOMERS_A_DEVICE)
    with connect(url, application="vop bench") as conn:
        with conn.cursor().copy("COPY customers (customer, name, zone) FROM STDIN") as copy:
            for n in range(customers):
                copy.write_row((f"c-{n:06d}", customer_name(n), ("Europe/Berlin", "Asia/Tehran")[n % 2]))
        with conn.cursor().copy("COPY devices (device, product, serial, hardware, created_at) FROM STDIN") as copy:
            for n in range(devices):
                since = now - timedelta(days=90, minutes=n % 1440)
                copy.write_row((device_name(n), PRODUCTS[n % 10], serial(n), "r2", since))
        for place, (what, statement) in enumerate(_statements(catalog).items()):
            progress(what, place / 7)
            conn.execute(statement.encode(), {"now": now, "customers": customers, "rare": devices // 2})
        conn.commit()
    with connect(url, application="vop bench", autocommit=True) as plain:
        progress("vacuum", 1.0)
        plain.execute("VACUUM ANALYZE")


def _statements(catalog: Catalog) -> dict[str, str]:
    # `n` counts the devices from 1; `rare` is the one that is like no other.
    numbered = """numbered AS MATERIALIZED (
        SELECT device_id, product, row_number() OVER (ORDER BY device_id) AS n FROM devices
        WHERE device ~ '^(rv|pd|ss|sw)-')"""
    newest = " ".join(f"WHEN '{key}' THEN '{_newest(product)}'" for key, product in catalog.items())
    quiet = "n %% 25 = 0"
    opens = {"robot_vacuum": ("stuck", "freed"), "pill_dispenser": ("jam_detected", "jam_cleared"),
             "stock_sensor": ("weight_unstable", "weight_stable"), "software": ("crashed", "recovered")}  # fmt: skip
    kinds = ", ".join(f"('{product}', '{opened}', '{closed}')" for product, (opened, closed) in opens.items())
    return {
        "owners": f"""WITH {numbered} INSERT INTO ownerships (device_id, customer_id, zone, during)
            SELECT device_id, customer_id, zone, tstzrange(%(now)s - interval '80 days', NULL)
            FROM numbered JOIN customers ON customer = 'c-' || lpad((n * 31 %% %(customers)s::int)::text, 6, '0')
            WHERE n %% 20 <> 0""",
        "latest values": f"""WITH {numbered} INSERT INTO latest (device_id, signals, ts, updated_at)
            SELECT device_id, (CASE product {newest} END)::json, at, at FROM numbered CROSS JOIN LATERAL (
                SELECT %(now)s - CASE WHEN {quiet} THEN interval '2 days' ELSE n %% 600 * interval '1 s' END AS at) t
            WHERE n %% 33 <> 0""",
        "states": f"""WITH {numbered}
            INSERT INTO device_state (device_id, online, boot, conn, ts, arrived_at, firmware, "values")
            SELECT device_id, n %% 10 <> 0, 3, 1, %(now)s - interval '3 days', %(now)s - interval '3 days',
                   CASE WHEN n = %(rare)s THEN '{RARE_FIRMWARE}' ELSE '2.' || n %% 7 || '.' || n %% 3 END, '{{}}'
            FROM numbered WHERE n %% 33 <> 0 OR n = %(rare)s""",
        "silences": f"""WITH {numbered} INSERT INTO silences (device_id, since, noticed_at)
            SELECT device_id, %(now)s - interval '2 days', %(now)s - interval '47 hours'
            FROM numbered WHERE {quiet} AND n %% 33 <> 0""",
        # Twelve spans of five days, each cut short; of the rare one only a minute a span.
        "heard": f"""WITH {numbered} INSERT INTO heard (device_id, since, until)
            SELECT device_id, since, since + interval '5 days' * CASE WHEN n = %(rare)s THEN 0.001
                WHEN n %% 197 = 0 THEN 0.4 WHEN n %% 17 = 0 THEN 0.85 ELSE 1 - (n %% 19 + 1) / 3000.0 END
            FROM numbered CROSS JOIN generate_series(1, 12) k
            CROSS JOIN LATERAL (SELECT %(now)s - k * interval '5 days' AS since) s WHERE n %% 33 <> 0""",
        # Six faults a device, over again but for the last of every hundredth vacuum and of one of all others.
        "events": f"""WITH {numbered} INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
            SELECT device_id, %(now)s - k * interval '9 days' - n %% 1440 * interval '1 min' + part * interval '10 min',
                   3, 1000 - 2 * k + part, 300, 0, CASE part WHEN 0 THEN opened ELSE closed END, '{{}}'
            FROM numbered JOIN (VALUES {kinds}) kinds (product, opened, closed) USING (product)
            CROSS JOIN generate_series(1, 6) k CROSS JOIN generate_series(0, 1) part
            WHERE n %% 33 <> 0 AND NOT (k = 1 AND part = 1 AND
                (product = 'robot_vacuum' AND n %% 101 = 0 OR n = %(rare)s / 10 * 10 + 10))""",
    }  # fmt: skip


def _newest(product: Product) -> str:
    values: dict[str, list[float | str | bool]] = {}
    for place, signal in enumerate(product.signal):
        value: float | str | bool = 40.5 + place
        if signal.type == "bool":
            value = True
        elif signal.type in ("enum", "text"):
            value = "standard"
        values[signal.key] = [time.time_ns() // 1_000_000, 3, 5_000, value]
    return orjson.dumps(values).decode()


class Questions:
    """What people look for, drawn anew each time."""

    def __init__(self, devices: int) -> None:
        self._random = random.Random(SEED)
        self._devices = devices

    def _device(self) -> int:
        return self._random.randrange(self._devices)

    def _customer(self) -> int:
        return self._random.randrange(int(self._devices * CUSTOMERS_A_DEVICE))

    def _deep(self) -> str:
        return paging.encode("devices", device_name(self._device()))

    def kinds(self) -> dict[str, Callable[[], Params]]:
        """By what is asked."""
        presences = ("connected", "disconnected", "reporting", "silent", "healthy", "faulty")
        words: dict[str, Callable[[], Params]] = {
            "first page": dict,
            "deep page": lambda: {"cursor": self._deep()},
            "device id": lambda: {"q": device_name(self._device())},
            "part of a device id": lambda: {"q": device_name(self._device())[3:7]},
            "serial": lambda: {"q": serial(self._device())},
            "customer's name": lambda: {"q": customer_name(self._customer())},
            "customer's surname": lambda: {"q": surname(self._customer())},
            "customer's first name": lambda: {"q": self._random.choice(FIRST)},
            "one letter": lambda: {"q": self._random.choice("abcdefghijklmnopqrstuvwxyz")},
            "two letters": lambda: {"q": "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=2))},
            "three letters": lambda: {"q": "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=3))},
            "what all ids have": lambda: {"q": "-0", "cursor": self._deep()},
            "what none has": lambda: {"q": "zzqx-" + str(self._device())},
            "product": lambda: {"product": self._random.choice(PRODUCTS), "cursor": self._deep()},
            "customer": lambda: {"customer": f"c-{self._customer():06d}"},
            "firmware": lambda: {"firmware": f"2.{self._random.randrange(7)}.{self._random.randrange(3)}"},
            "firmware of one": lambda: {"firmware": RARE_FIRMWARE},
            "firmware of none": lambda: {"firmware": "0.0.0"},
            "status of none": lambda: {"status": "quarantined"},
            "coverage below 99 %": lambda: {"coverage_below": "0.99", "cursor": self._deep()},
            "coverage below 90 %": lambda: {"coverage_below": "0.9", "cursor": self._deep()},
            "coverage below 50 %": lambda: {"coverage_below": "0.5", "cursor": self._deep()},
            "coverage below 5 %": lambda: {"coverage_below": "0.05"},
            "coverage of one": lambda: {"coverage_below": "0.05", "presence": "reporting"},
            "fault of one": lambda: {"presence": "faulty", "product": "software"},
            "fault and product": lambda: {"presence": "faulty", "product": "robot_vacuum", "cursor": self._deep()},
            "fault and name": lambda: {"presence": "faulty", "q": self._random.choice(FIRST)},
            "fault and firmware": lambda: {"presence": "faulty", "firmware": "2.1.1"},
            "fault and coverage": lambda: {"presence": "faulty", "coverage_below": "0.9"},
            "silent and coverage": lambda: {"presence": "silent", "coverage_below": "0.5"},
            "product and name": lambda: {"product": "pill_dispenser", "q": surname(self._customer())},
            "connected, of one firmware": lambda: {"presence": "connected", "firmware": RARE_FIRMWARE},
        }
        return words | {each: _presence(each) for each in presences} | {
            f"{each}, deep page": _presence(each, self._deep) for each in presences
        }  # fmt: skip


def _presence(presence: str, deep: Callable[[], str] | None = None) -> Callable[[], Params]:
    return lambda: {"presence": presence} | ({"cursor": deep()} if deep else {})


def measure(
    url: str, cookies: Mapping[str, str], devices: int, progress: Progress, repeats: int = REPEATS
) -> Iterator[tuple[str, Times]]:
    """Ask the service at `url` as each of `cookies`' people; a question's name begins with theirs.

    Each goes as a browser sends it: the page as a whole at first, then the part of it that changes.
    """
    for person, cookie in cookies.items():
        headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept-Language": "en"}
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            kinds = Questions(devices).kinds()
            for place, (name, draw) in enumerate(kinds.items()):
                progress(f"asking as {person}", place / len(kinds))
                client.get("/devices", params=dict(draw()))
                ways = itertools.cycle(({}, {"HX-Request": "true"}))
                yield f"{person}: {name}", _times([_ask(client, draw(), next(ways)) for _ in range(repeats)])


def _ask(client: httpx.Client, params: Params, headers: Mapping[str, str]) -> tuple[float, bytes]:
    began = time.perf_counter()
    answer = client.get("/devices", params=dict(params), headers=headers)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"/devices with {params} answered {answer.status_code}")
    return took, answer.content


def _times(took: Sequence[tuple[float, bytes]]) -> Times:
    elapsed = sorted(ms for ms, _ in took)
    return Times(
        n=len(took),
        p50_ms=round(statistics.median(elapsed), 1),
        p99_ms=round(elapsed[math.ceil(0.99 * len(elapsed)) - 1], 1),
        limit_ms=LIMIT_MS,
        late=sum(ms >= LIMIT_MS for ms in elapsed),
        fewest_rows=min(body.count(b'<th scope="row"') for _, body in took),
        kb=round(max(len(body) for _, body in took) / 1000, 1),
    )


def person(conn: Connection, name: str, role: str, customers: int = 0) -> None:
    """A user of the role; with `customers`, in the care team of so many."""
    conn.execute("INSERT INTO users (name, display_name, roles) VALUES (%s, %s, %s)", (name, name.title(), [role]))
    conn.execute(
        """INSERT INTO care_team (user_id, customer_id, during)
           SELECT user_id, customer_id, tstzrange(now() - interval '70 days', NULL)
           FROM users, (SELECT customer_id FROM customers ORDER BY customer_id LIMIT %s) c WHERE name = %s""",
        (customers, name),
    )
