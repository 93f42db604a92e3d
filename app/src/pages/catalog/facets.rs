//! What narrows the list down: a form of checkboxes that works without script, and follows each change with it.

use std::time::Duration;

use leptos::{either::Either, html, leptos_dom::helpers::TimeoutHandle, prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    app::Preferences,
    catalog::{EntityList, FacetGroup, FacetKey, FacetValue, ListEntities, Order, UserFilter},
    entity_ref::EntityRef,
};
use wasm_bindgen::JsCast;

use super::{address, columns};
use crate::{
    components::{avatar, entity_name},
    links::href,
    platform::use_config,
    ui::{Icon, Mark, Popover, icon, mark},
};

/// `id` of the form, for the fields and buttons that belong to it and stand elsewhere.
pub(super) const FORM_ID: &str = "filters";

/// Values of a facet that are shown before the rest is folded.
const SHOWN: usize = 5;

/// How long the filter waits for the next key.
const TYPING_PAUSE: Duration = Duration::from_millis(120);

/// The form and the field beside it, kept together with the address.
///
/// When the page comes alive the form wins: the visitor may have typed or ticked before. From then on the address wins,
/// which also changes by links and by the browser's way back; only a field with the focus is left alone.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The form itself.
    pub(super) element: NodeRef<html::Form>,
    /// The text to filter by.
    pub(super) text: NodeRef<html::Input>,
    apply: Callback<()>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Form {
    /// A form that follows the address `query`, and sets it.
    pub(super) fn following(query: Memo<ListEntities>) -> Self {
        let form = NodeRef::<html::Form>::new();
        let text = NodeRef::<html::Input>::new();
        let navigate = use_navigate();
        let kept = use_config().preferences.columns.clone();
        let apply = Callback::new(move |()| {
            let Some(mut wanted) = form.get_untracked().and_then(|form| read(&form)) else { return };
            if wanted.columns == columns::usual(&kept, wanted.kind.as_deref()) {
                wanted.columns.clear();
            }
            // The form has no place in the list: a change of anything else begins it anew.
            if wanted != (ListEntities { offset: 0, ..query.get_untracked() }) {
                let options =
                    NavigateOptions { resolve: false, replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&href(&address::of_list(&wanted)), options);
            }
        });
        Effect::new(move |was_alive: Option<bool>| {
            let list = query.get();
            let Some(form) = form.get() else { return false };
            if was_alive == Some(true) {
                write(&form, text.get_untracked().as_ref(), &list);
            } else {
                apply.run(());
            }
            true
        });
        Self { element: form, text, apply, timer: StoredValue::new(None) }
    }

    /// Takes the form over into the address.
    pub(super) fn apply_now(self) {
        self.apply.run(());
    }

    /// Takes the form over into the address when no other key has come for a moment.
    pub(super) fn apply_soon(self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let apply = self.apply;
        self.timer.set_value(set_timeout_with_handle(move || apply.run(()), TYPING_PAUSE).ok());
    }
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
        // The columns are drawn anew with the table.
        if matches!(&*input.type_(), "checkbox" | "radio") && input.name() != Preferences::COLUMNS {
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
    match name {
        PROBLEMS => return list.with_problems,
        address::USER => return list.user.as_str() == value,
        _ => {}
    }
    list.selected.iter().any(|(key, values)| address::filter_param(*key) == name && values.iter().any(|v| v == value))
}

const PROBLEMS: &str = "filters[problems]";

/// The form as it stands on the page. On a narrow page it is a sheet that a button opens.
pub(super) fn form(list: &EntityList, query: &ListEntities, form: Form) -> impl IntoView + use<> {
    let kind = query.kind.clone().unwrap_or_else(|| "all".to_owned());
    let order = if query.order == Order::Desc { "desc" } else { "asc" };
    let limit = query.limit.map(|limit| limit.to_string());
    let hidden = |name: &'static str, value: Option<String>| view! { <input type="hidden" name=name value=value/> };
    let user = |user: UserFilter, count: u64, face: Face| Choice {
        name: address::USER.to_owned(),
        value: user.as_str().to_owned(),
        label: if user == UserFilter::All { "All".to_owned() } else { sentence_case(user_label(user)) },
        count,
        checked: query.user == user,
        face,
    };
    let problems = Choice {
        name: PROBLEMS.to_owned(),
        value: "true".to_owned(),
        label: "With problems".to_owned(),
        count: list.with_problems,
        checked: query.with_problems,
        face: Face::Icon(Icon::TriangleAlert),
    };
    let facets = list.facets.iter().filter(|group| is_useful(group, query)).map(|found| facet(found, query));
    let show = vec![
        user(UserFilter::All, list.everybodys, Face::Icon(Icon::LayoutList)),
        user(UserFilter::Owned, list.owned, Face::Icon(Icon::Users)),
        user(UserFilter::Starred, list.starred, Face::Icon(Icon::Star)),
        problems,
    ];
    let show = Group { heading: "Show", choices: show, rarer: 0 };
    let groups = std::iter::once(show).chain(facets).map(group).collect_view();
    view! {
        <form
            class="facets"
            {..Popover}
            id=FORM_ID
            method="get"
            action=href("/catalog")
            aria-label="Filters"
            autocomplete="off"
            node_ref=form.element
            on:change=move |_| form.apply.run(())
            on:submit=move |event: web_sys::SubmitEvent| {
                // Keeping the columns is the server's to do.
                if event.submitter().is_some_and(|button| button.has_attribute("formaction")) {
                    return;
                }
                event.prevent_default();
                form.apply.run(());
            }
        >
            <header>
                <h2>"Filters"</h2>
                <button type="button" class="btn ghost icon" popovertarget=FORM_ID popovertargetaction="hide" aria-label="Close">
                    {icon(Icon::X, "i")}
                </button>
            </header>
            {hidden("filters[kind]", Some(kind))}
            {query.related.clone().map(|related| hidden(address::RELATED, Some(related)))}
            {hidden("sort", Some(query.sort.as_str().to_owned()))}
            {hidden("order", Some(order.to_owned()))}
            {hidden("limit", limit)}
            {groups}
            <button type="submit" class="btn apply static-only">"Apply"</button>
        </form>
    }
}

/// A facet of one value that everything has narrows nothing down.
fn is_useful(group: &FacetGroup, query: &ListEntities) -> bool {
    let values = group.values.len();
    query.selected.contains_key(&group.key) || values > 1 || (values == 1 && group.key != FacetKey::Namespace)
}

/// Checkboxes under one heading.
struct Group {
    heading: &'static str,
    choices: Vec<Choice>,
    /// Values that are not among them.
    rarer: u64,
}

/// One checkbox.
struct Choice {
    name: String,
    value: String,
    label: String,
    count: u64,
    checked: bool,
    face: Face,
}

/// What stands before the label.
enum Face {
    Nothing,
    Icon(Icon),
    Warning,
    Avatar(EntityRef),
}

fn facet(FacetGroup { key, values, total }: &FacetGroup, query: &ListEntities) -> Group {
    let name = address::filter_param(*key);
    let choice = |FacetValue { value, count }: &FacetValue| Choice {
        checked: is_chosen(query, &name, value),
        face: face(*key, value),
        label: label(*key, value),
        name: name.clone(),
        value: value.clone(),
        count: *count,
    };
    let rarer = total.saturating_sub(values.len() as u64);
    Group { heading: heading(*key), choices: values.iter().map(choice).collect(), rarer }
}

fn face(key: FacetKey, value: &str) -> Face {
    match EntityRef::parse_full(value) {
        _ if key != FacetKey::Owner => Face::Nothing,
        Ok(entity_ref) => Face::Avatar(entity_ref),
        Err(_) => Face::Warning,
    }
}

/// The first choices and the ticked ones; the others are folded.
fn group(Group { heading, choices, rarer }: Group) -> impl IntoView {
    let (shown, rest): (Vec<_>, Vec<_>) =
        choices.into_iter().enumerate().partition(|(at, choice)| *at < SHOWN || choice.checked);
    let views = |choices: Vec<(usize, Choice)>| choices.into_iter().map(|(_, choice)| checkbox(choice)).collect_view();
    let more = (!rest.is_empty()).then(|| {
        let summary = format!("{} more…", rest.len() as u64 + rarer);
        let rarer =
            (rarer > 0).then(|| view! { <p class="t3 fs12">{format!("and {rarer} rarer ones: filter by text")}</p> });
        view! { <details class="rest"><summary>{summary}</summary>{views(rest)}{rarer}</details> }
    });
    view! {
        <details open aria-label=heading>
            <summary>{heading} {icon(Icon::ChevronDown, "i")}</summary>
            {views(shown)}
            {more}
        </details>
    }
}

fn checkbox(Choice { name, value, label, count, checked, face }: Choice) -> impl IntoView {
    let title = label.clone();
    let class = (count == 0).then_some("zero");
    let kind = if name == address::USER { "radio" } else { "checkbox" };
    let face = match face {
        Face::Nothing => None,
        Face::Icon(symbol) => Some(Either::Left(Either::Left(icon(symbol, "i s")))),
        Face::Warning => Some(Either::Left(Either::Right(mark(Mark::Warn)))),
        Face::Avatar(owner) => Some(Either::Right(avatar(&owner, &owner.name))),
    };
    view! {
        <label class=class>
            <input type=kind name=name value=value checked=checked/>
            {face}
            <span class="trunc" dir="auto" title=title>{label}</span>
            <span class="n">{count.to_string()}</span>
        </label>
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

/// What a list that is not everybody's holds.
pub(super) fn user_label(user: UserFilter) -> &'static str {
    match user {
        UserFilter::All => "everybody’s",
        UserFilter::Owned => "owned by my teams",
        UserFilter::Starred => "starred",
    }
}

fn sentence_case(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
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
