#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod backstage;
mod digest;
mod embed;
mod exchange;
mod github;
mod person;
mod provider;
mod resolver;
mod sessions;
mod sign_in;
mod token_text;
mod tokens;

pub use backstage::{BackstageTokenError, BackstageUsers};
pub use embed::{EMBEDDED_KEY, EmbedGrant, EmbedTokenError, EmbedTokens, EmbeddedSession};
pub use github::{GithubProvider, GithubSettings};
pub use person::{Directory, Person, SignedIn};
pub use provider::{Begun, OidcProvider, OidcSettings, Pending, SignInError};
pub use resolver::Resolver;
pub use sessions::{OpenSession, SESSION_KEY, SessionError, SessionStore};
pub use sign_in::{SignInProvider, SignInSettings};
pub use token_text::looks_like_token;
pub use tokens::{NewToken, Token, TokenError, TokenLimits, TokenOwner, TokenStore};
