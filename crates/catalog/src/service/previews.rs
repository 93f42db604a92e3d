use std::cmp::Reverse;

use access::{Action, Principal};
use futures::{StreamExt as _, stream};
use model::{
    catalog::{DescriptorDraft, LocationPreview, PreviewChange, PreviewEntity, Problem, ProblemCode},
    entity::Level,
    entity_ref::EntityRef,
};
use serde_json::Value;

use super::{
    AuthorisedCatalog, CatalogError,
    locations::{TYPE, check_target, configured},
};
use crate::index::Index;

use crate::{
    draft,
    source::{Question, Request, Response},
};

/// URLs that are read at one time.
const AT_ONCE: usize = 4;

/// What URLs would bring.
impl AuthorisedCatalog {
    /// What each of some URLs would bring if it were registered, in their order. What is wrong with a URL is in its preview.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn preview_targets(
        &self,
        who: &Principal,
        targets: Vec<String>,
    ) -> Result<Vec<LocationPreview>, CatalogError> {
        self.check(who, Action::AnalyzeLocations)?;
        let index = self.reading(who)?;
        let registered = self.store.locations().await?;
        let is_registered =
            |target: &str| registered.iter().any(|known| known.location_type == TYPE && known.target == target);
        let previews = targets.into_iter().map(|target| {
            let preview = LocationPreview { is_registered: is_registered(&target), target, ..Default::default() };
            self.preview_target(&index, preview)
        });
        Ok(stream::iter(previews).buffered(AT_ONCE).collect().await)
    }

    async fn preview_target(&self, index: &Index, mut preview: LocationPreview) -> LocationPreview {
        if let Err(error) = check_target(TYPE, &preview.target) {
            preview.error = Some(error.to_string());
            return preview;
        }
        let read = match self.previewer.preview(configured(TYPE, &preview.target)).await {
            Ok(read) => read,
            Err(error) => {
                preview.error = Some(error.to_string());
                return preview;
            }
        };
        let source = format!("{TYPE}:{}", preview.target);
        // The first is the location itself.
        let mut entities: Vec<PreviewEntity> =
            read.entities.iter().skip(1).map(|(entity_ref, body)| compared(index, entity_ref, body, &source)).collect();
        entities.sort_by(|a, b| (a.change, &a.entity_ref).cmp(&(b.change, &b.entity_ref)));
        preview.total = entities.len() as u64;
        entities.truncate(LocationPreview::MAX_ENTITIES);
        preview.entities = entities;
        preview.problems = read.problems;
        preview.problems.sort_by_key(|problem| Reverse(problem.level));
        let is_error = |level: Level| level == Level::Error;
        if preview.total == 0 {
            let first = preview.problems.iter().find(|problem| is_error(problem.level));
            let nothing = || "it leads to no entity".to_owned();
            preview.error = Some(first.map_or_else(nothing, |problem| problem.message.clone()));
            self.help_to_begin(index, &mut preview).await;
        }
        preview
    }

    /// Adds the file that was probably meant, or one to begin with, to the preview of what brings nothing.
    async fn help_to_begin(&self, index: &Index, preview: &mut LocationPreview) {
        let is_broken =
            |problem: &Problem| problem.level == Level::Error && problem.code != ProblemCode::UnreadableLocation;
        // What is wrong with a file that is there has been said.
        if preview.problems.iter().any(is_broken) {
            return;
        }
        let hosts = &self.previewer.hosts;
        let repository = hosts.repository(&preview.target).await;
        let url = repository.as_ref().and_then(|repository| repository.descriptor_url.clone());
        if let Some(url) = url.as_ref().filter(|url| **url != preview.target) {
            let question = Question::File(url.clone());
            if let Response::Content { .. } = hosts.ask(&Request::of(question)).await {
                preview.instead = Some(url.clone());
                return;
            }
        }
        // Without a repository, a file that can't be read is no reason to begin another one.
        if repository.is_none() && preview.problems.iter().any(|problem| problem.level == Level::Error) {
            return;
        }
        let groups = |name: &str| index.entity(&EntityRef::new("group", "default", name)).is_some();
        let text = draft::descriptor(&preview.target, &repository.unwrap_or_default(), groups);
        preview.draft = Some(DescriptorDraft { text, url });
    }
}

/// What would become of an entity that comes from `source`.
pub(super) fn compared(index: &Index, entity_ref: &str, body: &str, source: &str) -> PreviewEntity {
    let parsed = EntityRef::parse_full(entity_ref).ok();
    let present = parsed.as_ref().and_then(|parsed| Some((index.entity(parsed)?, index.origin(parsed))));
    let (change, held_by) = match present {
        None => (PreviewChange::Added, None),
        Some((_, origin)) if origin.as_deref() != Some(source) => (PreviewChange::Conflict, origin),
        Some((json, _)) if is_same(&json, body) => (PreviewChange::Unchanged, None),
        Some(_) => (PreviewChange::Changed, None),
    };
    PreviewEntity { entity_ref: entity_ref.to_owned(), change, held_by }
}

/// True if an entity of the catalog says what a body says: the catalog adds uid, relations and status.
fn is_same(entity: &[u8], body: &str) -> bool {
    let (Ok(mut entity), Ok(body)) = (serde_json::from_slice::<Value>(entity), serde_json::from_str::<Value>(body))
    else {
        return false;
    };
    if let Some(fields) = entity.as_object_mut() {
        fields.remove("relations");
        fields.remove("status");
    }
    if let Some(metadata) = entity["metadata"].as_object_mut() {
        metadata.remove("uid");
        metadata.remove("etag");
    }
    entity == body
}
