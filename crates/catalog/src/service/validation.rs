use std::sync::Arc;

use access::{Action, Principal};
use bytes::Bytes;
use model::catalog::TextValidation;
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{AuthorisedCatalog, CatalogError};
use crate::processing::validate_text;

/// Texts that are validated at one time, the others wait: the values of one may take hundreds of megabytes.
const AT_ONCE: usize = 2;

/// One for each catalog.
pub(super) fn turns() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE))
}

/// What is wrong with texts that are in no catalog.
impl AuthorisedCatalog {
    /// What is right and what is wrong with the text of a descriptor, within the limits of files. What it includes is not read, and whether
    /// what it names exists is not looked at.
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    ///
    /// # Panics
    /// Never: processing does not panic.
    pub async fn validate_text(&self, who: &Principal, text: Bytes) -> Result<TextValidation, CatalogError> {
        self.check(who, Action::ValidateEntities)?;
        let turn = Arc::clone(&self.validations).acquire_owned().await.expect("the semaphore is never closed");
        let (kinds, limits) = (Arc::clone(&self.previewer.kinds), self.previewer.limits.clone());
        let validating = spawn_blocking(move || {
            let validation = validate_text(&kinds, &limits, &text);
            // Held to the end, also where nobody waits for the answer any more.
            drop(turn);
            validation
        });
        let validation = validating.await.expect("processing does not panic");
        let mut entities = validation.entities;
        let total = entities.len() as u64;
        entities.truncate(TextValidation::MAX_ENTITIES);
        Ok(TextValidation { entities, total, problems: validation.problems })
    }
}
