use access::Scope;
use axum::extract::{Extension, State};
use identity::{SESSION_KEY, SignedIn};
use jiff::Timestamp;
use model::identity::{Account, AccountSession, TokenScope};

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
    auth::tokens,
    request::RequestContext,
};

/// Who asks, and their open sessions.
#[utoipa::path(
    get,
    path = "/api/v1/identity/account",
    tag = "Identity",
    responses(
        (status = 200, description = "Who has signed in", body = Account),
        (status = 401, description = "Nobody has", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_account(
    State(state): State<AppState>,
    Caller(who): Caller,
    Extension(context): Extension<RequestContext>,
) -> Result<RawJson, ApiError> {
    // A token is a person's, and yet not the one before the browser.
    let (Some(_), None, Some(session)) = (who.as_person(), &context.token, &context.session) else {
        return Err(ApiError::unauthenticated("nobody has signed in"));
    };
    let signed_in: Option<SignedIn> = session.get(SESSION_KEY).await.map_err(ApiError::internal)?;
    let Some(SignedIn { provider, person, entity_ref, .. }) = signed_in else {
        return Err(ApiError::unauthenticated("the session has ended"));
    };
    let sessions = state.sign_in.sessions.of_person(&person.issuer, &person.subject, session.id()).await;
    let sessions = sessions.map_err(ApiError::internal)?.into_iter().map(|open| AccountSession {
        handle: open.handle,
        since: time(open.since),
        seen: time(open.seen),
        is_own: open.is_own,
    });
    let tokens = tokens::list(&state, &context).await?;
    let scope = |scope: Scope| TokenScope { name: scope.to_string(), description: scope.description().to_owned() };
    RawJson::of(&Account {
        name: person.name,
        email: person.email,
        provider: state.sign_in.title(&provider),
        issuer: person.issuer,
        subject: person.subject,
        entity_ref,
        groups: person.groups,
        sessions: sessions.collect(),
        tokens: tokens.into_iter().map(tokens::told).collect(),
        scopes: Scope::ALL.map(scope).into(),
        reads_audit: state.audit_entries.may_read(&who),
        max_token_days: state.tokens.limits().max_ttl.as_secs() / 86_400,
    })
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}
