use bytes::Bytes;

use crate::api::json::RawJson;

/// The permissions of the catalog and the rules that conditions on them may use, as Backstage's catalog plugin tells them.
const METADATA: &str = include_str!("permissions.json");

/// Which permissions the catalog knows.
#[utoipa::path(
    get,
    path = "/api/catalog/.well-known/backstage/permissions/metadata",
    tag = "Catalog (Backstage)",
    responses((status = 200, description = "Permissions and rules"))
)]
pub(crate) async fn get_permissions_metadata() -> RawJson {
    RawJson(Bytes::from_static(METADATA.as_bytes()))
}
