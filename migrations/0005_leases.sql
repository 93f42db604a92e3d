-- What one process at a time does.
CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,                 -- one process
    expires_at BIGINT NOT NULL            -- microseconds since 1970 by the clock of the database
);

-- Locations that a process was asked to read again, for the one that reads.
CREATE TABLE catalog_refresh_requests (
    location TEXT PRIMARY KEY NOT NULL    -- type:target
);
