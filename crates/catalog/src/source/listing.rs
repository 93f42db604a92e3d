use std::{collections::HashMap, sync::Arc};

use model::catalog::Problem;

use super::{
    remote::{Fault, Response},
    turn::Turn,
};
use crate::processing::{BodyHash, ListedEntity};

/// Body hashes of entities by their refs: what need not be sent again.
pub type StoredHashes = HashMap<String, BodyHash>;

/// What is known of the entities that another catalog lists.
#[derive(Debug, Default)]
pub(super) struct RemoteListing {
    /// In the order of their refs; `None` where nobody has answered yet.
    pub(super) entities: Option<Vec<ListedEntity>>,
    /// Of entities that could not be taken.
    pub(super) refused: Vec<Problem>,
    /// What need not be sent with its body.
    pub(super) stored: Arc<StoredHashes>,
    /// Bodies that were handed over are needed again: until they have come, what is stored counts.
    pub(super) is_stale: bool,
    pub(super) fault: Option<Fault>,
    pub(super) turn: Turn,
}

impl RemoteListing {
    /// Takes an answer; true if a scan would see something new.
    pub(super) fn answer(&mut self, response: Response) -> bool {
        let earlier = self.fault.take();
        let is_new = match response {
            Response::Entities { entities, refused } => {
                let is_new = self.is_stale
                    || self.refused != refused
                    || self.entities.as_ref().is_none_or(|earlier| *earlier != entities)
                    || entities.iter().any(|entity| entity.body.is_some());
                (self.entities, self.refused, self.is_stale) = (Some(entities), refused, false);
                is_new
            }
            Response::Missing(why) => {
                self.fault = Some(Fault { why, is_missing: true });
                false
            }
            Response::Failed { why, .. } => {
                self.fault = Some(Fault { why, is_missing: false });
                false
            }
            Response::Unchanged | Response::Content { .. } | Response::Urls(_) => false,
        };
        is_new || self.fault != earlier
    }

    /// Has all bodies sent again that are not stored by then.
    pub(super) fn forget(&mut self) {
        (self.is_stale, self.turn.due) = (true, None);
    }
}
