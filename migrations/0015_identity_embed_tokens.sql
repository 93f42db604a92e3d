-- Tokens with which a page around a frame signs its user in, each once: for whom, for which entity. `hash` is the SHA-256 of the token in
-- hexadecimal, `expires` is in seconds since 1970.
CREATE TABLE identity_embed_tokens (
    hash TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    entity_ref TEXT NOT NULL,
    minted_by TEXT NOT NULL,
    expires BIGINT NOT NULL
);
