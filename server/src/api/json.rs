//! JSON answers, put together from parts that are JSON already.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::{BufMut as _, Bytes, BytesMut};
use serde::Serialize;

use super::ApiError;

/// As Backstage writes it.
pub(crate) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// An answer that is JSON.
#[derive(Clone, Debug)]
pub(crate) struct RawJson(pub(crate) Bytes);

impl RawJson {
    /// Writes a value.
    ///
    /// # Errors
    /// 500 for a value that has no JSON form.
    pub(crate) fn of(value: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_vec(value).map(|json| Self(json.into())).map_err(ApiError::internal)
    }
}

impl IntoResponse for RawJson {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, CONTENT_TYPE)], self.0).into_response()
    }
}

/// Writes items as a JSON array, `None` as `null`.
pub(crate) fn put_array<'a>(json: &mut BytesMut, items: impl Iterator<Item = Option<&'a Bytes>> + Clone) {
    let items = items.map(|item| item.map_or(&b"null"[..], |item| item));
    json.reserve(items.clone().map(|item| item.len() + 1).sum::<usize>() + 2);
    json.put_u8(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            json.put_u8(b',');
        }
        json.put_slice(item);
    }
    json.put_u8(b']');
}
