use catalog::AuthorisedCatalog;
use identity::Directory;

/// The users of the catalog, for the rules that find who somebody is.
pub(crate) struct CatalogDirectory<'a>(pub(crate) &'a AuthorisedCatalog);

impl Directory for CatalogDirectory<'_> {
    fn users_with(&self, path: &str, value: &str) -> Vec<String> {
        self.0.users_with(path, value)
    }
}
