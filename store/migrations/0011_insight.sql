-- works with: 0010
-- What a company sees of its fleet as a whole: made by the relay's job `insight` from statements, verdicts and events,
-- and made again from them, so nothing here is a source.

-- step
-- A claim as it stands, with the newest verdict on it. No words, no name: a topic, a figure and what the unit was.
CREATE TABLE insight_claims (
    statement_id bigint NOT NULL REFERENCES statements ON DELETE CASCADE,
    n            smallint NOT NULL,
    said_at      timestamptz NOT NULL,
    customer_id  int NOT NULL,
    device_id    int,
    product      text,
    topic        text NOT NULL,
    channel      text NOT NULL,
    lang         text NOT NULL,
    firmware     text,                         -- the unit's when it was said
    batch        text,
    word         text,                         -- verdict; null: not compared, or no consent any more
    ratio        float8,                       -- said by reported, both above 0; of a range its middle
    PRIMARY KEY (statement_id, n)
);
CREATE INDEX insight_claims_said ON insight_claims (said_at);

-- A device's week, Monday to Monday in UTC.
CREATE TABLE insight_weeks (
    device_id int NOT NULL REFERENCES devices ON DELETE CASCADE,
    week      date NOT NULL,                   -- its first day
    firmware  text,                            -- at its end
    uses      int,                             -- null: the product counts none
    heard     real NOT NULL,                   -- share of the week, 0 to 1
    faults    jsonb NOT NULL,                  -- {fault: how often it began}, those that did
    PRIMARY KEY (device_id, week)
);
CREATE INDEX insight_weeks_week ON insight_weeks (week);

-- Both figures of a verdict, for who counts without reading words: of a range the middle, of "at least" its bound; none of
-- "at most", of a denial and of a vague word. The unit and the period of both are the same.
ALTER TABLE verdicts
    ADD COLUMN said float8 GENERATED ALWAYS AS (
        CASE WHEN (claim ->> 'negated')::boolean OR (claim ->> 'low') IS NULL THEN NULL
             WHEN (claim ->> 'high') IS NULL THEN (claim ->> 'low')::float8
             WHEN (claim ->> 'low')::float8 = 0 THEN NULL
             ELSE ((claim ->> 'low')::float8 + (claim ->> 'high')::float8) / 2 END) STORED,
    ADD COLUMN reported float8 GENERATED ALWAYS AS ((verdict -> 'reported' ->> 'value')::float8) STORED;
