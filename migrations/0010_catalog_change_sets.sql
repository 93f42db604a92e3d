-- One row for each write that changed what entities say: what of the whole catalog changed lately, without counting entities each time.
CREATE TABLE catalog_change_sets (
    version BIGINT PRIMARY KEY NOT NULL,  -- of the change counter
    changed_at BIGINT NOT NULL,           -- microseconds since 1970, UTC
    added BIGINT NOT NULL,                -- entities that came, or came back
    changed BIGINT NOT NULL,
    removed BIGINT NOT NULL
);

CREATE INDEX catalog_entities_version ON catalog_entities (version, entity_ref);
CREATE INDEX catalog_versions_version ON catalog_versions (version, entity_ref);

-- What was written before this table.
INSERT INTO catalog_change_sets (version, changed_at, added, changed, removed)
SELECT version, max(changed_at),
       sum(CASE WHEN is_removal = 0 AND has_earlier = 0 THEN 1 ELSE 0 END),
       sum(CASE WHEN is_removal = 0 AND has_earlier = 1 THEN 1 ELSE 0 END),
       sum(is_removal)
FROM (
    SELECT e.version, e.changed_at, 0 AS is_removal,
           CASE WHEN EXISTS (SELECT 1 FROM catalog_versions o WHERE o.entity_ref = e.entity_ref AND o.version < e.version AND o.body <> '') THEN 1 ELSE 0 END AS has_earlier
    FROM catalog_entities e WHERE e.changed_at > 0
    UNION ALL
    SELECT v.version, v.changed_at, CASE WHEN v.body = '' THEN 1 ELSE 0 END,
           CASE WHEN EXISTS (SELECT 1 FROM catalog_versions o WHERE o.entity_ref = v.entity_ref AND o.version < v.version AND o.body <> '') THEN 1 ELSE 0 END
    FROM catalog_versions v WHERE v.changed_at > 0
) AS told
GROUP BY version;
