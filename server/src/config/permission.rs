//! `permission`: who may do what.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use policy::RoleMapping;
use serde::{Deserialize, Serialize};

use super::tree::{Node, Origin};

/// `permission`. Of Backstage is `enabled`; there the rules are code, here they are files.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PermissionSection {
    /// Whether rules decide; if nothing is said, where somebody can sign in.
    pub enabled: Option<bool>,
    /// A file or folder of policies in Cedar, in the place of those that are compiled in.
    pub policies: Option<PathBuf>,
    /// By role: refs of users and groups, `claim:NAME` for a group that the provider tells, `external:SUBJECT` for a token.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Roles of everyone who has signed in and has a User entity.
    pub default_roles: Vec<String>,
    /// Whoever is in a group is in those above it as well.
    pub group_ancestors: bool,
}

impl Default for PermissionSection {
    fn default() -> Self {
        Self {
            enabled: None,
            policies: None,
            roles: BTreeMap::new(),
            default_roles: vec!["developer".to_owned()],
            group_ancestors: false,
        }
    }
}

impl PermissionSection {
    /// Who has which role; `admins` are those of `auth.admins`.
    pub fn role_mapping(&self, admins: &[String]) -> RoleMapping {
        let mapping = RoleMapping { roles: self.roles.clone(), default_roles: self.default_roles.clone() };
        mapping.with_admins(admins)
    }

    /// The path of policies is written relative to the folder of its file.
    pub(super) fn resolve_paths(&mut self, tree: Option<&Node>) {
        let Some(policies) = &mut self.policies else { return };
        let origin = tree.and_then(|permission| permission.get("policies")).map(|node| &node.origin);
        if let Some(Origin::File { file, .. }) = origin {
            *policies = file.path.parent().unwrap_or_else(|| Path::new("")).join(&*policies);
        }
    }
}
