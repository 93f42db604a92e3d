use access::{Action, Principal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::{
    catalog::{
        AnalyzeRequest, ExistingEntity, GeneratedEntity, Location, LocationAnalysis, LocationRequest, LocationsPage,
        LocationsQuery, PageInfo, Problem,
    },
    entity::{Entity, Level, Metadata},
    entity_ref::EntityRef,
    predicate::Predicate,
};
use serde_json::Map;
use url::Url;

use super::{AuthorisedCatalog, CatalogError};
use crate::{
    index::QueryError,
    preview::Preview,
    source::{ConfiguredLocation, Question, Request, Response, generated_name},
    store::RegisteredLocation,
};

/// Items of a page of locations where the caller names no limit, and at most.
const MAX_PAGE: usize = 1_000;

/// Files of a repository that are looked at.
const MAX_ANALYZED: usize = 50;

/// What may be registered.
pub(super) const TYPE: &str = "url";

/// Registered locations.
impl AuthorisedCatalog {
    /// All of them, the oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn locations(&self, who: &Principal) -> Result<Vec<Location>, CatalogError> {
        self.check(who, Action::ReadLocations)?;
        Ok(self.store.locations().await?.into_iter().map(told).collect())
    }

    /// Those for which a predicate holds, a page at a time.
    ///
    /// # Errors
    /// [`CatalogError::InvalidQuery`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn query_locations(
        &self,
        who: &Principal,
        query: &LocationsQuery,
    ) -> Result<LocationsPage, CatalogError> {
        let predicate = query.query.as_ref().map(Predicate::parse).transpose().map_err(QueryError::from)?;
        let after = query.cursor.as_deref().map(decode_cursor).transpose().map_err(QueryError::InvalidCursor)?;
        let mut all = self.locations(who).await?;
        all.retain(|location| {
            predicate.as_ref().is_none_or(|predicate| predicate.holds(&|path| field(location, path)))
        });
        let total_items = all.len() as u64;
        if let Some(after) = after {
            let from = all.iter().position(|location| location.id == after).map_or(0, |at| at + 1);
            all.drain(..from);
        }
        let limit = query.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let next_cursor = (all.len() > limit && limit > 0).then(|| encode_cursor(&all[limit - 1].id));
        all.truncate(limit);
        Ok(LocationsPage { items: all, total_items, page_info: PageInfo { next_cursor, prev_cursor: None } })
    }

    /// The location of an id.
    ///
    /// # Errors
    /// [`CatalogError::NoLocation`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn location(&self, who: &Principal, id: &str) -> Result<Location, CatalogError> {
        let found = self.locations(who).await?.into_iter().find(|location| location.id == id);
        found.ok_or_else(|| CatalogError::NoLocation(format!("with ID {id}")))
    }

    /// The location that an entity came in through.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::NoLocation`] if it came in through none that is registered, [`CatalogError::Store`],
    /// [`CatalogError::Denied`].
    pub async fn location_of_entity(&self, who: &Principal, entity_ref: &EntityRef) -> Result<Location, CatalogError> {
        let origin = self.reading(who)?.origin(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))?;
        let (location_type, target) = origin.split_once(':').unwrap_or_default();
        self.find_location(who, location_type, target).await
    }

    /// Registers a location. It is read soon after.
    ///
    /// # Errors
    /// [`CatalogError::InvalidLocation`], [`CatalogError::LocationExists`], [`CatalogError::ReadOnly`], [`CatalogError::Store`],
    /// [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn create_location(
        &self,
        who: &Principal,
        location_type: &str,
        target: &str,
    ) -> Result<Location, CatalogError> {
        self.check(who, Action::CreateLocations)?;
        self.check_location(location_type, target)?;
        let added = self.store.add_location(location_type, target).await?;
        let added = added.ok_or_else(|| CatalogError::LocationExists(format!("{location_type}:{target}")))?;
        self.engine.refresh(Vec::new()).await?;
        Ok(told(added))
    }

    /// What a location would bring, and whether it is registered already.
    ///
    /// # Errors
    /// [`CatalogError::InvalidLocation`], also for what can't be read or holds errors; [`CatalogError::Store`],
    /// [`CatalogError::Denied`].
    pub async fn preview_location(
        &self,
        who: &Principal,
        location_type: &str,
        target: &str,
    ) -> Result<(Location, bool, Preview), CatalogError> {
        self.check(who, Action::AnalyzeLocations)?;
        self.check_location(location_type, target)?;
        let origin = format!("{location_type}:{target}");
        let registered = self.store.locations().await?;
        let exists = registered.iter().any(|known| known.location_type == location_type && known.target == target);
        let preview = self.previewer.preview(configured(location_type, target)).await;
        let preview = preview.map_err(|error| CatalogError::InvalidLocation(error.to_string()))?;
        let errors = preview.problems.iter().filter(|problem| problem.level == Level::Error);
        let errors: Vec<String> = errors.map(in_words).collect();
        if !errors.is_empty() {
            return Err(CatalogError::InvalidLocation(errors.join("; ")));
        }
        let location =
            RegisteredLocation { id: origin, location_type: location_type.to_owned(), target: target.to_owned() };
        Ok((told(location), exists, preview))
    }

    /// Has a registered location read again, soon.
    ///
    /// # Errors
    /// [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn refresh_location(&self, who: &Principal, location: &Location) -> Result<(), CatalogError> {
        self.check(who, Action::RefreshEntities)?;
        Ok(self.engine.refresh(vec![format!("{}:{}", location.location_type, location.target).into()]).await?)
    }

    /// The registered location of this type and target.
    ///
    /// # Errors
    /// [`CatalogError::NoLocation`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn find_location(
        &self,
        who: &Principal,
        location_type: &str,
        target: &str,
    ) -> Result<Location, CatalogError> {
        let same = |location: &Location| location.location_type == location_type && location.target == target;
        let found = self.locations(who).await?.into_iter().find(same);
        found.ok_or_else(|| CatalogError::NoLocation(format!("with type {location_type} and target {target}")))
    }

    /// Gives a registered location another target.
    ///
    /// # Errors
    /// [`CatalogError::NoLocation`], and as [`AuthorisedCatalog::create_location`].
    pub async fn update_location(
        &self,
        who: &Principal,
        id: &str,
        location_type: &str,
        target: &str,
    ) -> Result<Location, CatalogError> {
        self.check(who, Action::CreateLocations)?;
        self.check_location(location_type, target)?;
        let all = self.store.locations().await?;
        if !all.iter().any(|known| known.id == id) {
            return Err(CatalogError::NoLocation(format!("with ID {id}")));
        }
        if all.iter().any(|known| known.id != id && known.location_type == location_type && known.target == target) {
            return Err(CatalogError::LocationExists(format!("{location_type}:{target}")));
        }
        self.store.update_location(id, location_type, target).await?;
        self.engine.refresh(Vec::new()).await?;
        let (location_type, target) = (location_type.to_owned(), target.to_owned());
        Ok(told(RegisteredLocation { id: id.to_owned(), location_type, target }))
    }

    /// Unregisters a location. What only it brought is gone when this returns.
    ///
    /// # Errors
    /// [`CatalogError::NoLocation`], [`CatalogError::ReadOnly`], [`CatalogError::Store`], [`CatalogError::Stopped`],
    /// [`CatalogError::Denied`].
    pub async fn delete_location(&self, who: &Principal, id: &str) -> Result<(), CatalogError> {
        self.check(who, Action::DeleteLocations)?;
        self.check_writable()?;
        if !self.store.remove_location(id).await? {
            return Err(CatalogError::NoLocation(format!("with ID {id}")));
        }
        Ok(self.engine.reread().await?)
    }

    /// What there is at a URL: the entities that its files define, or else one to begin with.
    ///
    /// # Errors
    /// [`CatalogError::InvalidLocation`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn analyze_location(
        &self,
        who: &Principal,
        request: &AnalyzeRequest,
    ) -> Result<LocationAnalysis, CatalogError> {
        self.check(who, Action::AnalyzeLocations)?;
        let LocationRequest { location_type, target } = &request.location;
        let url = check_target(location_type, target)?;
        let file_name = request.catalog_file_name.as_deref().unwrap_or("catalog-info.yaml");
        let registered = self.store.locations().await?;
        let mut analysis = LocationAnalysis::default();
        for file in self.descriptors_below(target, file_name).await {
            let is_registered = registered.iter().any(|known| known.location_type == TYPE && known.target == file);
            let location = LocationRequest { location_type: TYPE.to_owned(), target: file };
            let preview = self.previewer.preview(configured(TYPE, &location.target)).await;
            let entities = preview.map(|preview| preview.entities).unwrap_or_default();
            // The first is the location itself.
            for (_, body) in entities.into_iter().skip(1) {
                let Ok(entity) = serde_json::from_str(&body) else { continue };
                analysis.existing_entity_files.push(ExistingEntity {
                    location: location.clone(),
                    is_registered,
                    entity,
                });
            }
        }
        if analysis.existing_entity_files.is_empty() {
            analysis.generate_entities.push(GeneratedEntity { entity: draft(&url), fields: Vec::new() });
        }
        Ok(analysis)
    }

    /// Files of a name in the repository at a URL; none where its host keeps no repositories.
    async fn descriptors_below(&self, target: &str, file_name: &str) -> Vec<String> {
        let hosts = &self.previewer.hosts;
        if hosts.source_folder(target).is_none() {
            return Vec::new();
        }
        let pattern = format!("{}/**/{file_name}", target.trim_end_matches('/'));
        let request = Request::of(Question::Pattern(pattern));
        match hosts.ask(&request).await {
            Response::Urls(mut urls) => {
                urls.truncate(MAX_ANALYZED);
                urls
            }
            _ => Vec::new(),
        }
    }

    fn check_location(&self, location_type: &str, target: &str) -> Result<(), CatalogError> {
        self.check_writable()?;
        check_target(location_type, target).map(drop)
    }

    pub(super) fn check_writable(&self) -> Result<(), CatalogError> {
        if self.is_read_only { Err(CatalogError::ReadOnly) } else { Ok(()) }
    }
}

pub(super) fn check_target(location_type: &str, target: &str) -> Result<Url, CatalogError> {
    let invalid = |message: String| Err(CatalogError::InvalidLocation(message));
    if location_type != TYPE {
        return invalid(format!("Registered locations must be of an allowed type [\"{TYPE}\"]"));
    }
    match Url::parse(target) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(url),
        Ok(url) => invalid(format!("`{target}` is no http or https URL, but `{}`", url.scheme())),
        Err(error) => invalid(format!("`{target}` is no URL: {error}")),
    }
}

pub(super) fn configured(location_type: &str, target: &str) -> ConfiguredLocation {
    ConfiguredLocation {
        location_type: location_type.to_owned(),
        target: target.to_owned(),
        ..ConfiguredLocation::default()
    }
}

/// A component named after the end of a URL, as Backstage drafts it.
fn draft(url: &Url) -> Entity {
    let name = url.path_segments().and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    let name = name.or(url.host_str()).unwrap_or("component");
    let mut spec = Map::new();
    spec.insert("type".to_owned(), "other".into());
    spec.insert("lifecycle".to_owned(), "unknown".into());
    Entity {
        api_version: "backstage.io/v1alpha1".to_owned(),
        kind: "Component".to_owned(),
        metadata: Metadata { name: name.trim_end_matches(".git").to_owned(), ..Metadata::default() },
        spec,
        ..Entity::default()
    }
}

fn told(location: RegisteredLocation) -> Location {
    let RegisteredLocation { id, location_type, target } = location;
    let name = generated_name(&format!("{location_type}:{target}"));
    Location { id, location_type, target, entity_ref: format!("location:default/{name}") }
}

fn field<'a>(location: &'a Location, path: &str) -> Option<&'a str> {
    match path {
        "id" => Some(&location.id),
        "type" => Some(&location.location_type),
        "target" => Some(&location.target),
        "entityref" => Some(&location.entity_ref),
        _ => None,
    }
}

fn in_words(problem: &Problem) -> String {
    let place = problem.location.as_deref().map(|location| format!("{location}: ")).unwrap_or_default();
    match problem.position {
        Some(position) => format!("{place}line {}, column {}: {}", position.line, position.column, problem.message),
        None => format!("{place}{}", problem.message),
    }
}

fn encode_cursor(id: &str) -> String {
    STANDARD.encode(serde_json::json!({ "after": id }).to_string())
}

fn decode_cursor(text: &str) -> Result<String, String> {
    let json = STANDARD.decode(text).map_err(|error| error.to_string())?;
    let cursor: serde_json::Value = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    cursor["after"].as_str().map(str::to_owned).ok_or_else(|| "it does not say after what".to_owned())
}
