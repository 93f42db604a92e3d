//! The groups as a tree.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use model::catalog::{GetOrganization, Organization, OrganizationGroup};

use super::{
    Index,
    snapshot::{Hit, Matches, Snapshot},
};

/// Groups where the caller names no limit.
const DEFAULT_LIMIT: usize = 300;

const CHILD_OF: &str = "relations.childof";

impl Index {
    /// The groups, each below its parent. A group of several parents stands below the first; one whose parent does not exist, or that
    /// stands below itself, at the top. Of more groups than the limit those near the top are told.
    pub fn organization(&self, query: &GetOrganization) -> Organization {
        let snapshot = self.current.load();
        let of_kind = |kind: &str| {
            let kind = [kind.to_owned()];
            snapshot.each(|segment| segment.having_any("kind", &kind))
        };
        let tree = Tree::of(&snapshot, &of_kind("group"));
        let members = |entity_ref: &str| snapshot.related("memberof", entity_ref).len();
        let without: HashSet<&str> = tree.in_order.iter().copied().filter(|group| members(group) == 0).collect();
        let text = query.text.trim().to_lowercase();
        let is_match = |group: &str| {
            let holds =
                |text: &str, value: Option<&str>| value.is_some_and(|value| value.to_lowercase().contains(text));
            let hit = tree.hits[group];
            (!query.without_members || without.contains(group))
                && (text.is_empty()
                    || holds(&text, snapshot.value(hit, "metadata.name"))
                    || holds(&text, snapshot.title(hit)))
        };
        let matching: HashSet<&str> = tree.in_order.iter().copied().filter(|group| is_match(group)).collect();
        let shown = tree.near_the_top(&tree.leading_to(&matching), query.limit.unwrap_or(DEFAULT_LIMIT));
        let troubled = snapshot.findings(&self.kinds).with_problems();
        let told = |group: &&str| {
            let group = *group;
            let hit = tree.hits[group];
            let owned = snapshot.related("ownedby", group);
            let children = tree.children(group);
            let hidden = children.iter().filter(|child| !shown.contains(*child)).count();
            OrganizationGroup {
                group: snapshot.row_ref(group),
                entity_type: snapshot.value(hit, "spec.type").map(str::to_owned),
                depth: tree.depths[group],
                members: members(group),
                owned: owned.len(),
                with_problems: owned.and(&troubled).len(),
                children: children.len() as u64,
                hidden: hidden as u64,
                is_match: matching.contains(group),
                is_in_circle: tree.circles.contains(group),
                missing_parent: snapshot
                    .value(hit, CHILD_OF)
                    .filter(|parent| snapshot.find(parent).is_none())
                    .map(str::to_owned),
            }
        };
        Organization {
            groups: tree.in_order.iter().filter(|group| shown.contains(*group)).map(told).collect(),
            total: matching.len() as u64,
            total_groups: tree.in_order.len() as u64,
            without_members: without.len() as u64,
            people: of_kind("user").len(),
        }
    }
}

/// Groups by canonical ref.
struct Tree<'a> {
    hits: HashMap<&'a str, Hit>,
    /// Of those that have any, in the order of the refs.
    children: BTreeMap<&'a str, Vec<&'a str>>,
    parents: HashMap<&'a str, &'a str>,
    /// Each after its parent.
    in_order: Vec<&'a str>,
    depths: HashMap<&'a str, u32>,
    /// Groups at the top that stand below themselves.
    circles: HashSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn of(snapshot: &'a Snapshot, groups: &Matches<'_>) -> Self {
        let hits: HashMap<&str, Hit> = groups.hits().map(|hit| (snapshot.entity_ref(hit), hit)).collect();
        let mut refs: Vec<&str> = hits.keys().copied().collect();
        refs.sort_unstable();
        let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut named: HashMap<&str, &str> = HashMap::new();
        for group in &refs {
            let parent = snapshot.value(hits[group], CHILD_OF).and_then(|parent| hits.get_key_value(parent));
            if let Some((parent, _)) = parent {
                children.entry(*parent).or_default().push(*group);
                named.insert(*group, *parent);
            }
        }
        let mut tree = Self {
            hits,
            children,
            parents: HashMap::new(),
            in_order: Vec::new(),
            depths: HashMap::new(),
            circles: HashSet::new(),
        };
        for top in refs.iter().filter(|group| !named.contains_key(*group)) {
            tree.walk(top);
        }
        // What no top leads to stands in a circle, or below one.
        for group in refs {
            if !tree.depths.contains_key(group) {
                let mut seen = HashSet::new();
                let mut first = group;
                while seen.insert(first) {
                    first = named[first];
                }
                tree.circles.insert(first);
                tree.walk(first);
            }
        }
        tree
    }

    fn walk(&mut self, top: &'a str) {
        let mut open = vec![(top, 0)];
        while let Some((group, depth)) = open.pop() {
            if self.depths.contains_key(group) {
                continue;
            }
            self.depths.insert(group, depth);
            self.in_order.push(group);
            for child in self.children.get(group).into_iter().flatten().rev() {
                if !self.depths.contains_key(child) {
                    self.parents.insert(child, group);
                    open.push((child, depth + 1));
                }
            }
        }
    }

    /// Groups that stand right below a group, in the order of the refs.
    fn children(&self, group: &str) -> Vec<&'a str> {
        let all = self.children.get(group).into_iter().flatten();
        all.copied().filter(|child| self.parents.get(child).is_some_and(|parent| *parent == group)).collect()
    }

    /// Some groups and all that they stand below.
    fn leading_to(&self, groups: &HashSet<&'a str>) -> HashSet<&'a str> {
        let mut leading = HashSet::new();
        for group in groups {
            let mut next = Some(*group);
            while let Some(group) = next.filter(|group| leading.insert(*group)) {
                next = self.parents.get(group).copied();
            }
        }
        leading
    }

    /// As many of some groups as the limit allows, those at the top first.
    fn near_the_top(&self, groups: &HashSet<&'a str>, limit: usize) -> HashSet<&'a str> {
        let tops = self.in_order.iter().copied().filter(|group| self.depths[group] == 0);
        let mut waiting: VecDeque<&str> = tops.filter(|group| groups.contains(group)).collect();
        let mut near = HashSet::new();
        while let Some(group) = waiting.pop_front().filter(|_| near.len() < limit) {
            near.insert(group);
            waiting.extend(self.children(group).into_iter().filter(|child| groups.contains(child)));
        }
        near
    }
}
