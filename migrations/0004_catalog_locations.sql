-- Locations that were registered while the server runs.
CREATE TABLE catalog_locations (
    id TEXT PRIMARY KEY NOT NULL,
    type TEXT NOT NULL,
    target TEXT NOT NULL,
    created_at BIGINT NOT NULL,           -- microseconds since 1970, UTC
    UNIQUE (type, target)
);
