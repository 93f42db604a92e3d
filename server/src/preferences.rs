//! What a visitor chose, and what a form has to tell, as cookies say it.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use model::{
    app::{AppConfig, DateLanguage, Density, Preferences, Theme},
    catalog::ListColumn,
    entity_ref::EntityRef,
};

use crate::form::Flash;

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The scheme.
pub(crate) fn theme(headers: &HeaderMap) -> Theme {
    cookie(headers, Theme::COOKIE).map_or(Theme::System, Theme::from_text)
}

/// What the cookies of a browser keep, but for the scheme.
pub(crate) fn preferences(headers: &HeaderMap) -> Preferences {
    let text = |name: &str| cookie(headers, name).unwrap_or_default();
    Preferences {
        density: Density::from_text(text(Preferences::DENSITY)),
        dates: DateLanguage::from_text(text(Preferences::DATES)),
        teams: teams_from(text(Preferences::TEAMS).split('|')),
        stars: stars(headers),
        recent: recent(headers),
        columns: ListColumn::list_to_text(&ListColumn::list_from_text(text(Preferences::COLUMNS))),
        views: Vec::new(),
    }
}

/// What the visitor starred.
pub(crate) fn stars(headers: &HeaderMap) -> Vec<String> {
    refs_from(cookie(headers, Preferences::STARS).unwrap_or_default().split('|')).collect()
}

/// What the visitor saw, the last one first.
pub(crate) fn recent(headers: &HeaderMap) -> Vec<String> {
    let recent = refs_from(cookie(headers, Preferences::RECENT).unwrap_or_default().split('|'));
    recent.take(Preferences::MAX_RECENT).collect()
}

/// The text as a canonical ref, if it is one that a cookie can hold.
pub(crate) fn plain_ref(text: &str) -> Option<String> {
    refs_from(std::iter::once(text)).next()
}

/// What the form before this page did.
pub(crate) fn flash(headers: &HeaderMap) -> Option<Flash> {
    Flash::from_text(cookie(headers, Flash::COOKIE)?)
}

/// A token that the form before this page has made. Anybody can send a cookie, but only who sends it sees what it holds.
pub(crate) fn new_token(headers: &HeaderMap) -> Option<String> {
    cookie(headers, AppConfig::NEW_TOKEN_COOKIE).filter(|token| identity::looks_like_token(token)).map(str::to_owned)
}

/// The canonical refs among some texts, each once, as many as are kept.
pub(crate) fn teams_from<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let refs: BTreeSet<String> = refs_from(texts).collect();
    refs.into_iter().take(Preferences::MAX_TEAMS).collect()
}

/// The canonical refs among some texts. One that could break out of its cookie is none that an entity may have.
fn refs_from<'a>(texts: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let is_plain = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c));
    texts.filter(is_plain).filter_map(|text| Some(EntityRef::parse_full(text).ok()?.canonical()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_theme_is_one_cookie_of_many() {
        for (cookies, expected) in [
            ("theme=dark", Theme::Dark),
            ("a=b; theme=light; c=d", Theme::Light),
            ("mytheme=dark", Theme::System),
            ("theme=green", Theme::System),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::from_static(cookies));
            assert_eq!(theme(&headers), expected, "{cookies}");
        }
    }

    #[test]
    fn teams_are_refs_each_once_and_not_too_many() {
        let teams =
            teams_from(["Group:Default/B", "group:default/a", "group:default/b", "a;b", "x y:z", ""].into_iter());
        assert_eq!(teams, ["group:default/a", "group:default/b"]);
        let many: Vec<String> = (0..100).map(|n| format!("group:default/t{n}")).collect();
        assert_eq!(teams_from(many.iter().map(String::as_str)).len(), Preferences::MAX_TEAMS);
    }
}
