//! What people keep, behind its gate.

use std::sync::Arc;

use access::{Principal, Scope};
use model::personal::{Personal, SavedView};
use uuid::Uuid;

use crate::{
    error::PersonalError,
    store::{Owner, PersonalStore, Written},
    view,
    visits::VisitQueue,
};

/// How much somebody may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonalLimits {
    /// Starred entities. Addresses of lists carry them all.
    pub max_stars: u32,
    /// Entities that are kept as visited.
    pub max_visits: u32,
    /// Saved views. Each page carries them all.
    pub max_views: u32,
}

/// Says which entities there are. The catalog fulfils it.
pub trait EntityDirectory: Send + Sync {
    /// Those of some canonical refs that `who` may see, in their order.
    fn visible(&self, who: &Principal, refs: &[String]) -> Vec<String>;
}

/// What a browser kept before its visitor signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InBrowser {
    /// Canonical refs, in the order in which they were starred.
    pub stars: Vec<String>,
    /// Canonical refs, the last one first.
    pub visits: Vec<String>,
    /// As [`Personal::columns`].
    pub columns: String,
}

/// What people keep: each call names who asks, and is about what is theirs. Cheap to clone.
#[derive(Clone)]
pub struct AuthorisedPersonal {
    store: PersonalStore,
    limits: PersonalLimits,
    entities: Arc<dyn EntityDirectory>,
    visits: VisitQueue,
}

impl AuthorisedPersonal {
    /// The service over its store. Visits are written by a task of the runtime that this is called on.
    pub fn new(store: PersonalStore, limits: PersonalLimits, entities: Arc<dyn EntityDirectory>) -> Self {
        let visits = VisitQueue::start(store.clone(), limits.max_visits);
        Self { store, limits, entities, visits }
    }

    /// All that somebody keeps, without entities that they do not see (any more).
    ///
    /// # Errors
    /// [`PersonalError::NoPerson`], [`PersonalError::Store`].
    pub async fn read(&self, who: &Principal) -> Result<Personal, PersonalError> {
        let kept = self.store.read(&owner(who)?).await?;
        let (stars, visits) = (self.entities.visible(who, &kept.stars), self.entities.visible(who, &kept.visits));
        Ok(Personal { stars, visits, ..kept })
    }

    /// Stars an entity, by its canonical ref.
    ///
    /// # Errors
    /// [`PersonalError::NoEntity`] also for one that they may not see, [`PersonalError::StarsFull`], [`PersonalError::NoPerson`],
    /// [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn star(&self, who: &Principal, entity_ref: &str) -> Result<(), PersonalError> {
        let owner = Self::writing(who)?;
        let wanted = [self.seen(who, entity_ref)?];
        let max = self.limits.max_stars;
        if self.store.put_stars(&owner, &wanted, max).await? == Written::Done {
            return Ok(());
        }
        // What is gone makes room.
        let stars = self.store.read(&owner).await?.stars;
        let visible = self.entities.visible(who, &stars);
        let gone: Vec<_> = stars.into_iter().filter(|star| !visible.contains(star)).collect();
        self.store.delete_stars(&owner, &gone).await?;
        match self.store.put_stars(&owner, &wanted, max).await? {
            Written::Done => Ok(()),
            Written::Full | Written::Taken => Err(PersonalError::StarsFull(max)),
        }
    }

    /// Takes a star away; nothing happens where there is none.
    ///
    /// # Errors
    /// [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn unstar(&self, who: &Principal, entity_ref: &str) -> Result<(), PersonalError> {
        Ok(self.store.delete_stars(&Self::writing(who)?, &[entity_ref.to_owned()]).await?)
    }

    /// Stars an entity, or takes its star away.
    ///
    /// # Errors
    /// As [`AuthorisedPersonal::star`].
    pub async fn toggle_star(&self, who: &Principal, entity_ref: &str) -> Result<(), PersonalError> {
        let kept = self.store.read(&Self::writing(who)?).await?;
        if kept.stars.iter().any(|star| star == entity_ref) {
            return self.unstar(who, entity_ref).await;
        }
        self.star(who, entity_ref).await
    }

    /// Notes that somebody sees an entity, by its canonical ref. It is written soon, and not waited for.
    ///
    /// # Errors
    /// [`PersonalError::NoEntity`], [`PersonalError::NoPerson`], [`PersonalError::LacksScope`].
    pub fn note_visit(&self, who: &Principal, entity_ref: &str) -> Result<(), PersonalError> {
        let owner = Self::writing(who)?;
        self.visits.note(owner, self.seen(who, entity_ref)?);
        Ok(())
    }

    /// Whether [`AuthorisedPersonal::note_visit`] would note it.
    ///
    /// # Errors
    /// The same.
    pub fn check_visit(&self, who: &Principal, entity_ref: &str) -> Result<(), PersonalError> {
        Self::writing(who)?;
        self.seen(who, entity_ref).map(drop)
    }

    /// Resolves when the visits are written that were noted before.
    pub async fn settled(&self) {
        self.visits.settled().await;
    }

    /// Forgets all visits of somebody.
    ///
    /// # Errors
    /// [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn forget_visits(&self, who: &Principal) -> Result<(), PersonalError> {
        let owner = Self::writing(who)?;
        self.settled().await;
        Ok(self.store.delete_visits(&owner).await?)
    }

    /// Saves a list under a name.
    ///
    /// # Errors
    /// [`PersonalError::ViewName`], [`PersonalError::ViewPath`], [`PersonalError::ViewTaken`], [`PersonalError::ViewsFull`],
    /// [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn save_view(&self, who: &Principal, name: &str, path: &str) -> Result<SavedView, PersonalError> {
        let owner = Self::writing(who)?;
        let name = view::name(name).ok_or(PersonalError::ViewName)?.to_owned();
        let path = view::path(path).ok_or(PersonalError::ViewPath)?.to_owned();
        let saved = SavedView { id: Uuid::now_v7().to_string(), name, path };
        match self.store.insert_view(&owner, &saved, self.limits.max_views).await? {
            Written::Done => Ok(saved),
            Written::Full => Err(PersonalError::ViewsFull(self.limits.max_views)),
            Written::Taken => Err(PersonalError::ViewTaken(saved.name)),
        }
    }

    /// A saved view.
    ///
    /// # Errors
    /// [`PersonalError::NoView`], [`PersonalError::NoPerson`], [`PersonalError::Store`].
    pub async fn view(&self, who: &Principal, id: &str) -> Result<SavedView, PersonalError> {
        let views = self.store.read(&owner(who)?).await?.views;
        views.into_iter().find(|view| view.id == id).ok_or_else(|| no_view(id))
    }

    /// Gives a saved view another name.
    ///
    /// # Errors
    /// [`PersonalError::NoView`], and as [`AuthorisedPersonal::save_view`].
    pub async fn rename_view(&self, who: &Principal, id: &str, name: &str) -> Result<(), PersonalError> {
        let owner = Self::writing(who)?;
        let name = view::name(name).ok_or(PersonalError::ViewName)?;
        match self.store.rename_view(&owner, id, name).await? {
            Some(Written::Done) => Ok(()),
            Some(Written::Taken | Written::Full) => Err(PersonalError::ViewTaken(name.to_owned())),
            None => Err(no_view(id)),
        }
    }

    /// Removes a saved view.
    ///
    /// # Errors
    /// [`PersonalError::NoView`], [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn remove_view(&self, who: &Principal, id: &str) -> Result<(), PersonalError> {
        let is_gone = self.store.delete_view(&Self::writing(who)?, id).await?;
        if is_gone { Ok(()) } else { Err(no_view(id)) }
    }

    /// Keeps the columns of the catalog's list, as [`Personal::columns`].
    ///
    /// # Errors
    /// [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn set_columns(&self, who: &Principal, columns: &str) -> Result<(), PersonalError> {
        Ok(self.store.put_columns(&Self::writing(who)?, columns).await?)
    }

    /// Takes over what a browser kept, as far as there is room, and less what they do not see. What they keep already stays.
    ///
    /// # Errors
    /// [`PersonalError::NoPerson`], [`PersonalError::LacksScope`], [`PersonalError::Store`].
    pub async fn take_over(&self, who: &Principal, browser: InBrowser) -> Result<(), PersonalError> {
        let owner = Self::writing(who)?;
        let kept = self.store.read(&owner).await?;
        let mut stars = self.entities.visible(who, &browser.stars);
        stars.retain(|star| !kept.stars.contains(star));
        let room = usize::try_from(self.limits.max_stars).unwrap_or(usize::MAX).saturating_sub(kept.stars.len());
        stars.truncate(room);
        if !stars.is_empty() {
            self.store.put_stars(&owner, &stars, self.limits.max_stars).await?;
        }
        if kept.columns.is_empty() && !browser.columns.is_empty() {
            self.store.put_columns(&owner, &browser.columns).await?;
        }
        // The last one seen is the last one noted; what is kept of another browser is not made younger.
        if kept.visits.is_empty() {
            for entity_ref in self.entities.visible(who, &browser.visits).into_iter().rev() {
                self.visits.note(owner.clone(), entity_ref);
            }
        }
        Ok(())
    }

    /// Who may change what is theirs.
    fn writing(who: &Principal) -> Result<Owner, PersonalError> {
        if who.has_scope(Scope::WritePersonal) { owner(who) } else { Err(PersonalError::LacksScope) }
    }

    /// The ref, if somebody sees the entity.
    fn seen(&self, who: &Principal, entity_ref: &str) -> Result<String, PersonalError> {
        let visible = self.entities.visible(who, &[entity_ref.to_owned()]);
        visible.into_iter().next().ok_or_else(|| PersonalError::NoEntity(shorten(entity_ref)))
    }
}

fn owner(who: &Principal) -> Result<Owner, PersonalError> {
    who.as_person().map(Owner::from).ok_or(PersonalError::NoPerson)
}

fn no_view(id: &str) -> PersonalError {
    PersonalError::NoView(shorten(id))
}

/// What is told back of a text that somebody sent.
fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests;
