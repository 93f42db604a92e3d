//! Which columns the list shows: what the address names, else what the visitor keeps, else what the kind has something to say in.

use leptos::prelude::*;
use model::catalog::{ListColumn, ListEntities, ListSort};

use super::facets;
use crate::{
    links::href,
    platform::use_config,
    ui::{Icon, IntoEager as _, Popover, icon},
};

/// `id` of the sheet.
const SHEET: &str = "columns";

/// The columns of a list. They do not depend on the rows, so that none comes and goes.
pub(super) fn shown(query: &ListEntities) -> Vec<ListColumn> {
    if query.columns.is_empty() {
        usual(&use_config().preferences.columns, query.kind.as_deref())
    } else {
        query.columns.clone()
    }
}

/// The columns of a list whose address names none: those that the visitor keeps, if any.
pub(super) fn usual(kept: &str, kind: Option<&str>) -> Vec<ListColumn> {
    use ListColumn::{Lifecycle, Owner, System, Tags, Type};
    if !kept.is_empty() {
        return ListColumn::list_from_text(kept);
    }
    match kind {
        Some("component" | "api") => vec![Type, Lifecycle, Owner, System, Tags],
        Some("group" | "location") => vec![Type, Tags],
        Some("user") => vec![Tags],
        Some("domain") => vec![Type, Owner, Tags],
        _ => vec![Type, Owner, System, Tags],
    }
}

pub(super) fn heading(column: ListColumn) -> &'static str {
    match column {
        ListColumn::Kind => "Kind",
        ListColumn::Namespace => "Namespace",
        ListColumn::Type => "Type",
        ListColumn::Lifecycle => "Lifecycle",
        ListColumn::Owner => "Owner",
        ListColumn::System => "Part of",
        ListColumn::Tags => "Tags",
    }
}

/// True if somebody chose the columns: then none leaves for want of room, but on a phone.
pub(super) fn are_chosen(query: &ListEntities) -> bool {
    !query.columns.is_empty() || !use_config().preferences.columns.is_empty()
}

/// Of the table: one that somebody has put many columns into keeps room for each, and scrolls in itself.
pub(super) fn table_class(columns: &[ListColumn], are_chosen: bool) -> &'static str {
    match columns.len() {
        5 if are_chosen => "table cat n5",
        6 if are_chosen => "table cat n6",
        7.. if are_chosen => "table cat n7",
        _ => "table cat",
    }
}

/// Width and priority, see `style/kit/table.css`.
pub(super) fn class(column: ListColumn, are_chosen: bool) -> &'static str {
    match column {
        ListColumn::Type if are_chosen => "c-type p2",
        ListColumn::Namespace | ListColumn::Lifecycle if are_chosen => "c-lifecycle p2",
        ListColumn::System if are_chosen => "c-system p2",
        ListColumn::Tags if are_chosen => "c-tags p2",
        ListColumn::Kind => "c-type p2",
        ListColumn::Type => "c-type p3",
        ListColumn::Namespace | ListColumn::Lifecycle => "c-lifecycle p3",
        ListColumn::Owner => "c-owner p2",
        ListColumn::System => "c-system p4",
        ListColumn::Tags => "c-tags p5",
    }
}

pub(super) fn sort(column: ListColumn) -> Option<ListSort> {
    match column {
        ListColumn::Type => Some(ListSort::Type),
        ListColumn::Lifecycle => Some(ListSort::Lifecycle),
        ListColumn::Owner => Some(ListSort::Owner),
        ListColumn::System => Some(ListSort::System),
        ListColumn::Kind | ListColumn::Namespace | ListColumn::Tags => None,
    }
}

/// A button, and the sheet that it opens: a checkbox a column, which belong to the form of the filters.
///
/// The sheet is text: nothing of it is a visitor's, and as elements it would weigh the more.
pub(super) fn choice(query: &ListEntities, form: facets::Form) -> AnyView {
    view! {
        <button type="button" class="btn sm columns-btn" popovertarget=SHEET>
            {icon(Icon::Columns, "i")}
            "Columns"
        </button>
        <fieldset class="columns" {..Popover} id=SHEET on:change=move |_| form.apply_now() inner_html=sheet(query)></fieldset>
    }
    .eager()
}

fn sheet(query: &ListEntities) -> String {
    let shown = shown(query);
    let mut html = String::from(r#"<legend class="sr">Columns</legend>"#);
    for column in ListColumn::ALL {
        html.push_str(r#"<label><input type="checkbox" name="columns" form="filters" value=""#);
        html.push_str(column.as_str());
        html.push_str(if shown.contains(&column) { r#"" checked><span>"# } else { r#""><span>"# });
        html.push_str(heading(column));
        html.push_str("</span></label>");
    }
    let keep = href("/form/set-columns");
    html.push_str(r#"<div class="acts"><button type="submit" class="btn sm static-only" form="filters">Show</button>"#);
    for (name, label) in [("", "Keep for all lists"), (r#" name="usual" value="true""#, "Usual ones")] {
        html.push_str(r#"<button type="submit" class="btn sm" form="filters" formmethod="post""#);
        for part in [name, r#" formaction=""#, &keep, r#"">"#, label, "</button>"] {
            html.push_str(part);
        }
    }
    html.push_str("</div>");
    html
}

#[cfg(test)]
mod tests {
    use model::app::Preferences;

    use super::*;
    use crate::{pages::catalog::address, testing::render};

    #[test]
    fn the_sheet_ticks_what_is_shown() {
        assert_eq!((Preferences::COLUMNS, facets::FORM_ID), ("columns", "filters"), "as the text has them");
        let query = ListEntities { columns: vec![ListColumn::Kind, ListColumn::Tags], ..address::default_list() };
        let html = render(|| sheet(&query));
        let ticked: Vec<_> = html.split("value=").filter(|part| part.contains("checked")).collect();
        assert_eq!(ticked.len(), 2, "{html}");
        assert!(html.contains("formaction=") && html.contains("/portal/form/set-columns"), "{html}");
    }
}
