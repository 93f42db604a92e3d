//! Who did what: `/api/v1/audit`.

use form_urlencoded::Serializer;
use serde::Serialize;

use crate::reading::read_object;

/// `GET /api/v1/audit`. An empty text asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListAudit {
    /// Who, as entries name them.
    pub principal: String,
    /// What, for example `catalog.location.create`.
    pub action: String,
    /// On what: the ref of an entity, or as entries name it.
    pub entity: String,
    /// `done`, `denied` or `failed`.
    pub outcome: String,
    /// Not before: a time (RFC 3339), or the beginning of a day in UTC (`2026-11-23`).
    pub from: String,
    /// Before: a time, or the end of a day.
    pub to: String,
    /// Where an earlier answer ended.
    pub cursor: String,
    /// Entries of the answer, [`ListAudit::DEFAULT_LIMIT`] where `None`, at most [`ListAudit::MAX_LIMIT`].
    pub limit: Option<u32>,
}

impl ListAudit {
    /// Entries where the caller names no limit.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// Entries of an answer.
    pub const MAX_LIMIT: u32 = 500;

    /// The query string, without a question mark.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        let Self { principal, action, entity, outcome, from, to, cursor, limit } = self;
        for (name, value) in [
            ("principal", principal),
            ("action", action),
            ("entity", entity),
            ("outcome", outcome),
            ("from", from),
            ("to", to),
            ("cursor", cursor),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(limit) = limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.finish()
    }

    /// Reads what [`ListAudit::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut list = Self::default();
        for (name, value) in pairs {
            let field = match name {
                "principal" => &mut list.principal,
                "action" => &mut list.action,
                "entity" => &mut list.entity,
                "outcome" => &mut list.outcome,
                "from" => &mut list.from,
                "to" => &mut list.to,
                "cursor" => &mut list.cursor,
                "limit" => {
                    let wrong = |_| format!("query parameter `limit` must be a whole number, found `{value}`");
                    list.limit = Some(value.parse().map_err(wrong)?);
                    continue;
                }
                _ => {
                    return Err(format!(
                        "unknown query parameter `{name}`; expected principal, action, entity, outcome, from, to, cursor, limit or format"
                    ));
                }
            };
            value.trim().clone_into(field);
        }
        Ok(list)
    }
}

/// The answer to [`ListAudit`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditList {
    /// The latest first.
    pub items: Vec<AuditEntry>,
    /// What to ask for as `cursor` to go on; missing where nothing is older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

read_object!(AuditList { items = "items", next_cursor = "nextCursor" });

/// What somebody did, tried, or did often within a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Counts all entries that there ever were, from 1, without gaps.
    pub number: i64,
    /// When, RFC 3339 in UTC; of what is summed up the beginning of its minute.
    pub at: String,
    /// Who: a User entity, a person at an issuer, a program, a Git host's webhook.
    #[cfg_attr(feature = "openapi", schema(example = "user:default/alice"))]
    pub principal: String,
    /// What, in the names of policies where they have one.
    #[cfg_attr(feature = "openapi", schema(example = "catalog.location.create"))]
    pub action: String,
    /// On what: the ref of an entity, a location, a token by its name; empty where it is about nothing in particular.
    #[cfg_attr(feature = "openapi", schema(example = "component:default/checkout-api"))]
    pub entity: String,
    /// From which address; empty where it is not known.
    pub address: String,
    /// `done`, `denied` or `failed`.
    pub outcome: String,
    /// Names the request in the server's log; of what is summed up the first one.
    pub request_id: String,
    /// How often within the minute; 1 for what is entered singly.
    pub count: i64,
}

read_object!(AuditEntry {
    number = "number", at = "at", principal = "principal", action = "action", entity = "entity", address = "address",
    outcome = "outcome", request_id = "requestId", count = "count",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_is_written() {
        let list = ListAudit {
            principal: "user:default/a&b".to_owned(),
            outcome: "denied".to_owned(),
            limit: Some(7),
            ..ListAudit::default()
        };
        let query = list.to_query();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        assert_eq!(ListAudit::from_pairs(pairs), Ok(list));
        // As a form sends it.
        assert_eq!(ListAudit::from_pairs([("principal", ""), ("to", " ")]), Ok(ListAudit::default()));
        assert!(ListAudit::from_pairs([("who", "x")]).unwrap_err().contains("`who`"));
    }
}
