"""Which language a page speaks, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api.console.catalogues import LANGUAGES, RIGHT_TO_LEFT
from api.permissions import RULES, By
from api.principals import Principal

COOKIE = "lang"
DEFAULT = "en"
CALENDARS = ("gregorian", "persian")
MAX_HEADER_CHARS = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever a page is made for: their principal, None before they signed in, and how they want to be spoken to."""

    principal: Principal | None
    language: str
    calendar: str

    @property
    def user(self) -> str:
        """Their name; empty before they signed in."""
        return self.principal.user if self.principal else ""

    @property
    def roles(self) -> frozenset[str]:
        """What they hold right now."""
        return self.principal.roles if self.principal else frozenset()

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the page."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def can(self, method: str, path: str) -> bool:
        """Whether the route `path` (with its braces) is there and open to them: what they cannot do is not offered."""
        rule = RULES.get((method, path))
        return rule is not None and (rule.by is By.NOTHING or bool(rule.roles & self.roles))


def reader_of(request: Request, principal: Principal | None) -> Reader:
    """The reader of the page `request` asks for: their preference, else the cookie, else what the browser prefers."""
    chosen = (principal.language if principal else None) or request.cookies.get(COOKIE)
    language = chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))
    calendar = principal.calendar if principal else None
    return Reader(principal, language, calendar if calendar in CALENDARS else CALENDARS[0])


def preferred(header: str) -> str:
    """The language an Accept-Language header wants most, of those we speak."""
    best, weight = DEFAULT, 0.0
    for part in header[:MAX_HEADER_CHARS].split(","):
        tag, _, quality = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        try:
            wish = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if language in LANGUAGES and wish > weight:
            best, weight = language, wish
    return best
