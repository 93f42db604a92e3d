//! Which columns the list shows: what the address names, else what the visitor keeps, else what the kind has something to say in.

use leptos::prelude::*;
use model::{
    app::Preferences,
    catalog::{ListColumn, ListEntities, ListSort},
};

use super::facets;
use crate::{
    links::href,
    platform::use_config,
    ui::{Icon, IntoEager as _, icon},
};

/// `id` of the sheet.
const SHEET: &str = "columns";

/// The columns of a list. They do not depend on the rows, so that none comes and goes.
pub(super) fn shown(query: &ListEntities) -> Vec<ListColumn> {
    if query.columns.is_empty() { usual(&use_config().preferences.columns, query.kind.as_deref()) } else { query.columns.clone() }
}

/// The columns of a list whose address names none: those that the visitor keeps, if any.
pub(super) fn usual(kept: &[ListColumn], kind: Option<&str>) -> Vec<ListColumn> {
    use ListColumn::{Lifecycle, Owner, System, Tags, Type};
    if !kept.is_empty() {
        return kept.to_vec();
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

/// Width and priority, see `style/kit/table.css`.
pub(super) fn class(column: ListColumn) -> &'static str {
    match column {
        ListColumn::Kind => "c-type p2",
        ListColumn::Namespace => "c-lifecycle p3",
        ListColumn::Type => "c-type p3",
        ListColumn::Lifecycle => "c-lifecycle p3",
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
pub(super) fn choice(query: &ListEntities, form: facets::Form) -> AnyView {
    let shown = shown(query);
    let column = |column: ListColumn| {
        view! {
            <label>
                <input
                    type="checkbox"
                    name=Preferences::COLUMNS
                    form=facets::FORM_ID
                    value=column.as_str()
                    checked=shown.contains(&column)
                />
                <span>{heading(column)}</span>
            </label>
        }
    };
    let columns = ListColumn::ALL.map(column).collect_view();
    view! {
        <button type="button" class="btn sm columns-btn" popovertarget=SHEET>
            {icon(Icon::Columns, "i")}
            "Columns"
        </button>
        <fieldset class="columns" id=SHEET popover="auto" on:change=move |_| form.apply_now()>
            <legend class="sr">"Columns"</legend>
            {columns}
            <div class="acts">
                <button type="submit" class="btn sm static-only" form=facets::FORM_ID>"Show"</button>
                <button type="submit" class="btn sm" form=facets::FORM_ID formmethod="post" formaction=href("/form/set-columns")>
                    "Keep for all lists"
                </button>
                <button type="submit" class="btn ghost sm" form=facets::FORM_ID formmethod="post" formaction=href("/form/set-columns") name="usual" value="true">
                    "Usual ones"
                </button>
            </div>
        </fieldset>
    }
    .eager()
}
