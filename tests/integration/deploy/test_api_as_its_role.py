"""The HTTP interface's own tests, over connections of the role it has in docker-compose.yml.

Not all of them: the walk over every route and role, what devices send, and one of each kind of write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.integration.api.test_lockout import test_a_stranger_does_not_keep_the_user_out_of_a_browser_known_before
from tests.integration.api.test_roles import test_each_role_gets_what_it_is_due
from tests.integration.api.test_sessions import (
    sam,
    test_changing_the_password_ends_all_others_and_begins_anew,
    test_it_ends_for_good_when_its_user_is_suspended,
    test_it_ends_when_it_was_not_used_for_long,
    test_it_ends_with_its_token_and_no_other_does,
)
from tests.integration.api.test_telemetry import (
    test_a_refused_element_delays_no_other,
    test_a_revoked_device_is_let_in_no_more_and_a_rotated_one_with_its_new_secret,
    test_what_a_device_posts_is_in_its_history,
)
from tests.integration.api.test_writes import (
    test_a_letter_is_stored_once_its_cause_is_mended,
    test_an_import_refuses_a_line_and_no_other,
    test_consents_are_given_and_withdrawn_and_remembered,
    test_only_who_gives_care_joins_a_care_team,
    test_ownerships_are_set_whole_or_not_at_all,
    test_the_same_key_does_the_work_once_and_shows_no_secret_twice,
)
from tests.integration.api.world import World, serve
from tests.integration.deploy.conftest import Cluster

__all__ = [
    "sam",
    "test_a_letter_is_stored_once_its_cause_is_mended",
    "test_a_refused_element_delays_no_other",
    "test_a_revoked_device_is_let_in_no_more_and_a_rotated_one_with_its_new_secret",
    "test_a_stranger_does_not_keep_the_user_out_of_a_browser_known_before",
    "test_an_import_refuses_a_line_and_no_other",
    "test_changing_the_password_ends_all_others_and_begins_anew",
    "test_consents_are_given_and_withdrawn_and_remembered",
    "test_each_role_gets_what_it_is_due",
    "test_it_ends_for_good_when_its_user_is_suspended",
    "test_it_ends_when_it_was_not_used_for_long",
    "test_it_ends_with_its_token_and_no_other_does",
    "test_only_who_gives_care_joins_a_care_team",
    "test_ownerships_are_set_whole_or_not_at_all",
    "test_the_same_key_does_the_work_once_and_shows_no_secret_twice",
    "test_what_a_device_posts_is_in_its_history",
]


@contextmanager
def _served(cluster: Cluster, name: str) -> Iterator[World]:
    """The app over a copy of the migrated database, grants included."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        # Nobody may be in it while it is copied, and TimescaleDB's workers would be.
        admin.execute("ALTER DATABASE vop WITH ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'vop'")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE vop OWNER vop_owner".encode())
        try:
            with serve(cluster.url("api", name)) as world:
                yield world
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def world(cluster: Cluster) -> Iterator[World]:
    with _served(cluster, "api_of_one_test") as served:
        yield served


@pytest.fixture(scope="module")
def shared(cluster: Cluster) -> Iterator[World]:
    with _served(cluster, "api_of_all_tests") as served:
        yield served


def test_it_is_that_role(world: World) -> None:
    with world.database.connection() as conn:
        assert conn.execute("SELECT user").fetchone() == ("vop_api",)
