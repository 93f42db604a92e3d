//! What is kept of what could not be read.

use std::path::{Path, PathBuf};

use model::catalog::Problem;

use super::{
    Claim, Content, KnownEntity,
    remote::Fault,
    source_scan::{CHECK_PATH, Lead, SourceScan, unreadable},
};

/// Stored entities that stay although they were not read.
pub(super) struct Retention {
    pub(super) scope: Scope,
    pub(super) problems: Vec<Problem>,
    pub(super) depth: usize,
    /// True if the problems are told nowhere else, so that they must not get lost where nothing is stored.
    pub(super) tell_always: bool,
}

pub(super) enum Scope {
    File(String),
    Folder(PathBuf),
    /// What another catalog listed.
    Listing(String),
    /// What a `Location` led to.
    Children(String),
    Entity {
        entity_ref: String,
        location: String,
    },
}

impl SourceScan<'_> {
    pub(super) fn keep_unreadable(&mut self, path: &Path, location: String, why: &str, lead: Lead) {
        let mut problem = unreadable(format!("can not read `{}`: {why}", path.display()));
        problem.location = Some(location.clone());
        problem.hint = Some(CHECK_PATH.to_owned());
        self.attach(lead.claim, problem.clone());
        let scope = Scope::File(location);
        self.retentions.push(Retention { scope, problems: vec![problem], depth: lead.depth, tell_always: false });
    }

    pub(super) fn retain(&mut self, Retention { scope, problems, depth, tell_always }: Retention) {
        let known = self.known;
        let source = self.reading.source.clone();
        let mut kept: Vec<(&str, &KnownEntity)> = known
            .of_source(&source)
            .filter(|(entity_ref, known)| scope.holds(entity_ref, known) && !self.claimed.contains(*entity_ref))
            .collect();
        kept.sort_unstable_by_key(|(entity_ref, _)| *entity_ref);
        if kept.is_empty() && tell_always {
            self.reading.problems.extend(problems);
            return;
        }
        for (entity_ref, entity) in kept {
            let claim = self.claim(Claim {
                entity_ref: entity_ref.to_owned(),
                location: entity.location.clone(),
                parent: entity.parent.clone(),
                position: None,
                content: Content::LastGood,
                problems: scope.kept_problems(entity),
            });
            for problem in &problems {
                self.attach(claim, problem.clone());
            }
            // Where `Location`s of another catalog lead, that catalog has read.
            let is_followed = !matches!(scope, Scope::Listing(_));
            if let Some(targets) = entity.targets.as_ref().filter(|_| is_followed) {
                self.follow_targets(targets, &entity.location, Lead { claim, optional: false, depth: depth + 1 });
            }
        }
    }

    /// Keeps what is stored of what could not be read: with a problem, or silently where its host has not answered yet.
    pub(super) fn keep_remote(&mut self, scope: Scope, url: &str, fault: Option<Fault>, lead: Lead) {
        let problem = fault.map(|fault| Problem {
            location: Some(format!("url:{url}")),
            ..unreadable(format!("can not read `{url}`: {}", fault.why))
        });
        if let Some(problem) = &problem {
            self.attach(lead.claim, problem.clone());
        }
        let problems = problem.into_iter().collect();
        self.retentions.push(Retention { scope, problems, depth: lead.depth, tell_always: false });
    }
}

impl Scope {
    /// Problems that stay with an entity. What is read here finds them again; what another catalog lists is as it was.
    fn kept_problems(&self, entity: &KnownEntity) -> Vec<Problem> {
        match self {
            Self::Listing(_) => serde_json::from_str(&entity.problems).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn holds(&self, entity_ref: &str, known: &KnownEntity) -> bool {
        match self {
            Self::File(location) => *known.location == **location,
            Self::Listing(location) => *known.location == **location && !known.parent.is_empty(),
            Self::Folder(folder) => {
                known.location.strip_prefix("file:").is_some_and(|path| Path::new(path).starts_with(folder))
            }
            Self::Children(parent) => *known.parent == **parent,
            Self::Entity { entity_ref: own, location } => entity_ref == own && *known.location == **location,
        }
    }
}
