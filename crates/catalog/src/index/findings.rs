//! Problems that follow from what other entities there are: references to nothing, and entities without an owner.

use std::{borrow::Cow, collections::HashMap};

use model::{
    catalog::{Problem, ProblemCode},
    entity::{Level, annotations::MANAGED_BY_LOCATION},
};
use roaring::RoaringBitmap;

use super::{
    posting::Doc,
    snapshot::{Hit, Matches, Part, Snapshot},
};
use crate::kinds::KindRegistry;

const OWNED_BY: &str = "relations.ownedby";

/// What is wrong with each document, given the others.
#[derive(Default)]
pub(super) struct Findings {
    dangling: HashMap<Hit, Vec<Dangling>>,
    /// Documents without an owner that exists.
    ownerless: HashMap<Part, RoaringBitmap>,
    /// Documents with any problem, those of processing among them.
    with_problems: HashMap<Part, RoaringBitmap>,
    /// Documents of which processing found an error.
    with_errors: HashMap<Part, RoaringBitmap>,
}

struct Dangling {
    /// In lower case.
    relation_type: String,
    target_ref: String,
}

impl Findings {
    pub(super) fn of(snapshot: &Snapshot, kinds: &KindRegistry) -> Self {
        let mut findings = Self::default();
        findings.look_for_dangling(snapshot);
        findings.look_for_ownerless(snapshot, kinds);
        for part in [Part::Base, Part::Delta] {
            let segment = snapshot.segment(part);
            let is_error = |doc: &Doc| segment.problems(*doc).iter().any(|problem| problem.level == Level::Error);
            let errors: RoaringBitmap = segment.docs_with_problems().filter(is_error).collect();
            findings.with_errors.insert(part, errors & snapshot.all().of(part));
            let set = findings.with_problems.entry(part).or_default();
            set.extend(findings.dangling.keys().filter(|hit| hit.part == part).map(|hit| hit.doc));
            set.extend(segment.docs_with_problems());
            *set |= &findings.ownerless[&part];
            *set &= snapshot.all().of(part);
        }
        findings
    }

    fn look_for_dangling(&mut self, snapshot: &Snapshot) {
        let all = snapshot.all();
        for part in [Part::Base, Part::Delta] {
            let segment = snapshot.segment(part);
            for key in segment.facts.keys.iter().filter(|key| key.name.starts_with("relations.")) {
                for entry in segment.facts.values_of(key) {
                    let target_ref = segment.facts.original(entry);
                    if snapshot.find(target_ref).is_some() {
                        continue;
                    }
                    segment.facts.postings.for_each(entry.posting, |doc: Doc| {
                        let hit = Hit { part, doc };
                        if all.contains(hit) {
                            let relation_type = key.name["relations.".len()..].to_owned();
                            let dangling = Dangling { relation_type, target_ref: target_ref.to_owned() };
                            self.dangling.entry(hit).or_default().push(dangling);
                        }
                    });
                }
            }
        }
    }

    fn look_for_ownerless(&mut self, snapshot: &Snapshot, kinds: &KindRegistry) {
        let owned_kinds: Vec<String> =
            kinds.infos().iter().filter(|info| info.owned).map(|info| info.kind.to_lowercase()).collect();
        let owned = snapshot.each(|segment| segment.having_any("kind", &owned_kinds));
        for part in [Part::Base, Part::Delta] {
            let segment = snapshot.segment(part);
            let mut without = owned.of(part).clone();
            if let Some(key) = segment.facts.key(OWNED_BY) {
                for entry in segment.facts.values_of(key) {
                    if snapshot.find(segment.facts.original(entry)).is_some() {
                        without -= segment.facts.postings.bitmap(entry.posting).as_ref();
                    }
                }
            }
            self.ownerless.insert(part, without);
        }
    }

    /// Documents without an owner that exists.
    pub(super) fn ownerless(&self) -> Matches<'_> {
        matches(&self.ownerless)
    }

    /// Documents with any problem.
    pub(super) fn with_problems(&self) -> Matches<'_> {
        matches(&self.with_problems)
    }

    /// Documents of which processing found an error; what follows from other entities is never worse than a warning.
    pub(super) fn with_errors(&self) -> Matches<'_> {
        matches(&self.with_errors)
    }

    /// All problems of a document, the worst first.
    pub(super) fn problems(&self, snapshot: &Snapshot, kinds: &KindRegistry, hit: Hit) -> Vec<Problem> {
        let mut problems = snapshot.segment(hit.part).problems(hit.doc).to_vec();
        let kind = snapshot.value(hit, "kind").unwrap_or_default();
        let entity_ref = snapshot.entity_ref(hit);
        let problem = |code: ProblemCode, message: String, hint: &str, target_ref: Option<&String>| Problem {
            code,
            level: Level::Warning,
            message,
            hint: Some(hint.to_owned()),
            entity_ref: Some(entity_ref.to_owned()),
            location: snapshot.value(hit, &format!("metadata.annotations.{MANAGED_BY_LOCATION}")).map(str::to_owned),
            position: None,
            target_ref: target_ref.cloned(),
        };
        let mut names_an_owner = false;
        for Dangling { relation_type, target_ref } in self.dangling.get(&hit).into_iter().flatten() {
            let field = kinds.field_of_relation(kind, relation_type).unwrap_or_else(|| relation_type.clone());
            let message = format!("`{field}` names `{target_ref}`, which does not exist");
            if relation_type == "ownedby" {
                names_an_owner = true;
                problems.push(problem(
                    ProblemCode::NoOwner,
                    message,
                    "name a group or user of the catalog, or add the missing one",
                    Some(target_ref),
                ));
            } else {
                let way_out = "mend the reference, or add the missing entity to the catalog";
                problems.push(problem(ProblemCode::DanglingReference, message, way_out, Some(target_ref)));
            }
        }
        if !names_an_owner && self.ownerless[&hit.part].contains(hit.doc) {
            let message = "nobody owns it: `spec.owner` is missing".to_owned();
            problems.push(problem(ProblemCode::NoOwner, message, "name a group or user of the catalog", None));
        }
        problems.sort_by(|a, b| b.level.cmp(&a.level).then(a.position.cmp(&b.position)));
        problems
    }
}

fn matches(by_part: &HashMap<Part, RoaringBitmap>) -> Matches<'_> {
    Matches { base: Cow::Borrowed(&by_part[&Part::Base]), delta: Cow::Borrowed(&by_part[&Part::Delta]) }
}
