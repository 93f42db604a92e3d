//! An entry of the audit log for whatever acts, and a count of what was refused and of what tokens are used for.
//!
//! It stands around all routes and knows a write by its method and route, so that no handler can forget to tell.

use audit::{AuditError, NewEntry, Outcome};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use model::{app::Tone, error::ErrorRequest};
use tracing::Instrument as _;

use super::audit_actions::write_action;
use crate::{
    api::{ApiError, backstage_request},
    app::AppState,
    auth::Unidentified,
    form::Flash,
    request::RequestContext,
};

/// Who sends a token that nobody has.
const UNKNOWN: &str = "unknown token";
/// What a token is used for, whatever it is.
const TOKEN_USE: &str = "identity.token.use";

/// See the module.
pub(crate) async fn record(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(asked) = Asked::of(&request) else { return next.run(request).await };
    if asked.write.is_none() {
        let response = next.run(request).await;
        return asked.enter(&state, response).await;
    }
    // Goes on where whoever asked hangs up: else something could be done, and nobody know.
    let acting = async move {
        let response = next.run(request).await;
        asked.enter(&state, response).await
    };
    tokio::spawn(acting.in_current_span()).await.unwrap_or_else(|error| ApiError::internal(error).into_response())
}

/// What the log wants to know of a request.
struct Asked {
    context: RequestContext,
    is_unknown: bool,
    /// What it does, if it acts.
    write: Option<String>,
    /// Of a request that was refused, and acts on nothing.
    read: String,
    /// What the address names.
    entity: String,
    /// What errors of Backstage's API tell.
    of_backstage: Option<ErrorRequest>,
}

impl Asked {
    fn of(request: &Request) -> Option<Self> {
        let context = request.extensions().get::<RequestContext>()?.clone();
        let route = request.extensions().get::<MatchedPath>().map_or("page", MatchedPath::as_str);
        let method = request.method();
        let path = request.uri().path();
        Some(Self {
            context,
            is_unknown: request.extensions().get() == Some(&Unidentified::IllegalToken),
            write: write_action(method, route),
            read: format!("{} {route}", if *method == Method::HEAD { &Method::GET } else { method }),
            entity: named_by(route, path),
            of_backstage: backstage_request(request),
        })
    }

    /// Enters what came of it, before the answer is sent. What can't be entered is not acknowledged.
    async fn enter(self, state: &AppState, response: Response) -> Response {
        let told = self.context.trail.told();
        let status = response.status();
        let outcome = told.outcome.or_else(|| outcome_of_form(&response)).unwrap_or_else(|| outcome_of(status));
        if told.is_nothing && outcome == Outcome::Done {
            self.count_token(state, outcome);
            return response;
        }
        let principal = told.principal.unwrap_or_else(|| self.principal());
        let entity =
            if self.write.is_some() { told.entity.unwrap_or_else(|| self.entity.clone()) } else { String::new() };
        let (denied_action, write) = (told.action.map(str::to_owned), self.write.clone());
        let entry = |action: String| NewEntry { principal, entity, ..self.entry(action, outcome) };
        match (write, outcome) {
            (write, Outcome::Denied) => {
                let action = write.or(denied_action).unwrap_or_else(|| self.read.clone());
                state.audit.count(entry(action));
                return response;
            }
            (Some(write), Outcome::Done) => {
                if let Err(error) = state.audit.record(entry(write)).await {
                    return self.not_entered(&error);
                }
            }
            // It may have been done all the same.
            (Some(write), Outcome::Failed) if told.has_acted || status.is_server_error() => {
                let entry = entry(write);
                if let Err(error) = state.audit.record(entry.clone()).await {
                    // Nothing is acknowledged, so it may wait.
                    tracing::error!(%error, "what failed is entered into the audit log later");
                    state.audit.count(entry);
                }
            }
            (Some(write), Outcome::Failed) => state.audit.count(entry(write)),
            (None, _) => {}
        }
        self.count_token(state, outcome);
        response
    }

    /// In the place of the answer that says that it was done.
    fn not_entered(self, error: &AuditError) -> Response {
        tracing::error!(%error, "what was done could not be entered into the audit log");
        let message = "it was done, but could not be entered into the audit log, and so is not acknowledged; tell who runs this server";
        let error = ApiError::unavailable(message);
        match self.of_backstage {
            Some(request) => error.backstage(request),
            None => error.problem(Some(self.context.request_id)),
        }
    }

    fn principal(&self) -> String {
        if self.is_unknown { UNKNOWN.to_owned() } else { self.context.principal.to_string() }
    }

    /// Counts the use of a token, if one was used.
    fn count_token(&self, state: &AppState, outcome: Outcome) {
        let entity = match &self.context.token {
            Some(token) => format!("token {}", token.name),
            // One of the configuration has no name.
            None if self.context.principal.as_service().is_some() => String::new(),
            None => return,
        };
        state.audit.count(NewEntry { entity, ..self.entry(TOKEN_USE.to_owned(), outcome) });
    }

    fn entry(&self, action: String, outcome: Outcome) -> NewEntry {
        NewEntry {
            at: jiff::Timestamp::now().as_microsecond(),
            principal: self.principal(),
            action,
            entity: String::new(),
            address: self.context.client.map(|client| client.to_string()).unwrap_or_default(),
            outcome,
            request_id: self.context.request_id.clone(),
            count: 1,
        }
    }
}

fn outcome_of(status: StatusCode) -> Outcome {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Outcome::Denied,
        status if status.is_client_error() || status.is_server_error() => Outcome::Failed,
        _ => Outcome::Done,
    }
}

/// A form leads to another page, whatever came of it; what it says there tells.
fn outcome_of_form(response: &Response) -> Option<Outcome> {
    let flash = response.extensions().get::<Flash>()?;
    match flash.tone() {
        Tone::Ok => None,
        _ if *flash == Flash::ReadOnly => Some(Outcome::Denied),
        Tone::Warn | Tone::Bad => Some(Outcome::Failed),
    }
}

/// The part of a path that the parameters of its route stand for.
fn named_by(route: &str, path: &str) -> String {
    let Some((before, _)) = route.split_once('{') else { return String::new() };
    let named = path.strip_prefix(before).unwrap_or_default();
    percent_encoding::percent_decode_str(named).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_what_its_parameters_stand_for() {
        for (route, path, expected) in [
            ("/api/catalog/locations/{id}", "/api/catalog/locations/a%2Fb", "a/b"),
            ("/api/catalog/locations", "/api/catalog/locations", ""),
            ("/api/x/{kind}/{name}", "/api/x/component/web", "component/web"),
        ] {
            assert_eq!(named_by(route, path), expected);
        }
    }
}
