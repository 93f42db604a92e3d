use model::{
    catalog::{
        EntitiesByRefsRequest, EntitiesByRefsResponse, EntitiesPage, EntitiesQuery, EntityList, Facets, FacetsQuery,
        ListEntities, ProblemList, ProblemsQuery,
    },
    entity::Entity,
    entity_ref::EntityRef,
    error::ApiError,
};

use crate::{PortalClient, segment};

/// The catalog.
impl PortalClient {
    /// One entity, by its ref in any case.
    ///
    /// # Errors
    /// 404 `NotFoundError` if there is none.
    pub async fn entity(&self, entity_ref: &EntityRef) -> Result<Entity, ApiError> {
        let EntityRef { kind, namespace, name } = entity_ref;
        let path = format!("/api/catalog/entities/by-name/{}/{}/{}", segment(kind), segment(namespace), segment(name));
        self.get(&path, "").await
    }

    /// Several entities by their canonical refs, in one request.
    pub async fn entities_by_refs(&self, request: &EntitiesByRefsRequest) -> Result<EntitiesByRefsResponse, ApiError> {
        self.post("/api/catalog/entities/by-refs", request).await
    }

    /// A page of entities in Backstage's form.
    ///
    /// # Errors
    /// 400 `InputError` for a cursor that is none.
    pub async fn query_entities(&self, query: &EntitiesQuery) -> Result<EntitiesPage, ApiError> {
        self.get("/api/catalog/entities/by-query", &query.to_query()).await
    }

    /// How often each value of some paths occurs.
    ///
    /// # Errors
    /// 400 `InputError` without any facet.
    pub async fn entity_facets(&self, query: &FacetsQuery) -> Result<Facets, ApiError> {
        self.get("/api/catalog/entity-facets", &query.to_query()).await
    }

    /// One kind of the catalog as rows, with counts to narrow it down by.
    pub async fn list_entities(&self, list: &ListEntities) -> Result<EntityList, ApiError> {
        self.get("/api/v1/catalog/entities", &list.to_query()).await
    }

    /// What in the catalog somebody should mend.
    ///
    /// # Errors
    /// 400 `InputError` for a ref that is none.
    pub async fn catalog_problems(&self, query: &ProblemsQuery) -> Result<ProblemList, ApiError> {
        self.get("/api/v1/catalog/problems", &query.to_query()).await
    }
}
