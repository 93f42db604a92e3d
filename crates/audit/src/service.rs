//! The log behind its gate.

use std::sync::Arc;

use access::{Action, Authoriser, Principal, Resource};

use crate::{AuditError, AuditStore, Entry, Query};

/// Reads the log for those who may. Cheap to clone.
#[derive(Clone)]
pub struct AuthorisedAudit {
    store: AuditStore,
    authoriser: Arc<dyn Authoriser>,
}

impl AuthorisedAudit {
    /// The log behind an authoriser.
    pub fn new(store: AuditStore, authoriser: Arc<dyn Authoriser>) -> Self {
        Self { store, authoriser }
    }

    /// True if they may read it.
    pub fn may_read(&self, who: &Principal) -> bool {
        self.authoriser.check(who, Action::ReadAudit, Resource::Catalog).is_ok()
    }

    /// Entries, the latest first.
    ///
    /// # Errors
    /// [`AuditError::Denied`], [`AuditError::Store`].
    pub async fn list(&self, who: &Principal, query: &Query) -> Result<Vec<Entry>, AuditError> {
        self.authoriser.check(who, Action::ReadAudit, Resource::Catalog)?;
        self.store.list(query).await
    }
}
