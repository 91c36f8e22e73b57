"""The list of what this platform means to survive, and which scenario or test tries each line of it.

The oracle of every scenario: acknowledged is a subset of stored plus dead-lettered, which is a subset of sent, and each
identity is there once; beyond the size of the broker's queue every lost number lies in a reported gap.
"""

from __future__ import annotations

from tests.faults.table import SCENARIOS

LIST: dict[str, tuple[str, ...]] = {
    "`kill -9` of ingest between receive, insert, commit and acknowledge": (
        "kill-received", "kill-begun", "kill-copied", "kill-inserted", "kill-committing", "kill-committed",
        "kill-unacknowledged", "kill-acknowledging",
    ),
    "broker restart with persistent sessions": ("broker-restart", "broker-restart-alone"),
    "broker cut off": ("broker-cut",),
    "broker half-open": ("broker-half-open",),
    "broker slow": ("broker-slow",),
    "broker frozen": ("broker-frozen",),
    "broker away for longer than devices may be quiet": (
        "broker-away",
        "tests/integration/relay/test_silence.py::test_an_outage_of_ours_makes_no_storm",
        "tests/integration/relay/test_silence.py::test_where_no_device_gets_through_the_fault_is_not_theirs",
    ),
    "database down 10 minutes under load": (
        "database-away",
        "database-away-kills",
        "tests/acceptance/test_outages.py::test_a_database_away_under_load_costs_neither_messages_nor_memory",
    ),
    "database killed": ("database-killed",),
    "database cut off, half-open": ("database-cut", "database-half-open"),
    "database frozen, under load and idle": (
        "database-frozen",
        "database-frozen-idle",
        "tests/integration/relay/test_frozen.py::test_it_starts_beside_a_frozen_database",
        "tests/integration/ingest/test_spool.py::test_a_frozen_database_is_given_up_and_what_it_did_not_take_is_spooled",
    ),
    "slow disk, slow commits": ("slow-commits",),
    "disk full (database, spool)": ("disk-database", "disk-spool"),
    "deadlock and serialization failure mid-batch": ("deadlock", "serialization"),
    "every message three times, shuffled": ("thrice",),
    "30-day-late backfill into compressed chunks": (
        "late",
        "tests/integration/store/test_compressed.py::"
        "test_a_late_batch_may_meet_more_packed_rows_than_a_transaction_may_unpack",
    ),
    "clock -1 year, +1 day, epoch 0, none": ("clocks",),
    "both DST changes": ("dst",),
    "two clients with one id": ("one-id",),
    "oversized, truncated, not UTF-8, NUL, NaN, 1e400, depth 1,000": ("malformed",),
    "a packet beyond the broker's limit": (
        "tests/acceptance/test_malformed.py::test_a_packet_beyond_the_limit_ends_its_connection_alone",
    ),
    "flood of empty payloads, longest topics, largest payloads": ("extremes",),
    "ten times overload with bounded memory": ("burst", "overflow"),
    "1,000 simultaneous reconnects": ("reconnects",),
    "everything killed at once and in turn": (
        "tests/faults/test_chaos.py::test_every_message_is_kept_once_through_one_fault_of_each_kind",
        "tests/faults/test_chaos.py::test_workers_that_share_come_and_go_and_every_message_is_kept_once",
    ),
    "migrate with data from each release, killed at any statement": (
        "tests/migration/test_upgrade.py::test_every_row_is_there_as_it_was",
        "tests/migration/test_killed.py::test_an_upgrade_cut_at_any_statement_is_finished_by_the_next",
    ),
    "soak with slope of memory and lag": ("tests/faults/test_soak.py::test_six_minutes_with_a_kill_every_half_one",),
    "property: dedupe is idempotent and order-free": (
        "tests/integration/store/test_continuity.py::test_tables_hold_what_the_definition_says_in_any_order_and_batching",
        "tests/unit/store/test_spans.py::test_a_redelivery_changes_nothing",
        "tests/unit/store/test_latest_and_states.py::test_the_newest_value_does_not_depend_on_order_or_batching",
    ),
    "property: a rollup is the aggregate of its raw rows": (
        "tests/integration/rollups/test_rolling.py::test_rollups_are_the_aggregates_of_the_raw_rows",
    ),
    "property: usage adds up over split windows": (
        "tests/integration/store_reads/test_usage.py::test_figures_are_the_references_and_add_up_however_time_is_cut",
        "tests/integration/store_reads/test_voice_usage.py::test_days_sum_to_months_and_windows_add_up",
    ),
    "property: intervals are total": (
        "tests/unit/store/test_spans.py::test_a_union_is_disjoint_ordered_and_covers_the_same",
        "tests/unit/relay/test_listening.py::test_merged_spans_are_apart_and_hold_the_same_moments",
    ),
    "property: parsers raise only their own error": (
        "tests/unit/wire/test_decode_properties.py::test_any_bytes",
        "tests/unit/wire/test_topics.py::test_any_text_is_a_topic_or_a_bad_topic",
        "tests/unit/ingest/mqtt/test_protocol_fuzz.py::test_bytes_of_any_kind_end_the_connection_at_worst",
        "tests/unit/ingest/spool/test_format.py::test_whatever_the_bytes_are_reading_ends_and_accounts_for_them",
    ),
}  # fmt: skip
"""Fault -> scenarios of the table by key, and tests as file::function from the root of the repository."""

LATER = (
    "command racing reconnect and expiry",
    "power cut at every step of a firmware update",
    "erase during ingest",
)
"""Faults of what is not built yet."""


def as_markdown() -> str:
    """The list as it stands in docs/faults.md."""
    rows = [f"| {fault} | {', '.join(map(_shown, proofs))} |" for fault, proofs in LIST.items()]
    return "\n".join(["| fault | scenario, or test |", "|---|---|", *rows, ""])


def _shown(proof: str) -> str:
    return f"`{proof}`" if proof in SCENARIOS else f"`{proof.removeprefix('tests/')}`"
