//! The OpenAPI document, made from the handlers.

use axum::{http::header, response::IntoResponse};
use utoipa::OpenApi;

use super::{catalog, events, v1};

/// The REST API as an OpenAPI 3.1 document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Callboard",
        description = "What the pages show comes out of this API. `/api/catalog` is Backstage's, to the letter; `/api/v1` is \
                       Callboard's own, with errors as RFC 9457 problem details.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        catalog::list_entities,
        catalog::query_entities,
        catalog::get_entity,
        catalog::get_entities_by_refs,
        catalog::get_entity_facets,
        catalog::query_entities_by_predicate,
        catalog::get_entity_facets_by_predicate,
        catalog::get_entity_by_uid,
        catalog::delete_entity_by_uid,
        catalog::get_entity_ancestry,
        catalog::list_locations,
        catalog::query_locations,
        catalog::get_location,
        catalog::get_location_by_entity,
        catalog::create_location,
        catalog::update_location,
        catalog::delete_location,
        catalog::analyze_location,
        catalog::get_permissions_metadata,
        catalog::refresh_entity,
        catalog::validate_entity,
        v1::catalog::list_catalog_rows,
        v1::catalog::export_catalog_rows,
        v1::catalog::get_catalog_home,
        v1::catalog::list_catalog_changes,
        v1::catalog::get_entity_overview,
        v1::catalog::list_entity_versions,
        v1::catalog::get_entity_provenance,
        v1::catalog::get_entity_version,
        v1::catalog::get_entity_removal,
        v1::catalog::get_organization,
        v1::catalog::list_catalog_sources,
        v1::catalog::refresh_catalog_source,
        v1::catalog::get_pushed_source,
        v1::catalog::push_entities,
        v1::catalog::delete_pushed_source,
        v1::catalog::list_catalog_problems,
        v1::catalog::list_problem_groups,
        v1::catalog::preview_locations,
        v1::catalog::search_entities,
        v1::catalog::validate_descriptors,
        v1::audit::list_audit,
        v1::identity::get_account,
        v1::identity::get_principal,
        v1::identity::list_tokens,
        v1::identity::create_token,
        v1::identity::revoke_token,
        v1::personal::get_personal,
        v1::personal::put_star,
        v1::personal::delete_star,
        v1::personal::put_visit,
        v1::personal::delete_visits,
        v1::personal::create_view,
        v1::personal::get_view,
        v1::personal::update_view,
        v1::personal::delete_view,
        v1::embed::create_embed_token,
        v1::events::stream_events,
        events::receive_push,
    )
)]
struct Document;

/// The document as JSON text.
///
/// # Panics
/// Never: all of its keys are texts.
pub fn document() -> String {
    Document::openapi().to_pretty_json().expect("the document is JSON")
}

/// `/api/openapi.json`.
pub(crate) async fn get_openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, super::json::CONTENT_TYPE)], document())
}
