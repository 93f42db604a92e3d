use client::{Answer, catalog::list_problem_groups};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_url},
};
use model::{
    catalog::{FacetKey, ListProblems, OwnedProblem, ProblemCode, ProblemGroup, ProblemGroups},
    entity::Level,
};

use crate::{
    components::{KindIcons, entity_chip, level_mark, owner, problem_place, sentence},
    links::href,
    platform::{ask, use_config},
    ui::{Action, Empty, Icon, IntoEager as _, empty, icon, load, mark},
};

/// Stands in an address for the teams that the visitor chose in the settings.
const MINE: &str = "mine";
/// Where the page is, below the base path.
pub(crate) const PATH: &str = "/catalog/problems";
/// Problems of each cause at first.
const FEW: usize = 10;
/// Problems of the one cause that was chosen.
const MANY: usize = 200;

/// `/catalog/problems`: what somebody should mend, by cause.
pub struct ProblemsPage {
    search: Memo<String>,
}

impl ProblemsPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let url = use_url();
        Self { search: Memo::new(move |_| url.with(|url| url.search().to_owned())) }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let search = self.search;
        let query = Memo::new(move |_| search.with(|search| parse(search)));
        let config = use_config();
        let groups = ask(move || list_problem_groups(&with_teams(query.get(), &config.preferences.teams)));
        let icons = KindIcons::from_config();
        let navigate = use_navigate();
        let base = href("");
        let choose = Callback::new(move |list: ListProblems| {
            let options = NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{base}{}", address(&list)), options);
        });
        view! {
            <Title text="Problems"/>
            {load(groups, skeleton, move |answer: &Answer| Ok(page(&icons, answer.decode()?, &query.get(), choose)))}
        }
        .into_any()
    }
}

/// Reads a query string. What is unknown or wrong in it is as good as absent.
fn parse(search: &str) -> ListProblems {
    let mut list = ListProblems::default();
    for (name, value) in form_urlencoded::parse(search.as_bytes()) {
        match &*name {
            "owner" if !value.is_empty() => list.owners.push(value.into_owned()),
            "level" => list.level = Level::from_text(&value),
            "code" => list.code = ProblemCode::from_text(&value),
            _ => {}
        }
    }
    list.limit = Some(if list.code.is_some() { MANY } else { FEW });
    list
}

/// What the server is asked: [`MINE`] spelled out.
fn with_teams(mut query: ListProblems, teams: &[String]) -> ListProblems {
    if query.owners.iter().any(|owner| owner == MINE) {
        query.owners = teams.to_vec();
    }
    query
}

/// The path and query of a list, below the base path.
pub(crate) fn address(list: &ListProblems) -> String {
    let query = ListProblems { limit: None, ..list.clone() }.to_query();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

fn page(icons: &KindIcons, groups: ProblemGroups, query: &ListProblems, choose: Callback<ListProblems>) -> AnyView {
    let is_narrowed = !query.owners.is_empty() || query.level.is_some() || query.code.is_some();
    let count = match groups.total {
        0 => String::new(),
        1 => "1 problem".to_owned(),
        total => format!("{total} problems"),
    };
    let is_clean = groups.total == 0 && !is_narrowed;
    let narrowing = (!is_clean).then(|| narrowing(&groups, query, is_narrowed, choose));
    let nothing = (groups.total == 0).then(|| nothing(is_narrowed));
    let section = |group: ProblemGroup| section(icons, group, query);
    view! {
        <div class="page-head">
            <div class="grow"><h1>"Problems"</h1> <p class="sub num" role="status">{count}</p></div>
        </div>
        {narrowing}
        {nothing}
        {groups.groups.into_iter().map(section).collect_view()}
    }
    .eager()
}

/// Level, owner, and what takes all away.
fn narrowing(
    groups: &ProblemGroups,
    query: &ListProblems,
    is_narrowed: bool,
    choose: Callback<ListProblems>,
) -> impl IntoView + use<> {
    let all: u64 = groups.levels.iter().map(|level| level.count).sum();
    let count = |level: Level| groups.levels.iter().find(|known| known.level == level).map_or(0, |known| known.count);
    let level = |label: &'static str, level: Option<Level>, count: u64| {
        let target = href(&address(&ListProblems { level, code: None, ..query.clone() }));
        let current = (query.level == level).then_some("true");
        view! { <a href=target aria-current=current data-noscroll="true">{label} " " <span class="num t3">{count.to_string()}</span></a> }
    };
    let levels = view! {
        <span class="seg" role="group" aria-label="Level">
            {level("All", None, all)}
            {level("Errors", Some(Level::Error), count(Level::Error))}
            {level("Warnings", Some(Level::Warning), count(Level::Warning))}
        </span>
    };
    let cause = query.code.map(|code| {
        let without = href(&address(&ListProblems { code: None, ..query.clone() }));
        view! {
            <span class="token">
                "cause is" <b>{code.label()}</b>
                <a href=without aria-label="Remove filter cause" data-noscroll="true">{icon(Icon::X, "i")}</a>
            </span>
        }
    });
    let clear = is_narrowed.then(|| view! { <a class="clear" href=href(PATH) data-noscroll="true">"Clear"</a> });
    view! { <div class="toolbar">{levels} {owner_form(groups, query, choose)} {cause} {clear}</div> }
}

/// Chooses an owner; a plain form without script.
fn owner_form(groups: &ProblemGroups, query: &ListProblems, choose: Callback<ListProblems>) -> impl IntoView + use<> {
    let mut owners: Vec<(String, String)> = groups
        .owners
        .iter()
        .map(|count| match &count.owner {
            Some(owner) => (owner.entity_ref.clone(), format!("{} ({})", owner.title, count.count)),
            None => (FacetKey::NO_OWNER.to_owned(), format!("No owner ({})", count.count)),
        })
        .collect();
    if !use_config().preferences.teams.is_empty() {
        owners.insert(0, (MINE.to_owned(), "My teams".to_owned()));
    }
    // What was chosen is shown even where it has no problem.
    for chosen in query.owners.iter().filter(|chosen| *chosen != MINE) {
        if !owners.iter().any(|(value, _)| value == chosen) {
            // Nothing more is known of an owner without problems than what it is called in the address.
            let name = chosen.rsplit('/').next().unwrap_or(chosen);
            owners.push((chosen.clone(), format!("{name} (0)")));
        }
    }
    let chosen = query.owners.first().cloned().unwrap_or_default();
    let is_any = chosen.is_empty();
    let option = move |(value, label): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }
    };
    let query = query.clone();
    let (level, code) = (query.level.map(Level::as_str), query.code.map(ProblemCode::as_str));
    let on_change = move |event: leptos::ev::Event| {
        let owners = Some(event_target_value(&event)).filter(|owner| !owner.is_empty()).into_iter().collect();
        choose.run(ListProblems { owners, ..query.clone() });
    };
    view! {
        <form class="row" method="get" action=href(PATH)>
            {level.map(|level| view! { <input type="hidden" name="level" value=level/> })}
            {code.map(|code| view! { <input type="hidden" name="code" value=code/> })}
            <select class="input select" name="owner" aria-label="Owner" on:change=on_change>
                <option value="" selected=is_any>"Any owner"</option>
                {owners.into_iter().map(option).collect_view()}
            </select>
            <button type="submit" class="btn sm static-only">"Apply"</button>
        </form>
    }
}

fn section(icons: &KindIcons, group: ProblemGroup, query: &ListProblems) -> impl IntoView + use<> {
    let ProblemGroup { code, level, total, items } = group;
    let hidden = total.saturating_sub(items.len() as u64);
    let more = (hidden > 0).then(|| match query.code {
        None => {
            let all = href(&address(&ListProblems { code: Some(code), ..query.clone() }));
            view! { <a class="more" href=all>{format!("Show all {total}")}</a> }.into_any()
        }
        Some(_) => {
            view! { <span class="more t3">{format!("and {hidden} more: narrow them down by owner")}</span> }.into_any()
        }
    });
    let rows = items.into_iter().map(|item| row(icons, item)).collect_view();
    view! {
        <section class="section" aria-label=code.label()>
            <div class="sec-head cause">
                {mark(level_mark(level))}
                <h2>{code.label()}</h2>
                <span class="count">{total.to_string()}</span>
                {more}
            </div>
            <p class="t2 fs13 cause-text">{meaning(code)}</p>
            <div class="table-wrap">
                <table class="table problems">
                    <thead>
                        <tr>
                            <th class="c-entity">"Entity"</th>
                            <th>"What is wrong, and the way out"</th>
                            <th class="p2 c-owner">"Owner"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// What a cause means, in a sentence.
fn meaning(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::UnreadableLocation => {
            "A file, folder or URL that the catalog is to read can’t be read, or its pattern matches nothing."
        }
        ProblemCode::InvalidYaml => {
            "The file is no YAML. What it held before stays in the catalog until it can be read again."
        }
        ProblemCode::InvalidEntity => "The description breaks a rule of its kind.",
        ProblemCode::UnknownKind => "No kind of this name and API version is declared here.",
        ProblemCode::NotAllowed => "The rules of the catalog do not allow this kind from there.",
        ProblemCode::Conflict => "Another location defines the same entity, and has it.",
        ProblemCode::Orphan => "No location leads to it any more; it stays until somebody deletes it.",
        ProblemCode::DanglingReference => "A field names an entity that does not exist.",
        ProblemCode::NoOwner => {
            "Nobody is named as the owner, or who is named does not exist. Nobody is told when it breaks."
        }
    }
}

fn row(icons: &KindIcons, item: OwnedProblem) -> impl IntoView + use<> {
    let OwnedProblem { problem, entity, owner: owned_by } = item;
    let place = problem_place(&problem).map(|place| view! { <div class="where fs12">{place}</div> });
    let hint = problem.hint.map(|hint| view! { <div class="t2" dir="auto">{sentence(&hint)}</div> });
    let entity = match entity {
        Some(entity) => entity_chip(icons, entity, false).into_any(),
        None => view! { <span class="t3">"none could be read"</span> }.into_any(),
    };
    let owned_by = match owned_by {
        Some(owned_by) => owner(Some(owned_by)).into_any(),
        None => view! { <span class="t3">"nobody"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="name">{entity}</td>
            <td class="what"><div dir="auto">{sentence(&problem.message)}</div> {hint} {place}</td>
            <td class="p2">{owned_by}</td>
        </tr>
    }
}

fn nothing(is_narrowed: bool) -> impl IntoView {
    let (heading, text, actions) = if is_narrowed {
        let clear = Action { label: "Clear the filters".to_owned(), href: href(PATH), symbol: Icon::X };
        ("No problem matches", "There are none of this level, owner and cause.", vec![clear])
    } else {
        let sources =
            Action { label: "See the sources".to_owned(), href: href("/catalog/sources"), symbol: Icon::Radio };
        ("Nothing to mend", "All sources could be read, and each entity has what its kind asks for.", vec![sources])
    };
    empty(Empty {
        symbol: Icon::ListChecks,
        heading: heading.to_owned(),
        whole_page: false,
        text: text.to_owned(),
        more: None,
        actions,
    })
}

fn skeleton() -> AnyView {
    let bars = ["w4", "w2", "w3", "w1", "w4", "w2"];
    let row = |width| {
        let class = format!("skel {width}");
        view! { <tr><td><span class=class></span></td></tr> }
    };
    view! {
        <div class="page-head"><h1>"Problems"</h1></div>
        <div class="toolbar"></div>
        <table class="table" aria-hidden="true"><thead><tr><th></th></tr></thead><tbody>{bars.map(row)}</tbody></table>
        <p class="sr" role="status">"Loading the problems"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::catalog::{LevelCount, OwnerCount, Position, Problem};

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn problem(code: ProblemCode, level: Level, message: &str) -> Problem {
        Problem {
            code,
            level,
            message: message.into(),
            hint: Some("name a group or user of the catalog".into()),
            entity_ref: Some("component:default/web".into()),
            location: Some("file:/acme/catalog-info.yaml".into()),
            position: Some(Position { line: 14, column: 9 }),
            target_ref: None,
        }
    }

    fn groups() -> ProblemGroups {
        let broken = OwnedProblem {
            problem: Problem {
                entity_ref: None,
                hint: None,
                ..problem(ProblemCode::InvalidYaml, Level::Error, "a tab is no indentation")
            },
            entity: None,
            owner: None,
        };
        let ownerless = OwnedProblem {
            problem: problem(ProblemCode::NoOwner, Level::Warning, "nobody owns it: `spec.owner` is missing"),
            entity: Some(named("component:default/web", true)),
            owner: Some(named("group:default/payments", true)),
        };
        ProblemGroups {
            groups: vec![
                ProblemGroup { code: ProblemCode::InvalidYaml, level: Level::Error, total: 1, items: vec![broken] },
                ProblemGroup { code: ProblemCode::NoOwner, level: Level::Warning, total: 12, items: vec![ownerless] },
            ],
            total: 13,
            levels: vec![LevelCount { level: Level::Error, count: 1 }, LevelCount { level: Level::Warning, count: 12 }],
            owners: vec![
                OwnerCount { owner: Some(named("group:default/payments", true)), count: 12 },
                OwnerCount { owner: None, count: 1 },
            ],
        }
    }

    fn rendered(groups: ProblemGroups, search: &str) -> String {
        let query = parse(search);
        render(|| page(&KindIcons::from_config(), groups, &query, Callback::new(|_| ())))
    }

    #[test]
    fn full() {
        insta::assert_snapshot!(rendered(groups(), ""));
    }

    #[test]
    fn nothing_to_mend_and_nothing_that_matches_are_told_apart() {
        let clean = rendered(ProblemGroups::default(), "");
        assert!(clean.contains("Nothing to mend") && !clean.contains("Any owner"), "{clean}");
        let narrowed = rendered(ProblemGroups::default(), "level=error&owner=group:default/gone");
        assert!(narrowed.contains("No problem matches") && narrowed.contains("gone (0)"), "{narrowed}");
    }

    #[test]
    fn my_teams_are_spelled_out_for_the_server_alone() {
        let list = parse("owner=mine");
        assert_eq!(address(&list), "/catalog/problems?owner=mine");
        assert_eq!(with_teams(list.clone(), &["group:default/a".to_owned()]).owners, ["group:default/a"]);
        assert_eq!(with_teams(list, &[]).owners, [""; 0], "without teams everything is shown");
    }

    #[test]
    fn an_address_is_read_and_what_is_wrong_in_it_is_as_good_as_absent() {
        let list = parse("owner=group:default/a&level=warning&code=no-owner&x=y");
        assert_eq!(address(&list), "/catalog/problems?owner=group%3Adefault%2Fa&level=warning&code=no-owner");
        assert_eq!(list.limit, Some(MANY));
        assert_eq!(address(&parse("level=bad&code=bad&owner=")), PATH);
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut groups = groups();
        groups.groups[1].items[0].problem.message = HOSTILE.into();
        groups.groups[1].items[0].problem.hint = Some(HOSTILE.into());
        groups.groups[1].items[0].problem.location = Some(HOSTILE.into());
        groups.groups[1].items[0].entity = Some(named(HOSTILE, true));
        groups.owners[0].owner = Some(named(HOSTILE, true));
        assert_harmless(&rendered(groups, &format!("owner={HOSTILE}")));
    }
}
