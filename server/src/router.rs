//! Every route of the server, in one list.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, delete, get, post, put},
};
use model::app::AppConfig;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    api::{self, catalog, events, extract::Caller, openapi, v1},
    app::AppState,
    assets,
    auth::{self, session_layer},
    embed, form,
    middleware::{
        access_log, audit, compression, conditional, context, cors, dry_run, error_page, host, idempotency, rate_limit,
        security_headers, timeout,
    },
    ops::{health, metrics, robots},
    ssr::{self, Pages},
};

/// The server as it listens.
pub fn router(state: AppState) -> Router {
    let mut api = api(&state).layer(from_fn(conditional::tag)).merge(streams(&state));
    api = api.layer(from_fn_with_state(state.clone(), rate_limit::limit));
    if let Some(cors) = cors::layer(&state.config) {
        api = api.layer(cors);
    }
    let pages = Arc::new(Pages::new(state.clone()));
    // Nobody has a session where nobody can sign in.
    let sessions = state.sign_in.is_possible().then(|| session_layer(&state.sign_in, &state.config));
    let made_anew = Router::new()
        .merge(validation(&state, &pages))
        .merge(api)
        .merge(forms(&state))
        .merge(sign_in(&state))
        .merge(embedded_sign_in(&state))
        .fallback(move |request| ssr::render_page(Arc::clone(&pages), request))
        .layer(compression::layer());
    let routes = Router::new()
        .merge(made_anew)
        .route("/assets/{hash}/{*path}", get(assets::get_asset))
        .merge(operations())
        .with_state(state.clone())
        .layer(from_fn(timeout::limit))
        .layer(CatchPanicLayer::custom(api::of_panic))
        .layer(from_fn_with_state(state.clone(), audit::record))
        .layer(from_fn_with_state(state.clone(), host::check))
        .layer(from_fn_with_state(state.clone(), error_page::show))
        .layer(from_fn_with_state(state.clone(), security_headers::add))
        .layer(from_fn(access_log::record));
    // Around the routing, for it changes the address.
    let whole = Router::new().fallback_service(routes).layer(from_fn_with_state(state, context::establish));
    if let Some(sessions) = sessions { whole.layer(sessions) } else { whole }
}

/// What leads through a sign-in.
fn sign_in(state: &AppState) -> Router<AppState> {
    if !state.sign_in.is_possible() {
        return Router::new();
    }
    let forms = Router::new()
        .route("/form/sign-out", post(form::sign_out))
        .route("/form/end-sessions", post(form::end_sessions))
        .route("/form/create-token", post(form::create_token))
        .route("/form/revoke-token", post(form::revoke_token))
        .layer(DefaultBodyLimit::max(state.config.backend.limits.body_bytes))
        .layer(from_fn_with_state(state.clone(), form::own_site_only));
    Router::new()
        .route("/auth/{provider}/start", get(auth::begin_sign_in))
        .route("/auth/{provider}/callback", get(auth::complete_sign_in))
        .merge(forms)
}

/// Where parents of frames post the tokens of their users.
fn embedded_sign_in(state: &AppState) -> Router<AppState> {
    if !state.embedding.is_possible() {
        return Router::new();
    }
    Router::new()
        .route(embed::SESSION, post(embed::create_embedded_session))
        .layer(from_fn(api::as_problem))
        .layer(DefaultBodyLimit::max(state.config.backend.limits.body_bytes))
        .layer(from_fn_with_state(state.clone(), rate_limit::limit))
}

/// The API alone: what pages call in memory.
pub(crate) fn api(state: &AppState) -> Router<AppState> {
    let backstage = Router::new()
        .route("/api/catalog/entities", get(catalog::list_entities))
        .route(
            "/api/catalog/entities/by-query",
            get(catalog::query_entities).post(catalog::query_entities_by_predicate),
        )
        .route(
            "/api/catalog/entities/by-uid/{uid}",
            get(catalog::get_entity_by_uid).delete(catalog::delete_entity_by_uid),
        )
        .route("/api/catalog/entities/by-name/{kind}/{namespace}/{name}", get(catalog::get_entity))
        .route("/api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry", get(catalog::get_entity_ancestry))
        .route("/api/catalog/entities/by-refs", post(catalog::get_entities_by_refs))
        .route(
            "/api/catalog/entity-facets",
            get(catalog::get_entity_facets).post(catalog::get_entity_facets_by_predicate),
        )
        .route(
            "/api/catalog/locations",
            get(catalog::list_locations)
                .merge(post(catalog::create_location).layer(from_fn_with_state(state.clone(), idempotency::once))),
        )
        .route("/api/catalog/locations/by-query", post(catalog::query_locations))
        .route("/api/catalog/locations/by-entity/{kind}/{namespace}/{name}", get(catalog::get_location_by_entity))
        .route(
            "/api/catalog/locations/{id}",
            get(catalog::get_location).put(catalog::update_location).delete(catalog::delete_location),
        )
        .route("/api/catalog/analyze-location", post(catalog::analyze_location))
        .route("/api/catalog/.well-known/backstage/permissions/metadata", get(catalog::get_permissions_metadata))
        .route("/api/catalog/refresh", post(catalog::refresh_entity))
        .route("/api/catalog/validate-entity", post(catalog::validate_entity))
        .layer(from_fn(api::as_backstage));
    let ours = Router::new()
        .route("/api/v1/catalog/home", get(v1::catalog::get_catalog_home))
        .route("/api/v1/catalog/changes", get(v1::catalog::list_catalog_changes))
        .route("/api/v1/catalog/entities", get(v1::catalog::list_catalog_rows))
        .route("/api/v1/catalog/entities/{kind}/{namespace}/{name}", get(v1::catalog::get_entity_overview))
        .route("/api/v1/catalog/entities/{kind}/{namespace}/{name}/versions", get(v1::catalog::list_entity_versions))
        .route("/api/v1/catalog/entities/{kind}/{namespace}/{name}/provenance", get(v1::catalog::get_entity_provenance))
        .route(
            "/api/v1/catalog/entities/{kind}/{namespace}/{name}/versions/{version}",
            get(v1::catalog::get_entity_version),
        )
        .route("/api/v1/catalog/entities/{kind}/{namespace}/{name}/removal", get(v1::catalog::get_entity_removal))
        .route("/api/v1/catalog/organization", get(v1::catalog::get_organization))
        .route("/api/v1/catalog/sources", get(v1::catalog::list_catalog_sources))
        .route("/api/v1/catalog/sources/refresh", post(v1::catalog::refresh_catalog_source))
        .route(
            "/api/v1/catalog/sources/{name}",
            get(v1::catalog::get_pushed_source)
                .put(v1::catalog::push_entities)
                .delete(v1::catalog::delete_pushed_source)
                .layer(DefaultBodyLimit::max(file_bytes(state))),
        )
        .route("/api/v1/catalog/problem-groups", get(v1::catalog::list_problem_groups))
        .route("/api/v1/catalog/preview", get(v1::catalog::preview_locations))
        .route("/api/v1/catalog/search", get(v1::catalog::search_entities))
        .route(
            "/api/v1/catalog/validate",
            post(v1::catalog::validate_descriptors).layer(DefaultBodyLimit::max(file_bytes(state))),
        )
        .route("/api/v1/catalog/problems", get(v1::catalog::list_catalog_problems))
        .route("/api/v1/audit", get(v1::audit::list_audit))
        .route("/api/v1/identity/account", get(v1::identity::get_account))
        .route("/api/v1/identity/principal", get(v1::identity::get_principal))
        .merge(kept(state))
        .layer(from_fn(api::as_problem));
    let webhooks =
        Router::new().route("/api/events/http/{host}", post(events::receive_push)).layer(from_fn(api::as_problem));
    Router::new()
        .merge(backstage)
        .merge(ours)
        .merge(webhooks)
        .route("/api/openapi.json", get(openapi::get_openapi))
        // Backstage answers an unknown route without a body.
        .route("/api", any(StatusCode::NOT_FOUND))
        .route("/api/{*unknown}", any(StatusCode::NOT_FOUND))
        .layer(DefaultBodyLimit::max(state.config.backend.limits.body_bytes))
}

/// What is in the database and nowhere else: tokens, and what people keep for themselves.
fn kept(state: &AppState) -> Router<AppState> {
    let once = || from_fn_with_state(state.clone(), idempotency::once);
    Router::new()
        .route(
            "/api/v1/identity/tokens",
            get(v1::identity::list_tokens).merge(post(v1::identity::create_token).layer(once())),
        )
        .route("/api/v1/identity/tokens/{id}", delete(v1::identity::revoke_token))
        .route("/api/v1/embed/tokens", post(v1::embed::create_embed_token).layer(once()))
        .route("/api/v1/personal", get(v1::personal::get_personal))
        .route(
            "/api/v1/personal/stars/{kind}/{namespace}/{name}",
            put(v1::personal::put_star).delete(v1::personal::delete_star),
        )
        .route("/api/v1/personal/visits", delete(v1::personal::delete_visits))
        .route("/api/v1/personal/visits/{kind}/{namespace}/{name}", put(v1::personal::put_visit))
        .route("/api/v1/personal/views", post(v1::personal::create_view).layer(once()))
        .route(
            "/api/v1/personal/views/{id}",
            get(v1::personal::get_view).put(v1::personal::update_view).delete(v1::personal::delete_view),
        )
        .layer(from_fn(dry_run::roll_back))
}

/// What forms of pages post to.
fn forms(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/form/refresh-entity", post(form::refresh_entity))
        .route("/form/refresh-source", post(form::refresh_source))
        .route("/form/register-locations", post(form::register_locations))
        .route("/form/star-entity", post(form::star_entity))
        .route("/form/save-view", post(form::save_view))
        .route("/form/rename-view", post(form::rename_view))
        .route("/form/remove-view", post(form::remove_view))
        .route("/form/set-columns", post(form::set_columns))
        .route("/form/set-preferences", post(form::set_preferences))
        .route("/form/set-theme", post(form::set_theme))
        .route("/form/unregister-entity", post(form::unregister_entity))
        .layer(DefaultBodyLimit::max(state.config.backend.limits.body_bytes))
        .layer(from_fn_with_state(state.clone(), form::own_site_only))
}

/// The page that a text is posted to: its answer is the page itself, for nothing is done that could be done twice.
fn validation(state: &AppState, pages: &Arc<Pages>) -> Router<AppState> {
    let (of_get, of_post) = (Arc::clone(pages), Arc::clone(pages));
    // A form that is somewhat longer is read to its end: a browser that is cut off shows an error of its own.
    let most = file_bytes(state).saturating_mul(4);
    let posted = post(move |state: State<AppState>, caller: Caller, request: Request| {
        form::validate_descriptors(of_post, state, caller, request)
    })
    .layer(DefaultBodyLimit::max(most))
    .layer(from_fn_with_state(state.clone(), form::own_site_only));
    let page = get(move |request| ssr::render_page(of_get, request)).merge(posted);
    Router::new().route(AppConfig::VALIDATION, page)
}

fn file_bytes(state: &AppState) -> usize {
    usize::try_from(state.config.backend.limits.catalog_file_bytes).unwrap_or(usize::MAX)
}

/// Answers that never end, or are too large to be held whole for an ETag; pages don't call them in memory.
fn streams(_: &AppState) -> Router<AppState> {
    Router::new()
        .route("/api/v1/events", get(v1::events::stream_events))
        .route("/api/v1/catalog/entities.csv", get(v1::catalog::export_catalog_rows))
        .layer(from_fn(api::as_problem))
}

fn operations() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(health::get_liveness))
        .route("/readyz", get(health::get_readiness))
        .route("/.backstage/health/v1/liveness", get(health::get_liveness))
        .route("/.backstage/health/v1/readiness", get(health::get_readiness))
        .route("/metrics", get(metrics::get_metrics))
        .route("/robots.txt", get(robots::get_robots))
}

/// What `backend.metrics.listen` serves.
pub fn metrics_router(state: AppState) -> Router {
    Router::new().route("/metrics", get(metrics::get_metrics_openly)).with_state(state)
}
