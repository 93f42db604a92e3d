//! Addresses of what is about who asks.

/// Who has signed in, and their open sessions: answers [`model::identity::Account`].
pub fn account() -> String {
    "/api/v1/identity/account".to_owned()
}

/// Who asks: answers [`model::identity::PrincipalInfo`].
pub fn principal() -> String {
    "/api/v1/identity/principal".to_owned()
}

/// Tokens of who asks, and to make one: answers [`model::identity::TokenList`], to a POST [`model::identity::TokenCreated`].
pub fn tokens() -> String {
    "/api/v1/identity/tokens".to_owned()
}

/// One token, to revoke it.
pub fn token(id: &str) -> String {
    format!("/api/v1/identity/tokens/{}", crate::segment(id))
}
