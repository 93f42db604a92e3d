-- Where the values of an entity stand in the file that defines it: a JSON list, see crates/catalog/src/provenance/places.rs.
ALTER TABLE catalog_entities ADD COLUMN places TEXT NOT NULL DEFAULT '';
