"""A customer of a test's own, with a vacuum: tests that share a served app do not meet each other's cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from store import customers, devices, ownerships
from tests.integration.api.world import OWNED_SINCE, World

TEXT = "I only use it two or three times a month. The battery dies after 20 minutes."
_NUMBER = count(1)


def ago(**how_long: float) -> str:
    """RFC 3339."""
    return (datetime.now(UTC) - timedelta(**how_long)).isoformat()


@dataclass
class Home:
    """One household."""

    world: World
    customer: str
    device: str

    @classmethod
    def new(cls, world: World) -> Home:
        number = next(_NUMBER)
        name, unit = f"home-{number}", f"vac-{number}"
        with world.database.connection() as conn:
            customers.create(conn, name, "Rosa Home", zone="Europe/Berlin")
            device, world.secrets[unit] = devices.register(conn, unit, "robot_vacuum")
            since = datetime.now(UTC) - OWNED_SINCE
            ownerships.set_history(conn, device.device_id, [ownerships.Span(name, since)])
        return cls(world, name, unit)

    def says(self, text: str = TEXT, status: int = 201, who: str = "sam", **more: Any) -> Any:
        """A statement about the vacuum, by phone and now, unless told otherwise; None leaves a member out."""
        body: dict[str, Any] = {
            "customer": self.customer,
            "device": self.device,
            "channel": "phone",
            "text": text,
            "said_at": ago(),
        }
        body |= more
        return self.post("/statements", status, who, **{k: v for k, v in body.items() if v is not None})

    def agrees(self, *purposes: str) -> None:
        """To exactly these, from now on."""
        path = f"/customers/{self.customer}/consents"
        assert self.world.call("sam", "PUT", path, json={"purposes": purposes}).status_code == 200

    def reports(self, *kinds: str, days: float = 19) -> None:
        """The vacuum's events, evenly over the last `days`, all of which are heard."""
        start, step = datetime.now(UTC) - timedelta(days=days), timedelta(days=days) / (len(kinds) + 1)
        said = []
        for n, kind in enumerate(kinds):
            attrs = {"duration_min": 40, "area_m2": 30} if kind == "clean_finished" else {}
            ts = int((start + step * n).timestamp() * 1000)
            said.append({"ts": ts, "boot": 1, "seq": n, "kind": kind, "attrs": attrs})
        assert not self.world.publish(self.device, said, "event")["rejected"]

    def post(self, path: str, status: int, who: str = "sam", **body: Any) -> Any:
        """The answer to a POST."""
        answer = self.world.call(who, "POST", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def patch(self, path: str, status: int = 200, who: str = "sam", **body: Any) -> Any:
        """The answer to a PATCH."""
        answer = self.world.call(who, "PATCH", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, who: str = "sam", **query: Any) -> Any:
        """The answer to a GET."""
        return self.world.get(who, path, **query)
