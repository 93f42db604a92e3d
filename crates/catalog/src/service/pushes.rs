use upstream::webhook::Push;

use super::{AuthorisedCatalog, CatalogError};

impl AuthorisedCatalog {
    /// Has what pushes touch read again, soon; says how many locations that are. There is no principal to decide on: whoever calls has
    /// checked that the host sent them.
    ///
    /// # Errors
    /// [`CatalogError::Stopped`].
    pub async fn pushed(&self, pushes: &[Push]) -> Result<usize, CatalogError> {
        let hosts = &self.previewer.hosts;
        let touched = |location: &String| {
            let url = location.strip_prefix("url:");
            url.is_some_and(|url| pushes.iter().any(|push| hosts.is_touched(url, push)))
        };
        let mut locations = self.index.locations();
        locations.retain(touched);
        let count = locations.len();
        if count > 0 {
            self.engine.refresh(locations).await?;
        }
        Ok(count)
    }
}
