//! Who may do what, by the configuration.

use std::sync::Arc;

use access::{AllowAll, Authoriser, SignedInOnly};
use catalog::index::Index;
use policy::{GroupDirectory, Policy, PolicyAuthoriser, PolicyError, PolicyFile};

use crate::config::Config;

/// The groups of the catalog, for policies.
struct CatalogGroups(Arc<Index>);

impl GroupDirectory for CatalogGroups {
    fn groups_of(&self, user_ref: &str) -> Vec<String> {
        self.0.related_to("hasmember", user_ref)
    }

    fn parents_of(&self, group_ref: &str) -> Vec<String> {
        self.0.related_to("parentof", group_ref)
    }
}

/// What decides: policies, where they are enabled or somebody can sign in; else nothing is denied to whoever is let in.
///
/// # Errors
/// [`PolicyError`] if the operator's own policies can't be used.
pub fn authoriser(config: &Config, index: &Arc<Index>) -> Result<Arc<dyn Authoriser>, PolicyError> {
    let lets_guests_in = config.auth.lets_guests_in();
    if !config.are_policies_enabled() {
        return Ok(if lets_guests_in { Arc::new(AllowAll) } else { Arc::new(SignedInOnly) });
    }
    if !config.permission.role_mapping(&config.auth.admins).has_admin() {
        tracing::warn!(
            "nobody is an admin: sign in, take your User entity's ref from /account (or `SUBJECT at ISSUER`, if you have \
             none), and add it to `auth.admins`"
        );
    }
    Ok(Arc::new(policies(config, index)?))
}

/// The policies of the configuration over the groups of a catalog, whether they are enabled or not.
///
/// # Errors
/// [`PolicyError`] if the operator's own policies can't be used.
pub fn policies(config: &Config, index: &Arc<Index>) -> Result<PolicyAuthoriser, PolicyError> {
    let policy = match &config.permission.policies {
        Some(path) => Policy::new(&PolicyFile::read(path)?)?,
        None => Policy::builtin(),
    };
    let roles = config.permission.role_mapping(&config.auth.admins);
    Ok(PolicyAuthoriser::new(policy, roles, Arc::new(CatalogGroups(Arc::clone(index))))
        .with_ancestors(config.permission.group_ancestors)
        .lets_guests_in(config.auth.lets_guests_in()))
}
