use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use upstream::webhook::{HostKind, Push, WebhookError, verify_and_parse};

use crate::{
    api::ApiError,
    app::AppState,
    trail::{Trail, without_secrets},
};

const HOSTS: [HostKind; 6] = [
    HostKind::GitHub,
    HostKind::GitLab,
    HostKind::BitbucketCloud,
    HostKind::BitbucketServer,
    HostKind::Gitea,
    HostKind::Azure,
];

/// Takes a push webhook of a Git host, and has what it touches read again, soon.
#[utoipa::path(
    post,
    path = "/api/events/http/{host}",
    tag = "Events",
    params(("host" = String, Path, description = "`github`, `gitlab`, `bitbucketCloud`, `bitbucketServer`, `gitea` or `azure`", example = "github")),
    responses(
        (status = 202, description = "It was taken, or is an event that nothing follows from"),
        (status = 400, description = "The body is no push as the host documents it", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The signature is missing or wrong, or no secret is configured under `events.modules`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such kind of host", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_push(
    State(state): State<AppState>,
    trail: Trail,
    Path(host): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let kind = HOSTS.into_iter().find(|kind| kind.as_str() == host);
    let kind = kind.ok_or_else(|| {
        let known = HOSTS.map(HostKind::as_str).join(", ");
        ApiError::not_found(format!("`{host}` is no kind of host; known are {known}"))
    })?;
    trail.by(format!("webhook:{host}"));
    match verified(&state, kind, &headers, &body) {
        Ok(pushes) => {
            let refs =
                pushes.iter().map(|push| format!("{} {}", without_secrets(push.repository_url.as_str()), push.git_ref));
            trail.about(refs.collect::<Vec<_>>().join(", "));
            let touched = state.catalog.pushed(&pushes).await?;
            tracing::info!(host, touched, "a push was taken");
            Ok(StatusCode::ACCEPTED)
        }
        // Hosts switch off webhooks that fail.
        Err(WebhookError::NotAPush { event }) => {
            trail.is_nothing();
            tracing::debug!(host, event, "a webhook was taken, and nothing follows from it");
            Ok(StatusCode::ACCEPTED)
        }
        Err(error @ WebhookError::Malformed(_)) => Err(ApiError::input(error.to_string())),
        Err(error) => Err(ApiError::not_allowed(error.to_string())),
    }
}

/// What was pushed, by the secret of the host's kind or of one of its apps.
fn verified(state: &AppState, kind: HostKind, headers: &HeaderMap, body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let config = &state.config;
    let apps = config.integrations.github.iter().flat_map(|github| &github.apps);
    let of_apps = apps.filter_map(|app| app.webhook_secret.as_ref()).filter(|_| kind == HostKind::GitHub);
    let mut outcome = Err(WebhookError::NoSecret);
    for secret in config.events.secret(kind).into_iter().chain(of_apps) {
        outcome = verify_and_parse(kind, headers, body, secret);
        if !matches!(outcome, Err(WebhookError::WrongSignature)) {
            break;
        }
    }
    outcome
}
