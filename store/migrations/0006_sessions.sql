-- works with: 0005
-- People sign in: with a password or a token, in a browser, for a while.

ALTER TABLE users
    ADD COLUMN password_hash       text,             -- argon2id, encoded with its parameters; null: no password
    ADD COLUMN password_changed_at timestamptz,      -- a rehash of the same password changes nothing here
    ADD COLUMN language            text CHECK (language IN ('en', 'fa')),               -- null: as the browser asks
    ADD COLUMN calendar            text CHECK (calendar IN ('gregorian', 'persian'));

CREATE TABLE sessions (
    session_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       int NOT NULL REFERENCES users,
    token_id      int REFERENCES tokens,             -- the token it came from; null: a password
    secret_sha256 bytea NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_token ON sessions (token_id) WHERE token_id IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- A browser in which the user has signed in before: a stranger's failures do not make it wait.
CREATE TABLE known_browsers (
    user_id       int NOT NULL REFERENCES users,
    secret_sha256 bytea NOT NULL,
    seen_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, secret_sha256)
);
CREATE INDEX known_browsers_seen_at ON known_browsers (seen_at);

-- Attempts to sign in since the last that succeeded, whether there is such a user or not: nothing tells them apart.
CREATE TABLE sign_in_attempts (
    of_sha256 bytea PRIMARY KEY,                     -- of the name, or of the name in one known browser
    attempts  int NOT NULL CHECK (attempts > 0),
    last_at   timestamptz NOT NULL,
    until     timestamptz NOT NULL                   -- before, no other attempt is made
);
CREATE INDEX sign_in_attempts_last_at ON sign_in_attempts (last_at);

-- Whoever changes these rows, and by whatever program, ends the sessions that rest on them, in the same transaction.
CREATE FUNCTION end_sessions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'tokens' THEN
        DELETE FROM public.sessions WHERE token_id = NEW.token_id;
    ELSE
        DELETE FROM public.sessions WHERE user_id = NEW.user_id;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_sessions FROM PUBLIC;
CREATE TRIGGER users_end_sessions AFTER UPDATE OF active, password_changed_at ON users FOR EACH ROW
    WHEN (NOT NEW.active OR NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at)
    EXECUTE FUNCTION end_sessions();
CREATE TRIGGER tokens_end_sessions AFTER UPDATE OF revoked_at ON tokens FOR EACH ROW
    WHEN (NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION end_sessions();
