//! `backend.cors`.

use std::sync::Arc;

use axum::http::HeaderValue;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::config::Config;

/// What `backend.cors` says; without it no other site may call.
pub(crate) fn layer(config: &Arc<Config>) -> Option<CorsLayer> {
    let cors = config.backend.cors.as_ref()?;
    let allowed_headers = match cors.allowed_headers() {
        headers if headers.is_empty() => AllowHeaders::mirror_request(),
        headers => headers.into(),
    };
    let config = Arc::clone(config);
    let allowed = move |origin: &HeaderValue| config.backend.cors.as_ref().is_some_and(|cors| cors.allows(origin));
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| allowed(origin)))
        .allow_methods(cors.methods())
        .allow_headers(allowed_headers)
        .expose_headers(cors.exposed_headers())
        .allow_credentials(cors.credentials);
    Some(match cors.max_age() {
        Some(age) => layer.max_age(age),
        None => layer,
    })
}
