-- The canonical ref of the Location that led to the entity; empty for the one that stands for a source.
ALTER TABLE catalog_entities ADD COLUMN parent TEXT NOT NULL DEFAULT '';
