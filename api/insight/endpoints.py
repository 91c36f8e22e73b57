"""Insights over the fleet for quality; whom to call for support and care teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Annotated, Final

from fastapi import Depends, Query

from api.access import CARE_ROLES, is_guarded
from api.auditing import Visit, Visiting
from api.insight import schemas
from api.parameters import Period, period
from api.reach import Reach
from api.routing import feature
from store.insight import reading
from store.insight.reading import By, Fixed, Group
from store.insight.weeks import WEEK, monday
from voice.insight.bias import bias
from voice.insight.falling import Falling, falling
from voice.insight.standing import standing
from voice.intervals import wilson

router = feature("insights")

MOST: Final = 200
"""Devices and customers to call, each."""
QUARTER = Depends(period(timedelta(days=90), timedelta(days=730)))


@router.get("/insights")
def insights(
    visit: Visiting,
    within: Period = QUARTER,
    by: Annotated[By, Query(description="How claims are grouped, beside their topic.")] = "product",
    group: Annotated[Group, Query(description="Which units are set beside all others of their product.")] = "firmware",
) -> schemas.Insights:
    """What is said beside what is reported, what stands out in a group of units, and which fixes last."""
    products = sorted(visit.catalog)
    claims = bias(reading.said(visit.conn, by, within.start, within.end, products))
    groups = standing(reading.named(visit.conn, group, within.start, within.end, products), visit.services.insight)
    fixes = reading.fixed(visit.conn, within.start, within.end, products)
    enough = visit.services.insight.fewest_customers
    personal = {key for key, product in visit.catalog.items() if is_guarded(product)}
    # Claims grouped by channel or language mix products, so a group that is too small may be of a dispenser's.
    shown = [one for one in claims if one.customers >= enough or (by == "product" and one.value not in personal)]
    stood = [one for one in groups if one.product not in personal or one.devices >= enough]
    lasted = [one for one in fixes if (one.product is not None and one.product not in personal) or one.closed >= enough]
    visit.concerns("*", found=len(shown))
    return schemas.Insights(
        from_=within.start,
        to=within.end,
        by=by,
        group=group,
        bias=[schemas.Bias.model_validate(one) for one in shown],
        standing=[schemas.Standing.model_validate(one) for one in stood],
        recurrence=[_recurrence(one) for one in lasted],
        withheld=len(claims) - len(shown) + len(groups) - len(stood) + len(fixes) - len(lasted),
    )


def _recurrence(one: Fixed) -> schemas.Recurrence:
    low, high = wilson(one.came_back, one.watched) if one.watched else (None, None)
    return schemas.Recurrence(
        product=one.product,
        fix=one.fix,
        closed=one.closed,
        watched=one.watched,
        came_back=one.came_back,
        share=one.came_back / one.watched if one.watched else None,
        low=low,
        high=high,
        days=median(one.days) if one.days else None,
    )


@router.get("/insights/contacts")
def contacts(visit: Visiting) -> schemas.Contacts:
    """Customers whose use is falling or has stopped, and devices that fell silent: whom to call before they do."""
    t = visit.services.insight
    last = monday(datetime.now(UTC))
    recent = last - t.recent_weeks * WEEK
    reach = Reach(visit)
    products = _open_to(visit, reach)
    fallen = reading.fallen(visit.conn, recent - t.before_weeks * WEEK, recent, last, products)
    told = [one for one in falling(fallen, recent, t) if reach.reads(one.customer_id, one.product)][:MOST]
    quiet = reading.silent(visit.conn, sorted(visit.catalog), MOST)
    known = [one for one in quiet if reach.named(one.customer_id)]
    visit.concerns("*", found=len(told) + len(known))
    return schemas.Contacts(
        recent=recent,
        falling=[_falling(one) for one in told],
        silent=[schemas.Silent.model_validate(one) for one in known],
    )


def _open_to(visit: Visit, reach: Reach) -> Sequence[str]:
    """Products whose use the visitor may see of anybody at all; whose it is asked of each."""
    cares = bool(visit.principal.roles & CARE_ROLES and reach.cared)
    return [key for key, product in sorted(visit.catalog.items()) if cares or not is_guarded(product)]


def _falling(one: Falling) -> schemas.Falling:
    weeks = [schemas.Week(week=week, uses=uses, heard=heard) for week, uses, heard in one.weeks]
    return schemas.Falling(**{**one._asdict(), "weeks": weeks})
