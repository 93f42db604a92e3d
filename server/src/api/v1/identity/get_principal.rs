use axum::extract::Extension;
use model::identity::PrincipalInfo;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    auth::tokens,
    request::RequestContext,
};

/// Who asks, and by which token.
#[utoipa::path(
    get,
    path = "/api/v1/identity/principal",
    tag = "Identity",
    responses(
        (status = 200, description = "Somebody, or a guest", body = PrincipalInfo),
        (status = 401, description = "The token is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_principal(
    Caller(who): Caller,
    Extension(context): Extension<RequestContext>,
) -> Result<RawJson, ApiError> {
    let (kind, name) = match (who.as_person(), who.as_service()) {
        (Some(person), _) => ("person", person.name.as_str()),
        (_, Some(program)) => ("program", program),
        _ => ("guest", "Guest"),
    };
    RawJson::of(&PrincipalInfo {
        principal: who.to_string(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        token: context.token.as_deref().cloned().map(tokens::told),
    })
}
