use upstream::webhook::Push;

use super::{AuthorisedCatalog, CatalogError};
use crate::engine::Refresh;

impl AuthorisedCatalog {
    /// Has what pushes touch read again, soon; says how many locations that are. There is no principal to decide on: whoever calls has
    /// checked that the host sent them.
    ///
    /// # Errors
    /// [`CatalogError::Stopped`].
    pub async fn pushed(&self, pushes: &[Push]) -> Result<usize, CatalogError> {
        let hosts = &self.previewer.hosts;
        let touched = |location: String| {
            let url = location.strip_prefix("url:")?;
            let push = pushes.iter().find(|push| hosts.is_touched(url, push))?;
            Some(Refresh { commit: push.commit.clone(), location })
        };
        let touched: Vec<Refresh> = self.index.locations().into_iter().filter_map(touched).collect();
        let count = touched.len();
        if count > 0 {
            self.engine.refresh(touched).await?;
        }
        Ok(count)
    }
}
