-- The audit log: appended to, never changed. `mac` is the HMAC of an entry and of the `mac` before it, in hexadecimal; times are in
-- microseconds since 1970. `count` is how often something happened within the minute of `at`; 1 for what is entered singly.
CREATE TABLE audit_entries (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    address TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request_id TEXT NOT NULL,
    count BIGINT NOT NULL,
    mac TEXT NOT NULL
);

-- Runs of entries that are complete, and so may be pruned as a whole. `start_mac` is the `mac` of the entry before the first, `end_mac`
-- that of the last one; `seal` is the HMAC of the row.
CREATE TABLE audit_segments (
    segment BIGINT PRIMARY KEY,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    start_mac TEXT NOT NULL,
    end_mac TEXT NOT NULL,
    sealed_at BIGINT NOT NULL,
    seal TEXT NOT NULL
);

-- One row: where the log ends (`number`, `mac`), where its open segment begins, and where its entries begin since those before
-- `floor_number` were pruned. `seal` is the HMAC of the row.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    mac TEXT NOT NULL,
    segment BIGINT NOT NULL,
    segment_start BIGINT NOT NULL,
    segment_start_mac TEXT NOT NULL,
    segment_since BIGINT NOT NULL,
    floor_number BIGINT NOT NULL,
    floor_mac TEXT NOT NULL,
    seal TEXT NOT NULL
);
