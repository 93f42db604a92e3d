use std::sync::Arc;

use app::platform::CheckedText;
use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest as _, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{Method, StatusCode},
    response::Response,
};

use crate::{
    api::{ApiError, extract::Caller},
    app::AppState,
    request::RequestContext,
    ssr::{self, Pages},
};

/// Says what is wrong with the text of the field `text` or, where one was chosen, of the file in `file`. The answer is the page itself, with the
/// text: nothing was done, so there is nowhere to lead.
pub(crate) async fn validate_descriptors(
    pages: Arc<Pages>,
    State(state): State<AppState>,
    Caller(who): Caller,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let posted = posted_text(&state, Request::from_parts(parts.clone(), body)).await;
    let (text, outcome) = match posted {
        Ok(text) => {
            let outcome = state.catalog.validate_text(&who, text.clone()).await.map_err(ApiError::from);
            (text, outcome)
        }
        Err(error) => (Bytes::new(), Err(error)),
    };
    let request_id = parts.extensions.get::<RequestContext>().map(|context| context.request_id.clone());
    let outcome = outcome.map_err(|error| error.told(request_id));
    // What is too long is told so, and not shown.
    let is_shown = text.len() as u64 <= state.config.backend.limits.catalog_file_bytes;
    let text = if is_shown { String::from_utf8_lossy(&text).into() } else { "".into() };
    parts.method = Method::GET;
    parts.extensions.insert(CheckedText { text, outcome: Arc::new(outcome) });
    ssr::render_page(pages, Request::from_parts(parts, Body::empty())).await
}

async fn posted_text(state: &AppState, request: Request) -> Result<Bytes, ApiError> {
    // One byte more than is allowed, so that a longer one is noticed.
    let most = usize::try_from(state.config.backend.limits.catalog_file_bytes).unwrap_or(usize::MAX).saturating_add(1);
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| ApiError::input(error.body_text()))?;
    let mut text = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error))? {
        let is_file = field.name() == Some("file");
        let is_text = field.name() == Some("text");
        let read = read(field, most).await.map_err(|error| refused(&error))?;
        // A file that was chosen is meant, whatever stands in the text from before.
        if (is_file && !read.is_empty()) || (is_text && text.is_empty()) {
            text = read;
        }
    }
    Ok(text.into())
}

/// The first bytes of a field, which is read to its end.
async fn read(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, MultipartError> {
    let mut read = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        let room = most.saturating_sub(read.len()).min(chunk.len());
        read.extend_from_slice(&chunk[..room]);
    }
    Ok(read)
}

fn refused(error: &MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::too_large("the text is much longer than `backend.limits.catalogFileBytes` allows")
        }
        _ => ApiError::input(format!("the form can't be read: {}", error.body_text())),
    }
}
