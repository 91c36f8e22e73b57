-- works with: 0009
-- What customers say, what is read in it, what their products say to that, and the cases it all belongs to.

-- step
CREATE TABLE cases (
    case_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    device_id   int REFERENCES devices,        -- null: about no single unit
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'waiting', 'solved', 'reopened')),
    opened_at   timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX cases_customer ON cases (customer_id, case_id);
CREATE INDEX cases_device ON cases (device_id, case_id);
CREATE INDEX cases_state ON cases (state, case_id);

-- What was done to a case, oldest first; rows never change.
CREATE TABLE case_steps (
    step_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES cases,
    at      timestamptz NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('opened', 'answered', 'closed', 'reopened', 'held')),
    by      text NOT NULL,                     -- 'user:<name>', 'system:<command>'
    detail  jsonb NOT NULL DEFAULT '{}'        -- codes and times; nobody's words
);
CREATE INDEX case_steps_case ON case_steps (case_id, step_id);

CREATE TABLE statements (
    statement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL REFERENCES cases,
    customer_id  int NOT NULL REFERENCES customers,
    device_id    int REFERENCES devices,
    product      text REFERENCES products,     -- by whose entry in the catalogue it was read; null: unknown
    channel      text NOT NULL CHECK (channel IN ('phone', 'email', 'chat', 'sms', 'social', 'visit', 'app')),
    text         text NOT NULL CHECK (length(text) BETWEEN 1 AND 8000),
    lang         text NOT NULL CHECK (lang IN ('en', 'fa')),
    said_at      timestamptz NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    answered_at  timestamptz,
    author       text NOT NULL,                -- who wrote it down
    ref          text UNIQUE,                  -- its id where it was imported from
    uncompared   text CHECK (uncompared IN ('no_claim', 'no_consent', 'no_product', 'too_long'))
);
CREATE INDEX statements_case ON statements (case_id, said_at, statement_id);
CREATE INDEX statements_customer ON statements (customer_id, said_at, statement_id);
CREATE INDEX statements_device ON statements (device_id, said_at, statement_id);
CREATE INDEX statements_said ON statements (said_at);

-- The claims of a statement in text order. A correction stands beside what was extracted.
CREATE TABLE claims (
    statement_id bigint NOT NULL REFERENCES statements,
    n            smallint NOT NULL CHECK (n >= 0),
    extracted    jsonb,                        -- null: a person found it
    corrected    jsonb,
    dropped      boolean NOT NULL DEFAULT false,   -- a person says that it is none
    corrected_by text,
    corrected_at timestamptz,
    topic        text NOT NULL GENERATED ALWAYS AS (coalesce(corrected, extracted) ->> 'topic') STORED,
    PRIMARY KEY (statement_id, n),
    CHECK ((corrected_by IS NULL) = (corrected_at IS NULL)),
    CHECK (corrected_by IS NOT NULL OR (corrected IS NULL AND NOT dropped))
);
CREATE INDEX claims_corrected ON claims (statement_id) WHERE corrected_at IS NOT NULL;

-- What the product said to a claim, with its evidence, as it was computed: rows are added, never recomputed in place.
CREATE TABLE verdicts (
    verdict_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement_id bigint NOT NULL,
    n            smallint NOT NULL,
    computed_at  timestamptz NOT NULL,
    claim        jsonb NOT NULL,               -- that it is the verdict on
    verdict      jsonb NOT NULL,
    word         text NOT NULL GENERATED ALWAYS AS (verdict ->> 'verdict') STORED,
    corrected    text CHECK (corrected IN ('agrees', 'understates', 'overstates', 'contradicts', 'cannot_tell')),
    because      text,                         -- why a person says so
    corrected_by text,
    corrected_at timestamptz,
    FOREIGN KEY (statement_id, n) REFERENCES claims,
    CHECK ((corrected IS NULL) = (corrected_by IS NULL) AND (corrected IS NULL) = (corrected_at IS NULL))
);
CREATE INDEX verdicts_claim ON verdicts (statement_id, n, verdict_id);

CREATE TABLE promises (
    promise_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases,
    what       text NOT NULL CHECK (length(what) BETWEEN 1 AND 500),
    private    boolean NOT NULL,               -- for the care team alone
    due_at     timestamptz NOT NULL,
    made_at    timestamptz NOT NULL,
    made_by    text NOT NULL,
    kept_at    timestamptz,
    kept_by    text,
    broken_at  timestamptz                     -- due, and not kept by then; it may be kept late
);
CREATE INDEX promises_case ON promises (case_id, promise_id);
CREATE INDEX promises_due ON promises (due_at) WHERE kept_at IS NULL AND broken_at IS NULL;

-- How a case was closed, and what was seen in the days it was watched afterwards.
CREATE TABLE closings (
    closing_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases,
    closed_at   timestamptz NOT NULL,
    closed_by   text NOT NULL,
    cause       text NOT NULL CHECK (length(cause) BETWEEN 1 AND 500),
    fix         text NOT NULL CHECK (fix IN ('command', 'firmware', 'visit', 'advice')),
    note        text CHECK (length(note) BETWEEN 1 AND 2000),
    private     boolean NOT NULL,
    faults      text[] NOT NULL,               -- the product's faults that are watched for
    before      jsonb,                         -- figures of as many days before the case was opened
    after       jsonb,                         -- figures of the watched days so far
    watch_until timestamptz NOT NULL,
    ended_at    timestamptz,                   -- the watch's end
    came_back   jsonb                          -- what did: null while watched, and when nothing did
);
CREATE INDEX closings_case ON closings (case_id, closing_id);
CREATE UNIQUE INDEX closings_watched ON closings (case_id) WHERE ended_at IS NULL;
