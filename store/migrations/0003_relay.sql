-- The clock: which job is due, what became of its last run; silences it has noticed; whether ingest hears.
-- works with: 0001

CREATE TABLE jobs (
    job_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- key of the advisory lock that a run holds
    job          text NOT NULL UNIQUE,
    every_s      double precision NOT NULL CHECK (every_s > 0),
    next_at      timestamptz NOT NULL DEFAULT now(),
    unfinished   boolean NOT NULL DEFAULT false,     -- runs now, or its relay was killed: the lock tells which
    worker       text,                               -- host:pid of who runs it, or ran it last
    started_at   timestamptz,
    finished_at  timestamptz,
    succeeded_at timestamptz,
    runs         bigint NOT NULL DEFAULT 0,          -- that succeeded
    failures     bigint NOT NULL DEFAULT 0,
    failing      int NOT NULL DEFAULT 0,             -- failures since the last success
    killed       int NOT NULL DEFAULT 0,             -- runs since the last end that had none
    last_s       double precision,
    last_error   text,                               -- of the last run; null when it succeeded
    last_result  json,
    state        json NOT NULL DEFAULT '{}'          -- what the job remembers from run to run
) WITH (fillfactor = 70);

-- A device not heard for three of its heartbeats while we listened.
CREATE TABLE silences (
    device_id  int NOT NULL REFERENCES devices,
    since      timestamptz NOT NULL,                 -- arrival of the last it said
    noticed_at timestamptz NOT NULL,
    ended_at   timestamptz CHECK (ended_at >= since),
    ended_by   text CHECK (ended_by IN ('heard', 'withdrawn')),   -- withdrawn: no longer active in the registry
    PRIMARY KEY (device_id, noticed_at),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX silences_open ON silences (device_id) WHERE ended_at IS NULL;

-- Since when what devices send reaches the database through this slot's worker; null: it does not, by its own word.
ALTER TABLE ingest_slots ADD COLUMN hearing_since timestamptz;
