use std::{io, path::Path};

use model::catalog::{Problem, ValidEntity};
use serde_json::Value;

use super::{Budget, Context, Include, SourceLinks, process, syntax_problems};
use crate::{
    descriptor::{self, Limits},
    kinds::KindRegistry,
    source::{Folder, read_file},
};

/// What is right and what is wrong with a descriptor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// The entities that it describes without an error, in its order.
    pub entities: Vec<ValidEntity>,
    /// Everything that is wrong, in its order.
    pub problems: Vec<Problem>,
}

/// What is right and what is wrong with the text of a descriptor. Kinds are not limited by rules; what it includes by `$text`,
/// `$json` and `$yaml` is not read.
pub fn validate_text(kinds: &KindRegistry, limits: &Limits, text: &[u8]) -> Validation {
    validate(kinds, limits, text, &Unread)
}

/// Everything that is wrong with a descriptor file, in its order. It may include files of its folder and of `root`, if
/// it stands there.
///
/// # Errors
/// If the file can't be read.
pub fn validate_file(kinds: &KindRegistry, limits: &Limits, path: &Path, root: &Path) -> io::Result<Vec<Problem>> {
    let bytes = read_file(path, limits.file_bytes)?;
    let own = path.parent().unwrap_or(Path::new("."));
    let (root, own) =
        (root.canonicalize()?, if own.as_os_str().is_empty() { Path::new(".") } else { own }.canonicalize()?);
    let root = if own.starts_with(&root) { root } else { own.clone() };
    Ok(validate(kinds, limits, &bytes, &Folder::new(root, own, limits.file_bytes)).problems)
}

/// Everything that is wrong with one entity, as JSON. What it includes is not read.
pub fn validate_entity(kinds: &KindRegistry, limits: &Limits, entity: &Value) -> Vec<Problem> {
    validate(kinds, limits, entity.to_string().as_bytes(), &Unread).problems
}

fn validate(kinds: &KindRegistry, limits: &Limits, bytes: &[u8], include: &dyn Include) -> Validation {
    let parsed = descriptor::parse(bytes, limits);
    let context = Context {
        kinds,
        limits,
        rules: None,
        include,
        location: "",
        origin: "",
        links: SourceLinks::default(),
        commit: None,
        budget: Budget::of(limits),
    };
    let mut problems = syntax_problems(parsed.errors, &context);
    let mut entities = Vec::new();
    for document in &parsed.documents {
        problems.extend(match process(document, &context) {
            Ok(entity) => {
                entities.push(ValidEntity { entity_ref: entity.entity_ref, position: document.position("") });
                entity.problems
            }
            Err(refused) => refused.problems,
        });
    }
    for problem in &mut problems {
        problem.location = None;
    }
    problems.sort_by_key(|problem| problem.position);
    Validation { entities, problems }
}

/// Stands in for files that are not at hand.
struct Unread;

impl Include for Unread {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        // A text, a YAML text and a JSON text, and none of them empty.
        Ok(b"\"included\"".to_vec())
    }
}
