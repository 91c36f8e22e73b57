-- works with: 0011
-- What was prescribed, when: versions of a device's regimen, and pauses between them.

-- step
CREATE TABLE regimens (
    regimen_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id   int NOT NULL REFERENCES devices,
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    paused      boolean NOT NULL DEFAULT false,        -- nothing is due: a hospital stay, a doctor's order
    reason      text CHECK (length(reason) BETWEEN 1 AND 500),
    zone_rule   text NOT NULL CHECK (zone_rule IN ('fixed', 'local')),
    zone        text,                                  -- IANA; of a fixed rule. A local one goes by where the unit stands
    every_days  smallint NOT NULL DEFAULT 1 CHECK (every_days BETWEEN 1 AND 366),
    weekdays    smallint[] CHECK (cardinality(weekdays) BETWEEN 1 AND 7),   -- ISO: 1 = Monday; null: any
    doses       jsonb NOT NULL,                        -- [{"at": "08:00", "count": 1, "window_min": null}], rising
    set_by      text NOT NULL,
    set_at      timestamptz NOT NULL,
    replaced_at timestamptz,                           -- what was said before is kept, and no longer holds
    CHECK ((zone_rule = 'fixed') = (zone IS NOT NULL)),
    CHECK (paused = (jsonb_array_length(doses) = 0)),
    EXCLUDE USING gist (device_id WITH =, during WITH &&) WHERE (replaced_at IS NULL)
);
CREATE INDEX regimens_device ON regimens (device_id, set_at);
