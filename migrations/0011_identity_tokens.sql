-- Tokens for scripts. `token_hash` is the SHA-256 of the token; `id` names it in lists. Times are in seconds since 1970, `last_used` 0 is never.
-- The owner is a person by `issuer` and `subject`, vouched for by `provider`; or, with an empty `issuer`, a program by `subject`.
-- `scopes` are separated by spaces. `parent` is the id of the token that made this one, and goes with it; empty where a person did.
CREATE TABLE identity_tokens (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    provider TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    owner_ref TEXT NOT NULL,
    scopes TEXT NOT NULL,
    parent TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    UNIQUE (issuer, subject, name)
);

CREATE INDEX identity_tokens_parent ON identity_tokens (parent);
