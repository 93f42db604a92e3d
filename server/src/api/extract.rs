//! What handlers take from a request.

use std::convert::Infallible;

use access::Principal;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use model::entity_ref::EntityRef;
use serde::de::DeserializeOwned;
use utoipa::{
    IntoParams,
    openapi::{
        Object, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::ApiError;
use crate::{auth::Unidentified, request::RequestContext};

/// Who asks.
pub(crate) struct Caller(pub(crate) Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get() {
            // As Backstage says it.
            Some(Unidentified::IllegalToken) => return Err(ApiError::unauthenticated("Illegal token")),
            Some(Unidentified::Unavailable) => {
                return Err(ApiError::unavailable("tokens can not be looked up at the moment; try again"));
            }
            None => {}
        }
        let context = parts.extensions.get::<RequestContext>();
        let context = context.ok_or_else(|| ApiError::internal("a request came past the layer that says who asks"))?;
        Ok(Self(context.principal.clone()))
    }
}

/// The decoded pairs of the query string, in their order.
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// `{kind}/{namespace}/{name}` of the path.
pub(crate) struct EntityPath(pub(crate) EntityRef);

impl IntoParams for EntityPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |(name, example): (&str, &str)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(Object::with_type(Type::String)))
                .example(Some(example.into()))
                .build()
        };
        [("kind", "component"), ("namespace", "default"), ("name", "checkout-api")].map(parameter).into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for EntityPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await;
        let Path((kind, namespace, name)) = path.map_err(|error| ApiError::input(error.body_text()))?;
        Ok(Self(EntityRef::new(kind, namespace, name)))
    }
}

/// `dryRun` of the query string: say what would be done, and do nothing.
pub(crate) struct DryRun(pub(crate) bool);

impl IntoParams for DryRun {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name("dryRun")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some("`true`: do nothing, answer what would be done"))
            .schema(Some(Object::with_type(Type::Boolean)));
        vec![parameter.build()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DryRun {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let mut given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "dryRun");
        match given.next().as_ref().map(|(_, value)| &**value) {
            None | Some("false") => Ok(Self(false)),
            Some("true" | "") => Ok(Self(true)),
            Some(other) => {
                Err(ApiError::input(format!("query parameter `dryRun` is `{other}`; write `true` or `false`")))
            }
        }
    }
}

/// A body as it came, as long as a catalog file may be.
pub(crate) struct RawBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        read_body(request, state, "backend.limits.catalogFileBytes").await.map(Self)
    }
}

/// `limit` is the key that bounds it.
async fn read_body<S: Send + Sync>(request: Request, state: &S, limit: &str) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(format!("the body is longer than `{limit}` allows")),
        _ => ApiError::input(error.body_text()),
    })
}

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::unsupported_media_type("the body must be JSON, with content-type application/json"));
        }
        let body = read_body(request, state, "backend.limits.bodyBytes").await?;
        serde_json::from_slice(&body).map(Self).map_err(|error| ApiError::input(format!("request/body: {error}")))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
