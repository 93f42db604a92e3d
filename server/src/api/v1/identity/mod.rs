mod get_account;

pub(crate) use self::get_account::*;
