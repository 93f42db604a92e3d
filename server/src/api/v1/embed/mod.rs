mod create_embed_token;

pub(crate) use self::create_embed_token::*;
