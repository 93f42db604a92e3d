-- Processed entities, the last good version of each.
CREATE TABLE catalog_entities (
    entity_ref TEXT PRIMARY KEY NOT NULL, -- canonical, lower case
    uid TEXT NOT NULL UNIQUE,             -- stays while the entity is there
    source TEXT NOT NULL,                 -- the configured location that it came in through, type:target
    location TEXT NOT NULL,               -- the file that defines it, type:target
    body_hash TEXT NOT NULL,              -- SHA-256 of body
    body TEXT NOT NULL,                   -- JSON, without what the index adds
    problems TEXT NOT NULL,               -- JSON list of what processing found
    revision BIGINT NOT NULL              -- of the change counter when the row was last written
);

CREATE INDEX catalog_entities_revision ON catalog_entities (revision);

-- Refs of entities that are gone, for processes that follow the changes of another.
CREATE TABLE catalog_deletions (
    entity_ref TEXT PRIMARY KEY NOT NULL,
    revision BIGINT NOT NULL
);

CREATE INDEX catalog_deletions_revision ON catalog_deletions (revision);

-- Problems that belong to no entity, for example of a file that never was readable.
CREATE TABLE catalog_unattached_problems (
    source TEXT PRIMARY KEY NOT NULL,
    problems TEXT NOT NULL,               -- JSON list, empty where the source is gone
    revision BIGINT NOT NULL
);
