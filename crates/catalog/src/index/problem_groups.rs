//! Problems by cause, with whose they are.

use std::{cmp::Reverse, collections::BTreeMap};

use model::{
    catalog::{LevelCount, ListProblems, OwnedProblem, OwnerCount, Problem, ProblemCode, ProblemGroup, ProblemGroups},
    entity::Level,
};

use super::{Index, snapshot::Snapshot};

const OWNED_BY: &str = "relations.ownedby";

/// Problems of a cause that are told where the caller names no limit.
const DEFAULT_LIMIT: usize = 10;

impl Index {
    /// Problems by cause, with whose they are, and how many each owner and each level has.
    pub fn problem_groups(&self, list: &ListProblems) -> ProblemGroups {
        let snapshot = self.current.load();
        let limit = list.limit.unwrap_or(DEFAULT_LIMIT);
        let mut groups: BTreeMap<ProblemCode, ProblemGroup> = BTreeMap::new();
        let mut levels: BTreeMap<Reverse<Level>, u64> = BTreeMap::new();
        let mut owners: BTreeMap<Option<String>, u64> = BTreeMap::new();
        let mut total = 0;
        // The worst come first.
        for problem in self.all_problems(&snapshot) {
            if list.code.is_some_and(|code| code != problem.code) {
                continue;
            }
            let owner = owner(&snapshot, &problem);
            let of_owner = list.owners.is_empty()
                || match owner {
                    Some(owner) => list.owners.iter().any(|wanted| wanted.eq_ignore_ascii_case(owner)),
                    None => list.wants_ownerless(),
                };
            let of_level = list.level.is_none_or(|level| level == problem.level);
            if of_owner {
                *levels.entry(Reverse(problem.level)).or_default() += 1;
            }
            if of_level {
                *owners.entry(owner.map(str::to_owned)).or_default() += 1;
            }
            if !(of_owner && of_level) {
                continue;
            }
            total += 1;
            let (code, level) = (problem.code, problem.level);
            let group = groups.entry(code).or_insert_with(|| ProblemGroup { code, level, total: 0, items: Vec::new() });
            group.total += 1;
            if group.items.len() < limit {
                let owner = owner.map(|owner| snapshot.row_ref(owner));
                let entity = problem.entity_ref.as_deref().map(|entity_ref| snapshot.row_ref(entity_ref));
                group.items.push(OwnedProblem { problem, entity, owner });
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| (Reverse(group.level), Reverse(group.total), group.code));
        let mut owners: Vec<_> = owners.into_iter().collect();
        owners.sort_by_key(|(_, count)| Reverse(*count));
        let owner_count = |(owner, count): (Option<String>, u64)| OwnerCount {
            owner: owner.map(|owner| snapshot.row_ref(&owner)),
            count,
        };
        ProblemGroups {
            groups,
            total,
            levels: levels.into_iter().map(|(Reverse(level), count)| LevelCount { level, count }).collect(),
            owners: owners.into_iter().map(owner_count).collect(),
        }
    }
}

impl Index {
    /// The problems of what some owners own, the worst first.
    pub(super) fn owned_problems(&self, list: &ListProblems) -> Vec<OwnedProblem> {
        let snapshot = self.current.load();
        let owned = |problem: Problem| {
            let owner = owner(&snapshot, &problem)?;
            list.owners.iter().any(|wanted| wanted.eq_ignore_ascii_case(owner)).then(|| {
                let owner = Some(snapshot.row_ref(owner));
                let entity = problem.entity_ref.as_deref().map(|entity_ref| snapshot.row_ref(entity_ref));
                OwnedProblem { problem, entity, owner }
            })
        };
        self.all_problems(&snapshot).into_iter().filter_map(owned).collect()
    }
}

/// The first owner of the entity that has the problem, if that owner exists.
fn owner<'a>(snapshot: &'a Snapshot, problem: &Problem) -> Option<&'a str> {
    let hit = snapshot.find(problem.entity_ref.as_deref()?)?;
    snapshot.value(hit, OWNED_BY).filter(|owner| snapshot.find(owner).is_some())
}
