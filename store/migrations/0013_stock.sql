-- works with: 0012
-- What is kept in stock and ordered, and what leaves the platform when something happens.

-- step
-- An item is what one device holds or stands by; without a row nothing is ordered for it.
CREATE TABLE stock_items (
    device_id      int PRIMARY KEY REFERENCES devices,
    sku            text NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
    unit           text NOT NULL CHECK (length(unit) BETWEEN 1 AND 32),
    pack           int NOT NULL DEFAULT 1 CHECK (pack BETWEEN 1 AND 1000000),      -- ordered in multiples of it
    min_order      int NOT NULL DEFAULT 1 CHECK (min_order BETWEEN 1 AND 1000000),
    lead_days      real NOT NULL CHECK (lead_days BETWEEN 0 AND 365),              -- mean, from order to arrival
    lead_sd_days   real NOT NULL DEFAULT 0 CHECK (lead_sd_days BETWEEN 0 AND 365),
    service_level  real NOT NULL DEFAULT 0.95 CHECK (service_level BETWEEN 0.5 AND 0.9999),
    cycle_days     real NOT NULL DEFAULT 14 CHECK (cycle_days BETWEEN 0 AND 365),  -- of demand that an order is for
    ordering       boolean NOT NULL DEFAULT true,
    set_by         text NOT NULL,
    set_at         timestamptz NOT NULL
);

-- How an item stands, as last assessed.
CREATE TABLE stock_states (
    device_id     int PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    assessed_at   timestamptz NOT NULL,
    level         int,                          -- null: not heard of late
    level_at      timestamptz,
    demand        float8,                       -- items a day; null: too little is known
    seasonal      boolean NOT NULL DEFAULT false,
    cover_days    float8,                       -- null: beyond a year, or not known
    cover_low     float8,
    cover_high    float8,
    reorder_point int,
    coverage      float8,                       -- of the days the demand is of
    below         smallint NOT NULL DEFAULT 0,  -- looks in a row at or below the reorder point
    armed         boolean NOT NULL DEFAULT true -- whether it may order: not again until an order's arrival was seen
) WITH (fillfactor = 70);

CREATE TABLE orders (
    order_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id   int NOT NULL REFERENCES devices,
    sku         text NOT NULL,
    unit        text NOT NULL,
    quantity    int NOT NULL CHECK (quantity > 0),
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'received', 'cancelled')),
    because     jsonb NOT NULL,                 -- the figures it was decided on
    ordered_at  timestamptz NOT NULL,
    ordered_by  text NOT NULL,
    closed_at   timestamptz,
    closed_by   text,
    received    int CHECK (received >= 0),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX orders_open ON orders (device_id) WHERE state = 'open';
CREATE INDEX orders_device ON orders (device_id, order_id);
CREATE INDEX orders_state ON orders (state, order_id);

-- Where events are sent to. Secrets are of Standard Webhooks: they sign what is sent, so they are kept as they are.
CREATE TABLE webhooks (
    webhook_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url           text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    kinds         text[] NOT NULL CHECK (cardinality(kinds) > 0),
    secret        bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz,
    disabled_why  text
);

-- What is to leave, written in the transaction of its cause; a row an event and endpoint.
CREATE TABLE outbox (
    outbox_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id   bigint NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    message_id   text NOT NULL,                 -- the same in every attempt
    kind         text NOT NULL,
    body         text NOT NULL,                 -- as it is signed and sent, byte for byte
    created_at   timestamptz NOT NULL,
    next_at      timestamptz NOT NULL,          -- not before
    attempts     int NOT NULL DEFAULT 0,
    delivered_at timestamptz,
    given_up_at  timestamptz,
    answer       text,                          -- status or kind of failure of the last attempt; nothing of the body
    UNIQUE (webhook_id, message_id),
    CHECK (delivered_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
