-- The commit from which the body was read, where the host or its webhook said so; empty where that is not known.
ALTER TABLE catalog_entities ADD COLUMN commit_id TEXT NOT NULL DEFAULT '';
ALTER TABLE catalog_versions ADD COLUMN commit_id TEXT NOT NULL DEFAULT '';
