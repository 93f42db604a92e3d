use audit::Outcome;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use identity::{BackstageTokenError, EMBEDDED_KEY, EmbeddedSession, Person, SignedIn, looks_like_token};
use model::{app::Theme, entity_ref::EntityRef};
use serde::Deserialize;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use super::{PREFIX, Parent, cookie_name, visitor::load};
use crate::{api::ApiError, app::AppState, auth::own_page, form::cookie_path, ssr::entity_of, trail::Trail};

/// Entities that one session is made for, one after the other: tabs of a browser share it.
const MAX_ENTITIES: usize = 50;

/// What a parent's page posts into its frame.
#[derive(Deserialize)]
pub(crate) struct EmbeddedSignIn {
    token: String,
    /// The page to show, as its path here; that of the entity without.
    #[serde(default)]
    to: String,
    /// `light` or `dark`.
    #[serde(default)]
    theme: String,
}

/// Who it is, and for which entity.
struct Vouched {
    issuer: String,
    user_ref: String,
    entity_ref: String,
}

/// Signs the user of a parent in, and leads to the page.
pub(crate) async fn create_embedded_session(
    State(state): State<AppState>,
    trail: Trail,
    headers: HeaderMap,
    Form(form): Form<EmbeddedSignIn>,
) -> Response {
    match sign_in(&state, &trail, &headers, form).await {
        Ok(response) => response,
        Err(error) => {
            trail.came_out(if error.is_denial() { Outcome::Denied } else { Outcome::Failed });
            error.into_response()
        }
    }
}

async fn sign_in(
    state: &AppState,
    trail: &Trail,
    headers: &HeaderMap,
    form: EmbeddedSignIn,
) -> Result<Response, ApiError> {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let parent = state.embedding.parent(origin);
    let parent = parent.ok_or_else(|| {
        ApiError::not_allowed("the page around this one is of a site that `embed.parents` does not name")
    })?;
    trail.about(format!("frame in {}", parent.origin));
    let to = own_page(&form.to).filter(|to| super::inner_path(to).is_none());
    if to.is_none() && !form.to.is_empty() {
        return Err(ApiError::input("`to` must be the path of a page, such as /catalog/default/component/web"));
    }
    let vouched = vouched(state, parent, &form.token, to).await?;
    trail.by(&vouched.user_ref);
    let to = to.map_or_else(|| page_of(&vouched.entity_ref), str::to_owned);
    let id = keep(state, headers, parent, vouched).await?;

    let base_url = &state.config.app.base_url;
    let location = HeaderValue::from_str(&format!("{}{PREFIX}{to}", base_url.path())).map_err(ApiError::internal)?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    let apart = "Secure; SameSite=None; Partitioned";
    let seconds = state.embedding.session.as_secs();
    let mut cookies = vec![format!("{}={id}; Path=/; Max-Age={seconds}; HttpOnly; {apart}", cookie_name(base_url))];
    if ["light", "dark"].contains(&&*form.theme) {
        let path = cookie_path(base_url.path());
        cookies.push(format!("{}={}; Path={path}; Max-Age={seconds}; {apart}", Theme::COOKIE, form.theme));
    }
    for cookie in cookies {
        let cookie = HeaderValue::from_str(&cookie).map_err(ApiError::internal)?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whom the parent's token names: one that its backend had made here, or that of Backstage's user.
async fn vouched(state: &AppState, parent: &Parent, token: &str, to: Option<&str>) -> Result<Vouched, ApiError> {
    if looks_like_token(token) {
        let grant = state.embedding.tokens.redeem(token).await.map_err(|error| {
            tracing::error!(%error, "a token of a frame could not be looked up");
            ApiError::unavailable("tokens can not be looked up at the moment; try again")
        })?;
        let grant = grant.ok_or_else(|| {
            ApiError::not_allowed(
                "the token was used before, or has expired; the page around this one must have another made",
            )
        })?;
        let issuer = format!("program {}", grant.minted_by);
        return Ok(Vouched { issuer, user_ref: grant.subject, entity_ref: grant.entity_ref });
    }
    let backstage = parent.backstage.as_ref().ok_or_else(|| {
        ApiError::not_allowed("the token is none that was made here; `embed.parents` names no Backstage for this site")
    })?;
    let entity_ref = to.and_then(entity_of).ok_or_else(|| {
        ApiError::input(
            "`to` must be the page of an entity, such as /catalog/default/component/web: the session is for it",
        )
    })?;
    let user_ref = backstage.verify(token).await.map_err(|error| match error {
        BackstageTokenError::Invalid(_) => {
            tracing::info!(%error, "a token of a Backstage signs nobody in");
            ApiError::not_allowed(error.to_string())
        }
        BackstageTokenError::Keys { .. } => {
            tracing::warn!(%error, "a token of a Backstage can not be checked");
            ApiError::unavailable("the token can not be checked at the moment; try again")
        }
    })?;
    Ok(Vouched { issuer: backstage.issuer(), user_ref, entity_ref })
}

/// Keeps the session under a new id. One of the same person in this browser goes on in it, for another tab may show another entity.
async fn keep(state: &AppState, headers: &HeaderMap, parent: &Parent, vouched: Vouched) -> Result<Id, ApiError> {
    let Vouched { issuer, user_ref, entity_ref } = vouched;
    let earlier = load(state, headers).await;
    let mut entities = vec![entity_ref];
    if let Some((id, session)) = earlier {
        let known = &session.signed_in.person;
        if known.issuer == issuer && known.subject == user_ref && session.parent == parent.origin {
            let newest = entities[0].clone();
            entities.extend(session.entities.into_iter().filter(|known| *known != newest));
            entities.truncate(MAX_ENTITIES);
        }
        state.sign_in.sessions.delete(&id).await.map_err(ApiError::internal)?;
    }
    let now = jiff::Timestamp::now().as_second();
    let name = EntityRef::parse_full(&user_ref).map_or_else(|_| user_ref.clone(), |user| user.name);
    let person = Person {
        issuer,
        subject: user_ref.clone(),
        name,
        user_name: None,
        email: None,
        email_verified: false,
        groups: Vec::new(),
    };
    let signed_in = SignedIn {
        provider: parent.origin.clone(),
        person,
        entity_ref: Some(user_ref),
        id_token: String::new(),
        since: now,
        seen: now,
    };
    let session = EmbeddedSession { signed_in, entities, parent: parent.origin.clone() };
    let lasts = Duration::try_from(state.embedding.session).unwrap_or(Duration::HOUR);
    let mut record = Record {
        id: Id::default(),
        data: [(EMBEDDED_KEY.to_owned(), json!(session))].into(),
        expiry_date: OffsetDateTime::now_utc() + lasts,
    };
    state.sign_in.sessions.create(&mut record).await.map_err(ApiError::internal)?;
    tracing::info!(principal = %session.signed_in.person.subject, parent = parent.origin, "signed in within a frame");
    Ok(record.id)
}

fn page_of(entity_ref: &str) -> String {
    EntityRef::parse_full(entity_ref).map_or_else(
        |_| "/".to_owned(),
        |EntityRef { kind, namespace, name }| format!("/catalog/{namespace}/{kind}/{name}"),
    )
}
