//! Entity refs: `[kind:][namespace/]name`.
//!
//! Source of the rules: Backstage, `packages/catalog-model/src/entity/ref.ts`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The namespace of an entity that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Names one entity: kind, namespace and name, each in the spelling of its author.
///
/// Two refs name the same entity if they are equal without regard to case; compare [`EntityRef::canonical`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntityRef {
    /// For example `Component`.
    pub kind: String,
    /// For example `default`.
    pub namespace: String,
    /// For example `checkout-api`.
    pub name: String,
}

/// Why a text is no entity ref.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseRefError {
    /// Neither the text nor its context says which kind is meant.
    #[error("entity ref `{0}` has no kind; write it as `kind:namespace/name`")]
    MissingKind(String),
    /// One of the parts is empty.
    #[error("`{0}` is no entity ref; expected `[kind:][namespace/]name`")]
    Malformed(String),
}

impl EntityRef {
    /// A ref of its three parts, taken as they are.
    pub fn new(kind: impl Into<String>, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }

    /// Reads `[kind:][namespace/]name`. A missing kind is `default_kind`, a missing namespace `default_namespace`.
    ///
    /// A colon separates the kind only if it stands before the first slash, so `a/b:c` is the name `b:c` in
    /// namespace `a`.
    ///
    /// ```
    /// use model::entity_ref::EntityRef;
    /// let parsed = EntityRef::parse("payments", Some("Group"), "default").unwrap();
    /// assert_eq!(parsed.to_string(), "Group:default/payments");
    /// assert!(EntityRef::parse("payments", None, "default").is_err());
    /// ```
    ///
    /// # Errors
    /// [`ParseRefError::MissingKind`] without a kind in the text or the context, [`ParseRefError::Malformed`] where a
    /// part is empty.
    pub fn parse(text: &str, default_kind: Option<&str>, default_namespace: &str) -> Result<Self, ParseRefError> {
        let malformed = || ParseRefError::Malformed(text.to_owned());
        let colon = text.find(':');
        let slash = text.find('/');
        let colon = match (colon, slash) {
            (Some(colon), Some(slash)) if slash < colon => None,
            _ => colon,
        };
        let (kind, rest) = match colon {
            Some(at) => (Some(&text[..at]), &text[at + 1..]),
            None => (None, text),
        };
        let (namespace, name) = match rest.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, rest),
        };
        if kind == Some("") || namespace == Some("") || name.is_empty() {
            return Err(malformed());
        }
        let kind = kind.or(default_kind).ok_or_else(|| ParseRefError::MissingKind(text.to_owned()))?;
        Ok(Self::new(kind, namespace.unwrap_or(default_namespace), name))
    }

    /// Reads a full ref, as [`EntityRef::canonical`] writes it.
    ///
    /// # Errors
    /// As [`EntityRef::parse`] without a default kind.
    pub fn parse_full(text: &str) -> Result<Self, ParseRefError> {
        Self::parse(text, None, DEFAULT_NAMESPACE)
    }

    /// The one text that names this entity everywhere: `kind:namespace/name` in lower case.
    pub fn canonical(&self) -> String {
        self.to_string().to_lowercase()
    }

    /// The path of the entity's page and of its `by-name` resource: `namespace/kind/name` in the order of Backstage's pages.
    pub fn page_path(&self) -> String {
        format!("/catalog/{}/{}/{}", self.namespace, self.kind.to_lowercase(), self.name)
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind, self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_backstage_accepts() {
        let table = [
            ("a", Some("Kind"), "Kind:default/a"),
            ("ns/a", Some("Kind"), "Kind:ns/a"),
            ("k:a", None, "k:default/a"),
            ("k:ns/a", Some("Other"), "k:ns/a"),
            ("ns/a:b", Some("Kind"), "Kind:ns/a:b"),
            ("k:a:b", None, "k:default/a:b"),
        ];
        for (text, kind, expected) in table {
            let parsed = EntityRef::parse(text, kind, DEFAULT_NAMESPACE).map(|r| r.to_string());
            assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_empty_parts_and_a_missing_kind() {
        for text in ["", ":a", "k:", "/a", "ns/", "k:/a", "k:ns/"] {
            assert!(matches!(EntityRef::parse(text, Some("K"), "default"), Err(ParseRefError::Malformed(_))), "{text}");
        }
        assert!(matches!(EntityRef::parse_full("ns/a"), Err(ParseRefError::MissingKind(_))));
    }

    proptest::proptest! {
        #[test]
        fn a_full_ref_survives_a_round_trip(kind in "[a-zA-Z][a-zA-Z0-9]{0,20}", ns in "[a-z0-9]{1,9}", name in "[A-Za-z0-9][A-Za-z0-9_.:-]{0,20}") {
            let entity_ref = EntityRef::new(kind, ns, name);
            proptest::prop_assert_eq!(EntityRef::parse_full(&entity_ref.to_string()), Ok(entity_ref));
        }
    }
}
