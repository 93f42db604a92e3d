use std::convert::Infallible;

use axum::{
    body::Body,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::stream;
use model::catalog::{EntityRow, ListColumn, ListEntities, RowRef};

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
    },
    app::AppState,
    csv::line,
};

/// Rows that are written at once.
const CHUNK: usize = 500;

/// The rows of the catalog as CSV (RFC 4180) with a head, for a spreadsheet: all that match, at most `backend.limits.exportRows`.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities.csv",
    tag = "Catalog",
    params(
        ("kind" = Option<String>, Query, description = "As of `/api/v1/catalog/entities`, whose other parameters but `offset` and `limit` it takes as well"),
        ("columns" = Option<String>, Query, description = "Columns beside ref, name, title, description and problem, separated by commas: `kind`, `namespace`, `type`, `lifecycle`, `owner`, `system`, `tags`; all without", example = "type,owner"),
    ),
    responses(
        (status = 200, description = "The rows", content_type = "text/csv", body = String),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export_catalog_rows(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<Response, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut list = ListEntities::from_pairs(pairs).map_err(ApiError::input)?;
    (list.offset, list.limit) = (0, Some(state.config.backend.limits.export_rows));
    let columns = if list.columns.is_empty() { ListColumn::ALL.to_vec() } else { list.columns.clone() };
    let rows = state.catalog.rows(&who, &list)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (CONTENT_DISPOSITION, "attachment; filename=\"catalog.csv\""),
    ];
    Ok((headers, Body::from_stream(stream::iter(chunks(rows, columns)))).into_response())
}

/// The head, then some hundred rows at a time, made as they are sent.
fn chunks(
    mut rows: impl Iterator<Item = EntityRow>,
    columns: Vec<ListColumn>,
) -> impl Iterator<Item = Result<Bytes, Infallible>> {
    let head = Bytes::from(head(&columns));
    let chunk = move || {
        let text: String = rows.by_ref().take(CHUNK).map(|row| record(&row, &columns)).collect();
        (!text.is_empty()).then(|| Ok(Bytes::from(text)))
    };
    std::iter::once(Ok(head)).chain(std::iter::from_fn(chunk))
}

fn head(columns: &[ListColumn]) -> String {
    let names = columns.iter().map(|column| column.as_str());
    line(["entityRef", "name", "title"].into_iter().chain(names).chain(["description", "problem"]))
}

fn record(row: &EntityRow, columns: &[ListColumn]) -> String {
    let entity_ref = format!("{}:{}/{}", row.kind, row.namespace, row.name).to_lowercase();
    let tags = row.tags.join(" ");
    let reference =
        |reference: &Option<RowRef>| reference.as_ref().map_or("", |reference| &reference.entity_ref).to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let column = |column: &ListColumn| match column {
        ListColumn::Kind => row.kind.clone(),
        ListColumn::Namespace => row.namespace.clone(),
        ListColumn::Type => text(&row.entity_type),
        ListColumn::Lifecycle => text(&row.lifecycle),
        ListColumn::Owner => reference(&row.owner),
        ListColumn::System => reference(&row.system),
        ListColumn::Tags => tags.clone(),
    };
    let problem = row.problem.as_ref().map(|problem| problem.label.clone()).unwrap_or_default();
    let mut fields = vec![entity_ref, row.name.clone(), text(&row.title)];
    fields.extend(columns.iter().map(column));
    fields.extend([text(&row.description), problem]);
    line(fields.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_formulas_are_text() {
        let row = EntityRow {
            kind: "Component".into(),
            namespace: "default".into(),
            name: "web".into(),
            title: Some("=cmd|'/c calc'!A0".into()),
            entity_type: Some("a \"b\", c".into()),
            description: Some("one\ntwo".into()),
            tags: vec!["x".into(), "y".into()],
            ..EntityRow::default()
        };
        let columns = [ListColumn::Type, ListColumn::Owner, ListColumn::Tags];
        assert_eq!(head(&columns), "entityRef,name,title,type,owner,tags,description,problem\r\n");
        let expected = "component:default/web,web,\"'=cmd|'/c calc'!A0\",\"a \"\"b\"\", c\",,x y,\"one\ntwo\",\r\n";
        assert_eq!(record(&row, &columns), expected);
    }

    #[test]
    fn rows_come_in_chunks_behind_one_head() {
        let rows = std::iter::repeat_n(EntityRow { name: "a".into(), ..EntityRow::default() }, CHUNK + 1);
        let chunks: Vec<_> = chunks(rows, Vec::new()).map(|chunk| chunk.expect("memory does not fail")).collect();
        let lines: Vec<_> = chunks.iter().map(|chunk| String::from_utf8_lossy(chunk).lines().count()).collect();
        assert_eq!(lines, [1, CHUNK, 1]);
    }
}
