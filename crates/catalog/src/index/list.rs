//! One kind as rows with counts to narrow it down by: what the catalog's page shows.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use model::{
    catalog::{
        EntityList, EntityRow, FacetGroup, FacetKey, FacetValue, KindCount, ListEntities, ListSort, Order, OrderField,
        Problem, ProblemList, ProblemsQuery, RowProblem, UserFilter,
    },
    entity::Relation,
    entity_ref::{EntityRef, ParseRefError},
    filter::{Condition, EntityFilter},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Index,
    findings::Findings,
    order::OrderSpec,
    query::facet_values,
    snapshot::{Hit, Matches, Part, Snapshot, Start},
};
use crate::kinds::KindRegistry;

/// Rows where the caller names no limit.
const DEFAULT_LIMIT: usize = 50;

/// Characters of a description that a row holds.
const DESCRIPTION_LENGTH: usize = 200;

/// Tags that a row holds.
const TAGS: usize = 5;

/// Paths that the text of a list looks in.
const TEXT_KEYS: [&str; 4] = ["metadata.name", "metadata.title", "metadata.description", "metadata.tags"];

impl Index {
    /// Rows of one kind, with facets.
    pub fn list(&self, list: &ListEntities) -> EntityList {
        let snapshot = self.current.load();
        Lister::new(&snapshot, &self.kinds, list).run()
    }

    /// Rows in the order of the list, from its offset on and at most its limit, of one state of the catalog.
    pub fn rows(&self, list: &ListEntities) -> Rows {
        let snapshot = self.current.load_full();
        let kinds = Arc::clone(&self.kinds);
        let lister = Lister::new(&snapshot, &kinds, list);
        let hits = lister.page(&lister.shown(&lister.selections(), None), list.limit.unwrap_or(DEFAULT_LIMIT));
        Rows { hits: hits.into_iter(), snapshot, kinds }
    }

    /// Entities a kind, the known ones first.
    pub(super) fn kind_counts(&self) -> Vec<KindCount> {
        Lister::new(&self.current.load(), &self.kinds, &ListEntities::default()).kind_counts()
    }

    /// How many entities the teams of a list own.
    pub(super) fn count_owned(&self, list: &ListEntities) -> u64 {
        Lister::new(&self.current.load(), &self.kinds, list).owned().len()
    }

    /// Problems of the catalog or of one entity, the worst first, then by place.
    ///
    /// # Errors
    /// If the query names an entity by what is no ref.
    pub fn problems(&self, query: &ProblemsQuery) -> Result<ProblemList, ParseRefError> {
        let snapshot = self.current.load();
        let mut items = match &query.entity_ref {
            Some(text) => self.problems_of(&snapshot, &EntityRef::parse_full(text)?.canonical()),
            None => self.all_problems(&snapshot),
        };
        let total_items = items.len();
        items.truncate(query.limit.unwrap_or(total_items));
        Ok(ProblemList { items, total_items })
    }

    /// Problems of one canonical ref, of which there may be no entity.
    pub(super) fn problems_of(&self, snapshot: &Snapshot, entity_ref: &str) -> Vec<Problem> {
        let of_entity = |problem: &&Problem| problem.entity_ref.as_deref() == Some(entity_ref);
        let mut problems: Vec<Problem> = snapshot.unattached.iter().filter(of_entity).cloned().collect();
        if let Some(hit) = snapshot.find(entity_ref) {
            problems.extend(snapshot.findings(&self.kinds).problems(snapshot, &self.kinds, hit));
        }
        worst_first(problems)
    }

    /// The worst first.
    pub(super) fn all_problems(&self, snapshot: &Snapshot) -> Vec<Problem> {
        let findings = snapshot.findings(&self.kinds);
        let with_problems = findings.with_problems().and(&snapshot.all());
        let hits = [Part::Base, Part::Delta]
            .into_iter()
            .flat_map(|part| with_problems.of(part).iter().map(move |doc| Hit { part, doc }).collect::<Vec<_>>());
        let attached = hits.flat_map(|hit| findings.problems(snapshot, &self.kinds, hit));
        worst_first(snapshot.unattached.iter().cloned().chain(attached).collect())
    }
}

/// The worst first, then by place.
fn worst_first(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| {
        let place = |p: &Problem| (p.location.clone(), p.position, p.entity_ref.clone());
        b.level.cmp(&a.level).then_with(|| place(a).cmp(&place(b)))
    });
    problems
}

/// Rows that are made as they are taken.
pub struct Rows {
    snapshot: Arc<Snapshot>,
    kinds: Arc<KindRegistry>,
    hits: std::vec::IntoIter<Hit>,
}

impl Iterator for Rows {
    type Item = EntityRow;

    fn next(&mut self) -> Option<EntityRow> {
        let Self { snapshot, kinds, hits } = self;
        let findings = snapshot.findings(kinds);
        hits.find_map(|hit| row(snapshot, kinds, findings, hit))
    }
}

/// What each facet selects.
type Selections<'a> = BTreeMap<FacetKey, Matches<'a>>;

struct Lister<'a> {
    snapshot: &'a Snapshot,
    kinds: &'a KindRegistry,
    findings: &'a Findings,
    list: &'a ListEntities,
    /// What holds the text of the list; everything where that is empty.
    with_text: Matches<'a>,
}

impl<'a> Lister<'a> {
    fn new(snapshot: &'a Snapshot, kinds: &'a KindRegistry, list: &'a ListEntities) -> Self {
        let text = list.text.trim();
        let keys = || TEXT_KEYS.map(str::to_owned);
        let with_text = if text.is_empty() { snapshot.all() } else { snapshot.with_text(&keys(), text) };
        Self { snapshot, kinds, findings: snapshot.findings(kinds), list, with_text }
    }

    fn run(&self) -> EntityList {
        let selections = self.selections();
        let matches = self.shown(&selections, None);
        let everybodys = self.troubled_if_asked(self.narrowed(&selections, None));
        let limit = self.list.limit.unwrap_or(DEFAULT_LIMIT);
        EntityList {
            items: self.page(&matches, limit).into_iter().filter_map(|hit| self.row(hit)).collect(),
            total: matches.len(),
            total_of_kind: self.of_kind().len(),
            kinds: self.kind_counts(),
            facets: FacetKey::ALL.map(|key| self.facet(key, &self.shown(&selections, Some(key)))).into(),
            with_problems: self.of_user(self.narrowed(&selections, None)).and(&self.findings.with_problems()).len(),
            owned: everybodys.clone().and(&self.owned()).len(),
            starred: everybodys.clone().and(&self.starred()).len(),
            everybodys: everybodys.len(),
            unattached: self.unattached(),
            unattached_total: self.snapshot.unattached.len() as u64,
            offset: self.list.offset as u64,
            limit: limit as u64,
        }
    }

    fn selections(&self) -> Selections<'a> {
        let selected = self.list.selected.iter().filter(|(_, values)| !values.is_empty());
        selected.map(|(key, values)| (*key, self.having(*key, values))).collect()
    }

    /// Of the kind, with the text, the relation and what the facets select, but for one.
    fn narrowed(&self, selections: &Selections<'a>, but: Option<FacetKey>) -> Matches<'a> {
        let found = self.of_kind().and(&self.with_text);
        let found = match &self.list.related {
            Some(related) => found.and(&self.related(related)),
            None => found,
        };
        let chosen = selections.iter().filter(|(key, _)| Some(**key) != but);
        chosen.fold(found, |matches, (_, selection)| matches.and(selection))
    }

    /// What is listed, or would be without the selection of one facet.
    fn shown(&self, selections: &Selections<'a>, but: Option<FacetKey>) -> Matches<'a> {
        self.of_user(self.troubled_if_asked(self.narrowed(selections, but)))
    }

    fn troubled_if_asked(&self, matches: Matches<'a>) -> Matches<'a> {
        if self.list.with_problems { matches.and(&self.findings.with_problems()) } else { matches }
    }

    fn of_user(&self, matches: Matches<'a>) -> Matches<'a> {
        match self.list.user {
            UserFilter::All => matches,
            UserFilter::Owned => matches.and(&self.owned()),
            UserFilter::Starred => matches.and(&self.starred()),
        }
    }

    /// What a team of the visitor owns.
    fn owned(&self) -> Matches<'a> {
        let teams: Vec<String> = self.list.teams.iter().map(|team| team.to_lowercase()).collect();
        self.snapshot.each(|segment| Cow::Owned(segment.having_any(path(FacetKey::Owner), &teams).into_owned()))
    }

    /// What the visitor starred, as far as it is there.
    fn starred(&self) -> Matches<'a> {
        self.snapshot.those(self.list.stars.iter().map(String::as_str))
    }

    fn unattached(&self) -> Vec<Problem> {
        let mut problems: Vec<&Problem> = self.snapshot.unattached.iter().collect();
        problems.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.location.cmp(&b.location)));
        problems.into_iter().take(EntityList::MAX_UNATTACHED).cloned().collect()
    }

    fn of_kind(&self) -> Matches<'a> {
        match &self.list.kind {
            Some(kind) => self.snapshot.filter(&EntityFilter::all_of(vec![Condition::any_of("kind", [kind])])),
            None => self.snapshot.all(),
        }
    }

    /// Entities with a relation, written `type:ref`, to another one.
    fn related(&self, related: &str) -> Matches<'a> {
        let related = related.to_lowercase();
        let (relation_type, target_ref) = related.split_once(':').unwrap_or_default();
        self.snapshot.related(relation_type, target_ref)
    }

    fn having(&self, key: FacetKey, values: &[String]) -> Matches<'a> {
        let lower: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
        let matches = self.snapshot.each(|segment| Cow::Owned(segment.having_any(path(key), &lower).into_owned()));
        if key == FacetKey::Owner && lower.iter().any(|value| value == FacetKey::NO_OWNER) {
            let ownerless = self.findings.ownerless();
            return Matches {
                base: Cow::Owned(matches.base.as_ref() | ownerless.base.as_ref()),
                delta: Cow::Owned(matches.delta.as_ref() | ownerless.delta.as_ref()),
            };
        }
        matches
    }

    fn facet(&self, key: FacetKey, matches: &Matches<'a>) -> FacetGroup {
        let mut values = facet_values(self.snapshot, matches, path(key));
        if key == FacetKey::Owner {
            // An owner that does not exist is none.
            values.retain(|value| self.snapshot.find(&value.value).is_some());
            let count = matches.clone().and(&self.findings.ownerless()).len();
            if count > 0 {
                values.push(FacetValue { value: FacetKey::NO_OWNER.to_owned(), count });
            }
        }
        for selected in self.list.selected.get(&key).into_iter().flatten() {
            if !values.iter().any(|value| value.value.to_lowercase() == selected.to_lowercase()) {
                values.push(FacetValue { value: selected.clone(), count: 0 });
            }
        }
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        let total = values.len() as u64;
        let selected = self.list.selected.get(&key).map_or(&[][..], Vec::as_slice);
        let mut at = 0;
        values.retain(|FacetValue { value, .. }| {
            at += 1;
            at <= FacetGroup::MAX_VALUES || value == FacetKey::NO_OWNER || selected.contains(value)
        });
        FacetGroup { key, values, total }
    }

    fn kind_counts(&self) -> Vec<KindCount> {
        let counted = facet_values(self.snapshot, &self.snapshot.all(), "kind");
        let mut counts: HashMap<String, u64> = counted.into_iter().map(|value| (value.value, value.count)).collect();
        let mut kinds: Vec<KindCount> = Vec::new();
        for info in self.kinds.infos() {
            let is_asked_for = self.list.kind.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case(&info.kind));
            // The one that is asked for has its place and its name, also where there is none of it.
            if let Some(count) = counts.remove(&info.kind).or(is_asked_for.then_some(0)) {
                kinds.push(KindCount { kind: info.kind, plural: info.plural, count });
            }
        }
        let mut others: Vec<_> = counts.into_iter().collect();
        others.sort_unstable();
        kinds.extend(others.into_iter().map(|(kind, count)| KindCount { plural: kind.clone(), kind, count }));
        kinds
    }

    fn page(&self, matches: &Matches<'a>, limit: usize) -> Vec<Hit> {
        let order = self.list.order;
        let by = |field: &str, order: Order| OrderField { field: field.to_owned(), order };
        let by_name = || by("metadata.name", Order::Asc);
        let fields = match self.list.sort {
            ListSort::Problems => return self.page_by_problems(matches, limit),
            ListSort::Name => vec![by("metadata.name", order)],
            ListSort::Type => vec![by("spec.type", order), by_name()],
            ListSort::Lifecycle => vec![by("spec.lifecycle", order), by_name()],
            ListSort::Owner => vec![by("relations.ownedby", order), by_name()],
            ListSort::System => vec![by("relations.partof", order), by_name()],
        };
        self.snapshot.page(matches, &OrderSpec::new(&fields, true), &Start::Offset(self.list.offset), limit)
    }

    /// Worst first, and by name among equals; the sound ones first where the order is turned.
    fn page_by_problems(&self, matches: &Matches<'a>, limit: usize) -> Vec<Hit> {
        let by_name = OrderSpec::new(&[OrderField { field: "metadata.name".to_owned(), order: Order::Asc }], true);
        let troubled = matches.clone().and(&self.findings.with_problems());
        let broken = troubled.clone().and(&self.findings.with_errors());
        let mut groups = [broken.clone(), troubled.clone().without(&broken), matches.clone().without(&troubled)];
        if self.list.order == Order::Desc {
            groups.reverse();
        }
        let mut hits = Vec::with_capacity(limit);
        let mut offset = self.list.offset;
        for group in groups {
            hits.extend(self.snapshot.page(&group, &by_name, &Start::Offset(offset), limit - hits.len()));
            offset = offset.saturating_sub(group.len() as usize);
        }
        hits
    }

    fn row(&self, hit: Hit) -> Option<EntityRow> {
        row(self.snapshot, self.kinds, self.findings, hit)
    }
}

/// A document as a row.
fn row(snapshot: &Snapshot, kinds: &KindRegistry, findings: &Findings, hit: Hit) -> Option<EntityRow> {
    let source: RowSource = serde_json::from_slice(&snapshot.json(hit)).ok()?;
    let first = |relation_type: &str| {
        let relation = source.relations.iter().find(|relation| relation.relation_type == relation_type)?;
        Some(snapshot.row_ref(&relation.target_ref))
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let display_name = || text(source.spec.get("profile").and_then(|profile| profile.get("displayName")));
    Some(EntityRow {
        title: source.metadata.title.clone().or_else(display_name),
        owner: first("ownedBy"),
        system: first("partOf"),
        entity_type: text(source.spec.get("type")),
        lifecycle: text(source.spec.get("lifecycle")),
        kind: source.kind,
        namespace: source.metadata.namespace.unwrap_or_else(|| model::entity_ref::DEFAULT_NAMESPACE.to_owned()),
        name: source.metadata.name,
        description: source.metadata.description.map(|text| text.chars().take(DESCRIPTION_LENGTH).collect()),
        tags: source.metadata.tags.into_iter().take(TAGS).collect(),
        problem: problem(snapshot, kinds, findings, hit),
    })
}

/// The worst problem of a document.
fn problem(snapshot: &Snapshot, kinds: &KindRegistry, findings: &Findings, hit: Hit) -> Option<RowProblem> {
    if !findings.with_problems().contains(hit) {
        return None;
    }
    let problems = findings.problems(snapshot, kinds, hit);
    let worst = problems.first()?;
    Some(RowProblem { level: worst.level, label: worst.code.label().to_owned(), count: problems.len() as u64 })
}

/// Where an entity holds what a facet counts.
fn path(key: FacetKey) -> &'static str {
    match key {
        FacetKey::Type => "spec.type",
        FacetKey::Lifecycle => "spec.lifecycle",
        FacetKey::Owner => "relations.ownedby",
        FacetKey::Tags => "metadata.tags",
        FacetKey::Namespace => "metadata.namespace",
    }
}

/// What a row needs of an entity.
#[derive(Deserialize)]
struct RowSource {
    kind: String,
    metadata: RowMetadata,
    #[serde(default)]
    spec: serde_json::Map<String, Value>,
    #[serde(default)]
    relations: Vec<Relation>,
}

#[derive(Deserialize)]
struct RowMetadata {
    name: String,
    namespace: Option<String>,
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}
