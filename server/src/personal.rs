//! What people keep, on the way to and from their browser: for who has signed in it comes from the database, for a guest from cookies.

use access::{Person, Principal};
use axum::http::HeaderMap;
use catalog::AuthorisedCatalog;
use identity::SignedIn;
use model::{app::Preferences, personal::Personal};
use personal::{EntityDirectory, InBrowser};

use crate::{app::AppState, preferences};

/// The entities of the catalog, for those who keep some of them.
pub(crate) struct CatalogEntities(pub(crate) AuthorisedCatalog);

impl EntityDirectory for CatalogEntities {
    fn visible(&self, who: &Principal, refs: &[String]) -> Vec<String> {
        self.0.visible(who, refs)
    }
}

/// Cookies that are a guest's alone.
pub(crate) const OF_GUESTS: [&str; 3] = [Preferences::STARS, Preferences::RECENT, Preferences::COLUMNS];

/// What the visitor of a page chose. The entity whose page it is counts as visited by who has signed in; a guest's cookie is written with
/// the answer.
pub(crate) async fn preferences(
    state: &AppState,
    who: &Principal,
    headers: &HeaderMap,
    visited: Option<&str>,
) -> Preferences {
    let of_browser = preferences::preferences(headers);
    if who.as_person().is_none() {
        return of_browser;
    }
    // A page without stars is better than none.
    let kept = state.personal.read(who).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a page is shown without what its visitor keeps");
        Personal::default()
    });
    let mut recent = kept.visits;
    recent.truncate(Preferences::MAX_RECENT);
    // One that they don't see is no visit.
    if let Some(entity_ref) = visited.filter(|entity_ref| state.personal.note_visit(who, entity_ref).is_ok()) {
        recent = Preferences::with_seen(recent, entity_ref);
    }
    Preferences { stars: kept.stars, recent, columns: kept.columns, views: kept.views, ..of_browser }
}

/// Takes over what the browser kept of somebody who has just signed in; says whether its cookies can go.
pub(crate) async fn take_over(state: &AppState, signed_in: &SignedIn, headers: &HeaderMap) -> bool {
    let kept = preferences::preferences(headers);
    let browser = InBrowser { stars: kept.stars, visits: kept.recent, columns: kept.columns };
    let who = principal(signed_in);
    match state.personal.take_over(&who, browser).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, principal = %who, "what the browser kept is not taken over, and stays there");
            false
        }
    }
}

/// Who has signed in.
pub(crate) fn principal(signed_in: &SignedIn) -> Principal {
    let identity::Person { issuer, subject, name, groups: claims, .. } = signed_in.person.clone();
    Principal::person(Person { issuer, subject, name, entity_ref: signed_in.entity_ref.clone(), claims })
}
