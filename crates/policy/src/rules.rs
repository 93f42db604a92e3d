//! Policies in force.

use std::{collections::BTreeSet, str::FromStr as _};

use access::{Action, Attribute, EntityFacts, Resource};
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicyId, PolicySet, PrincipalConstraint, Request, ResourceConstraint, RestrictedExpression, Schema,
};

use crate::{
    PolicyError, PolicyFile, Subject, SubjectKind,
    files::{SCHEMA, parse},
};

/// A rule that had a part in a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its `@id`, or file and number where it has none.
    pub id: String,
    /// Its `@reason`.
    pub reason: Option<String>,
}

/// A decision, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These rules allow it.
    Allowed(Vec<Rule>),
    /// These rules forbid it.
    Forbidden(Vec<Rule>),
    /// No rule allows it; these allow the action to others, or on something else, in the order of the files.
    NotAllowed(Vec<Rule>),
    /// A rule could not be evaluated.
    Failed(String),
}

/// Policies in force.
pub struct Policy {
    set: PolicySet,
    /// As they stand in the files.
    order: Vec<PolicyId>,
    authorizer: Authorizer,
    reads_all: bool,
    read_attributes: Vec<Attribute>,
    named: BTreeSet<String>,
    names_principals: bool,
}

impl Policy {
    /// Reads policies, and checks them against the schema.
    ///
    /// # Errors
    /// [`PolicyError::Invalid`] of the first that can't be used, by file, line and column.
    #[expect(clippy::missing_panics_doc, reason = "the schema is part of the program, and tests read it")]
    pub fn new(files: &[PolicyFile]) -> Result<Self, PolicyError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).expect("the schema is part of the program");
        let (set, order) = parse(files, &schema)?;
        let of_reading: Vec<_> =
            set.policies().filter(|policy| concerns(&policy.action_constraint(), Action::ReadEntities)).collect();
        let texts =
            of_reading.iter().filter_map(|policy| policy.to_json().ok()).fold(BTreeSet::new(), |mut texts, json| {
                collect(&json, &mut texts);
                texts
            });
        let literals: Vec<EntityUid> = of_reading.iter().flat_map(|policy| policy.entity_literals()).collect();
        let is_of = |literal: &EntityUid, types: &[&str]| types.contains(&literal.type_name().to_string().as_str());
        Ok(Self {
            reads_all: reads_all(&set),
            read_attributes: Attribute::ALL.into_iter().filter(|known| texts.contains(known.as_str())).collect(),
            named: literals
                .iter()
                .filter(|literal| is_of(literal, &["Entity"]))
                .map(|literal| literal.id().unescaped().to_owned())
                .collect(),
            names_principals: literals.iter().any(|literal| is_of(literal, &["Person", "Service", "Guest"])),
            set,
            order,
            authorizer: Authorizer::new(),
        })
    }

    /// The compiled-in ones.
    #[expect(clippy::missing_panics_doc, reason = "the rules are part of the program, and tests read them")]
    pub fn builtin() -> Self {
        Self::new(&PolicyFile::defaults()).expect("the compiled-in rules fit the schema")
    }

    /// True if everyone may read every entity.
    pub fn reads_all(&self) -> bool {
        self.reads_all
    }

    /// Attributes of entities that rules of reading name.
    pub fn read_attributes(&self) -> &[Attribute] {
        &self.read_attributes
    }

    /// Refs of entities that rules of reading name.
    pub fn named(&self) -> &BTreeSet<String> {
        &self.named
    }

    /// True if rules of reading name principals themselves, and not only their roles and groups.
    pub fn names_principals(&self) -> bool {
        self.names_principals
    }

    /// Decides, and says by which rules. Takes microseconds.
    pub fn decide(&self, subject: &Subject, action: Action, resource: Resource<'_>) -> Verdict {
        let principal = principal(subject);
        let (resource, entity) = match resource {
            Resource::Catalog => (uid("Catalog", "catalog"), None),
            Resource::Entity(facts) => (uid("Entity", &facts.entity_ref), Some(entity(facts))),
        };
        let request = match Request::new(principal.uid(), action_uid(action), resource, Context::empty(), None) {
            Ok(request) => request,
            Err(error) => return Verdict::Failed(error.to_string()),
        };
        let entities = match Entities::from_entities(std::iter::once(principal).chain(entity), None) {
            Ok(entities) => entities,
            Err(error) => return Verdict::Failed(error.to_string()),
        };
        let response = self.authorizer.is_authorized(&request, &self.set, &entities);
        // Cedar leaves out a rule that fails; if that forbids, it would open what it should shut.
        if let Some(error) = response.diagnostics().errors().next() {
            return Verdict::Failed(error.to_string());
        }
        let mut rules: Vec<Rule> = response.diagnostics().reason().map(|id| self.rule(id)).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        match response.decision() {
            Decision::Allow => Verdict::Allowed(rules),
            Decision::Deny if rules.is_empty() => Verdict::NotAllowed(self.allowing(&request, action)),
            Decision::Deny => Verdict::Forbidden(rules),
        }
    }

    fn rule(&self, id: &PolicyId) -> Rule {
        Rule { id: id.to_string(), reason: self.set.annotation(id, "reason").map(str::to_owned) }
    }

    /// Rules that allow an action to principals and on resources of the same types.
    fn allowing(&self, request: &Request, action: Action) -> Vec<Rule> {
        let is_of = |wanted: Option<&EntityUid>, of: &EntityTypeName| wanted.is_some_and(|uid| uid.type_name() == of);
        let may_apply = |policy: &&cedar_policy::Policy| {
            let of_principal = match policy.principal_constraint() {
                PrincipalConstraint::Is(of) | PrincipalConstraint::IsIn(of, _) => is_of(request.principal(), &of),
                _ => true,
            };
            let of_resource = match policy.resource_constraint() {
                ResourceConstraint::Is(of) | ResourceConstraint::IsIn(of, _) => is_of(request.resource(), &of),
                _ => true,
            };
            policy.effect() == Effect::Permit
                && concerns(&policy.action_constraint(), action)
                && of_principal
                && of_resource
        };
        let permits = self.order.iter().filter_map(|id| self.set.policy(id)).filter(may_apply);
        permits.map(|policy| self.rule(policy.id())).collect()
    }
}

impl Verdict {
    /// True if it may be done.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The rules that had a part in it.
    pub fn rules(&self) -> &[Rule] {
        match self {
            Self::Allowed(rules) | Self::Forbidden(rules) | Self::NotAllowed(rules) => rules,
            Self::Failed(_) => &[],
        }
    }

    /// Why, in words.
    pub fn reason(&self) -> String {
        let told = |rule: &Rule| match &rule.reason {
            Some(reason) => format!("`{}` ({reason})", rule.id),
            None => format!("`{}`", rule.id),
        };
        let rules = || self.rules().iter().map(told).collect::<Vec<_>>().join(", ");
        match self {
            Self::Allowed(_) => format!("allowed by {}", rules()),
            Self::Forbidden(_) => format!("forbidden by {}", rules()),
            Self::NotAllowed(of) => match of.as_slice() {
                [] => "no rule allows it to anybody".to_owned(),
                [first] => format!("what allows it is {}", told(first)),
                [first, others @ ..] => format!("what allows it is {} and {} more", told(first), others.len()),
            },
            Self::Failed(error) => format!("denied, because a rule failed: {error}"),
        }
    }
}

/// True if a rule for everyone and everything allows reading, and none may forbid it.
fn reads_all(set: &PolicySet) -> bool {
    let mut is_open = false;
    for policy in set.policies().filter(|policy| concerns(&policy.action_constraint(), Action::ReadEntities)) {
        match policy.effect() {
            Effect::Forbid => return false,
            Effect::Permit => {
                is_open |= matches!(policy.principal_constraint(), PrincipalConstraint::Any)
                    && matches!(policy.resource_constraint(), ResourceConstraint::Any)
                    && !policy.has_non_scope_constraint();
            }
        }
    }
    is_open
}

/// The schema has no groups of actions, so a list names each.
fn concerns(constraint: &ActionConstraint, action: Action) -> bool {
    let wanted = action_uid(action);
    match constraint {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(only) => *only == wanted,
        ActionConstraint::In(list) => list.contains(&wanted),
    }
}

/// The attributes that a rule in Cedar's JSON form looks at: `.` and `has` name one each, and there is no other way to one.
fn collect(json: &serde_json::Value, attributes: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, attributes)),
        serde_json::Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    serde_json::Value::String(attribute) if key == "attr" => _ = attributes.insert(attribute.clone()),
                    field => collect(field, attributes),
                }
            }
        }
        _ => {}
    }
}

fn action_uid(action: Action) -> EntityUid {
    uid("Action", action.as_str())
}

fn uid(type_name: &str, id: &str) -> EntityUid {
    let type_name = EntityTypeName::from_str(type_name).expect("the names of types are literals");
    EntityUid::from_type_name_and_id(type_name, EntityId::new(id))
}

fn principal(subject: &Subject) -> Entity {
    let type_name = match subject.kind {
        SubjectKind::Person => "Person",
        SubjectKind::Service => "Service",
        SubjectKind::Guest => "Guest",
    };
    let roles = subject.roles.iter().map(|role| uid("Role", role));
    let owners = subject.owners.iter().map(|owner| uid("Owner", owner));
    Entity::new_no_attrs(uid(type_name, &subject.id), roles.chain(owners).collect())
}

fn entity(facts: &EntityFacts) -> Entity {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let mut attributes = vec![
        ("kind".to_owned(), text(&facts.kind)),
        ("namespace".to_owned(), text(&facts.namespace)),
        ("tags".to_owned(), RestrictedExpression::new_set(facts.tags.iter().map(|tag| text(tag)))),
        (
            "owners".to_owned(),
            RestrictedExpression::new_set(
                facts.owners.iter().map(|owner| RestrictedExpression::new_entity_uid(uid("Owner", owner))),
            ),
        ),
    ];
    attributes.extend(facts.entity_type.as_deref().map(|value| ("type".to_owned(), text(value))));
    attributes.extend(facts.lifecycle.as_deref().map(|value| ("lifecycle".to_owned(), text(value))));
    Entity::new(uid("Entity", &facts.entity_ref), attributes.into_iter().collect(), std::collections::HashSet::new())
        .expect("plain texts and sets can be evaluated")
}
