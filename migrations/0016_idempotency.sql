-- What creating requests answered, by who sent them and the key that they gave them, so that one that is sent again does nothing twice.
-- `status` is 0 while the first is being worked on; `begun` is in milliseconds since 1970.
CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    begun BIGINT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);

CREATE INDEX idempotency_keys_begun ON idempotency_keys (begun);
