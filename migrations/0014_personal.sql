-- What people keep for themselves, by issuer and subject. Times are in milliseconds since 1970.
CREATE TABLE personal_stars (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    entity_ref TEXT NOT NULL,
    starred BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject, entity_ref)
);

CREATE TABLE personal_visits (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    entity_ref TEXT NOT NULL,
    visited BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject, entity_ref)
);

-- `path` is path and query of a list, without the base path.
CREATE TABLE personal_views (
    id TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (issuer, subject, name)
);

CREATE TABLE personal_settings (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    list_columns TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
