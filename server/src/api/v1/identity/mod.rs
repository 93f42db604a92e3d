mod create_token;
mod get_account;
mod get_principal;
mod list_tokens;
mod revoke_token;

pub(crate) use self::{create_token::*, get_account::*, get_principal::*, list_tokens::*, revoke_token::*};
