-- Rollups: what a device's signal did in each hour of a UTC day, one row a day. Kept right by marks in `latest`.
-- A program that knows no marks stores readings that would never be rolled up: none may be at work beside it.
-- space: SELECT pg_total_relation_size('latest')

-- step
-- A signal's short name in `rollups`.
ALTER TABLE product_signals ADD COLUMN signal_id int GENERATED ALWAYS AS IDENTITY;
ALTER TABLE product_signals ADD CONSTRAINT product_signals_signal_id UNIQUE (signal_id);

-- Raw telemetry before this was dropped, its rollups verified; null: none was. A raw row before it came late and is
-- not in the rollups yet.
ALTER TABLE products ADD COLUMN raw_since timestamptz;

-- Hours, counted from the epoch in UTC, whose rollup is not what the raw rows say. `dirty` grows with what the intake
-- stores; `rolling` is what a roller has taken on.
ALTER TABLE latest
    ADD COLUMN dirty   int4multirange NOT NULL DEFAULT '{}',
    ADD COLUMN rolling int4multirange NOT NULL DEFAULT '{}';

-- Scalars are of the whole day, arrays of its hours: element k of each is of hour hours[k] (0 to 23). Which columns a
-- signal has goes by its type: lo and hi of float32 and float64, lo_int and hi_int of int64 and bool (0, 1); mean and
-- spread (sum of squared deviations from the mean) of both; a last value of counters, bool, enum and text; a tally
-- ({value: times}) of enum, null where all n values of the hour are the last one.
CREATE TABLE rollups (
    device_id int NOT NULL,
    signal    int NOT NULL,                    -- product_signals.signal_id
    day       date NOT NULL,
    n         int NOT NULL CHECK (n > 0),
    lo        float8,
    hi        float8,
    lo_int    bigint,
    hi_int    bigint,
    mean      float8,
    spread    float8,
    last      float8,
    last_int  bigint,
    last_text text,
    hours     smallint[] NOT NULL,
    h_n         int[] NOT NULL,
    h_lo        float8[],
    h_hi        float8[],
    h_lo_int    bigint[],
    h_hi_int    bigint[],
    h_mean      float8[],
    h_spread    float8[],
    h_last      float8[],
    h_last_int  bigint[],
    h_last_text text[],
    h_tally     jsonb[],
    PRIMARY KEY (device_id, signal, day)
) WITH (fillfactor = 90);

-- step repeated
-- What is there already has no rollup: all hours from the first time a device was heard to its newest element. The
-- first that is marked is never empty, so each device is met once.
UPDATE latest l SET dirty = int4multirange(int4range(
    floor(extract(epoch FROM h.since) / 3600)::int, floor(extract(epoch FROM l.ts) / 3600)::int + 1))
FROM (SELECT n.device_id, f.since
      FROM latest n CROSS JOIN LATERAL (SELECT min(since) AS since FROM heard WHERE device_id = n.device_id) f
      WHERE isempty(n.dirty) AND f.since <= n.ts LIMIT 5000) h
WHERE h.device_id = l.device_id;
