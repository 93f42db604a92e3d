//! `dryRun=true` of writes that only touch the database: they are done as ever, and rolled back.

use axum::{
    extract::{FromRequestParts as _, Request},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{api::extract::DryRun, request::RequestContext};

/// See the module. What a handler does besides (tell a secret, note something for later) it leaves out by itself.
pub(crate) async fn roll_back(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_dry_run = match DryRun::from_request_parts(&mut parts, &()).await {
        Ok(DryRun(is_dry_run)) => is_dry_run,
        Err(error) => return error.into_response(),
    };
    let context = parts.extensions.get::<RequestContext>().filter(|_| is_dry_run).cloned();
    let request = Request::from_parts(parts, body);
    if !is_dry_run {
        return next.run(request).await;
    }
    if let Some(context) = context {
        context.trail.is_nothing();
    }
    storage::dry_run(next.run(request)).await
}
