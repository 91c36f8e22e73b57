-- Roles and the database, run by psql as the superuser before every migration. Safe to repeat: a changed password file
-- takes effect, nothing else does. What the roles may touch is in store/views/0100_grants.sql, which `vop migrate` applies.
--
--     psql --set=secrets=/run/secrets --file=roles.sql
--
-- Passwords are the fifth field of the pgpass files in the directory `secrets`; Grafana reads no pgpass file.
\set ON_ERROR_STOP on
\set owner_password `cut -d: -f5 :'secrets'/owner_pgpass`
\set ingest_password `cut -d: -f5 :'secrets'/ingest_pgpass`
\set relay_password `cut -d: -f5 :'secrets'/relay_pgpass`
\set api_password `cut -d: -f5 :'secrets'/api_pgpass`
\set accounts_password `cut -d: -f5 :'secrets'/accounts_pgpass`
\set grafana_password `cat :'secrets'/grafana_db_password`

-- An unreadable file gives an empty password, which would lock the role out instead of failing here.
SELECT '' IN (:'owner_password', :'ingest_password', :'relay_password', :'api_password', :'accounts_password',
    :'grafana_password') AS unreadable \gset
\if :unreadable
    DO $$ BEGIN RAISE EXCEPTION 'a password file of the roles is missing or empty: run deploy/make-secrets.sh'; END $$;
\endif

-- No statement with a password in the server's log, not even one that fails.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['vop_owner', 'vop_ingest', 'vop_relay', 'vop_api', 'vop_accounts', 'vop_grafana']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE vop_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE vop_ingest LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'ingest_password';
ALTER ROLE vop_relay LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'relay_password';
ALTER ROLE vop_api LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'api_password';
ALTER ROLE vop_accounts LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'accounts_password';
ALTER ROLE vop_grafana LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5 PASSWORD :'grafana_password';
-- Whoever may edit a dashboard writes SQL: it reads, and not for long. What it may read is what protects the rest.
ALTER ROLE vop_grafana SET default_transaction_read_only = on;
ALTER ROLE vop_grafana SET statement_timeout = '15s';

-- `vop migrate` reads shared_preload_libraries to learn whether TimescaleDB is offered.
GRANT pg_read_all_settings TO vop_owner;

SELECT 'CREATE DATABASE vop OWNER vop_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'vop') \gexec

-- By default everybody may connect. Intake and roll-up work in temporary tables.
REVOKE ALL ON DATABASE vop FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE vop TO vop_ingest, vop_relay, vop_api;
GRANT CONNECT ON DATABASE vop TO vop_accounts, vop_grafana;
