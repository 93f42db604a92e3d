//! Callboard in a frame of another site's page: `/embed/…`, with the same path after it.

mod create_session;
mod visitor;

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use identity::{BackstageUsers, EmbedTokens};
use storage::Database;
use upstream::Upstream;

use crate::{
    authorisation::Admins,
    config::{BaseUrl, Config, EmbedConfigError},
};

pub(crate) use self::{create_session::create_embedded_session, visitor::embedded_visitor};

/// What stands before the path of an embedded page, after the base path.
pub(crate) const PREFIX: &str = "/embed";
/// Where parents post the tokens of their users; not a page.
pub(crate) const SESSION: &str = "/embed/session";

/// Marks a request of an embedded page, or of what it asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Embedded;

/// Who may embed, and how their users sign in. Cheap to clone.
#[derive(Clone)]
pub struct Embedding {
    parents: Arc<[Parent]>,
    /// Tokens of parents' backends.
    pub tokens: EmbedTokens,
    /// Whom no frame is for.
    pub admins: Arc<Admins>,
    session: Duration,
}

struct Parent {
    origin: String,
    backstage: Option<BackstageUsers>,
}

impl Embedding {
    /// As configured.
    ///
    /// # Errors
    /// [`EmbedConfigError`].
    pub fn new(
        config: &Config,
        database: Database,
        upstream: &Upstream,
        admins: Admins,
    ) -> Result<Self, EmbedConfigError> {
        config.embed.check(&config.app.base_url)?;
        let parents = config.embed.parents.iter().map(|parent| Parent {
            origin: parent.origin(),
            backstage: parent
                .backstage
                .as_ref()
                .map(|backstage| BackstageUsers::new(backstage.base_url.clone(), upstream.clone())),
        });
        let tokens = EmbedTokens::new(database, config.embed.token);
        Ok(Self { parents: parents.collect(), tokens, admins: Arc::new(admins), session: config.embed.session })
    }

    /// True if some site may embed.
    pub fn is_possible(&self) -> bool {
        !self.parents.is_empty()
    }

    /// The sites, as `frame-ancestors` and scripts want them.
    pub fn origins(&self) -> String {
        self.parents.iter().map(|parent| &*parent.origin).collect::<Vec<_>>().join(" ")
    }

    fn parent(&self, origin: &str) -> Option<&Parent> {
        self.parents.iter().find(|parent| parent.origin.eq_ignore_ascii_case(origin))
    }
}

/// The path without [`PREFIX`], if it is that of an embedded page.
pub(crate) fn inner_path(path: &str) -> Option<&str> {
    match path.strip_prefix(PREFIX)? {
        "" => Some("/"),
        rest => rest.starts_with('/').then_some(rest),
    }
}

/// What handlers say as they do outside of a frame: where they lead to stays in it, and what they leave in the browser is kept there, apart
/// from what is kept elsewhere.
pub(crate) fn keep_within(response: &mut Response, base_url: &BaseUrl) {
    let headers = response.headers_mut();
    let base = base_url.path();
    let led = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    let within = led.and_then(|location| location.strip_prefix(base)).filter(|path| path.starts_with('/'));
    let within = within.filter(|path| !path.starts_with("//") && inner_path(path).is_none());
    let within = within.and_then(|path| HeaderValue::from_str(&format!("{base}{PREFIX}{path}")).ok());
    if let Some(within) = within {
        headers.insert(header::LOCATION, within);
    }
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let framed = cookie.to_str().ok().map(|text| text.replace("; SameSite=Lax", "")).and_then(|text| {
            let secure = if text.contains("; Secure") { "" } else { "; Secure" };
            let apart = if text.contains("; Partitioned") { "" } else { "; SameSite=None; Partitioned" };
            HeaderValue::from_str(&format!("{text}{secure}{apart}")).ok()
        });
        headers.append(header::SET_COOKIE, framed.unwrap_or(cookie));
    }
}

/// With this prefix a browser takes it only from this host, over https; it does so also of this machine alone, without.
fn cookie_name(base_url: &BaseUrl) -> &'static str {
    if base_url.is_https() { "__Host-callboard-embedded" } else { "callboard-embedded" }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn what_leads_elsewhere_stays_in_the_frame() {
        let base: BaseUrl = "https://portal.acme.example/portal".parse().unwrap();
        for (location, expected) in [
            ("/portal/catalog?q=a", "/portal/embed/catalog?q=a"),
            ("/portal/embed/catalog", "/portal/embed/catalog"),
            ("https://id.acme.example/", "https://id.acme.example/"),
            ("//evil.example/", "//evil.example/"),
        ] {
            let mut response =
                ([(header::LOCATION, location), (header::SET_COOKIE, "flash=x; Path=/; SameSite=Lax")], "")
                    .into_response();
            keep_within(&mut response, &base);
            assert_eq!(response.headers()[header::LOCATION], expected);
            assert_eq!(response.headers()[header::SET_COOKIE], "flash=x; Path=/; Secure; SameSite=None; Partitioned");
        }
    }
}
