-- What the services' roles may do, where an operator has made them (deploy/roles.sql); elsewhere nothing happens.
-- Taken away and given again at every migration: what stands here is all they have. A new table is nobody's at first.
DO $$
DECLARE
    -- What `store.intake` writes, for ingest and for POST /telemetry.
    intake CONSTANT jsonb := '{
        "events": "SELECT, INSERT",
        "latest": "SELECT, INSERT, UPDATE",
        "device_state": "SELECT, INSERT, UPDATE",
        "connections": "SELECT, INSERT, UPDATE",
        "runs": "SELECT, INSERT, UPDATE, DELETE",
        "boots": "SELECT, INSERT, UPDATE",
        "heard": "SELECT, INSERT, UPDATE, DELETE",
        "unclocked": "SELECT, INSERT",
        "dead_messages": "SELECT, INSERT, UPDATE",
        "dead_letters": "SELECT, INSERT, UPDATE",
        "schema_migrations": "SELECT"}';
    rights CONSTANT jsonb := jsonb_build_object(
        'vop_ingest', intake || '{
            "devices (device_id, device, product, status)": "SELECT",
            "ingest_slots": "SELECT, INSERT, UPDATE"}',
        -- What needs the owner (dropping and making partitions) is left to a relay that runs as the owner.
        'vop_relay', '{
            "jobs": "SELECT, INSERT, UPDATE",
            "silences": "SELECT, INSERT, UPDATE",
            "devices (device_id, device, product, status, batch)": "SELECT",
            "products": "SELECT",
            "product_signals": "SELECT",
            "rollups": "SELECT, INSERT, UPDATE, DELETE",
            "latest": "SELECT, UPDATE",
            "device_state": "SELECT",
            "connections": "SELECT",
            "ingest_slots": "SELECT",
            "cases": "SELECT, UPDATE",
            "case_steps": "SELECT, INSERT",
            "promises": "SELECT, UPDATE",
            "closings": "SELECT, UPDATE",
            "statements (statement_id, case_id, customer_id, device_id, said_at, product, channel, lang)": "SELECT",
            "claims (statement_id, n, topic, dropped)": "SELECT",
            "verdicts (verdict_id, statement_id, n, word, corrected, said, reported)": "SELECT",
            "insight_claims": "SELECT, INSERT, UPDATE, DELETE",
            "insight_weeks": "SELECT, INSERT, DELETE",
            "regimens": "SELECT",
            "stock_items": "SELECT, UPDATE",
            "stock_states": "SELECT, INSERT, UPDATE",
            "orders": "SELECT, INSERT",
            "outbox": "SELECT, INSERT, UPDATE",
            "webhooks": "SELECT, UPDATE",
            "ownerships": "SELECT",
            "consents": "SELECT",
            "customers (customer_id, customer, name)": "SELECT",
            "events": "SELECT",
            "boots": "SELECT",
            "heard": "SELECT",
            "schema_migrations": "SELECT"}'::jsonb,
        -- No UPDATE, DELETE or TRUNCATE of audit: beside the triggers, so that one mistake is not enough.
        'vop_api', intake || '{
            "products": "SELECT",
            "product_signals": "SELECT",
            "rollups": "SELECT",
            "silences": "SELECT",
            "fault_kinds": "SELECT",
            "faults": "SELECT",
            "ingest_slots": "SELECT",
            "jobs": "SELECT",
            "devices": "SELECT, INSERT, UPDATE",
            "customers": "SELECT, INSERT, UPDATE",
            "ownerships": "SELECT, INSERT, UPDATE, DELETE",
            "users": "SELECT, INSERT, UPDATE",
            "tokens": "SELECT, INSERT, UPDATE",
            "sessions": "SELECT, INSERT, UPDATE, DELETE",
            "known_browsers": "SELECT, INSERT, UPDATE, DELETE",
            "sign_in_attempts": "SELECT, INSERT, UPDATE, DELETE",
            "care_team": "SELECT, INSERT, UPDATE, DELETE",
            "consents": "SELECT, INSERT, UPDATE, DELETE",
            "cases": "SELECT, INSERT, UPDATE",
            "case_steps": "SELECT, INSERT",
            "statements": "SELECT, INSERT, UPDATE",
            "claims": "SELECT, INSERT, UPDATE",
            "verdicts": "SELECT, INSERT, UPDATE",
            "promises": "SELECT, INSERT, UPDATE",
            "closings": "SELECT, INSERT, UPDATE",
            "insight_claims": "SELECT",
            "insight_weeks": "SELECT",
            "regimens": "SELECT, INSERT, UPDATE",
            "stock_items": "SELECT, INSERT, UPDATE",
            "stock_states": "SELECT",
            "orders": "SELECT, INSERT, UPDATE",
            "outbox": "SELECT, INSERT",
            "webhooks": "SELECT, INSERT, UPDATE, DELETE",
            "idempotency": "SELECT, INSERT, UPDATE, DELETE",
            "dead_messages": "SELECT, INSERT, UPDATE, DELETE",
            "dead_letters": "SELECT, INSERT, UPDATE, DELETE",
            "audit": "SELECT, INSERT"}',
        'vop_accounts', '{
            "devices (device, status, mqtt_password)": "SELECT",
            "schema_migrations": "SELECT"}'::jsonb,
        -- How the platform works, and nothing a device or a person said: no telemetry, no events, no names, no serials.
        -- Which signals are sensitive is the catalogue's to say, so none is shown; numbers of devices need no names.
        'vop_grafana', '{
            "products (product, version, applied_at)": "SELECT",
            "devices (device_id, product, status, created_at)": "SELECT",
            "device_state (device_id, online, firmware, arrived_at)": "SELECT",
            "latest (device_id, updated_at)": "SELECT",
            "silences (device_id, since, noticed_at, ended_at, ended_by)": "SELECT",
            "dead_letters (dead_letter_id, reason, count, first_at, last_at, replayed_at)": "SELECT",
            "ingest_slots (slot, held_since, hearing_since, seen_at, drained_at)": "SELECT",
            "jobs (job, every_s, next_at, started_at, finished_at, succeeded_at, last_s, runs, failures, failing)": "SELECT",
            "schema_migrations": "SELECT"}'::jsonb);
    grantee text;
    object text;
    verbs text;
BEGIN
    FOR grantee IN SELECT rolname FROM pg_roles WHERE rights ? rolname LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', grantee);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', grantee);
        FOR object, verbs IN SELECT key, value FROM jsonb_each_text(rights -> grantee) LOOP
            -- "table (columns)": the columns stand behind the verb.
            IF object LIKE '% (%' THEN
                verbs := verbs || substr(object, position(' (' IN object));
                object := split_part(object, ' ', 1);
            END IF;
            EXECUTE format('GRANT %s ON %I TO %I', verbs, object, grantee);
        END LOOP;
        CONTINUE WHEN grantee IN ('vop_accounts', 'vop_grafana');
        -- Months that come unexpected, by who stores.
        IF grantee IN ('vop_ingest', 'vop_api') THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION make_month TO %I', grantee);
        END IF;
        FOR object IN SELECT 'telemetry_' || product FROM products LOOP
            -- Rows that come after the raw telemetry of their time was dropped are moved into its rollups.
            EXECUTE format('GRANT %s ON %I TO %I',
                CASE grantee WHEN 'vop_relay' THEN 'SELECT, DELETE' ELSE 'SELECT, INSERT' END, object, grantee);
        END LOOP;
    END LOOP;
END $$;
