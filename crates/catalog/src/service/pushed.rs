//! Sources whose entities are pushed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use access::{Action, Principal};
use model::{
    catalog::{PreviewChange, PreviewEntity, Problem, PushEntities, PushMode, PushOutcome, PushedEntities},
    entity::Level,
    entity_ref::EntityRef,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{AuthorisedCatalog, CatalogError, previews::compared};
use crate::{
    processing::hex,
    source::{Pushed, pushed::LOCATION_TYPE},
    store::PushedSource,
    utc::in_utc,
};

/// Between the entities of a content, which are a line each: so an entity's line says which one it is.
const SEPARATOR: &str = "\n---\n";
/// Characters of a name at most.
const MAX_NAME: usize = 63;
/// A delta that meets another push is tried again this often.
const ATTEMPTS: usize = 5;

/// The content of a pushed source, entities by canonical ref in JSON.
type Content = BTreeMap<String, String>;

/// Pushed sources.
impl AuthorisedCatalog {
    /// Sets the entities of a pushed source, or says what that would do. All of them, or none: what is wrong with one refuses the push.
    /// They are in the catalog when this returns, where this process reads the sources. `if_match` is what
    /// [`AuthorisedCatalog::pushed_entities`] told as the hash of the content that the push is meant to replace.
    ///
    /// # Errors
    /// [`CatalogError::InvalidPush`], [`CatalogError::NotOwner`], [`CatalogError::SourceChanged`], [`CatalogError::ReadOnly`],
    /// [`CatalogError::Store`], [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn push(
        &self,
        who: &Principal,
        name: &str,
        push: PushEntities,
        is_dry_run: bool,
        if_match: Option<&str>,
    ) -> Result<PushOutcome, CatalogError> {
        self.check(who, Action::PushEntities)?;
        self.check_writable()?;
        check_name(name)?;
        let given = entities_by_ref(&push.entities)?;
        let deleted = deleted(&push)?;
        for _ in 0..ATTEMPTS {
            let earlier = self.store.pushed_source(name).await?;
            if let Some(earlier) = &earlier {
                self.check_owner(who, earlier)?;
            }
            let hash = earlier.as_ref().map(|earlier| earlier.content_hash.as_str());
            if if_match.is_some_and(|wanted| hash != Some(wanted)) {
                return Err(CatalogError::SourceChanged(name.to_owned()));
            }
            let before = earlier.as_ref().map(|earlier| by_ref(&earlier.content)).unwrap_or_default();
            let mut now = if push.mode == PushMode::Delta { before.clone() } else { Content::new() };
            now.retain(|entity_ref, _| !deleted.contains(entity_ref));
            now.extend(given.iter().map(|(entity_ref, (_, json))| (entity_ref.clone(), json.clone())));
            let content = now.values().map(String::as_str).collect::<Vec<_>>().join(SEPARATOR);
            let hash_now = Sha256::digest(&content);
            let pushed = Pushed { name: name.to_owned(), content, hash: hash_now.into(), commit: push.commit.clone() };
            let mut outcome = self.outcome(who, &pushed, &given).await?;
            outcome.is_dry_run = is_dry_run;
            let removed: Vec<String> = before.into_keys().filter(|entity_ref| !now.contains_key(entity_ref)).collect();
            outcome.removed = removed.len() as u64;
            outcome.removed_refs = removed;
            outcome.removed_refs.truncate(PushOutcome::MAX_ITEMS);
            if is_dry_run {
                return Ok(outcome);
            }
            let source = PushedSource {
                name: name.to_owned(),
                owner: earlier.as_ref().map_or_else(|| who.key(), |earlier| earlier.owner.clone()),
                owner_name: earlier.as_ref().map_or_else(|| who.to_string(), |earlier| earlier.owner_name.clone()),
                content_hash: hex(&pushed.hash),
                content: pushed.content,
                commit: push.commit.clone().unwrap_or_default(),
                updated: seconds_now(),
            };
            if self.store.put_pushed_source(&source, hash).await? {
                self.engine.reread().await?;
                return Ok(outcome);
            }
        }
        Err(CatalogError::SourceChanged(name.to_owned()))
    }

    /// What a pushed source holds, and the hash of it.
    ///
    /// # Errors
    /// [`CatalogError::NoSource`], [`CatalogError::Store`], [`CatalogError::Denied`], also for who does not own it.
    pub async fn pushed_entities(&self, who: &Principal, name: &str) -> Result<(PushedEntities, String), CatalogError> {
        self.check(who, Action::PushEntities)?;
        let source = self.owned_source(who, name).await?;
        let updated = Duration::from_secs(u64::try_from(source.updated).unwrap_or_default());
        let told = PushedEntities {
            source: format!("{LOCATION_TYPE}:{name}"),
            owner: source.owner_name,
            updated_at: UNIX_EPOCH.checked_add(updated).and_then(in_utc).unwrap_or_default(),
            commit: Some(source.commit).filter(|commit| !commit.is_empty()),
            entities: documents(&source.content).filter_map(|json| serde_json::from_str(json).ok()).collect(),
        };
        Ok((told, source.content_hash))
    }

    /// Removes a pushed source with its entities, which are gone when this returns. A dry run only says whether it can be.
    ///
    /// # Errors
    /// [`CatalogError::NoSource`], [`CatalogError::NotOwner`], [`CatalogError::ReadOnly`], [`CatalogError::Store`],
    /// [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn delete_pushed_source(
        &self,
        who: &Principal,
        name: &str,
        is_dry_run: bool,
    ) -> Result<(), CatalogError> {
        self.check(who, Action::PushEntities)?;
        self.check_writable()?;
        self.owned_source(who, name).await?;
        if is_dry_run {
            return Ok(());
        }
        if !self.store.remove_pushed_source(name).await? {
            return Err(CatalogError::NoSource(name.to_owned()));
        }
        Ok(self.engine.reread().await?)
    }

    async fn owned_source(&self, who: &Principal, name: &str) -> Result<PushedSource, CatalogError> {
        let source = self.store.pushed_source(name).await?;
        let source = source.ok_or_else(|| CatalogError::NoSource(name.to_owned()))?;
        self.check_owner(who, &source)?;
        Ok(source)
    }

    /// Who pushed it first; and who may take any location out of the catalog.
    fn check_owner(&self, who: &Principal, source: &PushedSource) -> Result<(), CatalogError> {
        if source.owner == who.key() || self.check(who, Action::DeleteLocations).is_ok() {
            return Ok(());
        }
        Err(CatalogError::NotOwner { source_name: source.name.clone(), owner: source.owner_name.clone() })
    }

    /// What becomes of each entity; an error where one of them can't be read.
    async fn outcome(
        &self,
        who: &Principal,
        pushed: &Pushed,
        given: &BTreeMap<String, (usize, String)>,
    ) -> Result<PushOutcome, CatalogError> {
        let index = self.reading(who)?;
        let preview = self.previewer.preview_pushed(Arc::new(pushed.clone())).await;
        let preview = preview.map_err(|error| CatalogError::InvalidLocation(error.to_string()))?;
        let (errors, warnings): (Vec<Problem>, Vec<Problem>) =
            preview.problems.into_iter().partition(|problem| problem.level == Level::Error);
        if !errors.is_empty() {
            let refs: Vec<&str> = by_line(&pushed.content);
            let mut errors: Vec<_> = errors.iter().map(|problem| in_words(problem, &refs, given)).collect();
            errors.sort();
            return Err(CatalogError::InvalidPush(errors.into_iter().map(|(_, error)| error).collect()));
        }
        let source = format!("{LOCATION_TYPE}:{}", pushed.name);
        // The first is the location itself.
        let mut items: Vec<PreviewEntity> = preview
            .entities
            .iter()
            .skip(1)
            .map(|(entity_ref, body)| compared(&index, entity_ref, body, &source))
            .collect();
        items.sort_by(|a, b| (a.change, &a.entity_ref).cmp(&(b.change, &b.entity_ref)));
        let count = |change| items.iter().filter(|item| item.change == change).count() as u64;
        let mut outcome = PushOutcome {
            total: items.len() as u64,
            added: count(PreviewChange::Added),
            changed: count(PreviewChange::Changed),
            unchanged: count(PreviewChange::Unchanged),
            conflicts: count(PreviewChange::Conflict),
            source,
            items,
            warnings,
            ..PushOutcome::default()
        };
        outcome.items.truncate(PushOutcome::MAX_ITEMS);
        Ok(outcome)
    }
}

/// Lower case letters, digits, `-`, `_` and `.`: it stands in addresses, annotations and messages.
fn check_name(name: &str) -> Result<(), CatalogError> {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    let is_name = (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(is_fine)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if is_name {
        return Ok(());
    }
    Err(CatalogError::InvalidLocation(format!(
        "`{name}` is no name of a source; write at most {MAX_NAME} lower case letters, digits, `-`, `_` and `.`, a letter or digit first"
    )))
}

/// Position and JSON of each entity by its ref, without what a catalog adds.
fn entities_by_ref(entities: &[Value]) -> Result<BTreeMap<String, (usize, String)>, CatalogError> {
    let mut found = BTreeMap::<String, (usize, String)>::new();
    let mut errors = Vec::new();
    for (at, entity) in entities.iter().enumerate() {
        let Some(entity_ref) = ref_of(entity) else {
            errors.push(format!("entities[{at}]: it is no entity: `kind` and `metadata.name` must be texts"));
            continue;
        };
        if let Some((earlier, _)) = found.get(&entity_ref) {
            errors.push(format!("entities[{at}]: it is `{entity_ref}`, as entities[{earlier}]; push each once"));
            continue;
        }
        let mut entity = entity.clone();
        if let Some(fields) = entity.as_object_mut() {
            fields.remove("relations");
            fields.remove("status");
        }
        if let Some(metadata) = entity["metadata"].as_object_mut() {
            metadata.remove("uid");
            metadata.remove("etag");
        }
        found.insert(entity_ref, (at, entity.to_string()));
    }
    if errors.is_empty() { Ok(found) } else { Err(CatalogError::InvalidPush(errors)) }
}

/// Canonical refs of what a delta deletes.
fn deleted(push: &PushEntities) -> Result<BTreeSet<String>, CatalogError> {
    if push.mode == PushMode::Full && !push.delete.is_empty() {
        let message = "delete: a full push deletes what it does not hold; leave `delete` out, or set `mode` to `delta`";
        return Err(CatalogError::InvalidPush(vec![message.to_owned()]));
    }
    if push.mode == PushMode::Full && push.entities.is_empty() {
        let message = "entities: a full push of none would empty the source; delete the source if that is meant";
        return Err(CatalogError::InvalidPush(vec![message.to_owned()]));
    }
    push.delete.iter().map(|text| Ok(EntityRef::parse_full(text)?.canonical())).collect()
}

fn documents(content: &str) -> impl Iterator<Item = &str> {
    content.split(SEPARATOR).filter(|json| !json.is_empty())
}

fn by_ref(content: &str) -> Content {
    let read = |json: &str| Some((ref_of(&serde_json::from_str(json).ok()?)?, json.to_owned()));
    documents(content).filter_map(read).collect()
}

/// The JSON of each line; what separates them is one too.
fn by_line(content: &str) -> Vec<&str> {
    content.split('\n').collect()
}

fn ref_of(entity: &Value) -> Option<String> {
    let metadata = &entity["metadata"];
    let namespace = match &metadata["namespace"] {
        Value::Null => "default",
        other => other.as_str()?,
    };
    Some(EntityRef::new(entity["kind"].as_str()?, namespace, metadata["name"].as_str()?).canonical())
}

/// Which entity of the push it is about, by its position in it, and what is wrong.
fn in_words(problem: &Problem, lines: &[&str], given: &BTreeMap<String, (usize, String)>) -> (Option<usize>, String) {
    let line = problem.position.and_then(|position| lines.get((position.line as usize).checked_sub(1)?));
    let entity_ref = line.and_then(|json| ref_of(&serde_json::from_str(json).ok()?));
    let entity_ref = entity_ref.or_else(|| problem.entity_ref.clone());
    let hint = problem.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
    let message = &problem.message;
    match entity_ref {
        Some(entity_ref) => match given.get(&entity_ref) {
            Some((at, _)) => (Some(*at), format!("entities[{at}] ({entity_ref}): {message}{hint}")),
            None => (None, format!("{entity_ref}: {message}{hint}")),
        },
        None => (None, format!("{message}{hint}")),
    }
}

fn seconds_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
