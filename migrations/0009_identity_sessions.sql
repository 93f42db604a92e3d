-- Sessions of visitors. `id_hash` is the SHA-256 of what the cookie holds; `handle` names the session in lists.
-- Times are in seconds since 1970; `issuer` and `subject` are empty until somebody has signed in.
CREATE TABLE identity_sessions (
    id_hash TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    provider TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    data TEXT NOT NULL
);

CREATE INDEX identity_sessions_person ON identity_sessions (issuer, subject);
CREATE INDEX identity_sessions_expires ON identity_sessions (expires);
