//! The predicates of the catalog's POST forms: `{"$all": [{"kind": "component"}, {"$not": {"spec.type": "library"}}]}`.
//!
//! Source: Backstage, `packages/filter-predicates` and
//! `plugins/catalog-backend/src/service/request/applyPredicateEntityFilterToQuery.ts`. Keys and values compare without regard to case.

use serde_json::{Map, Value};

/// How deep predicates may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many nodes and conditions a predicate may have.
pub const MAX_NODES: usize = 1_000;

/// A predicate over the facts `path=value` of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Each of them holds; holds where there is none.
    All(Vec<Predicate>),
    /// One of them holds; holds never where there is none.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// The path, in lower case, has what the matcher wants.
    Path(String, Matcher),
}

/// What a path must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matcher {
    /// It is there, or it is not.
    Exists(bool),
    /// One of these values, in lower case; never where there is none.
    In(Vec<String>),
    /// A value that begins so, in lower case.
    HasPrefix(String),
    /// A relation of one of these types to one of these refs, all in lower case; to anything where there is no ref.
    Relation {
        /// For example `ownedby`.
        types: Vec<String>,
        /// Canonical refs.
        targets: Option<Vec<String>>,
    },
}

/// Why a value is no predicate, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid query: {message} at \"{place}\"")]
pub struct ParsePredicateError {
    place: String,
    message: String,
}

impl Predicate {
    /// Reads the JSON form.
    ///
    /// ```
    /// use model::predicate::{Matcher, Predicate};
    /// let parsed = Predicate::parse(&serde_json::json!({ "Kind": { "$in": ["API"] } })).unwrap();
    /// assert_eq!(parsed, Predicate::All(vec![Predicate::Path("kind".into(), Matcher::In(vec!["api".into()]))]));
    /// ```
    ///
    /// # Errors
    /// [`ParsePredicateError`] for an operator that is not known or stands in the wrong place, for operands of the wrong type, and for
    /// what is larger than [`MAX_DEPTH`] or [`MAX_NODES`].
    pub fn parse(value: &Value) -> Result<Self, ParsePredicateError> {
        Parser { nodes: 0 }.node(value, "query", 0)
    }

    /// Whether it holds for something that has at most one value at a path.
    pub fn holds<'a>(&self, value_of: &impl Fn(&str) -> Option<&'a str>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|predicate| predicate.holds(value_of)),
            Self::Any(any) => any.iter().any(|predicate| predicate.holds(value_of)),
            Self::Not(predicate) => !predicate.holds(value_of),
            Self::Path(path, matcher) => {
                let value = value_of(path).map(str::to_lowercase);
                match matcher {
                    Matcher::Exists(exists) => value.is_some() == *exists,
                    Matcher::In(values) => value.is_some_and(|value| values.contains(&value)),
                    Matcher::HasPrefix(prefix) => value.is_some_and(|value| value.starts_with(prefix)),
                    Matcher::Relation { .. } => false,
                }
            }
        }
    }
}

struct Parser {
    nodes: usize,
}

impl Parser {
    fn node(&mut self, value: &Value, place: &str, depth: usize) -> Result<Predicate, ParsePredicateError> {
        self.count(place)?;
        if depth > MAX_DEPTH {
            return Err(error(place, format!("more than {MAX_DEPTH} levels")));
        }
        let Value::Object(fields) = value else { return Err(expected(place, "an object", value)) };
        let Some(operator) = fields.keys().find(|key| key.starts_with('$')) else { return self.paths(fields, place) };
        if fields.len() > 1 {
            return Err(error(place, format!("`{operator}` must be the only key")));
        }
        let (operand, at) = (&fields[operator], format!("{place}.{operator}"));
        match operator.as_str() {
            "$all" => Ok(Predicate::All(self.nodes(operand, &at, depth)?)),
            "$any" => Ok(Predicate::Any(self.nodes(operand, &at, depth)?)),
            "$not" => Ok(Predicate::Not(Box::new(self.node(operand, &at, depth + 1)?))),
            _ => Err(error(place, format!("`{operator}` is not known here; known are `$all`, `$any` and `$not`"))),
        }
    }

    fn nodes(&mut self, value: &Value, place: &str, depth: usize) -> Result<Vec<Predicate>, ParsePredicateError> {
        let Value::Array(items) = value else { return Err(expected(place, "a list", value)) };
        let node = |(index, item)| self.node(item, &format!("{place}.{index}"), depth + 1);
        items.iter().enumerate().map(node).collect()
    }

    fn paths(&mut self, fields: &Map<String, Value>, place: &str) -> Result<Predicate, ParsePredicateError> {
        let path = |(path, value): (&String, &Value)| {
            let place = format!("{place}.{path}");
            self.count(&place)?;
            let key = path.to_lowercase();
            let matcher = matcher(value, key == "relations", &place)?;
            Ok(Predicate::Path(key, matcher))
        };
        Ok(Predicate::All(fields.iter().map(path).collect::<Result<_, _>>()?))
    }

    fn count(&mut self, place: &str) -> Result<(), ParsePredicateError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(error(place, format!("more than {MAX_NODES} conditions"))) } else { Ok(()) }
    }
}

fn matcher(value: &Value, of_relations: bool, place: &str) -> Result<Matcher, ParsePredicateError> {
    let Value::Object(fields) = value else { return Ok(Matcher::In(vec![primitive(value, place)?])) };
    let (operator, operand) = match fields.iter().next() {
        Some(field) if fields.len() == 1 => field,
        _ => return Err(error(place, "expected a value, or an object with one operator")),
    };
    let place = &format!("{place}.{operator}");
    match operator.as_str() {
        "$exists" => match operand {
            Value::Bool(exists) => Ok(Matcher::Exists(*exists)),
            other => Err(expected(place, "true or false", other)),
        },
        "$in" => Ok(Matcher::In(primitives(operand, place)?)),
        "$hasPrefix" => match operand {
            Value::String(prefix) => Ok(Matcher::HasPrefix(prefix.to_lowercase())),
            other => Err(expected(place, "a text", other)),
        },
        "$contains" if of_relations => relation(operand, place),
        "$contains" => Ok(Matcher::In(vec![primitive(operand, place)?])),
        _ => Err(error(place, "the operator is not known; known are `$exists`, `$in`, `$hasPrefix` and `$contains`")),
    }
}

fn relation(value: &Value, place: &str) -> Result<Matcher, ParsePredicateError> {
    let Value::Object(fields) = value else { return Err(expected(place, "an object with `type`", value)) };
    if let Some(other) = fields.keys().find(|key| !["type", "targetRef"].contains(&key.as_str())) {
        return Err(error(place, format!("`{other}` is not known; known are `type` and `targetRef`")));
    }
    let types = fields.get("type").ok_or_else(|| error(place, "`type` is missing"))?;
    let types = one_or_in(types, &format!("{place}.type"))?;
    let targets = fields.get("targetRef").map(|target| one_or_in(target, &format!("{place}.targetRef"))).transpose()?;
    Ok(Matcher::Relation { types, targets })
}

/// A value, or `{"$in": […]}`.
fn one_or_in(value: &Value, place: &str) -> Result<Vec<String>, ParsePredicateError> {
    match value {
        Value::Object(fields) => match fields.get("$in") {
            Some(values) if fields.len() == 1 => primitives(values, place),
            _ => Err(error(place, "expected a value or `$in`")),
        },
        value => Ok(vec![primitive(value, place)?]),
    }
}

fn primitives(value: &Value, place: &str) -> Result<Vec<String>, ParsePredicateError> {
    let Value::Array(items) = value else { return Err(expected(place, "a list", value)) };
    if items.len() > MAX_NODES {
        return Err(error(place, format!("more than {MAX_NODES} values")));
    }
    items.iter().map(|item| primitive(item, place)).collect()
}

fn primitive(value: &Value, place: &str) -> Result<String, ParsePredicateError> {
    match value {
        Value::String(text) => Ok(text.to_lowercase()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(expected(place, "a text, a number, true or false", other)),
    }
}

fn expected(place: &str, what: &str, found: &Value) -> ParsePredicateError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    error(place, format!("expected {what}, found {found}"))
}

fn error(place: &str, message: impl Into<String>) -> ParsePredicateError {
    ParsePredicateError { place: place.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(key: &str, matcher: Matcher) -> Predicate {
        Predicate::Path(key.to_owned(), matcher)
    }

    #[test]
    fn reads_each_form() {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let is = |value: &str| Matcher::In(texts(&[value]));
        for (text, expected) in [
            (json!({}), Predicate::All(vec![])),
            (json!({ "$all": [] }), Predicate::All(vec![])),
            (json!({ "$any": [] }), Predicate::Any(vec![])),
            (json!({ "Kind": "API" }), Predicate::All(vec![path("kind", is("api"))])),
            (json!({ "spec.port": 80 }), Predicate::All(vec![path("spec.port", is("80"))])),
            (
                json!({ "a": { "$in": ["X", true] } }),
                Predicate::All(vec![path("a", Matcher::In(texts(&["x", "true"])))]),
            ),
            (json!({ "a": { "$exists": false } }), Predicate::All(vec![path("a", Matcher::Exists(false))])),
            (json!({ "a": { "$hasPrefix": "Im" } }), Predicate::All(vec![path("a", Matcher::HasPrefix("im".into()))])),
            (json!({ "metadata.tags": { "$contains": "Go" } }), Predicate::All(vec![path("metadata.tags", is("go"))])),
            (
                json!({ "relations": { "$contains": { "type": { "$in": ["ownedBy"] }, "targetRef": "Group:default/A" } } }),
                Predicate::All(vec![path(
                    "relations",
                    Matcher::Relation { types: texts(&["ownedby"]), targets: Some(texts(&["group:default/a"])) },
                )]),
            ),
            (json!({ "$not": { "a": "b" } }), Predicate::Not(Box::new(Predicate::All(vec![path("a", is("b"))])))),
        ] {
            assert_eq!(Predicate::parse(&text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn holds_for_what_has_single_values() {
        let value_of = |path: &str| match path {
            "type" => Some("url"),
            "target" => Some("https://Git.example/a"),
            _ => None,
        };
        for (text, expected) in [
            (json!({}), true),
            (json!({ "type": "URL" }), true),
            (json!({ "type": "file" }), false),
            (json!({ "target": { "$hasPrefix": "https://git." }, "id": { "$exists": false } }), true),
            (json!({ "$any": [{ "type": { "$in": [] } }, { "$not": { "type": "url" } }] }), false),
        ] {
            assert_eq!(Predicate::parse(&text).unwrap().holds(&value_of), expected, "{text}");
        }
    }

    #[test]
    fn says_where_something_is_wrong() {
        let deep = (0..40).fold(json!({}), |inner, _| json!({ "$not": inner }));
        for (text, message) in [
            (json!("kind"), "expected an object, found a text at \"query\""),
            (json!({ "kind": { "$regex": "x" } }), "the operator is not known; known are"),
            (json!({ "kind": { "$not": "x" } }), "the operator is not known; known are"),
            (json!({ "$nor": [] }), "`$nor` is not known here; known are"),
            (json!({ "$all": [], "kind": "x" }), "`$all` must be the only key"),
            (json!({ "$all": [{ "kind": null }] }), "found null at \"query.$all.0.kind\""),
            (json!({ "a": {} }), "expected a value, or an object with one operator"),
            (json!({ "relations": { "$contains": { "targetRef": "x" } } }), "`type` is missing"),
            (deep, "more than 32 levels"),
            (json!({ "$any": vec![json!({}); 1_000] }), "more than 1000 conditions"),
        ] {
            let error = Predicate::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with("Invalid query: ") && error.contains(message), "{error}");
        }
    }

    /// JSON with the words of predicates, so that it gets beyond the first error.
    fn likely_query() -> impl proptest::strategy::Strategy<Value = Value> {
        use proptest::{collection::vec, prelude::*, sample::select};
        let words = vec![
            "$all",
            "$any",
            "$not",
            "$exists",
            "$in",
            "$contains",
            "$hasPrefix",
            "kind",
            "metadata.tags",
            "$nonsense",
        ];
        let plain = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z.$]{0,8}".prop_map(Value::from),
        ];
        plain.prop_recursive(6, 64, 6, move |inner| {
            let member = (select(words.clone()).prop_map(str::to_owned), inner.clone());
            prop_oneof![
                vec(inner, 0..6).prop_map(Value::from),
                vec(member, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest::proptest! {
        #[test]
        fn what_looks_like_a_query_is_read_or_refused_in_words(value in likely_query()) {
            if let Err(error) = Predicate::parse(&value) {
                proptest::prop_assert!(!error.to_string().is_empty());
            }
        }

        #[test]
        fn parsing_never_panics(text in r#"[\[\]{}":,$a-z0-9]{0,60}"#) {
            if let Ok(value) = serde_json::from_str(&text) {
                let _ = Predicate::parse(&value);
            }
        }
    }
}
