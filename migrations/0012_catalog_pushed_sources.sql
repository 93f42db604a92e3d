-- Sources whose entities are pushed. `content` holds each as JSON on a line, as YAML documents; `content_hash` is its SHA-256.
-- `owner` is a key of who pushed it first, `owner_name` for people to read. `commit_id` is empty where the push named none.
-- `updated` is in seconds since 1970.
CREATE TABLE catalog_pushed_sources (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    updated BIGINT NOT NULL
);
