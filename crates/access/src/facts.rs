use std::{collections::BTreeSet, sync::Arc};

/// What rules may know of an entity. All texts are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntityFacts {
    /// Canonical.
    pub entity_ref: String,
    /// For example `component`.
    pub kind: String,
    /// For example `default`.
    pub namespace: String,
    /// `spec.type`.
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// `metadata.tags`.
    pub tags: BTreeSet<String>,
    /// Canonical refs of those whom it has the relation `ownedBy` to.
    pub owners: BTreeSet<String>,
}

/// A declared attribute of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// [`EntityFacts::kind`].
    Kind,
    /// [`EntityFacts::namespace`].
    Namespace,
    /// [`EntityFacts::entity_type`].
    Type,
    /// [`EntityFacts::lifecycle`].
    Lifecycle,
    /// [`EntityFacts::tags`].
    Tags,
    /// [`EntityFacts::owners`].
    Owners,
}

impl Attribute {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Kind, Self::Namespace, Self::Type, Self::Lifecycle, Self::Tags, Self::Owners];

    /// The name in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Namespace => "namespace",
            Self::Type => "type",
            Self::Lifecycle => "lifecycle",
            Self::Tags => "tags",
            Self::Owners => "owners",
        }
    }
}

/// What somebody wants to act on.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// Nothing single. For [`super::Action::ReadEntities`] it asks whether whoever asks is let in at all; what they see says [`Readable`].
    Catalog,
    /// One entity.
    Entity(&'a EntityFacts),
}

/// The entities that somebody may see.
#[derive(Clone)]
pub enum Readable {
    /// Every one: nothing has to be filtered.
    All,
    /// Those for which a rule holds.
    Only(Arc<dyn ReadRule>),
}

/// Decides which entities somebody may see, by attributes, so that entities of equal attributes share a decision.
pub trait ReadRule: Send + Sync {
    /// Rules of equal profiles decide alike, for as long as the process runs.
    fn profile(&self) -> &str;

    /// The attributes that the decision depends on; others need not be filled in.
    fn attributes(&self) -> &[Attribute];

    /// Canonical refs of entities for which the decision depends on the ref as well.
    fn named(&self) -> &BTreeSet<String>;

    /// Whether they may see an entity.
    fn may_read(&self, facts: &EntityFacts) -> bool;
}
