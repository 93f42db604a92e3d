mod create_view;
mod delete_star;
mod delete_view;
mod delete_visits;
mod get_personal;
mod get_view;
mod put_star;
mod put_visit;
mod update_view;

use axum::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::personal::SavedView;
use personal::PersonalError;
use sha2::{Digest as _, Sha256};

pub(crate) use self::{
    create_view::*, delete_star::*, delete_view::*, delete_visits::*, get_personal::*, get_view::*, put_star::*,
    put_visit::*, update_view::*,
};
use crate::api::ApiError;

impl From<PersonalError> for ApiError {
    fn from(error: PersonalError) -> Self {
        let message = error.to_string();
        match error {
            PersonalError::NoPerson => Self::unauthenticated(message),
            PersonalError::LacksScope => Self::not_allowed(message),
            PersonalError::NoEntity(_) | PersonalError::NoView(_) => Self::not_found(message),
            PersonalError::ViewName | PersonalError::ViewPath => Self::input(message),
            PersonalError::StarsFull(_) | PersonalError::ViewsFull(_) | PersonalError::ViewTaken(_) => {
                Self::conflict(message)
            }
            PersonalError::Store(_) => Self::internal(message),
        }
    }
}

/// The strong tag of a view, for `If-Match`.
fn etag_of(SavedView { id, name, path }: &SavedView) -> HeaderValue {
    let digest = Sha256::digest(format!("{id}\n{name}\n{path}"));
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]));
    HeaderValue::from_str(&tag).expect("base64 may stand in a header")
}
