//! What handlers tell the audit log of a request, beyond its route, its principal and its status.

use std::sync::{Arc, Mutex, PoisonError};

use audit::Outcome;
use axum::{extract::FromRequestParts, http::request::Parts};
use url::Url;

use crate::{api::ApiError, request::RequestContext};

/// Shared by a request and those that its page sends in memory. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail(Arc<Mutex<Told>>);

/// What was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// On what.
    pub entity: Option<String>,
    /// Who, where it is another than the sender.
    pub principal: Option<String>,
    /// What was refused, where the policies have a name for it.
    pub action: Option<&'static str>,
    /// How it came out, where the status does not say so.
    pub outcome: Option<Outcome>,
    /// Nothing was done, nor tried.
    pub is_nothing: bool,
    /// Something was done, though the whole may have failed.
    pub has_acted: bool,
}

impl Trail {
    /// On what something is done: the ref of an entity, or another name. Never a secret.
    pub(crate) fn about(&self, entity: impl Into<String>) {
        self.tell(|told| told.entity = Some(entity.into()));
    }

    /// The location that something is done to, without what may be secret in it: user, password, query and fragment.
    pub(crate) fn about_location(&self, location_type: &str, target: &str) {
        self.about(format!("{location_type}:{}", without_secrets(target)));
    }

    /// The same of several URLs; of none nothing is done.
    pub(crate) fn about_locations(&self, targets: &[&str]) {
        let told: Vec<_> = targets.iter().map(|target| format!("url:{}", without_secrets(target))).collect();
        if told.is_empty() { self.is_nothing() } else { self.about(told.join(" ")) }
    }

    /// A source by its location, `TYPE:TARGET`; all of them without.
    pub(crate) fn about_source(&self, source: Option<&str>) {
        match source.map(|source| source.split_once(':').unwrap_or(("", source))) {
            Some((kind @ ("url" | "backstage"), target)) => self.about_location(kind, target),
            Some(_) => self.about(source.unwrap_or_default()),
            None => self.about("all sources"),
        }
    }

    /// Who does it, where it is another than the request says: somebody who is about to sign in, a Git host.
    pub(crate) fn by(&self, principal: impl Into<String>) {
        self.tell(|told| told.principal = Some(principal.into()));
    }

    /// It was refused, or failed.
    pub(crate) fn refused(&self, error: &ApiError) {
        let outcome = if error.is_denial() { Outcome::Denied } else { Outcome::Failed };
        self.tell(|told| {
            told.outcome = Some(outcome);
            told.action = error.action().map(access::Action::as_str);
        });
    }

    /// How it came out.
    pub(crate) fn came_out(&self, outcome: Outcome) {
        self.tell(|told| told.outcome = Some(outcome));
    }

    /// A part of it is done, whatever comes of the rest.
    pub(crate) fn has_acted(&self) {
        self.tell(|told| told.has_acted = true);
    }

    /// Nothing is done: a dry run, or there was nothing to do.
    pub(crate) fn is_nothing(&self) {
        self.tell(|told| told.is_nothing = true);
    }

    pub(crate) fn told(&self) -> Told {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, change: impl FnOnce(&mut Told)) {
        // Whoever panicked meanwhile left a whole value.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Trail {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let context = parts.extensions.get::<RequestContext>();
        context
            .map(|context| context.trail.clone())
            .ok_or_else(|| ApiError::internal("a request came past the layer that says who asks"))
    }
}

/// An address without user, password, query and fragment.
pub(crate) fn without_secrets(target: &str) -> String {
    let no_url = || "(no URL)".to_owned();
    // What has no host, like `user:password@host`, could hold one anywhere.
    let Some(mut url) = Url::parse(target).ok().filter(Url::has_host) else { return no_url() };
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return no_url();
    }
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn what_is_secret_in_an_address_is_not_told() {
        for (target, told) in [
            ("https://git.acme.example/a/b.yaml", "https://git.acme.example/a/b.yaml"),
            ("https://bot:hunter2@git.acme.example/a.yaml?token=hunter2#hunter2", "https://git.acme.example/a.yaml"),
            ("bot:hunter2@git.acme.example", "(no URL)"),
            ("//bot:hunter2@git", "(no URL)"),
            ("", "(no URL)"),
        ] {
            assert_eq!(without_secrets(target), told, "{target}");
        }
    }
}
