//! What narrows the list down: a form of checkboxes that works without script, and follows each change with it.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    catalog::{EntityList, FacetGroup, FacetKey, FacetValue, ListEntities, Order},
    entity_ref::EntityRef,
    error::ApiError,
};
use wasm_bindgen::JsCast;

use super::address;
use crate::{
    components::{avatar, entity_name},
    links::href,
    ui::{Icon, Mark, icon, load_part, mark},
};

/// `id` of the form, for the fields and buttons that belong to it and stand elsewhere.
pub(super) const FORM_ID: &str = "filters";

/// Values of a facet that are shown before the rest is folded.
const SHOWN: usize = 5;

/// How long the filter waits for the next key.
const TYPING_PAUSE: Duration = Duration::from_millis(120);

/// Takes the form over into the address.
#[derive(Clone)]
pub(super) struct Apply {
    now: Callback<()>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Apply {
    /// At once.
    pub(super) fn now(&self) {
        self.now.run(());
    }

    /// When no other key has come for a moment.
    pub(super) fn soon(&self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let now = self.now;
        self.timer.set_value(set_timeout_with_handle(move || now.run(()), TYPING_PAUSE).ok());
    }
}

/// Keeps the form and the address together.
///
/// On the first run the form wins: the visitor may have typed or ticked before the page was alive. From then on the
/// address wins, which also changes by links and by the browser's way back; only a field with the focus is left alone.
pub(super) fn follow_form(
    query: Memo<ListEntities>,
    list: Resource<Result<EntityList, ApiError>>,
    form: NodeRef<html::Form>,
    text: NodeRef<html::Input>,
) -> Apply {
    let navigate = use_navigate();
    let now = Callback::new(move |()| {
        let Some(wanted) = form.get_untracked().and_then(|form| read(&form)) else { return };
        let current = query.get_untracked();
        // The form has no place in the list: a change of anything else begins it anew.
        if wanted != (ListEntities { offset: 0, ..current }) {
            let options = NavigateOptions { resolve: false, replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&href(&address::of_list(&wanted)), options);
        }
    });
    Effect::new(move |before: Option<()>| {
        let current = query.get();
        // New counts may have made new checkboxes.
        list.track();
        if before.is_none() {
            now.run(());
        } else {
            request_animation_frame(move || {
                if let Some(form) = form.get_untracked() {
                    write(&form, text.get_untracked().as_ref(), &current);
                }
            });
        }
    });
    Apply { now, timer: StoredValue::new(None) }
}

/// The list that the form asks for: the same names and values that the browser would send.
fn read(form: &web_sys::HtmlFormElement) -> Option<ListEntities> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let query = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    Some(address::parse(&String::from(query.to_string())))
}

fn write(form: &web_sys::HtmlFormElement, text: Option<&web_sys::HtmlInputElement>, list: &ListEntities) {
    let fields = form.elements();
    for input in (0..fields.length()).filter_map(|i| fields.item(i)?.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        if input.type_() == "checkbox" {
            input.set_checked(is_chosen(list, &input.name(), &input.value()));
        }
    }
    if let Some(text) = text {
        let focused = document().active_element().is_some_and(|active| active == ***text);
        if !focused && text.value() != list.text {
            text.set_value(&list.text);
        }
    }
}

fn is_chosen(list: &ListEntities, name: &str, value: &str) -> bool {
    if name == PROBLEMS {
        return list.with_problems;
    }
    list.selected.iter().any(|(key, values)| address::filter_param(*key) == name && values.iter().any(|v| v == value))
}

const PROBLEMS: &str = "filters[problems]";

/// The form. On a narrow page it is a sheet that a button opens.
pub(super) fn form(
    query: Memo<ListEntities>,
    list: Resource<Result<EntityList, ApiError>>,
    form: NodeRef<html::Form>,
    apply: Apply,
) -> AnyView {
    let kind = move || query.with(|query| query.kind.clone().unwrap_or_else(|| "all".to_owned()));
    let sort = move || query.with(|query| query.sort.as_str());
    let order = move || query.with(|query| if query.order == Order::Desc { "desc" } else { "asc" });
    let limit = move || query.with(|query| query.limit.map(|limit| limit.to_string()));
    let submit = apply.clone();
    view! {
        <form
            class="facets"
            id=FORM_ID
            popover="auto"
            method="get"
            action=href("/catalog")
            aria-label="Filters"
            autocomplete="off"
            node_ref=form
            on:change=move |_| apply.now()
            on:submit=move |event: web_sys::SubmitEvent| {
                event.prevent_default();
                submit.now();
            }
        >
            <header>
                <h2>"Filters"</h2>
                <button type="button" class="btn ghost icon" popovertarget=FORM_ID popovertargetaction="hide" aria-label="Close">
                    {icon(Icon::X, "i")}
                </button>
            </header>
            <input type="hidden" name="filters[kind]" value=kind/>
            <input type="hidden" name="sort" value=sort/>
            <input type="hidden" name="order" value=order/>
            <input type="hidden" name="limit" value=limit/>
            {load_part(list, skeleton, move |list| groups(list, &query.get_untracked()))}
            <button type="submit" class="btn apply static-only">"Apply"</button>
        </form>
    }
    .into_any()
}

fn groups(list: EntityList, query: &ListEntities) -> AnyView {
    let problems = FacetValue { value: "true".to_owned(), count: list.with_problems };
    let problems = option(PROBLEMS, &problems, query.with_problems, icon(Icon::TriangleAlert, "i s").into_any(), "With problems".to_owned());
    let groups = list.facets.into_iter().filter(|group| is_useful(group, query)).map(|found| facet(found, query));
    view! {
        {group("Show", problems)}
        {groups.collect_view()}
    }
    .into_any()
}

/// A facet of one value that everything has narrows nothing down.
fn is_useful(group: &FacetGroup, query: &ListEntities) -> bool {
    let values = group.values.len();
    query.selected.contains_key(&group.key) || values > 1 || (values == 1 && group.key != FacetKey::Namespace)
}

fn facet(FacetGroup { key, values }: FacetGroup, query: &ListEntities) -> AnyView {
    let name = address::filter_param(key);
    let is_chosen = |value: &FacetValue| is_chosen(query, &name, &value.value);
    let view = |value: &FacetValue| option(&name, value, is_chosen(value), symbol(key, &value.value), label(key, &value.value));
    let (shown, rest): (Vec<_>, Vec<_>) =
        values.into_iter().enumerate().partition(|(at, value)| *at < SHOWN || is_chosen(value));
    let more = rest.len();
    let rest = (more > 0).then(|| {
        let options = rest.iter().map(|(_, value)| view(value)).collect_view();
        view! { <details class="rest"><summary>{more} " more…"</summary>{options}</details> }
    });
    let shown = shown.iter().map(|(_, value)| view(value)).collect_view();
    group(heading(key), view! { {shown} {rest} }).into_any()
}

fn group(heading: &'static str, options: impl IntoView + 'static) -> AnyView {
    view! {
        <details open>
            <summary>{heading} {icon(Icon::ChevronDown, "i")}</summary>
            {options.into_any()}
        </details>
    }
    .into_any()
}

fn option(name: &str, value: &FacetValue, checked: bool, symbol: AnyView, label: String) -> AnyView {
    let title = label.clone();
    view! {
        <label class:zero=value.count == 0>
            <input type="checkbox" name=name.to_owned() value=value.value.clone() checked=checked/>
            {symbol}
            <span class="trunc" dir="auto" title=title>{label}</span>
            <span class="n">{value.count}</span>
        </label>
    }
    .into_any()
}

fn symbol(key: FacetKey, value: &str) -> AnyView {
    if key != FacetKey::Owner {
        return ().into_any();
    }
    match EntityRef::parse_full(value) {
        Ok(entity_ref) => avatar(&entity_ref, &entity_ref.name).into_any(),
        Err(_) => mark(Mark::Warn).into_any(),
    }
}

fn heading(key: FacetKey) -> &'static str {
    match key {
        FacetKey::Type => "Type",
        FacetKey::Lifecycle => "Lifecycle",
        FacetKey::Owner => "Owner",
        FacetKey::Tags => "Tags",
        FacetKey::Namespace => "Namespace",
    }
}

/// `tag` as in "tag is rust".
pub(super) fn singular(key: FacetKey) -> &'static str {
    if key == FacetKey::Tags { "tag" } else { key.as_str() }
}

/// How a value is shown: `payments` for `group:default/payments`.
pub(super) fn label(key: FacetKey, value: &str) -> String {
    match key {
        FacetKey::Owner if value == FacetKey::NO_OWNER => "no owner".to_owned(),
        FacetKey::Owner => EntityRef::parse_full(value).map_or_else(|_| value.to_owned(), |owner| entity_name(&owner)),
        _ => value.to_owned(),
    }
}

fn skeleton() -> AnyView {
    let bar = |width| view! { <label><span class=width></span></label> };
    group("Show", ["skel w4", "skel w3", "skel w4", "skel w2", "skel w3"].map(bar).collect_view()).into_any()
}
