//! What Backstage's REST API asks of the catalog.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use model::{
    catalog::{
        DEFAULT_QUERY_LIMIT, EntitiesQuery, FacetValue, Facets, FacetsQuery, FullTextFilter, OrderField, PageInfo,
    },
    entity::{
        Entity,
        annotations::{MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION},
    },
    entity_ref::EntityRef,
    filter::{Condition, EntityFilter},
    predicate::{ParsePredicateError, Predicate},
};
use serde_json::Value;

use super::{
    Index,
    cursor::Cursor,
    fields::project,
    order::OrderSpec,
    snapshot::{Hit, Matches, Part, Snapshot, Start},
};

/// Why a query can't be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The cursor was not made by [`Index::query`].
    #[error("Malformed cursor: {0}")]
    InvalidCursor(String),
    /// The cursor holds a filter that is none.
    #[error(transparent)]
    InvalidFilter(#[from] model::filter::ParseFilterError),
    /// The predicate is none.
    #[error(transparent)]
    InvalidPredicate(#[from] ParsePredicateError),
}

/// A page of entities as JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawPage {
    /// The entities.
    pub items: Vec<Bytes>,
    /// Entities that match on all pages.
    pub total_items: u64,
    /// Where to go on.
    pub page_info: PageInfo,
}

/// A query with what its cursor says put in.
struct Question {
    filter: EntityFilter,
    predicate: Option<Predicate>,
    /// Its JSON form.
    predicate_json: Option<Value>,
    full_text: Option<FullTextFilter>,
    order: Vec<OrderField>,
    start: Start,
}

impl Question {
    fn of(query: &EntitiesQuery) -> Result<Self, QueryError> {
        let Some(cursor) = &query.cursor else {
            return Ok(Self {
                filter: query.filter.clone(),
                predicate: query.predicate.as_ref().map(Predicate::parse).transpose()?,
                predicate_json: query.predicate.clone(),
                full_text: query.full_text.clone(),
                order: query.order.clone(),
                start: Start::Offset(query.offset),
            });
        };
        let cursor = Cursor::decode(cursor).map_err(QueryError::InvalidCursor)?;
        let key = cursor.sort_key();
        Ok(Self {
            filter: EntityFilter::parse(&cursor.filter)?,
            predicate: cursor.query.as_ref().map(Predicate::parse).transpose()?,
            predicate_json: cursor.query,
            full_text: cursor.full_text_filter,
            order: cursor.order_fields,
            start: if cursor.is_previous { Start::Before(key) } else { Start::After(key) },
        })
    }

    fn cursor(&self, snapshot: &Snapshot, spec: &OrderSpec, hit: Hit, is_previous: bool) -> String {
        let key = snapshot.sort_key(hit, spec);
        Cursor {
            order_fields: self.order.clone(),
            order_field_values: key.values,
            entity_ref: key.entity_ref,
            is_previous,
            filter: self.filter.to_params(),
            full_text_filter: self.full_text.clone(),
            query: self.predicate_json.clone(),
        }
        .encode()
    }
}

/// Entities that [`Index::refs_with`] finds.
const MAX_REFS_WITH: usize = 100;

impl Index {
    /// One entity as JSON, by its ref in any case.
    pub fn entity(&self, entity_ref: &EntityRef) -> Option<Bytes> {
        let snapshot = self.current.load();
        snapshot.find(&entity_ref.canonical()).map(|hit| snapshot.json(hit))
    }

    /// Those of some canonical refs that there are, in their order.
    pub fn existing(&self, refs: &[String]) -> Vec<String> {
        let snapshot = self.current.load();
        refs.iter().filter(|entity_ref| snapshot.find(entity_ref).is_some()).cloned().collect()
    }

    /// The canonical ref of an entity, by its uid.
    pub fn ref_of_uid(&self, uid: &str) -> Option<String> {
        let snapshot = self.current.load();
        let matches = snapshot.filter(&EntityFilter::all_of(vec![Condition::any_of("metadata.uid", [uid])]));
        let hit = snapshot.page(&matches, &OrderSpec::new(&[], true), &Start::Offset(0), 1).first().copied()?;
        Some(snapshot.entity_ref(hit).to_owned())
    }

    /// The canonical refs of the entities that have a relation of a type, in lower case, to a canonical ref.
    pub fn related_to(&self, relation_type: &str, target_ref: &str) -> Vec<String> {
        let snapshot = self.current.load();
        snapshot.related(relation_type, target_ref).hits().map(|hit| snapshot.entity_ref(hit).to_owned()).collect()
    }

    /// The canonical refs of the entities that have all of some values at their paths, at most [`MAX_REFS_WITH`].
    pub fn refs_with(&self, values: &[(&str, &str)]) -> Vec<String> {
        let snapshot = self.current.load();
        let conditions = values.iter().map(|(path, value)| Condition::any_of(path, [*value])).collect();
        let matches = snapshot.filter(&EntityFilter::all_of(conditions));
        let hits = snapshot.page(&matches, &OrderSpec::new(&[], true), &Start::Offset(0), MAX_REFS_WITH);
        hits.into_iter().map(|hit| snapshot.entity_ref(hit).to_owned()).collect()
    }

    /// How many entities came from each source, `type:target`, without the locations that stand for the sources.
    pub fn sources(&self) -> Vec<FacetValue> {
        let snapshot = self.current.load();
        let key = format!("metadata.annotations.{MANAGED_BY_ORIGIN_LOCATION}");
        let mut sources = facet_values(&snapshot, &snapshot.all(), &key);
        for source in &mut sources {
            source.count = source.count.saturating_sub(1);
        }
        sources
    }

    /// Where entities are defined and which sources they came from, `type:target`, each once.
    pub fn locations(&self) -> Vec<String> {
        let snapshot = self.current.load();
        let mut locations: Vec<String> = [MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION]
            .into_iter()
            .flat_map(|key| facet_values(&snapshot, &snapshot.all(), &format!("metadata.annotations.{key}")))
            .map(|value| value.value)
            .collect();
        locations.sort_unstable();
        locations.dedup();
        locations
    }

    /// Where an entity is defined, `type:target`, by its ref in any case.
    pub fn location(&self, entity_ref: &EntityRef) -> Option<String> {
        self.annotation(entity_ref, MANAGED_BY_LOCATION)
    }

    /// The source that an entity came in through, `type:target`, by its ref in any case.
    pub fn origin(&self, entity_ref: &EntityRef) -> Option<String> {
        self.annotation(entity_ref, MANAGED_BY_ORIGIN_LOCATION)
    }

    fn annotation(&self, entity_ref: &EntityRef, key: &str) -> Option<String> {
        let entity: Entity = serde_json::from_slice(&self.entity(entity_ref)?).ok()?;
        entity.metadata.annotations.get(key).cloned()
    }

    /// Entities by canonical refs, as many and in the same order; `None` where there is none or it does not pass the filter.
    pub fn by_refs(&self, refs: &[String], filter: &EntityFilter, fields: &[String]) -> Vec<Option<Bytes>> {
        let snapshot = self.current.load();
        let matches = snapshot.filter(filter);
        let item = |entity_ref: &String| {
            let hit = snapshot.find(entity_ref).filter(|hit| matches.contains(*hit))?;
            Some(project(&snapshot.json(hit), fields))
        };
        refs.iter().map(item).collect()
    }

    /// A page of entities with cursors to the next and the one before.
    ///
    /// # Errors
    /// [`QueryError`] for a cursor that is none.
    pub fn query(&self, query: &EntitiesQuery) -> Result<RawPage, QueryError> {
        let mut question = Question::of(query)?;
        let snapshot = self.current.load();
        let is_told = |order: &OrderField| !snapshot.may_veil(&order.field.to_lowercase());
        if query.cursor.is_some() && !question.order.iter().all(is_told) {
            return Err(QueryError::InvalidCursor("not of a question that was asked here".to_owned()));
        }
        // A cursor tells the values of its order, and a relation may be to what is not to be seen.
        question.order.retain(is_told);
        let spec = OrderSpec::new(&question.order, false);
        let matches = snapshot.orderable(matching(&snapshot, &question), &spec);
        let limit = query.limit.unwrap_or(DEFAULT_QUERY_LIMIT);
        let hits = snapshot.page(&matches, &spec, &question.start, limit);

        let beyond = |start: Start| !snapshot.page(&matches, &spec, &start, 1).is_empty();
        let mut page_info = PageInfo::default();
        if let (Some(first), Some(last)) = (hits.first(), hits.last()) {
            if beyond(Start::After(snapshot.sort_key(*last, &spec))) {
                page_info.next_cursor = Some(question.cursor(&snapshot, &spec, *last, false));
            }
            // A page by offset is taken for the first one, as in Backstage.
            if query.cursor.is_some() && beyond(Start::Before(snapshot.sort_key(*first, &spec))) {
                page_info.prev_cursor = Some(question.cursor(&snapshot, &spec, *first, true));
            }
        }
        Ok(RawPage {
            items: hits.into_iter().map(|hit| project(&snapshot.json(hit), &query.fields)).collect(),
            total_items: if query.exclude_total { 0 } else { matches.len() },
            page_info,
        })
    }

    /// Entities by offset, and whether there are more: the form that Backstage calls deprecated. Without a limit: all.
    pub fn entities(
        &self,
        filter: &EntityFilter,
        fields: &[String],
        order: &[OrderField],
        offset: usize,
        limit: Option<usize>,
    ) -> (Vec<Bytes>, bool) {
        let snapshot = self.current.load();
        let order: Vec<OrderField> =
            order.iter().filter(|order| !snapshot.may_veil(&order.field.to_lowercase())).cloned().collect();
        let spec = OrderSpec::new(&order, true);
        let matches = snapshot.filter(filter);
        let wanted = limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
        let mut hits = snapshot.page(&matches, &spec, &Start::Offset(offset), wanted);
        let more = limit.is_some_and(|limit| hits.len() > limit);
        hits.truncate(limit.unwrap_or(usize::MAX));
        (hits.into_iter().map(|hit| project(&snapshot.json(hit), fields)).collect(), more)
    }

    /// How often each value of some paths occurs, by path.
    ///
    /// # Errors
    /// [`QueryError::InvalidPredicate`].
    pub fn facets(&self, query: &FacetsQuery) -> Result<Facets, QueryError> {
        let snapshot = self.current.load();
        let mut matches = snapshot.filter(&query.filter);
        if let Some(predicate) = &query.predicate {
            matches = matches.and(&snapshot.matching(&Predicate::parse(predicate)?));
        }
        let values = |path: &String| (path.clone(), facet_values(&snapshot, &matches, &path.to_lowercase()));
        Ok(Facets { facets: query.facets.iter().map(values).collect::<BTreeMap<_, _>>() })
    }
}

/// Values at a path, in lower case, with how many matching documents have each; sorted by value.
pub(super) fn facet_values(snapshot: &Snapshot, matches: &Matches<'_>, key: &str) -> Vec<FacetValue> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for part in [Part::Base, Part::Delta] {
        let segment = snapshot.segment(part);
        let Some(key) = segment.facts.key(key) else { continue };
        for entry in snapshot.values_of(part, key) {
            let count = segment.facts.postings.count_in(entry.posting, matches.of(part));
            if count > 0 {
                *counts.entry(segment.facts.original(entry)).or_default() += count;
            }
        }
    }
    let mut values: Vec<_> =
        counts.into_iter().map(|(value, count)| FacetValue { value: value.to_owned(), count }).collect();
    values.sort_unstable_by(|a, b| a.value.cmp(&b.value));
    values
}

fn matching<'a>(snapshot: &'a Snapshot, question: &Question) -> Matches<'a> {
    let mut matches = snapshot.filter(&question.filter);
    if let Some(predicate) = &question.predicate {
        matches = matches.and(&snapshot.matching(predicate));
    }
    let Some(FullTextFilter { term, fields }) = question.full_text.as_ref().filter(|text| !text.term.trim().is_empty())
    else {
        return matches;
    };
    // Without fields it is the first order field that is looked in; without that too, nothing is found (recorded).
    let keys: Vec<String> = match fields.as_slice() {
        [] => question.order.first().map(|order| order.field.to_lowercase()).into_iter().collect(),
        fields => fields.iter().map(|field| field.to_lowercase()).collect(),
    };
    matches.and(&snapshot.with_text(&keys, term.trim()))
}
