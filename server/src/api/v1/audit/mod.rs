mod list_audit;

pub(crate) use self::list_audit::*;
