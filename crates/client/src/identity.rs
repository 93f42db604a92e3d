//! Addresses of what is about who asks.

/// Who has signed in, and their open sessions: answers [`model::identity::Account`].
pub fn account() -> String {
    "/api/v1/identity/account".to_owned()
}
