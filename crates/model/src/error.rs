//! Errors as the REST API answers them.

use crate::reading::read_object;
use serde::{Deserialize, Serialize};

/// An error that reached the caller of the REST API, in the one form that pages handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// HTTP status; 0 where no answer came at all.
    pub status: u16,
    /// Backstage's name of the error, for example `NotFoundError`.
    pub name: String,
    /// What is wrong, and the way out.
    pub message: String,
    /// Names the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ApiError {
    /// An error for a request that got no answer.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { status: 0, name: "ConnectionError".to_owned(), message: message.into(), request_id: None }
    }

    /// True if the thing asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.status == 404
    }
}

/// The error body of `/api/catalog`, as Backstage's `@backstage/errors` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BackstageError {
    /// What went wrong.
    pub error: ErrorDetail,
    /// Which request it was; its URL is relative to the plugin, without `/api/catalog`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ErrorRequest>,
    /// The status again.
    pub response: ErrorResponse,
}

/// Name and message of a [`BackstageError`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// For example `InputError`.
    pub name: String,
    /// For a person.
    pub message: String,
}

/// The request of a [`BackstageError`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorRequest {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub url: String,
}

/// The response of a [`BackstageError`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    /// HTTP status.
    pub status_code: u16,
}

/// The error body of `/api/v1`: RFC 9457 problem details, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDetails {
    /// `about:blank`: the title says what the status says.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// Name of the error, for example `NotFoundError`.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, and the way out.
    pub detail: String,
    /// Names the request in the server's log.
    #[serde(rename = "requestId", default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

read_object!(ProblemDetails {
    problem_type = "type", title = "title", status = "status", detail = "detail", request_id = "requestId",
});
