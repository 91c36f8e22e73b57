-- The spine: who and what we know (devices, people), what devices said beside their wide tables, and what was refused.
-- Product tables (telemetry_<product>) are made from the catalogue by store/product_tables.py.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Time as devices and programs have it: milliseconds since the epoch, UTC. Simple enough for the planner to inline.
CREATE FUNCTION at_ms(ms bigint) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 'epoch'::timestamptz + ms * interval '1 ms';
CREATE FUNCTION ms_of(at timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000)::bigint;

-- What the catalogue declared when each product's table was last brought up to date.
CREATE TABLE products (
    product    text PRIMARY KEY,
    version    int NOT NULL,
    definition jsonb NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- A changed type or unit is a new key: what a column has once meant is kept here and checked.
CREATE TABLE product_signals (
    product text NOT NULL REFERENCES products,
    key     text NOT NULL,
    type    text NOT NULL,
    unit    text NOT NULL,
    PRIMARY KEY (product, key)
);

CREATE TABLE devices (
    device_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device         text NOT NULL UNIQUE CHECK (device ~ '^[A-Za-z0-9._-]{1,64}$'),
    product        text NOT NULL REFERENCES products,
    serial         text,
    batch          text,
    hardware       text,
    status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'quarantined', 'retired')),
    secret_sha256  bytea,                      -- null: no credentials (revoked or not yet issued)
    mqtt_password  text,                       -- Mosquitto's $7$ PBKDF2-SHA512 form
    secret_at      timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX devices_product ON devices (product, device);
CREATE INDEX devices_search ON devices USING gin ((device || ' ' || coalesce(serial, '')) gin_trgm_ops);

CREATE TABLE customers (
    customer_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer    text NOT NULL UNIQUE CHECK (customer ~ '^[A-Za-z0-9._-]{1,64}$'),
    name        text NOT NULL,
    language    text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fa')),
    zone        text NOT NULL,
    calendar    text NOT NULL DEFAULT 'gregorian' CHECK (calendar IN ('gregorian', 'persian')),
    week_start  smallint NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 1 AND 7),   -- ISO: 1 = Monday
    weekend     smallint[] NOT NULL DEFAULT '{6,7}',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customers_search ON customers USING gin ((customer || ' ' || name) gin_trgm_ops);

CREATE TABLE ownerships (
    ownership_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id    int NOT NULL REFERENCES devices,
    customer_id  int NOT NULL REFERENCES customers,
    zone         text NOT NULL,                -- where the unit stands; days are counted there
    during       tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (device_id WITH =, during WITH &&)
);
CREATE INDEX ownerships_customer ON ownerships (customer_id);

CREATE TABLE users (
    user_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    display_name  text NOT NULL,
    roles         text[] NOT NULL CHECK (
        cardinality(roles) > 0
        AND roles <@ ARRAY['admin', 'support', 'maintenance', 'clinician', 'carer', 'stock', 'quality']),
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
    token_id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      int NOT NULL REFERENCES users,
    label        text NOT NULL,
    token_sha256 bytea NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE care_team (
    user_id     int NOT NULL REFERENCES users,
    customer_id int NOT NULL REFERENCES customers,
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (user_id WITH =, customer_id WITH =, during WITH &&)
);
CREATE INDEX care_team_customer ON care_team (customer_id);

CREATE TABLE consents (
    customer_id int NOT NULL REFERENCES customers,
    purpose     text NOT NULL CHECK (purpose ~ '^[a-z][a-z0-9_]{0,47}$'),
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (customer_id WITH =, purpose WITH =, during WITH &&)
);

-- Who saw and did what. Append-only: months are dropped whole by retention, rows never change.
CREATE TABLE audit (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,                 -- 'user:<name>', 'device:<device>', 'system:<command>'
    roles       text[] NOT NULL DEFAULT '{}',
    action      text NOT NULL,                 -- e.g. 'device.read', 'device.register', 'usage.read'
    object_type text NOT NULL,
    object      text NOT NULL,
    customer    text,                          -- the person whose data it was, when there is one
    outcome     text NOT NULL DEFAULT 'allowed' CHECK (outcome IN ('allowed', 'denied')),
    detail      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (audit_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_object ON audit (object_type, object, at);
CREATE INDEX audit_customer ON audit (customer, at) WHERE customer IS NOT NULL;

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE idempotency (
    actor      text NOT NULL,
    key        text NOT NULL,
    request    bytea NOT NULL,                 -- SHA-256 of method, path and body
    status     int,                            -- null while the first request is still running
    response   jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);

-- Events of all products. Same identity as readings: one seq counter serves both.
CREATE TABLE events (
    device_id int NOT NULL,
    ts        timestamptz NOT NULL,
    boot      int NOT NULL,
    seq       bigint NOT NULL,
    lag_ms    bigint NOT NULL,                 -- arrival minus ts
    quality   smallint NOT NULL,
    kind      text NOT NULL,
    attrs     jsonb NOT NULL,
    extra     jsonb,
    PRIMARY KEY (device_id, ts, boot, seq)
);
CREATE INDEX events_kind ON events (device_id, kind, ts);

-- Latest value per signal, {key: [ts_ms, boot, seq, value]}; also the lock that orders batches of one device. Merged
-- by the program under that lock and always read whole: json, for jsonb costs 5 us a document to write out as text.
CREATE TABLE latest (
    device_id  int PRIMARY KEY REFERENCES devices,
    signals    json NOT NULL DEFAULT '{}',
    ts         timestamptz,                    -- newest element
    updated_at timestamptz NOT NULL            -- last arrival: "last seen", written once a batch
) WITH (fillfactor = 70);

-- Reported state and presence, ordered by (boot, conn), offline after online of the same conn.
CREATE TABLE device_state (
    device_id       int PRIMARY KEY REFERENCES devices,
    online          boolean NOT NULL,
    boot            int NOT NULL,
    conn            bigint NOT NULL,
    ts              timestamptz,
    arrived_at      timestamptz NOT NULL,
    firmware        text,
    desired_version bigint,
    "values"        jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);

CREATE TABLE connections (
    device_id  int NOT NULL REFERENCES devices,
    boot       int NOT NULL,
    conn       bigint NOT NULL,
    online     boolean NOT NULL,
    arrived_at timestamptz NOT NULL,
    ts         timestamptz,
    firmware   text,
    PRIMARY KEY (device_id, boot, conn, online)
);
CREATE INDEX connections_arrival ON connections (device_id, arrived_at);

-- Contiguous runs of seq within a boot: what lies between two runs of a boot is lost (or late).
CREATE TABLE runs (
    device_id int NOT NULL,
    boot      int NOT NULL,
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    first_ts  timestamptz NOT NULL,            -- of the element first_seq
    last_ts   timestamptz NOT NULL,            -- of the element last_seq
    PRIMARY KEY (device_id, boot, first_seq)
) WITH (fillfactor = 70);

-- One row a boot: restarts, what each said of the boot before, and reused numbers.
CREATE TABLE boots (
    device_id  int NOT NULL,
    boot       int NOT NULL,
    first_ts   timestamptz NOT NULL,
    last_ts    timestamptz NOT NULL,
    prev_boot  int,
    prev_seq   bigint,
    link_ts    timestamptz,                    -- ts of the element that carried prev
    seq_reused bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (device_id, boot)
) WITH (fillfactor = 70);
CREATE INDEX boots_ts ON boots (device_id, first_ts);
CREATE INDEX boots_prev ON boots (device_id, prev_boot) WHERE prev_boot IS NOT NULL;

-- When we heard from a device, as merged spans [since, until). Spans of one device may touch but a reader must not
-- rely on it. Keyed by since alone so that extending the newest span is a heap-only update.
CREATE TABLE heard (
    device_id int NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL CHECK (until > since),
    PRIMARY KEY (device_id, since)
) WITH (fillfactor = 70);

-- The ts an element without a usable clock was given when first stored, so that a redelivery meets the same one.
CREATE TABLE unclocked (
    device_id int NOT NULL,
    boot      int NOT NULL,
    seq       bigint NOT NULL,
    ts        timestamptz NOT NULL,
    PRIMARY KEY (device_id, boot, seq)
);

-- What was refused: the message once, and each refused element with its reason.
CREATE TABLE dead_messages (
    message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL,
    sha256     bytea NOT NULL,
    payload    bytea NOT NULL,
    UNIQUE (topic, sha256)
);
CREATE TABLE dead_letters (
    dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id    bigint NOT NULL REFERENCES dead_messages ON DELETE CASCADE,
    element_index int NOT NULL,
    reason        text NOT NULL,
    detail        text NOT NULL,
    count         bigint NOT NULL DEFAULT 1,
    first_at      timestamptz NOT NULL DEFAULT now(),
    last_at       timestamptz NOT NULL DEFAULT now(),
    replayed_at   timestamptz,
    UNIQUE (message_id, element_index, reason)
);
CREATE INDEX dead_letters_last ON dead_letters (last_at, dead_letter_id);

-- The subscription slots of ingest workers; the lock itself is an advisory one.
CREATE TABLE ingest_slots (
    slot       int PRIMARY KEY,
    worker     text,                           -- host:pid of the holder, null when free
    held_since timestamptz,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    drained_at timestamptz
);
