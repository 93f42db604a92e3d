//! The groups as a tree: `/api/v1/catalog/organization`.

use form_urlencoded::Serializer;
use serde::Serialize;

use super::RowRef;
use crate::reading::read_object;

/// `GET /api/v1/catalog/organization`: the groups, each below its parent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetOrganization {
    /// Text that the name or the title of a group must hold, without regard to case.
    pub text: String,
    /// Only groups that nobody belongs to.
    pub without_members: bool,
    /// Groups in the answer; the server's default and maximum apply.
    pub limit: Option<usize>,
}

impl GetOrganization {
    /// The query string, without a question mark: `text`, `members=none`, `limit`; what is at its default is left out.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if !self.text.is_empty() {
            query.append_pair("text", &self.text);
        }
        if self.without_members {
            query.append_pair("members", "none");
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.finish()
    }

    /// Reads what [`GetOrganization::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut organization = Self::default();
        for (name, value) in pairs {
            match (name, value) {
                ("text", text) => text.clone_into(&mut organization.text),
                ("members", "none") => organization.without_members = true,
                ("members", _) => return Err(format!("query parameter `members` must be `none`, found `{value}`")),
                ("limit", _) => {
                    let limit = value.parse();
                    organization.limit = Some(
                        limit
                            .map_err(|_| format!("query parameter `limit` must be a whole number, found `{value}`"))?,
                    );
                }
                _ => return Err(format!("unknown query parameter `{name}`")),
            }
        }
        Ok(organization)
    }
}

/// The answer to [`GetOrganization`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The groups as one walks through the tree: each after its parent, and before the next one beside it.
    pub groups: Vec<OrganizationGroup>,
    /// Groups that match.
    pub total: u64,
    /// Groups in the catalog.
    pub total_groups: u64,
    /// Groups in the catalog that nobody belongs to.
    pub without_members: u64,
    /// Users in the catalog.
    pub people: u64,
}

read_object!(Organization {
    groups = "groups", total = "total", total_groups = "totalGroups", without_members = "withoutMembers", people = "people",
});

/// One group of an [`Organization`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationGroup {
    /// The group.
    pub group: RowRef,
    /// `spec.type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// How many groups it stands below.
    pub depth: u32,
    /// Users that belong to it.
    pub members: u64,
    /// Entities that it owns.
    pub owned: u64,
    /// Those of them that have problems.
    pub with_problems: u64,
    /// Groups right below it.
    pub children: u64,
    /// Those of them that are not in the answer.
    pub hidden: u64,
    /// False for a group that is only there because it leads to one that matches.
    pub is_match: bool,
    /// True if it stands below itself: the first of a circle.
    pub is_in_circle: bool,
    /// Canonical ref of its parent, where that does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_parent: Option<String>,
}

read_object!(OrganizationGroup {
    group = "group", entity_type = "type", depth = "depth", members = "members", owned = "owned",
    with_problems = "withProblems", children = "children", hidden = "hidden", is_match = "isMatch",
    is_in_circle = "isInCircle", missing_parent = "missingParent",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_its_query_string() {
        let wanted = GetOrganization { text: "größe &".to_owned(), without_members: true, limit: Some(7) };
        let query = wanted.to_query();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let parsed = GetOrganization::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        assert_eq!(parsed, Ok(wanted));
        for (name, value) in [("members", "some"), ("limit", "ten"), ("nonsense", "")] {
            assert!(GetOrganization::from_pairs([(name, value)]).unwrap_err().contains(name));
        }
    }
}
