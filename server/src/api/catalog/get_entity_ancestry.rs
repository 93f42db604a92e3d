use axum::extract::State;
use bytes::{BufMut as _, BytesMut};
use serde_json::json;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// An entity and the locations that led to it, the nearest first.
#[utoipa::path(
    get,
    path = "/api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry",
    tag = "Catalog (Backstage)",
    params(EntityPath),
    responses(
        (status = 200, description = "The line", body = model::catalog::EntityAncestry),
        (status = 404, description = "There is no such entity", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entity_ancestry(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    let ancestry = state.catalog.ancestry(&who, &entity_ref).await?;
    let mut json = BytesMut::new();
    json.put_slice(format!(r#"{{"rootEntityRef":{},"items":["#, json!(entity_ref.canonical())).as_bytes());
    for (index, ancestor) in ancestry.iter().enumerate() {
        json.put_slice(if index == 0 { br#"{"entity":"# } else { br#",{"entity":"# });
        json.put_slice(&ancestor.entity);
        let parents: Vec<&String> = ancestor.parent.iter().collect();
        json.put_slice(format!(r#","parentEntityRefs":{}}}"#, json!(parents)).as_bytes());
    }
    json.put_slice(b"]}");
    Ok(RawJson(json.freeze()))
}
