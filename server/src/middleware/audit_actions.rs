//! What each route does, in the names of the audit log.

use axum::http::Method;

/// Where one comes back from a provider.
const SIGN_IN: &str = "/auth/{provider}/callback";

/// Routes that act, by method and path.
const WRITES: [(&str, &str, &str); 31] = [
    ("POST", "/api/catalog/locations", "catalog.location.create"),
    ("PUT", "/api/catalog/locations/{id}", "catalog.location.update"),
    ("DELETE", "/api/catalog/locations/{id}", "catalog.location.delete"),
    ("DELETE", "/api/catalog/entities/by-uid/{uid}", "catalog.entity.delete"),
    ("POST", "/api/catalog/refresh", "catalog.entity.refresh"),
    ("POST", "/api/v1/catalog/sources/refresh", "catalog.source.refresh"),
    ("PUT", "/api/v1/catalog/sources/{name}", "catalog.source.push"),
    ("DELETE", "/api/v1/catalog/sources/{name}", "catalog.source.delete"),
    ("POST", "/api/v1/identity/tokens", "identity.token.create"),
    ("DELETE", "/api/v1/identity/tokens/{id}", "identity.token.revoke"),
    ("PUT", "/api/v1/personal/stars/{kind}/{namespace}/{name}", "personal.star.create"),
    ("DELETE", "/api/v1/personal/stars/{kind}/{namespace}/{name}", "personal.star.delete"),
    ("DELETE", "/api/v1/personal/visits", "personal.visit.delete"),
    ("POST", "/api/v1/personal/views", "personal.view.create"),
    ("PUT", "/api/v1/personal/views/{id}", "personal.view.update"),
    ("DELETE", "/api/v1/personal/views/{id}", "personal.view.delete"),
    ("POST", "/api/events/http/{host}", "events.push.receive"),
    ("POST", "/api/v1/embed/tokens", "identity.embed.create"),
    ("POST", "/embed/session", "identity.session.create"),
    ("POST", "/form/refresh-entity", "catalog.entity.refresh"),
    ("POST", "/form/refresh-source", "catalog.source.refresh"),
    ("POST", "/form/register-locations", "catalog.location.create"),
    ("POST", "/form/star-entity", "personal.star.update"),
    ("POST", "/form/unregister-entity", "catalog.entity.unregister"),
    ("POST", "/form/create-token", "identity.token.create"),
    ("POST", "/form/revoke-token", "identity.token.revoke"),
    ("POST", "/form/save-view", "personal.view.create"),
    ("POST", "/form/rename-view", "personal.view.update"),
    ("POST", "/form/remove-view", "personal.view.delete"),
    ("POST", "/form/sign-out", "identity.session.end"),
    ("POST", "/form/end-sessions", "identity.session.end"),
];

/// Routes that act on nothing that others see: questions too long for an address, how pages look, and that an entity was looked at, which
/// is no business of who reads the log.
const QUESTIONS: [&str; 12] = [
    "/api/catalog/entities/by-query",
    "/api/catalog/entities/by-refs",
    "/api/catalog/entity-facets",
    "/api/catalog/locations/by-query",
    "/api/catalog/analyze-location",
    "/api/catalog/validate-entity",
    "/api/v1/catalog/validate",
    "/catalog-import/validate",
    "/api/v1/personal/visits/{kind}/{namespace}/{name}",
    "/form/set-columns",
    "/form/set-preferences",
    "/form/set-theme",
];

/// What a request does; none for one that acts on nothing. A route that nobody has named here acts under its own name.
pub(super) fn write_action(method: &Method, route: &str) -> Option<String> {
    // It acts though it is read.
    if method == Method::GET && route == SIGN_IN {
        return Some("identity.session.create".to_owned());
    }
    let is_read = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    // What no route takes does nothing.
    if is_read || route == "page" || route.starts_with("/api/{*") || route == "/api" || QUESTIONS.contains(&route) {
        return None;
    }
    let known = WRITES.iter().find(|(of, path, _)| method.as_str() == *of && *path == route);
    Some(known.map_or_else(|| format!("{method} {route}"), |(_, _, action)| (*action).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_a_write_under_its_own_name() {
        let action = |method: Method, route| write_action(&method, route);
        assert_eq!(action(Method::POST, "/form/refresh-entity").as_deref(), Some("catalog.entity.refresh"));
        assert_eq!(action(Method::PUT, "/api/v1/new/{id}").as_deref(), Some("PUT /api/v1/new/{id}"));
        assert_eq!(action(Method::GET, SIGN_IN).as_deref(), Some("identity.session.create"));
        for (method, route) in [
            (Method::GET, "/api/catalog/locations/{id}"),
            (Method::HEAD, "page"),
            (Method::POST, "page"),
            (Method::POST, "/api/catalog/entity-facets"),
        ] {
            assert_eq!(action(method, route), None, "{route}");
        }
    }
}
