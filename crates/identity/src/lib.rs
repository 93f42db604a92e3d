#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod person;
mod provider;
mod resolver;
mod sessions;

pub use person::{Directory, Person, SignedIn};
pub use provider::{Begun, OidcProvider, OidcSettings, Pending, SignInError};
pub use resolver::Resolver;
pub use sessions::{OpenSession, SESSION_KEY, SessionError, SessionStore};
