"""How far the comparison of a piece has come, so that one that is killed is gone on with by the next run.

What was compared stays compared only while the rollups are as they were, for late rows change them: a digest of theirs
is kept beside the place. It lies with the job of the clock, wherever retention is run from.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import cast

from catalog.model import Product
from store import jobs
from store.database import Connection
from store.rollups import verify

log = logging.getLogger(__name__)

JOB = "retention"
REMEMBER_S = 5.0
"""How often the place is written down."""


@dataclass(slots=True)
class Place:
    """Where the comparison of the hours `[since, until)` of a product stands."""

    product: Product
    since: int
    until: int
    device_id: int = 0
    """The last device that was compared."""
    digest: int = 0
    """Of the rollups of all devices up to it."""
    _written_at: float = 0.0

    @property
    def _key(self) -> str:
        return f"verified {self.product.key}"

    def recall(self, conn: Connection) -> None:
        """Take the place up from an earlier run, if that is still good."""
        found = jobs.remembered(conn, JOB, self._key)
        if not isinstance(found, dict) or (found.get("since"), found.get("until")) != (self.since, self.until):
            return
        last, said = int(cast("int", found["device_id"])), int(cast("str", found["digest"]))
        with conn.transaction():
            now = verify.digest(conn, self.product, self.since, self.until, last)
        if now == said:
            self.device_id, self.digest = last, said
        else:
            log.info("%s: rollups were changed since they were compared; compared anew", self.product.table)

    def forget(self, conn: Connection) -> None:
        """The comparison has come to its end."""
        if self.device_id:
            jobs.remember(conn, JOB, self._key, None)

    def reached(self, conn: Connection, device_id: int, digest: int) -> None:
        """A group is compared: note it, and now and then write it down."""
        self.device_id, self.digest = device_id, self.digest + digest
        if time.monotonic() - self._written_at < REMEMBER_S:
            return
        self._written_at = time.monotonic()
        jobs.remember(
            conn,
            JOB,
            self._key,
            # As text: it has more digits than JSON's readers agree on.
            {"since": self.since, "until": self.until, "device_id": self.device_id, "digest": str(self.digest)},
        )
