#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod digest;
mod person;
mod provider;
mod resolver;
mod sessions;
mod token_text;
mod tokens;

pub use person::{Directory, Person, SignedIn};
pub use provider::{Begun, OidcProvider, OidcSettings, Pending, SignInError};
pub use resolver::Resolver;
pub use sessions::{OpenSession, SESSION_KEY, SessionError, SessionStore};
pub use token_text::looks_like_token;
pub use tokens::{NewToken, Token, TokenError, TokenLimits, TokenOwner, TokenStore};
