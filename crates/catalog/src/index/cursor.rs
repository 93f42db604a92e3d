//! The cursor of `by-query`: opaque to callers, base64 of JSON as Backstage's own client expects it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::catalog::{FullTextFilter, OrderField};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::order::SortKey;

/// Longest cursor that is read, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// A question and the place in its answer to go on from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cursor {
    pub(super) order_fields: Vec<OrderField>,
    /// Values of the order fields of the document to go on from.
    pub(super) order_field_values: Vec<Option<String>>,
    /// Its canonical ref.
    pub(super) entity_ref: String,
    /// Go on towards the beginning.
    pub(super) is_previous: bool,
    /// Values of the query parameter `filter`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) filter: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) full_text_filter: Option<FullTextFilter>,
    /// The predicate. Backstage's own client goes on by POST where a cursor has this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<Value>,
}

impl Cursor {
    pub(super) fn encode(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).expect("a cursor can be written"))
    }

    /// # Errors
    /// Says what is wrong with the text.
    pub(super) fn decode(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("longer than {MAX_LENGTH} bytes"));
        }
        let json = STANDARD.decode(text).map_err(|e| e.to_string())?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|e| e.to_string())?;
        if cursor.order_fields.len() != cursor.order_field_values.len() {
            return Err("order fields and values differ in number".to_owned());
        }
        Ok(cursor)
    }

    pub(super) fn sort_key(&self) -> SortKey {
        SortKey { values: self.order_field_values.clone(), entity_ref: self.entity_ref.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_cursor() {
        for text in ["nonsense", "", "e30=", "W10="] {
            assert!(Cursor::decode(text).is_err(), "{text}");
        }
        assert!(Cursor::decode(&"A".repeat(MAX_LENGTH + 1)).unwrap_err().contains("longer"));
    }

    proptest::proptest! {
        #[test]
        fn decoding_never_panics(text in ".{0,60}") {
            let _ = Cursor::decode(&text);
        }

        #[test]
        fn survives_a_round_trip(value in proptest::option::of(".{0,20}"), filter in "[a-z=,]{0,20}") {
            let cursor = Cursor {
                order_fields: vec![OrderField { field: "metadata.name".to_owned(), order: model::catalog::Order::Desc }],
                order_field_values: vec![value],
                entity_ref: "component:default/a".to_owned(),
                is_previous: true,
                filter: vec![filter],
                full_text_filter: None,
                query: None,
            };
            proptest::prop_assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }
    }
}
