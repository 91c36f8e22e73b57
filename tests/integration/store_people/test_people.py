"""Customers, ownerships, users, tokens, care teams, consents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import care, consents, customers, devices, ownerships, tokens, users
from store.customers import Customer
from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound
from store.ownerships import Span

JAN = datetime(2026, 1, 1, tzinfo=UTC)
FEB = datetime(2026, 2, 1, tzinfo=UTC)
MAR = datetime(2026, 3, 1, tzinfo=UTC)
APR = datetime(2026, 4, 1, tzinfo=UTC)


def test_customers_are_found_by_id_and_name(conn: Connection, anna: Customer, babak: Customer) -> None:
    assert customers.get(conn, "c-anna") == anna
    assert babak.weekend == [5]
    found = [
        [customer.customer for customer in customers.search(conn, q=q)]
        for q in (None, "ANNA", "بابک", "c-", "nobody", "_")
    ]
    both = ["c-anna", "c-babak"]
    assert found == [both, ["c-anna"], ["c-babak"], both, [], []]
    assert [c.customer for c in customers.search(conn, after="c-anna")] == ["c-babak"]
    assert list(customers.by_ids(conn, ["c-anna", "c-none"])) == ["c-anna"]


def test_a_customer_changes_in_part(conn: Connection, babak: Customer) -> None:
    changed = customers.change(conn, "c-babak", zone="Europe/Paris", weekend=[7, 6, 6])
    assert (changed.zone, changed.weekend) == ("Europe/Paris", [6, 7])
    assert (changed.calendar, changed.week_start, changed.language) == ("persian", 6, "fa")
    with pytest.raises(NotFound, match="c-none"):
        customers.change(conn, "c-none", name="x")
    with pytest.raises(NotFound, match="c-none"):
        customers.get(conn, "c-none")


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Berlin"},
        {"zone": "Europe"},
        {"zone": "localtime"},
        {"zone": "../etc/passwd"},
        {"zone": ""},
        {"week_start": 0},
        {"weekend": [8]},
        {"name": " "},
        {"customer": "c anna"},
        {"language": "de"},
        {"calendar": "mayan"},
    ],
)
def test_a_customer_must_make_sense(conn: Connection, wrong: dict[str, object]) -> None:
    values: dict[str, object] = {"customer": "c-1", "name": "N", "zone": "Asia/Tehran", **wrong}
    with pytest.raises(InvalidValue):
        customers.create(conn, **values)  # type: ignore[arg-type]


def test_a_customers_id_is_taken_once(conn: Connection, anna: Customer) -> None:
    with pytest.raises(Conflict, match="c-anna"):
        customers.create(conn, "c-anna", "Another", zone="UTC")


@pytest.fixture
def device_id(conn: Connection) -> int:
    return devices.register(conn, "rv-1", "robot_vacuum")[0].device_id


def spans(found: list[ownerships.Ownership]) -> list[tuple[str, str, datetime, datetime | None]]:
    return [(o.customer, o.zone, o.since, o.until) for o in found]


def test_a_history_is_replaced_whole(conn: Connection, anna: Customer, babak: Customer, device_id: int) -> None:
    ownerships.set_history(conn, device_id, [Span("c-anna", JAN)])
    kept = ownerships.set_history(
        conn,
        device_id,
        [Span("c-babak", FEB, None, "Asia/Tokyo"), Span("c-anna", JAN, FEB)],
    )
    expected = [
        ("c-anna", "Europe/Berlin", JAN, FEB),
        ("c-babak", "Asia/Tokyo", FEB, None),
    ]
    assert spans(kept) == spans(ownerships.history(conn, device_id)) == expected
    at_change = ownerships.at(conn, device_id, FEB)
    assert at_change is not None
    assert at_change.customer == "c-babak"  # half-open
    assert ownerships.at(conn, device_id, JAN - timedelta(seconds=1)) is None
    assert ownerships.set_history(conn, device_id, []) == []


def test_ownerships_of_a_customer_in_a_window(
    conn: Connection, anna: Customer, babak: Customer, device_id: int
) -> None:
    ownerships.set_history(conn, device_id, [Span("c-anna", JAN, FEB), Span("c-babak", FEB, MAR), Span("c-anna", MAR)])
    of = ownerships.of_customer
    assert [o.since for o in of(conn, anna.customer_id)] == [JAN, MAR]
    assert [o.since for o in of(conn, anna.customer_id, start=FEB, end=MAR)] == []
    assert [o.since for o in of(conn, anna.customer_id, start=FEB)] == [MAR]
    assert [o.device for o in of(conn, babak.customer_id, end=APR)] == ["rv-1"]


@pytest.mark.parametrize(
    ("history", "error", "words"),
    [
        ([Span("c-anna", JAN, MAR), Span("c-babak", FEB)], Conflict, "overlap: c-anna"),
        ([Span("c-babak", FEB), Span("c-anna", JAN)], Conflict, "overlap"),
        ([Span("c-anna", JAN), Span("c-anna", JAN)], Conflict, "overlap"),
        ([Span("c-anna", FEB, JAN)], InvalidValue, "ends before"),
        ([Span("c-anna", JAN, JAN)], InvalidValue, "ends before"),
        ([Span("c-anna", JAN.replace(tzinfo=None))], InvalidValue, "offset"),
        ([Span("c-anna", JAN, None, "Mars/Olympus")], InvalidValue, "Mars/Olympus"),
        ([Span("c-none", JAN)], NotFound, "c-none"),
    ],
)
def test_a_history_that_cannot_be_changes_nothing(
    conn: Connection,
    anna: Customer,
    babak: Customer,
    device_id: int,
    history: list[Span],
    error: type[Exception],
    words: str,
) -> None:
    before = ownerships.set_history(conn, device_id, [Span("c-babak", JAN)])
    with pytest.raises(error, match=words):
        ownerships.set_history(conn, device_id, history)
    assert ownerships.history(conn, device_id) == before


def test_an_unknown_device_has_no_history_to_set(conn: Connection) -> None:
    with pytest.raises(NotFound):
        ownerships.set_history(conn, 99, [])


def test_handing_over(conn: Connection, anna: Customer, babak: Customer, device_id: int) -> None:
    ownerships.hand_over(conn, device_id, "c-anna", since=JAN)
    kept = ownerships.hand_over(conn, device_id, "c-babak", since=FEB)
    assert spans(kept) == [
        ("c-anna", "Europe/Berlin", JAN, FEB),
        ("c-babak", "Asia/Tehran", FEB, None),
    ]
    with pytest.raises(Conflict, match="whole history"):
        ownerships.hand_over(conn, device_id, "c-anna", since=JAN)


def test_users(conn: Connection) -> None:
    made = users.create(conn, "sara", "Sara S.", ["support", "admin", "support"])
    assert made.roles == ["admin", "support"]
    assert users.get(conn, "sara") == made
    users.create(conn, "omid", "Omid", ["clinician"])
    assert [user.name for user in users.listing(conn)] == ["omid", "sara"]
    assert [user.name for user in users.listing(conn, after="omid", limit=1)] == ["sara"]
    users.create(conn, "root", "Root", ["admin"])
    changed = users.change(conn, "sara", roles=["quality"], active=False)
    assert (changed.roles, changed.active, changed.display_name) == (["quality"], False, "Sara S.")


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ["support"]}])
def test_the_last_administrator_stays_one(conn: Connection, change: dict[str, Any]) -> None:
    users.create(conn, "sara", "Sara", ["admin"])
    with pytest.raises(Conflict, match="last active administrator"), conn.transaction():
        users.change(conn, "sara", **change)
    assert users.change(conn, "sara", display_name="Sara S.").roles == ["admin"]
    users.create(conn, "omid", "Omid", ["admin"])
    users.change(conn, "sara", **change)


@pytest.mark.parametrize(
    ("name", "display", "roles", "error"),
    [
        ("sara", "S", ["support"], Conflict),
        ("Sara", "S", ["support"], InvalidValue),
        ("-x", "S", ["support"], InvalidValue),
        ("x", " ", ["support"], InvalidValue),
        ("x", "S", [], InvalidValue),
        ("x", "S", ["root"], InvalidValue),
    ],
)
def test_a_user_must_make_sense(
    conn: Connection, name: str, display: str, roles: list[str], error: type[Exception]
) -> None:
    users.create(conn, "sara", "Sara", ["support"])
    with pytest.raises(error):
        users.create(conn, name, display, roles)


def test_an_absent_user(conn: Connection) -> None:
    with pytest.raises(NotFound, match="nobody"):
        users.get(conn, "nobody")
    with pytest.raises(NotFound, match="nobody"):
        users.change(conn, "nobody", active=True)
    with pytest.raises(NotFound):
        tokens.issue(conn, 99, "script")


def test_a_token_speaks_for_its_user_until_it_ends(conn: Connection) -> None:
    sara = users.create(conn, "sara", "Sara", ["support"])
    token, secret = tokens.issue(conn, sara.user_id, "script")
    principal = tokens.principal_of(conn, secret)
    assert principal is not None
    assert (principal.user, principal.roles, principal.token_id) == (
        "sara",
        ["support"],
        token.token_id,
    )
    assert tokens.principal_of(conn, secret[:-1]) is None
    users.change(conn, "sara", active=False)
    assert tokens.principal_of(conn, secret) is None
    users.change(conn, "sara", active=True, roles=["stock"])
    again = tokens.principal_of(conn, secret)
    assert again is not None
    assert again.roles == ["stock"]
    revoked = tokens.revoke(conn, token.token_id)
    assert revoked.revoked_at is not None
    assert tokens.principal_of(conn, secret) is None
    assert tokens.revoke(conn, token.token_id) == revoked
    row = conn.execute("SELECT * FROM tokens").fetchone()
    assert row is not None
    assert not [value for value in row if secret in str(value)]


def test_a_token_expires(conn: Connection) -> None:
    sara = users.create(conn, "sara", "Sara", ["support"])
    token, secret = tokens.issue(conn, sara.user_id, "script", expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert tokens.principal_of(conn, secret) is not None
    conn.execute(
        "UPDATE tokens SET expires_at = now() - interval '1 s' WHERE token_id = %s",
        (token.token_id,),
    )
    assert tokens.principal_of(conn, secret) is None
    with pytest.raises(InvalidValue, match="expired"):
        tokens.issue(conn, sara.user_id, "script", expires_at=JAN)
    with pytest.raises(InvalidValue, match="label"):
        tokens.issue(conn, sara.user_id, "  ")


def test_tokens_are_listed_without_their_secrets(conn: Connection) -> None:
    for name in ("sara", "omid"):
        user = users.create(conn, name, name, ["support"])
        tokens.issue(conn, user.user_id, f"of {name}")
    listed = tokens.listing(conn)
    assert [(token.user, token.label) for token in listed] == [
        ("sara", "of sara"),
        ("omid", "of omid"),
    ]
    assert [token.user for token in tokens.listing(conn, user="omid")] == ["omid"]
    assert tokens.listing(conn, after=listed[0].token_id) == listed[1:]
    with pytest.raises(NotFound, match="99"):
        tokens.revoke(conn, 99)


def test_a_care_team_changes_over_time(conn: Connection, anna: Customer, babak: Customer) -> None:
    omid = users.create(conn, "omid", "Omid", ["clinician"]).user_id
    care.join(conn, omid, anna.customer_id, since=JAN, until=MAR)
    care.join(conn, omid, anna.customer_id, since=MAR)
    care.join(conn, omid, babak.customer_id, since=FEB)
    on = [care.is_on_team(conn, omid, anna.customer_id, at) for at in (JAN, FEB, MAR)]
    assert on == [True, True, True]
    assert not care.is_on_team(conn, omid, babak.customer_id, JAN)
    assert care.customers_of(conn, omid, JAN) == {anna.customer_id}
    assert care.customers_of(conn, omid, FEB) == {anna.customer_id, babak.customer_id}
    with pytest.raises(Conflict):
        care.join(conn, omid, anna.customer_id, since=FEB)
    care.leave(conn, omid, anna.customer_id, at=FEB)
    kept = [(m.user, m.since, m.until) for m in care.members(conn, anna.customer_id)]
    assert kept == [("omid", JAN, FEB)]
    assert not care.is_on_team(conn, omid, anna.customer_id, FEB)
    with pytest.raises(NotFound):
        care.leave(conn, omid, anna.customer_id, at=FEB)
    with pytest.raises(InvalidValue):
        care.join(conn, omid, anna.customer_id, since=APR, until=APR)
    with pytest.raises(NotFound):
        care.join(conn, 99, anna.customer_id, since=APR)


def test_a_consent_is_given_and_withdrawn(conn: Connection, anna: Customer) -> None:
    who, purpose = anna.customer_id, "compare_usage"
    consents.give(conn, who, purpose, at=JAN)
    consents.give(conn, who, purpose, at=FEB)
    assert len(consents.listing(conn, who)) == 1
    assert not consents.given(conn, who, purpose, JAN - timedelta(seconds=1))
    assert consents.given(conn, who, purpose, APR)
    assert not consents.given(conn, who, "research", APR)
    assert consents.withdraw(conn, who, purpose, at=MAR)
    assert consents.given(conn, who, purpose, FEB)
    assert not consents.given(conn, who, purpose, MAR)
    assert not consents.withdraw(conn, who, purpose, at=MAR)
    consents.give(conn, who, purpose, at=APR)
    assert [(c.purpose, c.since, c.until) for c in consents.listing(conn, who)] == [
        (purpose, JAN, MAR),
        (purpose, APR, None),
    ]
    assert consents.withdraw(conn, who, purpose, at=APR)
    assert [c.since for c in consents.listing(conn, who)] == [JAN]


def test_a_consent_must_make_sense(conn: Connection, anna: Customer) -> None:
    with pytest.raises(InvalidValue, match="Compare"):
        consents.give(conn, anna.customer_id, "Compare usage", at=JAN)
    with pytest.raises(NotFound):
        consents.give(conn, 99, "compare_usage", at=JAN)
