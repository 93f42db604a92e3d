use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{catalog::Problem, entity::Level};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::CONTENT_TYPE,
    },
    app::AppState,
};

/// What to check.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ValidateRequest {
    /// The entity.
    #[schema(value_type = Object)]
    entity: Option<Value>,
    /// Where it would come from, `type:target`.
    #[serde(default)]
    #[schema(example = "url:https://git.example/shop/catalog-info.yaml")]
    location: String,
}

/// What every entity must have; Backstage tells its absence as an error of another name.
const ENVELOPE: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Checks an entity without adding it. The answer has one error with all that is wrong.
#[utoipa::path(
    post,
    path = "/api/catalog/validate-entity",
    tag = "Catalog (Backstage)",
    request_body = ValidateRequest,
    responses(
        (status = 200, description = "Nothing is wrong with it"),
        (status = 400, description = "What is wrong: `{\"errors\": [{\"name\": …, \"message\": …}]}`"),
    )
)]
pub(crate) async fn validate_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(body): JsonBody<ValidateRequest>,
) -> Result<Response, ApiError> {
    let entity = body.entity.ok_or_else(|| ApiError::input("request/body must have required property 'entity'"))?;
    if !body.location.split_once(':').is_some_and(|(kind, target)| !kind.is_empty() && !target.is_empty()) {
        let message = format!(
            "Unable to parse location ref '{}', expected '<type>:<target>', e.g. 'url:https://host/path'",
            body.location
        );
        return Ok(refusal("TypeError", &message));
    }
    let problems = state.catalog.validate(&who, &entity)?;
    let errors: Vec<&Problem> = problems.iter().filter(|problem| problem.level == Level::Error).collect();
    if errors.is_empty() {
        return Ok(StatusCode::OK.into_response());
    }
    let has_envelope = ENVELOPE.iter().all(|key| entity.get(key).is_some());
    let messages: Vec<&str> = errors.iter().map(|problem| problem.message.as_str()).collect();
    Ok(refusal(if has_envelope { "InputError" } else { "TypeError" }, &messages.join("; ")))
}

fn refusal(name: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "name": name, "message": message }] }).to_string();
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response()
}
