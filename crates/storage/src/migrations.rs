//! The files of `/migrations`, embedded.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr as _, SqlStr};

/// Number, name and text of each. Listed by hand: sqlx's macro would compile its drivers a second time, for the compiler.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "change_counter", include_str!("../../../migrations/0001_change_counter.sql")),
    (2, "catalog", include_str!("../../../migrations/0002_catalog.sql")),
    (3, "catalog_parent", include_str!("../../../migrations/0003_catalog_parent.sql")),
    (4, "catalog_locations", include_str!("../../../migrations/0004_catalog_locations.sql")),
    (5, "leases", include_str!("../../../migrations/0005_leases.sql")),
    (6, "catalog_versions", include_str!("../../../migrations/0006_catalog_versions.sql")),
    (7, "catalog_places", include_str!("../../../migrations/0007_catalog_places.sql")),
    (8, "catalog_commits", include_str!("../../../migrations/0008_catalog_commits.sql")),
    (9, "identity_sessions", include_str!("../../../migrations/0009_identity_sessions.sql")),
    (10, "catalog_change_sets", include_str!("../../../migrations/0010_catalog_change_sets.sql")),
    (11, "identity_tokens", include_str!("../../../migrations/0011_identity_tokens.sql")),
    (12, "catalog_pushed_sources", include_str!("../../../migrations/0012_catalog_pushed_sources.sql")),
    (13, "audit", include_str!("../../../migrations/0013_audit.sql")),
    (14, "personal", include_str!("../../../migrations/0014_personal.sql")),
    (15, "identity_embed_tokens", include_str!("../../../migrations/0015_identity_embed_tokens.sql")),
    (16, "idempotency", include_str!("../../../migrations/0016_idempotency.sql")),
];

pub(crate) fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(number, name, text)| {
        let sql: SqlStr = text.into_sql_str();
        Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn every_file_is_listed_under_its_number_and_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let listed: Vec<_> = MIGRATIONS.iter().map(|(number, name, _)| format!("{number:04}_{name}.sql")).collect();
        assert_eq!(files, listed);
    }
}
