//! Webhooks of other systems, at the addresses where Backstage takes them.

mod receive_push;

pub(crate) use self::receive_push::*;
