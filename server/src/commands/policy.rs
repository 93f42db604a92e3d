use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use access::{Action, EntityFacts, Person, Principal, Resource};
use anyhow::{Context as _, bail};
use catalog::{index::Index, kinds::KindRegistry, store::CatalogStore};
use model::entity_ref::EntityRef;
use policy::{PolicyAuthoriser, Verdict};
use serde::Deserialize;
use server::{
    authorisation::policies,
    config::{Config, Environment, Overrides, read_yaml},
};
use storage::Database;
use tokio::runtime::Runtime;

/// An operator's own cases.
#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

/// One of them.
#[derive(Deserialize)]
struct Case {
    /// As [`principal`] reads it.
    principal: String,
    /// Groups that the provider's claim names.
    #[serde(default)]
    claims: Vec<String>,
    /// For example `catalog.entity.delete`.
    action: String,
    /// An entity of the catalog.
    #[serde(default, rename = "ref")]
    entity_ref: Option<String>,
    /// An entity that need not be in the catalog.
    #[serde(default)]
    entity: Option<Attributes>,
    expected: Expected,
}

/// What rules see of an entity.
#[derive(Deserialize)]
struct Attributes {
    kind: String,
    #[serde(default = "default_namespace")]
    namespace: String,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    entity_type: Option<String>,
    #[serde(default)]
    lifecycle: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// Full refs.
    #[serde(default)]
    owners: Vec<String>,
}

fn default_namespace() -> String {
    "default".to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Allow,
    Deny,
}

/// Runs cases, and prints each that comes out differently.
pub(crate) fn test(files: &[PathBuf], file: &Path) -> anyhow::Result<ExitCode> {
    let Cases { cases } = read_yaml(file)?;
    let catalog =
        Catalog::open(files, cases.iter().any(|case| case.entity_ref.is_some() || is_of_catalog(&case.principal)))?;
    let mut out = io::stdout().lock();
    let mut failed = 0;
    for (at, case) in cases.iter().enumerate() {
        let verdict = catalog.verdict_of(case).with_context(|| format!("case {}", at + 1))?;
        if verdict.is_allowed() != (case.expected == Expected::Allow) {
            failed += 1;
            let on = case.entity_ref.as_deref().map(|on| format!(" on {on}")).unwrap_or_default();
            writeln!(out, "case {}: {} {}{on}: {}", at + 1, case.principal, case.action, verdict.reason())?;
        }
    }
    writeln!(out, "{} cases, {failed} came out differently", cases.len())?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says whether somebody may do something, and by which rule; exits with 1 if not.
pub(crate) fn explain(files: &[PathBuf], who: &str, action: &str, on: Option<&str>) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::open(files, on.is_some() || is_of_catalog(who))?;
    let principal = principal(who, &[])?;
    let facts = on.map(|on| catalog.facts(on)).transpose()?;
    let verdict = catalog.verdict(&principal, action, facts.as_ref())?;
    let mut out = io::stdout().lock();
    let subject = catalog.authoriser.subject(&principal);
    let list = |set: &BTreeSet<String>| match set.len() {
        0 => "none".to_owned(),
        _ => set.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    };
    writeln!(out, "{}", if verdict.is_allowed() { "allow" } else { "deny" })?;
    writeln!(out, "why:    {}", verdict.reason())?;
    writeln!(out, "roles:  {}", list(&subject.roles))?;
    writeln!(out, "owns as {}", list(&subject.owners))?;
    if let Some(facts) = &facts {
        writeln!(out, "owners of {}: {}", facts.entity_ref, list(&facts.owners))?;
    }
    if !catalog.are_enabled {
        writeln!(out, "note:   rules decide nothing here, because nobody can sign in; see `permission.enabled`")?;
    }
    Ok(if verdict.is_allowed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The policies of a configuration over its catalog.
struct Catalog {
    index: Arc<Index>,
    authoriser: PolicyAuthoriser,
    are_enabled: bool,
}

impl Catalog {
    /// The catalog stays empty where nothing is asked of it: cases with attributes of their own run without a database.
    fn open(files: &[PathBuf], is_needed: bool) -> anyhow::Result<Self> {
        let config = Config::load(files, &Environment::of_process(), &Overrides::default())?.config;
        let index = Arc::new(Index::new(Arc::new(KindRegistry::with(&config.catalog.kinds)?)));
        if is_needed {
            Runtime::new()?.block_on(load(&config, &index))?;
        }
        let authoriser = policies(&config, &index).context("`permission.policies`")?;
        Ok(Self { index, authoriser, are_enabled: config.are_policies_enabled() })
    }

    fn verdict_of(&self, case: &Case) -> anyhow::Result<Verdict> {
        let principal = principal(&case.principal, &case.claims)?;
        let facts = match (&case.entity_ref, &case.entity) {
            (Some(_), Some(_)) => bail!("give either `ref` or `entity`"),
            (Some(on), None) => Some(self.facts(on)?),
            (None, given) => given.as_ref().map(Attributes::facts),
        };
        self.verdict(&principal, &case.action, facts.as_ref())
    }

    fn verdict(&self, who: &Principal, action: &str, facts: Option<&EntityFacts>) -> anyhow::Result<Verdict> {
        let known = || Action::ALL.map(Action::as_str).join(", ");
        let action =
            Action::from_name(action).with_context(|| format!("no action `{action}`; there are {}", known()))?;
        let resource = match (action, facts) {
            (Action::ReadEntities | Action::DeleteEntities, None) => {
                bail!("`{}` is about an entity; name one", action.as_str())
            }
            (Action::ReadEntities | Action::DeleteEntities | Action::RefreshEntities, Some(facts)) => {
                Resource::Entity(facts)
            }
            (_, None) => Resource::Catalog,
            (_, Some(_)) => bail!("`{}` is about no entity; name none", action.as_str()),
        };
        Ok(self.authoriser.verdict(who, action, resource))
    }

    fn facts(&self, text: &str) -> anyhow::Result<EntityFacts> {
        let entity_ref = EntityRef::parse_full(text)?;
        self.index.facts(&entity_ref).with_context(|| format!("the catalog has no `{}`", entity_ref.canonical()))
    }
}

async fn load(config: &Config, index: &Index) -> anyhow::Result<()> {
    let section = &config.backend.database;
    let database = Database::connect_within(section.url(), section.limits()).await?;
    let loaded = CatalogStore::new(database.clone()).load().await;
    database.close().await;
    let loaded = loaded.context("the database has no catalog yet, or one of another version; start the server once")?;
    index.load(loaded.entities, loaded.unattached, loaded.revision);
    Ok(())
}

impl Attributes {
    fn facts(&self) -> EntityFacts {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        EntityFacts {
            entity_ref: EntityRef::new(&*self.kind, &*self.namespace, &*self.name).canonical(),
            kind: self.kind.to_lowercase(),
            namespace: self.namespace.to_lowercase(),
            entity_type: self.entity_type.as_deref().map(str::to_lowercase),
            lifecycle: self.lifecycle.as_deref().map(str::to_lowercase),
            tags: lower(&self.tags),
            owners: lower(&self.owners),
        }
    }
}

/// True if the groups of somebody stand in the catalog.
fn is_of_catalog(principal: &str) -> bool {
    principal.starts_with("user:") && principal != Principal::guest().to_string()
}

/// Who a text names, as logs write it.
fn principal(text: &str, claims: &[String]) -> anyhow::Result<Principal> {
    if text == "guest" || text == Principal::guest().to_string() {
        return Ok(Principal::guest());
    }
    if let Some(subject) = text.strip_prefix("external:") {
        return Ok(Principal::service(subject));
    }
    let person = |issuer: &str, subject: &str, entity_ref| {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        Principal::person(Person { issuer, name: subject.clone(), subject, entity_ref, claims: claims.to_vec() })
    };
    if let Some((subject, issuer)) = text.split_once(" at ") {
        return Ok(person(issuer, subject, None));
    }
    let entity_ref = EntityRef::parse_full(text).with_context(|| {
        format!("`{text}` is nobody; write user:NAMESPACE/NAME, guest, external:SUBJECT or SUBJECT at ISSUER")
    })?;
    Ok(person("", &entity_ref.name, Some(entity_ref.canonical())))
}
