"""What a principal may know of a customer's statements and cases, and what of them they may read.

Of a product that measures a person, words and verdicts are for the customer's care team alone; that there is a case,
its promises and the unit's faults, is for support and maintenance too. What is about no product that is known is about
any the customer owns or owned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.access import CARE_ROLES, is_guarded
from api.auditing import Visit
from api.errors import Absent, Forbidden
from store import care, ownerships

KNOWING_ROLES = frozenset({"support", "maintenance", "quality"})


@dataclass(slots=True)
class Reach:
    """One visitor's."""

    visit: Visit
    _cared: frozenset[int] | None = None
    _guarded: dict[int, bool] = field(default_factory=dict)

    @property
    def cared(self) -> frozenset[int]:
        """`customer_id` of everyone on whose care team the visitor is now."""
        if self._cared is None:
            principal = self.visit.principal
            ours = bool(principal.roles & CARE_ROLES)
            found = care.customers_of(self.visit.conn, principal.user_id, datetime.now(UTC)) if ours else set()
            self._cared = frozenset(found)
        return self._cared

    @property
    def everybody(self) -> bool:
        """Whether the visitor may know of anybody's cases."""
        return bool(self.visit.principal.roles & KNOWING_ROLES)

    def require(self, customer_id: int, what: str) -> None:
        """Raise `Absent` when the visitor may not know of it; `what` names it."""
        if not self.everybody and customer_id not in self.cared:
            raise Absent(f"there is no {what}")

    def private(self, customer_id: int, product: str | None) -> bool:
        """Whether the words of a statement, or case, are for the care team alone."""
        if product is not None:
            declared = self.visit.catalog.get(product)
            return declared is None or is_guarded(declared)
        if customer_id not in self._guarded:
            owned = {span.product for span in ownerships.of_customer(self.visit.conn, customer_id)}
            self._guarded[customer_id] = any(self.private(customer_id, key) for key in owned)
        return self._guarded[customer_id]

    def reads(self, customer_id: int, product: str | None) -> bool:
        """Whether the visitor may read the words."""
        return customer_id in self.cared or (self.everybody and not self.private(customer_id, product))

    def require_reading(self, customer_id: int, product: str | None, what: str) -> None:
        """Raise `Absent` when the visitor may not know of it, `Forbidden` when they may not read it."""
        self.require(customer_id, what)
        if not self.reads(customer_id, product):
            raise Forbidden(f"{what} is for the care team of its customer", kind="sensitive")

    def named(self, customer_id: int) -> bool:
        """Whether the visitor may know the customer by name."""
        return "support" in self.visit.principal.roles or customer_id in self.cared
