use std::{collections::BTreeSet, sync::Arc};

use access::{Action, Attribute, Authoriser, Decision, EntityFacts, Principal, ReadRule, Readable, Resource};

use crate::{Policy, RoleMapping, Subject, SubjectKind, Verdict, subject::ADMIN};

/// Groups that somebody's are part of, at most: what stands in a circle ends here.
const MAX_GROUPS: usize = 1_000;

/// Knows the groups of the catalog. The catalog fulfils it.
pub trait GroupDirectory: Send + Sync {
    /// Canonical refs of the groups that a user is a member of.
    fn groups_of(&self, user_ref: &str) -> Vec<String>;

    /// Canonical refs of the groups that a group stands right below.
    fn parents_of(&self, group_ref: &str) -> Vec<String>;
}

/// Decides by policies, for whoever is let in.
pub struct PolicyAuthoriser {
    policy: Arc<Policy>,
    roles: RoleMapping,
    groups: Arc<dyn GroupDirectory>,
    with_ancestors: bool,
    lets_guests_in: bool,
}

impl PolicyAuthoriser {
    /// An authoriser by some policies.
    pub fn new(policy: Policy, roles: RoleMapping, groups: Arc<dyn GroupDirectory>) -> Self {
        Self { policy: Arc::new(policy), roles, groups, with_ancestors: false, lets_guests_in: false }
    }

    /// Counts somebody's groups' ancestors among their groups.
    #[must_use]
    pub fn with_ancestors(self, with_ancestors: bool) -> Self {
        Self { with_ancestors, ..self }
    }

    /// Asks the policies also about those who have not signed in.
    #[must_use]
    pub fn lets_guests_in(self, lets_guests_in: bool) -> Self {
        Self { lets_guests_in, ..self }
    }

    /// Who it is to the policies: with the groups that the catalog knows now.
    pub fn subject(&self, principal: &Principal) -> Subject {
        let id = principal.to_string();
        let mut names = BTreeSet::from([id.to_lowercase()]);
        let Some(person) = principal.as_person() else {
            let kind = if principal.is_guest() { SubjectKind::Guest } else { SubjectKind::Service };
            return Subject { kind, id, roles: self.roles.roles_of(&names, false), owners: BTreeSet::new() };
        };
        let mut owners: BTreeSet<String> = person.claims.iter().filter_map(|claim| claimed_group(claim)).collect();
        if let Some(user) = &person.entity_ref {
            owners.extend(self.groups.groups_of(user));
        }
        if self.with_ancestors {
            self.add_ancestors(&mut owners);
        }
        owners.extend(person.entity_ref.clone());
        names.extend(owners.iter().cloned());
        names.extend(person.claims.iter().map(|claim| format!("claim:{}", claim.to_lowercase())));
        let mut roles = self.roles.roles_of(&names, person.entity_ref.is_some());
        if principal.reach().is_some() {
            // Another site's page may be around them.
            roles.remove(ADMIN);
        }
        Subject { kind: SubjectKind::Person, id, roles, owners }
    }

    fn add_ancestors(&self, groups: &mut BTreeSet<String>) {
        let mut open: Vec<String> = groups.iter().cloned().collect();
        while let Some(group) = open.pop().filter(|_| groups.len() < MAX_GROUPS) {
            open.extend(self.groups.parents_of(&group).into_iter().filter(|parent| groups.insert(parent.clone())));
        }
    }

    /// The decision with its rules; nobody asks whether a guest is let in.
    pub fn verdict(&self, principal: &Principal, action: Action, resource: Resource<'_>) -> Verdict {
        self.policy.decide(&self.subject(principal), action, resource)
    }
}

/// A claim adds the group of its name: of the default namespace, where it says no other.
fn claimed_group(claim: &str) -> Option<String> {
    let name = claim.to_lowercase();
    let is_name = |text: &str| !text.is_empty() && !text.contains([':', '/', ' ']);
    match name.strip_prefix("group:") {
        Some(rest) => match rest.split_once('/') {
            Some((namespace, group)) => (is_name(namespace) && is_name(group)).then_some(name),
            None => is_name(rest).then(|| format!("group:default/{rest}")),
        },
        None => is_name(&name).then(|| format!("group:default/{name}")),
    }
}

impl Authoriser for PolicyAuthoriser {
    fn decide(&self, principal: &Principal, action: Action, resource: Resource<'_>) -> Decision {
        if principal.is_guest() && !self.lets_guests_in {
            return Decision::Deny { reason: "nobody has signed in".to_owned(), rule: None };
        }
        if let (Action::ReadEntities, Resource::Catalog) = (action, resource) {
            return Decision::Allow;
        }
        let verdict = self.verdict(principal, action, resource);
        if verdict.is_allowed() {
            return Decision::Allow;
        }
        let rule = verdict.rules().first().map_or_else(|| "default".to_owned(), |rule| rule.id.clone());
        Decision::Deny { reason: verdict.reason(), rule: Some(rule) }
    }

    fn readable(&self, principal: &Principal) -> Readable {
        if self.policy.reads_all() {
            return Readable::All;
        }
        let subject = self.subject(principal);
        let list = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        // Who is named by no rule shares the set with others of their roles and groups.
        let id = if self.policy.names_principals() { subject.id.as_str() } else { "" };
        let profile = format!("{:?} {id} | {} | {}", subject.kind, list(&subject.roles), list(&subject.owners));
        Readable::Only(Arc::new(PolicyReadRule { policy: Arc::clone(&self.policy), subject, profile }))
    }
}

struct PolicyReadRule {
    policy: Arc<Policy>,
    subject: Subject,
    profile: String,
}

impl ReadRule for PolicyReadRule {
    fn profile(&self) -> &str {
        &self.profile
    }

    fn attributes(&self) -> &[Attribute] {
        self.policy.read_attributes()
    }

    fn named(&self) -> &BTreeSet<String> {
        self.policy.named()
    }

    fn may_read(&self, facts: &EntityFacts) -> bool {
        self.policy.decide(&self.subject, Action::ReadEntities, Resource::Entity(facts)).is_allowed()
    }
}
