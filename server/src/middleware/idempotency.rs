//! A creating request that is sent again with the same `Idempotency-Key` creates nothing twice (draft-ietf-httpapi-idempotency-key-header).

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use storage::{KeyState, StorageError, StoredAnswer};

use crate::{api::ApiError, app::AppState, request::RequestContext};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer is that of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key at most.
const MAX_KEY: usize = 255;

/// What is answered instead of an answer that is told once: put into it by its handler.
#[derive(Clone)]
pub(crate) struct ToldOnce(pub(crate) String);

/// See the module. Only for routes that create something, and within what reads who asks. Answers that create nothing are not kept, so
/// that a request can be mended and sent again.
pub(crate) async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    match replay(&state, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn replay(state: &AppState, request: Request, next: Next) -> Result<Response, ApiError> {
    let context = request.extensions().get::<RequestContext>().cloned();
    let context = context.ok_or_else(|| ApiError::internal("a request came past the layer that says who asks"))?;
    let key = key(request.headers())?;
    let (parts, body) = request.into_parts();
    let most = state.config.backend.limits.body_bytes;
    let body = to_bytes(body, most).await;
    let body = body.map_err(|_| ApiError::too_large("the body is longer than `backend.limits.bodyBytes` allows"))?;
    let fingerprint = Sha256::new_with_prefix(format!("{} {}\n", parts.method, parts.uri)).chain_update(&body);
    let fingerprint = URL_SAFE_NO_PAD.encode(fingerprint.finalize());
    let caller = match (context.principal.is_guest(), context.client) {
        (true, Some(address)) => format!("guest {address}"),
        _ => context.principal.key(),
    };
    match state.idempotency.claim(&caller, &key, &fingerprint).await.map_err(|error| unreachable(&error))? {
        KeyState::New => {}
        KeyState::Running => {
            return Err(ApiError::conflict(
                "the request with this `Idempotency-Key` is still being worked on; try again soon",
            ));
        }
        KeyState::OfAnother => {
            let message = "this `Idempotency-Key` was given to another request; take a new one for each";
            return Err(ApiError::unprocessable(message));
        }
        KeyState::Done(answer) => {
            context.trail.is_nothing();
            return Ok(again(answer));
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        let released = state.idempotency.release(&caller, &key).await;
        released.unwrap_or_else(|error| tracing::warn!(%error, "an idempotency key stays taken for a while"));
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(ApiError::internal)?;
    let answer = if let Some(ToldOnce(message)) = parts.extensions.get() {
        StoredAnswer { status: StatusCode::CONFLICT.as_u16(), content_type: String::new(), body: message.clone() }
    } else {
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        StoredAnswer {
            status: parts.status.as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    };
    // It is created all the same: without its key a second request is told so by the names that are taken.
    let kept = state.idempotency.finish(&caller, &key, &answer).await;
    kept.unwrap_or_else(|error| tracing::error!(%error, "the answer of a request with an idempotency key is not kept"));
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// A structured text in quotes, as the draft has it, or the bare text that most clients send.
fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (first, second) = (given.next().and_then(|value| value.to_str().ok()), given.next());
    let key =
        first.map(str::trim).map(|text| text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text));
    let is_plain = |key: &&str| (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = key.filter(is_plain).filter(|_| second.is_none());
    key.map(str::to_owned).ok_or_else(|| {
        ApiError::input(format!(
            "`Idempotency-Key` must be one text of 1 to {MAX_KEY} visible characters, such as a UUID"
        ))
    })
}

fn again(answer: StoredAnswer) -> Response {
    if answer.status == StatusCode::CONFLICT.as_u16() {
        return ApiError::conflict(answer.body).into_response();
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(content_type) = HeaderValue::from_str(&answer.content_type).map_err(drop)
        && !content_type.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn unreachable(error: &StorageError) -> ApiError {
    tracing::error!(%error, "an idempotency key could not be looked up");
    ApiError::unavailable("the database can not be reached at the moment; try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_visible_text_with_or_without_quotes() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(IDEMPOTENCY_KEY, value.parse().unwrap());
            }
            key(&headers).ok()
        };
        assert_eq!(read(&["\"8e03978e-40d5\""]).as_deref(), Some("8e03978e-40d5"));
        assert_eq!(read(&["8e03978e-40d5"]).as_deref(), Some("8e03978e-40d5"));
        for wrong in [&[""][..], &["\"\""], &["a b"], &["a", "b"], &[&"k".repeat(256)]] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
