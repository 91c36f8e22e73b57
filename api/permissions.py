"""Who may call which route: the one table. A route that is not here does not start (`create_app` refuses).

What a role may see *within* an object (sensitive items, another customer's figures) is decided in `access`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import get_args

from starlette.routing import BaseRoute

from api.errors import ApiError
from catalog.model import Role

API = "/api/v1"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What programs watch."""


class By(Enum):
    """What a route is opened with."""

    NOTHING = "nothing"
    USER = "bearer token or session cookie"
    DEVICE = "device id and secret"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may call the route, and as what it is audited."""

    roles: frozenset[str] = frozenset()
    by: By = By.USER
    action: str | None = None
    """`<object>.<verb>` in the audit log; None: neither a write nor a person's data."""
    personal: bool = False
    """It concerns a person's data: asking for what is not there is audited too, as refusals are."""

    @property
    def object_type(self) -> str:
        """What the action is done to."""
        return (self.action or "").partition(".")[0]


_LETTERS = {
    "A": "admin", "S": "support", "M": "maintenance", "C": "clinician", "R": "carer", "T": "stock", "Q": "quality",
}  # fmt: skip
ALL = "ASMCRTQ"


def _rule(letters: str, action: str | None = None, *, personal: bool = False) -> Rule:
    return Rule(frozenset(_LETTERS[c] for c in letters), By.USER, action, personal)


def _read(letters: str, action: str) -> Rule:
    return _rule(letters, action, personal=True)


_OPEN = Rule(by=By.NOTHING)

RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", "/healthz"): _OPEN,
    ("GET", "/readyz"): _OPEN,
    ("GET", "/metrics"): _OPEN,
    ("GET", "/static/{version}/{path:path}"): _OPEN,
    ("GET", "/language/{language}"): _OPEN,
    ("GET", "/design"): _OPEN,
    ("GET", f"{API}/openapi.json"): _OPEN,
    ("GET", "/sign-in"): _OPEN,
    ("POST", "/sign-in"): Rule(action="session.sign_in", by=By.NOTHING),
    ("POST", "/sign-out"): _rule(ALL, "session.sign_out"),
    ("GET", "/preferences"): _rule(ALL),
    ("POST", "/preferences"): _rule(ALL, "user.preferences"),
    ("POST", "/preferences/password"): _rule(ALL, "user.password"),
    ("GET", "/"): _read(ALL, "start.read"),
    ("GET", "/stock"): _rule("T"),
    ("GET", "/stock/{item}"): _rule("T", "stock.read"),
    ("POST", "/stock/{item}"): _rule("T", "stock.set"),
    ("GET", "/orders"): _rule("T"),
    ("POST", "/orders/{order}/receive"): _rule("T", "order.receive"),
    ("POST", "/orders/{order}/cancel"): _rule("T", "order.cancel"),
    ("GET", "/insights"): _rule("Q", "insight.read"),
    ("GET", "/contacts"): _read("SCR", "contact.list"),
    ("GET", "/devices"): _read(ALL, "device.search"),
    ("GET", "/devices/{device}"): _read(ALL, "device.read"),
    ("GET", "/devices/{device}/adherence"): _read("CR", "device.adherence"),
    ("POST", "/devices/{device}/regimen"): _read("CR", "regimen.set"),
    ("GET", "/devices/{device}/events"): _read(ALL, "device.events"),
    ("GET", "/devices/{device}/gaps"): _read(ALL, "device.gaps"),
    ("GET", "/devices/{device}/usage"): _read("SQCR", "device.usage"),
    ("GET", "/customers"): _read("S", "customer.search"),
    ("GET", "/customers/{customer}"): _read("S", "customer.read"),
    ("GET", "/customers/{customer}/usage"): _read("SQCR", "customer.usage"),
    ("GET", "/customers/{customer}/care-team"): _read("A", "customer.team_read"),
    ("POST", "/customers"): _read("S", "customer.create"),
    ("POST", "/customers/{customer}"): _read("S", "customer.change"),
    ("POST", "/customers/{customer}/consents"): _read("S", "customer.consent"),
    ("POST", "/customers/{customer}/devices"): _read("S", "device.own"),
    ("POST", "/customers/{customer}/care-team"): _read("A", "customer.team"),
    ("GET", "/devices/{device}/ownerships"): _read("AS", "device.ownerships"),
    ("POST", "/devices/{device}/ownerships"): _read("AS", "device.own"),
    ("GET", "/devices/{device}/credentials"): _rule("AS"),
    ("POST", "/devices/{device}/credentials"): _rule("AS", "device.rotate"),
    ("GET", "/statements/new"): _read("SC", "statement.new"),
    ("POST", "/statements/preview"): _read("SC", "statement.preview"),
    ("POST", "/statements"): _read("SC", "statement.create"),
    ("GET", "/statements/{statement}"): _read("SC", "statement.read"),
    ("POST", "/statements/{statement}/compare"): _read("SC", "statement.compare"),
    ("POST", "/statements/{statement}/split"): _read("SC", "statement.split"),
    ("POST", "/statements/{statement}/claims"): _read("SC", "statement.correct"),
    ("POST", "/statements/{statement}/claims/{n}"): _read("SC", "statement.correct"),
    ("GET", "/devices/{device}/comparison"): _read("SQCR", "device.comparison"),
    ("GET", "/customers/{customer}/comparison"): _read("SQCR", "customer.comparison"),
    ("GET", "/cases"): _read("SCM", "case.search"),
    ("GET", "/cases/response-times"): _rule("SQ"),
    ("GET", "/cases/{case}"): _read("SCM", "case.read"),
    ("POST", "/cases/{case}/answers"): _read("SCM", "case.answer"),
    ("POST", "/cases/{case}/promises"): _read("SCM", "case.promise"),
    ("POST", "/cases/{case}/promises/{promise}/keep"): _read("SCM", "case.keep"),
    ("POST", "/cases/{case}/close"): _read("SCM", "case.close"),
    ("POST", "/cases/{case}/reopen"): _read("SCM", "case.reopen"),
    ("GET", "/products"): _rule(ALL),
    ("GET", "/products/{product}"): _rule(ALL),
    ("GET", "/deadletters"): _rule("AS"),
    ("GET", "/deadletters/replay"): _rule("AS"),
    ("POST", "/deadletters/replay"): _rule("AS", "deadletter.replay"),
    ("GET", "/system"): _rule("ASM"),
    ("GET", "/connect"): _rule("AS"),
    ("POST", "/connect"): _rule("AS", "device.register"),
    ("POST", "/connect/check"): _rule("AS"),
    ("GET", "/connect/{device}/arrival"): _rule("AS"),
    ("GET", "/users"): _rule("A"),
    ("POST", "/users"): _rule("A", "user.create"),
    ("GET", "/users/{user}"): _rule("A"),
    ("POST", "/users/{user}"): _rule("A", "user.change"),
    ("GET", "/users/{user}/suspend"): _rule("A"),
    ("POST", "/users/{user}/suspend"): _rule("A", "user.change"),
    ("POST", "/users/{user}/reactivate"): _rule("A", "user.change"),
    ("POST", "/users/{user}/tokens"): _rule("A", "token.issue"),
    ("GET", "/users/{user}/tokens/{token}/revoke"): _rule("A"),
    ("POST", "/users/{user}/tokens/{token}/revoke"): _rule("A", "token.revoke"),
    ("GET", f"{API}/me"): _rule(ALL),
    ("GET", f"{API}/me/customers"): _read("CR", "customer.cared"),
    ("GET", f"{API}/products"): _rule(ALL),
    ("GET", f"{API}/products/{{product}}"): _rule(ALL),
    ("POST", f"{API}/products/check"): _rule("AS"),
    ("GET", f"{API}/devices"): _read(ALL, "device.search"),
    ("POST", f"{API}/devices"): _rule("AS", "device.register"),
    ("POST", f"{API}/devices/import"): _rule("AS", "device.import"),
    ("POST", f"{API}/devices/{{device}}/credentials"): _rule("AS", "device.rotate"),
    ("DELETE", f"{API}/devices/{{device}}/credentials"): _rule("AS", "device.revoke"),
    ("GET", f"{API}/devices/{{device}}/ownerships"): _read("AS", "device.ownerships"),
    ("PUT", f"{API}/devices/{{device}}/ownerships"): _read("AS", "device.own"),
    ("GET", f"{API}/devices/{{device}}"): _read(ALL, "device.read"),
    ("GET", f"{API}/devices/{{device}}/arrival"): _rule("AS"),
    ("GET", f"{API}/devices/{{device}}/history"): _read(ALL, "device.history"),
    ("GET", f"{API}/devices/{{device}}/rows.csv"): _read(ALL, "device.export"),
    ("GET", f"{API}/devices/{{device}}/events"): _read(ALL, "device.events"),
    ("GET", f"{API}/devices/{{device}}/timeline"): _read(ALL, "device.timeline"),
    ("GET", f"{API}/devices/{{device}}/gaps"): _read(ALL, "device.gaps"),
    ("GET", f"{API}/devices/{{device}}/usage"): _read("SQCR", "device.usage"),
    ("POST", f"{API}/customers"): _read("S", "customer.create"),
    ("GET", f"{API}/customers"): _read("S", "customer.search"),
    ("GET", f"{API}/customers/{{customer}}"): _read("S", "customer.read"),
    ("PATCH", f"{API}/customers/{{customer}}"): _read("S", "customer.change"),
    ("PUT", f"{API}/customers/{{customer}}/consents"): _read("S", "customer.consent"),
    ("GET", f"{API}/customers/{{customer}}/usage"): _read("SQCR", "customer.usage"),
    ("GET", f"{API}/customers/{{customer}}/care-team"): _read("A", "customer.team_read"),
    ("PUT", f"{API}/customers/{{customer}}/care-team"): _read("A", "customer.team"),
    ("POST", f"{API}/claims/extract"): _rule("SCQ"),
    ("POST", f"{API}/statements"): _read("SC", "statement.create"),
    ("POST", f"{API}/statements/preview"): _read("SC", "statement.preview"),
    ("POST", f"{API}/statements/import"): _rule("S", "statement.import"),
    ("GET", f"{API}/statements/labels.jsonl"): _rule("AQ", "statement.labels"),
    ("GET", f"{API}/statements/{{statement}}"): _read("SC", "statement.read"),
    ("POST", f"{API}/statements/{{statement}}/compare"): _read("SC", "statement.compare"),
    ("POST", f"{API}/statements/{{statement}}/split"): _read("SC", "statement.split"),
    ("POST", f"{API}/statements/{{statement}}/claims"): _read("SC", "statement.correct"),
    ("PATCH", f"{API}/statements/{{statement}}/claims/{{n}}"): _read("SC", "statement.correct"),
    ("GET", f"{API}/statements/{{statement}}/claims/{{n}}/verdicts"): _read("SC", "statement.verdicts"),
    ("GET", f"{API}/devices/{{device}}/comparison"): _read("SQCR", "device.comparison"),
    ("GET", f"{API}/customers/{{customer}}/comparison"): _read("SQCR", "customer.comparison"),
    ("GET", f"{API}/insights"): _rule("Q", "insight.read"),
    ("GET", f"{API}/insights/contacts"): _read("SCR", "contact.list"),
    ("GET", f"{API}/devices/{{device}}/regimen"): _read("CR", "regimen.read"),
    ("PUT", f"{API}/devices/{{device}}/regimen"): _read("CR", "regimen.set"),
    ("GET", f"{API}/devices/{{device}}/adherence"): _read("CR", "device.adherence"),
    ("GET", f"{API}/stock"): _rule("T"),
    ("GET", f"{API}/stock/{{item}}"): _rule("T", "stock.read"),
    ("PUT", f"{API}/stock/{{item}}"): _rule("T", "stock.set"),
    ("GET", f"{API}/orders"): _rule("T"),
    ("POST", f"{API}/orders/{{order}}/receive"): _rule("T", "order.receive"),
    ("POST", f"{API}/orders/{{order}}/cancel"): _rule("T", "order.cancel"),
    ("GET", f"{API}/webhooks"): _rule("A"),
    ("POST", f"{API}/webhooks"): _rule("A", "webhook.create"),
    ("DELETE", f"{API}/webhooks/{{webhook}}"): _rule("A", "webhook.delete"),
    ("GET", f"{API}/cases"): _read("SCM", "case.search"),
    ("GET", f"{API}/cases/response-times"): _rule("SQ"),
    ("GET", f"{API}/cases/{{case}}"): _read("SCM", "case.read"),
    ("POST", f"{API}/cases/{{case}}/answers"): _read("SCM", "case.answer"),
    ("POST", f"{API}/cases/{{case}}/promises"): _read("SCM", "case.promise"),
    ("POST", f"{API}/cases/{{case}}/promises/{{promise}}/keep"): _read("SCM", "case.keep"),
    ("POST", f"{API}/cases/{{case}}/close"): _read("SCM", "case.close"),
    ("POST", f"{API}/cases/{{case}}/reopen"): _read("SCM", "case.reopen"),
    ("GET", f"{API}/deadletters"): _rule("AS"),
    ("GET", f"{API}/deadletters/reasons"): _rule("AS"),
    ("POST", f"{API}/deadletters/replay"): _rule("AS", "deadletter.replay"),
    ("GET", f"{API}/system"): _rule("ASM"),
    ("POST", f"{API}/telemetry"): Rule(by=By.DEVICE),
    ("GET", f"{API}/stream"): _read(ALL, "device.stream"),
    ("GET", f"{API}/users"): _rule("A"),
    ("POST", f"{API}/users"): _rule("A", "user.create"),
    ("GET", f"{API}/users/{{user}}"): _rule("A"),
    ("PATCH", f"{API}/users/{{user}}"): _rule("A", "user.change"),
    ("GET", f"{API}/tokens"): _rule("A"),
    ("POST", f"{API}/tokens"): _rule("A", "token.issue"),
    ("DELETE", f"{API}/tokens/{{token}}"): _rule("A", "token.revoke"),
    ("GET", f"{API}/audit"): _read("A", "audit.read"),
}

ROLES: tuple[str, ...] = get_args(Role)


def is_page(path: str) -> bool:
    """Whether a path is for people: its answers, refusals too, are pages."""
    return path not in PROBES and path != API and not path.startswith(f"{API}/")


class UnlistedRoute(ApiError):
    """A route has no row in the table, or a row has no route."""


def pairs(routes: Iterable[BaseRoute]) -> set[tuple[str, str]]:
    """(method, path) of every route. HEAD goes with GET."""
    return {
        (method, getattr(route, "path", ""))
        for route in routes
        for method in (getattr(route, "methods", None) or {"?"})
        if method != "HEAD"
    }


def check(routes: Iterable[BaseRoute]) -> None:
    """Raise `UnlistedRoute` unless routes and table name exactly the same things."""
    there = pairs(routes)
    missing, dangling = sorted(there - RULES.keys()), sorted(RULES.keys() - there)
    if missing or dangling:
        raise UnlistedRoute(f"api/permissions.py: routes without a row {missing}; rows without a route {dangling}")
