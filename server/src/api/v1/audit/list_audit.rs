use access::Principal;
use audit::{AuditError, AuthorisedAudit, Entry, Query};
use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap,
        header::{self, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{Stream, stream};
use model::audit::{AuditList, ListAudit};

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
    audit_text::{ExportFormat, query, told},
};

/// Entries of an export that are read at once.
const CHUNK: i64 = 500;

/// Who did what, the latest first: a page as JSON, or as CSV or JSON lines all that match, at most `backend.limits.exportRows`.
///
/// Who asks needs `audit.entry.read`, and a token the scope `audit:read`. Each write and sign-in is an entry; use of tokens and what was
/// refused is summed up by minute, and is there when the minute is over.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "Audit",
    params(
        ("principal" = Option<String>, Query, description = "Who", example = "user:default/alice"),
        ("action" = Option<String>, Query, description = "What", example = "catalog.location.create"),
        ("entity" = Option<String>, Query, description = "On what, as entries name it"),
        ("outcome" = Option<String>, Query, description = "`done`, `denied` or `failed`"),
        ("from" = Option<String>, Query, description = "Not before: a time (RFC 3339), or a day in UTC", example = "2026-11-23"),
        ("to" = Option<String>, Query, description = "Before this time, or to the end of this day"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 by default, at most 500"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before"),
        ("format" = Option<String>, Query, description = "`json`, `csv` or `jsonl`; without it by `Accept`: `text/csv`, `application/x-ndjson`, else JSON"),
    ),
    responses(
        (status = 200, description = "The entries", content(
            (AuditList = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"),
        )),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Who asks may not", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_audit(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (formats, pairs): (Vec<_>, Vec<_>) = pairs.iter().partition(|(name, _)| name == "format");
    let format = format(formats.first().map(|(_, format)| format.as_str()), &headers)?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query = ListAudit::from_pairs(pairs).and_then(|list| query(&list)).map_err(ApiError::input)?;
    match format {
        Some(format) => {
            let most = i64::try_from(state.config.backend.limits.export_rows).unwrap_or(i64::MAX);
            export(state.audit_entries, who, query, format, most).await
        }
        None => Ok(page(&state.audit_entries, &who, query).await?.into_response()),
    }
}

/// None is JSON.
fn format(asked: Option<&str>, headers: &HeaderMap) -> Result<Option<ExportFormat>, ApiError> {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match asked.unwrap_or_default() {
        "csv" => Ok(Some(ExportFormat::Csv)),
        "jsonl" => Ok(Some(ExportFormat::JsonLines)),
        "" if accept.starts_with("text/csv") => Ok(Some(ExportFormat::Csv)),
        "" if accept.starts_with("application/x-ndjson") || accept.starts_with("application/jsonl") => {
            Ok(Some(ExportFormat::JsonLines))
        }
        "json" | "" => Ok(None),
        other => Err(ApiError::input(format!("query parameter `format` must be json, csv or jsonl, found `{other}`"))),
    }
}

async fn page(entries: &AuthorisedAudit, who: &Principal, query: Query) -> Result<RawJson, ApiError> {
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let mut found = entries.list(who, &Query { limit: query.limit + 1, ..query }).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| is_more).map(|entry| entry.number.to_string());
    RawJson::of(&AuditList { items: found.into_iter().map(told).collect(), next_cursor })
}

async fn export(
    entries: AuthorisedAudit,
    who: Principal,
    query: Query,
    format: ExportFormat,
    most: i64,
) -> Result<Response, ApiError> {
    let query = Query { limit: CHUNK, ..query };
    // Who may not is told so, and gets no file.
    let first = entries.list(&who, &query).await?;
    let (kind, name) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"audit.csv\""),
        ExportFormat::JsonLines => ("application/x-ndjson", "attachment; filename=\"audit.jsonl\""),
    };
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name), (header::VARY, "accept")];
    let body = Body::from_stream(chunks(entries, who, query, format, most, first));
    Ok((headers, body).into_response())
}

/// The head, then some hundred entries at a time, read as they are sent.
fn chunks(
    entries: AuthorisedAudit,
    who: Principal,
    query: Query,
    format: ExportFormat,
    most: i64,
    first: Vec<Entry>,
) -> impl Stream<Item = Result<Bytes, AuditError>> {
    stream::try_unfold((query, most, Some(first), true), move |(query, left, given, is_first)| {
        let (entries, who) = (entries.clone(), who.clone());
        async move {
            if left <= 0 {
                return Ok(None);
            }
            let mut found = match given {
                Some(found) => found,
                None => entries.list(&who, &query).await?,
            };
            found.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let Some(last) = found.last().map(|entry| entry.number) else {
                return Ok(is_first.then(|| (Bytes::from(format.head()), (query, 0, None, false))));
            };
            let left = left - i64::try_from(found.len()).unwrap_or(i64::MAX);
            let mut text = if is_first { format.head() } else { String::new() };
            text.extend(found.into_iter().map(|entry| format.line(entry)));
            Ok(Some((Bytes::from(text), (Query { before: Some(last), ..query }, left, None, false))))
        }
    })
}
