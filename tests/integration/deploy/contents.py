"""All that a database holds, in a form that two databases can be compared in."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_CATALOGUE = {
    "rights": """
        SELECT c.oid::regclass::text, c.relkind::text, pg_get_userbyid(c.relowner), array(SELECT a::text FROM unnest(
          coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) AS a ORDER BY 1)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND relkind <> 'i' ORDER BY 1, 2""",
    "rights of columns": """
        SELECT attrelid::regclass::text, attname, attacl::text[] FROM pg_attribute
        JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attacl IS NOT NULL
        ORDER BY 1, 2""",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_userbyid(proowner), prosecdef, md5(prosrc), array(SELECT a::text
            FROM unnest(coalesce(proacl, acldefault('f', proowner))) AS a ORDER BY 1)
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal "
    "ORDER BY 1, 2",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    "extensions": "SELECT extname, extversion FROM pg_extension ORDER BY 1",
    "rights of the database": "SELECT array(SELECT x::text FROM unnest(datacl) AS x ORDER BY 1) FROM pg_database "
    "WHERE datname = current_database()",
}
_TIMESCALEDB = {
    "chunks": """
        SELECT hypertable_name, chunk_name, range_start, range_end, is_compressed
        FROM timescaledb_information.chunks ORDER BY 1, 2""",
    "columnstore": "SELECT * FROM timescaledb_information.hypertable_columnstore_settings ORDER BY hypertable::text",
    "jobs": "SELECT job_id, proc_name, schedule_interval, config, hypertable_name FROM timescaledb_information.jobs "
    "WHERE job_id >= 1000 ORDER BY 1",
    "sequences of chunks": "SELECT last_value FROM _timescaledb_catalog.chunk_id_seq",
}


def contents(url: str) -> dict[str, Any]:
    """Every table's number of rows and their hash, and what the catalogue says of structure and rights."""
    with psycopg.connect(url) as conn:
        found: dict[str, Any] = {name: conn.execute(query.encode()).fetchall() for name, query in _CATALOGUE.items()}
        if ("timescaledb",) in [row[:1] for row in found["extensions"]]:
            found |= {name: conn.execute(query.encode()).fetchall() for name, query in _TIMESCALEDB.items()}
        tables = conn.execute(
            """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', '_timescaledb_internal')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1, 2"""
        ).fetchall()
        for schema, table in tables:
            # The planner would put a hypertable's rows beside those of its chunks; both are compared.
            query = sql.SQL(
                """SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {} AS t"""
            ).format(sql.Identifier(schema, table))
            found[f"rows of {schema}.{table}"] = conn.execute(query).fetchone()
        return found
