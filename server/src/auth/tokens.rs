//! Tokens for scripts, for those who ask: what handlers and forms share.

use std::time::Duration;

use access::Scope;
use identity::{NewToken, SESSION_KEY, SignedIn, Token, TokenError, TokenOwner};
use jiff::Timestamp;
use model::identity::{AccessToken, CreateToken};
use secrecy::SecretString;

use super::now;
use crate::{app::AppState, request::RequestContext};

/// Why somebody gets no token, or can't revoke one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenRefusal {
    /// A guest.
    #[error(
        "nobody has signed in, so the token would be nobody's; beside the server, `callboard token create --offline` makes one for a program"
    )]
    Guest,
    /// The token that they came with is not for this.
    #[error("this token can not make or revoke tokens: it lacks the scope `{}`", Scope::WriteTokens)]
    LacksScope,
    /// It would be good for more than the token that they came with.
    #[error("this token can not give the scope `{0}`: a token gives only scopes of its own, and never `tokens:write`")]
    Wider(Scope),
    /// There is no such scope.
    #[error("there is no scope `{0}`; the scopes are {all}", all = Scope::ALL.map(Scope::as_str).join(", "))]
    UnknownScope(String),
    /// There is no such token of theirs.
    #[error("you have no token `{0}`")]
    Unknown(String),
    /// It can't be made.
    #[error(transparent)]
    Store(#[from] TokenError),
}

/// The scopes of these names, each once.
pub(crate) fn scopes(names: &[String]) -> Result<Vec<Scope>, TokenRefusal> {
    let scope = |name: &String| Scope::from_text(name).ok_or_else(|| TokenRefusal::UnknownScope(shorten(name)));
    let mut scopes = names.iter().map(scope).collect::<Result<Vec<_>, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// Makes a token for who asks.
pub(crate) async fn create(
    state: &AppState,
    context: &RequestContext,
    request: CreateToken,
) -> Result<(Token, SecretString), TokenRefusal> {
    context.trail.about(named(&request.name));
    let owner = owner(context).await?;
    may_write(context)?;
    let scopes = scopes(&request.scopes)?;
    if let Some(held) = context.principal.scopes() {
        let is_wider = |scope: &&Scope| **scope == Scope::WriteTokens || !held.contains(scope);
        if let Some(wider) = scopes.iter().find(is_wider) {
            return Err(TokenRefusal::Wider(*wider));
        }
    }
    let new = NewToken {
        name: request.name,
        owner,
        scopes: scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect(),
        ttl: request.ttl_seconds.map(Duration::from_secs),
        parent: context.token.as_deref().cloned(),
    };
    let (token, secret) = state.tokens.create(new).await?;
    tracing::info!(principal = %context.principal, token = token.name, id = token.id, scopes = token.scopes.join(" "), "a token was made");
    Ok((token, secret))
}

/// Tokens of who asks.
pub(crate) async fn list(state: &AppState, context: &RequestContext) -> Result<Vec<Token>, TokenRefusal> {
    let owner = owner(context).await?;
    Ok(state.tokens.list(Some(owner.key())).await?)
}

/// Revokes a token of who asks, by its id.
pub(crate) async fn revoke(state: &AppState, context: &RequestContext, id: &str) -> Result<(), TokenRefusal> {
    let owner = owner(context).await?;
    // A script may always give up its own.
    if context.token.as_ref().is_none_or(|own| own.id != id) {
        may_write(context)?;
    }
    // Once it is gone nobody knows any more what the id stood for.
    if let Some(token) = state.tokens.list(Some(owner.key())).await?.into_iter().find(|token| token.id == id) {
        context.trail.about(named(&token.name));
    }
    if !state.tokens.revoke(id, Some(owner.key())).await? {
        return Err(TokenRefusal::Unknown(shorten(id)));
    }
    tracing::info!(principal = %context.principal, id, "a token was revoked");
    Ok(())
}

/// As the audit log names a token.
fn named(name: &str) -> String {
    format!("token {name}")
}

/// As the API tells of a token.
pub fn told(token: Token) -> AccessToken {
    let owner = match &token.owner {
        owner if !owner.is_person() => format!("external:{}", owner.subject),
        TokenOwner { entity_ref: Some(entity_ref), .. } => entity_ref.clone(),
        TokenOwner { subject, issuer, .. } => format!("{subject} at {issuer}"),
    };
    AccessToken {
        id: token.id,
        name: token.name,
        owner,
        scopes: token.scopes,
        created_at: time(token.created),
        expires_at: time(token.expires),
        is_expired: token.expires <= now(),
        last_used_at: token.last_used.map(time),
    }
}

fn may_write(context: &RequestContext) -> Result<(), TokenRefusal> {
    if context.principal.has_scope(Scope::WriteTokens) { Ok(()) } else { Err(TokenRefusal::LacksScope) }
}

async fn owner(context: &RequestContext) -> Result<TokenOwner, TokenRefusal> {
    if let Some(token) = &context.token {
        return Ok(token.owner.clone());
    }
    if let Some(program) = context.principal.as_service() {
        return Ok(TokenOwner::program(program));
    }
    let person = context.principal.as_person().ok_or(TokenRefusal::Guest)?;
    let session = context.session.as_ref().ok_or(TokenRefusal::Guest)?;
    let signed_in: Option<SignedIn> = session.get(SESSION_KEY).await.ok().flatten();
    Ok(TokenOwner {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        provider: signed_in.ok_or(TokenRefusal::Guest)?.provider,
        name: person.name.clone(),
        entity_ref: person.entity_ref.clone(),
    })
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// What is told back of a text that somebody sent.
fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}
