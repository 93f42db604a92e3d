-- When and with which change the body of an entity became what it is.
ALTER TABLE catalog_entities ADD COLUMN version BIGINT NOT NULL DEFAULT 0;    -- of the change counter
ALTER TABLE catalog_entities ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0; -- microseconds since 1970, UTC; 0 where not known

-- Earlier bodies of entities, the last ones of each. The present one is in catalog_entities.
CREATE TABLE catalog_versions (
    entity_ref TEXT NOT NULL,
    version BIGINT NOT NULL,              -- of the change counter, when the entity became so
    changed_at BIGINT NOT NULL,           -- microseconds since 1970, UTC; 0 where not known
    location TEXT NOT NULL,               -- the file that defined it, type:target
    body TEXT NOT NULL,                   -- JSON; empty where the entity was removed
    PRIMARY KEY (entity_ref, version)
);
