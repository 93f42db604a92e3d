//! The filter grammar of the catalog: `kind=component,spec.type=service`.
//!
//! Source: Backstage, `plugins/catalog-backend/src/service/request/parseEntityFilterParams.ts`. Inside one filter the
//! comma means "and", and a key that stands twice means "any of its values"; several filters mean "or". Keys and
//! values compare without regard to case.

use serde::{Deserialize, Serialize};

/// Several filters of which one must hold; none at all holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityFilter {
    /// Each holds if all of its conditions do.
    pub any_of: Vec<Vec<Condition>>,
}

/// One condition on the facts `path=value` of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Path in dots, in lower case, for example `spec.type` or `metadata.tags.java`.
    pub key: String,
    /// One of them must be there, in lower case; without any, the path must exist.
    pub values: Vec<String>,
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseFilterError {
    /// `=value` without a key.
    #[error("Invalid filter, '{0}' is not a valid statement (expected a string on the form a=b or a= or a)")]
    NoKey(String),
}

impl Condition {
    /// `key` must exist.
    pub fn exists(key: &str) -> Self {
        Self { key: key.to_lowercase(), values: Vec::new() }
    }

    /// `key` must have one of `values`.
    pub fn any_of<S: AsRef<str>>(key: &str, values: impl IntoIterator<Item = S>) -> Self {
        Self { key: key.to_lowercase(), values: values.into_iter().map(|v| v.as_ref().to_lowercase()).collect() }
    }
}

impl EntityFilter {
    /// One filter of conditions that must all hold.
    pub fn all_of(conditions: Vec<Condition>) -> Self {
        Self { any_of: vec![conditions] }
    }

    /// Reads the repeated query parameter `filter`.
    ///
    /// A filter without any statement (only commas or blanks) is dropped, as in Backstage.
    ///
    /// # Errors
    /// [`ParseFilterError::NoKey`] for a statement that begins with `=`.
    pub fn parse<S: AsRef<str>>(filters: &[S]) -> Result<Self, ParseFilterError> {
        let mut any_of = Vec::with_capacity(filters.len());
        for filter in filters {
            let conditions = parse_one(filter.as_ref())?;
            if !conditions.is_empty() {
                any_of.push(conditions);
            }
        }
        Ok(Self { any_of })
    }

    /// The values of the query parameter `filter` that [`EntityFilter::parse`] reads as this filter.
    pub fn to_params(&self) -> Vec<String> {
        let statement = |condition: &Condition| match condition.values.as_slice() {
            [] => condition.key.clone(),
            values => values.iter().map(|v| format!("{}={v}", condition.key)).collect::<Vec<_>>().join(","),
        };
        self.any_of.iter().map(|all| all.iter().map(statement).collect::<Vec<_>>().join(",")).collect()
    }

    /// True if every entity passes.
    pub fn is_empty(&self) -> bool {
        self.any_of.is_empty()
    }
}

fn parse_one(filter: &str) -> Result<Vec<Condition>, ParseFilterError> {
    let mut conditions: Vec<Condition> = Vec::new();
    for statement in filter.split(',').map(str::trim).filter(|s| !s.is_empty()) {
        let (key, value) = match statement.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim().to_lowercase())),
            None => (statement, None),
        };
        if key.is_empty() {
            return Err(ParseFilterError::NoKey(statement.to_owned()));
        }
        let key = key.to_lowercase();
        match conditions.iter_mut().find(|c| c.key == key) {
            Some(condition) => condition.values.extend(value),
            None => conditions.push(Condition { key, values: value.into_iter().collect() }),
        }
    }
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(filters: &[&str]) -> Vec<Vec<Condition>> {
        EntityFilter::parse(filters).unwrap().any_of
    }

    #[test]
    fn commas_mean_and_repetition_means_any_of_and_several_mean_or() {
        assert_eq!(
            parse(&["kind=Component, spec.type=service,spec.type=Website", "metadata.title"]),
            vec![
                vec![Condition::any_of("kind", ["component"]), Condition::any_of("spec.type", ["service", "website"])],
                vec![Condition::exists("metadata.title")],
            ]
        );
    }

    #[test]
    fn values_keep_what_follows_their_first_equals_sign() {
        assert_eq!(parse(&["a=b=c"]), vec![vec![Condition::any_of("a", ["b=c"])]]);
        assert_eq!(parse(&["a="]), vec![vec![Condition::any_of("a", [""])]]);
    }

    #[test]
    fn empty_filters_are_dropped_and_empty_keys_refused() {
        assert_eq!(parse(&["", " , "]), Vec::<Vec<Condition>>::new());
        assert_eq!(EntityFilter::parse(&["=x"]), Err(ParseFilterError::NoKey("=x".to_owned())));
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics_and_survives_a_round_trip(filter in "[a-zA-Z.=, /:]{0,40}") {
            if let Ok(parsed) = EntityFilter::parse(&[filter]) {
                proptest::prop_assert_eq!(EntityFilter::parse(&parsed.to_params()), Ok(parsed));
            }
        }
    }
}
