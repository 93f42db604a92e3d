//! Policies as text.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

/// Bytes of a file of policies that are read.
const MAX_FILE: u64 = 256 * 1024;
/// Files that a folder of policies may hold.
const MAX_FILES: usize = 64;

/// What policies can speak of.
pub(crate) const SCHEMA: &str = include_str!("../policies/schema.cedarschema");
const DEFAULT: &str = include_str!("../policies/default.cedar");

/// A text of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Names it in messages.
    pub name: String,
    /// In Cedar.
    pub text: String,
}

/// Why policies can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file or folder can't be read.
    #[error("can not read `{}`: {cause}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A folder holds none.
    #[error("`{}` holds no file `*.cedar`; without rules nobody may do anything", .0.display())]
    NoFiles(PathBuf),
    /// More than is read.
    #[error("`{}` has more than {limit}", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// What is exceeded.
        limit: String,
    },
    /// What is no policy, or none that the schema allows.
    #[error("{name}{}: {message}", at(*.position))]
    Invalid {
        /// The file.
        name: String,
        /// Line and column, from one.
        position: Option<(usize, usize)>,
        /// What is wrong.
        message: String,
    },
}

fn at(position: Option<(usize, usize)>) -> String {
    position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"))
}

impl PolicyFile {
    /// The compiled-in ones.
    pub fn defaults() -> Vec<Self> {
        vec![Self { name: "default.cedar".to_owned(), text: DEFAULT.to_owned() }]
    }

    /// A file, or all `*.cedar` of a folder in the order of their names.
    ///
    /// # Errors
    /// [`PolicyError::Unreadable`], [`PolicyError::NoFiles`], [`PolicyError::TooLarge`].
    pub fn read(path: &Path) -> Result<Vec<Self>, PolicyError> {
        let unreadable = |cause| PolicyError::Unreadable { path: path.to_owned(), cause };
        let mut paths = vec![path.to_owned()];
        if path.is_dir() {
            let entries = fs::read_dir(path).map_err(unreadable)?;
            paths =
                entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(unreadable)?;
            paths.retain(|path| path.extension().is_some_and(|extension| extension == "cedar"));
            paths.sort();
        }
        match paths.len() {
            0 => return Err(PolicyError::NoFiles(path.to_owned())),
            1..=MAX_FILES => {}
            _ => return Err(PolicyError::TooLarge { path: path.to_owned(), limit: format!("{MAX_FILES} files") }),
        }
        paths.iter().map(|path| read_file(path)).collect()
    }
}

fn read_file(path: &Path) -> Result<PolicyFile, PolicyError> {
    let unreadable = |cause| PolicyError::Unreadable { path: path.to_owned(), cause };
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE {
        return Err(PolicyError::TooLarge { path: path.to_owned(), limit: format!("{MAX_FILE} bytes") });
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    Ok(PolicyFile { name: path.display().to_string(), text })
}

/// The policies of all files, each under its `@id`, or file and number where it has none; and these names in the order of the files.
pub(crate) fn parse(files: &[PolicyFile], schema: &Schema) -> Result<(PolicySet, Vec<PolicyId>), PolicyError> {
    let mut all = PolicySet::new();
    let mut order = Vec::new();
    let mut sources: BTreeMap<PolicyId, &PolicyFile> = BTreeMap::new();
    for file in files {
        let invalid = |position, message: String| PolicyError::Invalid { name: file.name.clone(), position, message };
        let set: PolicySet =
            file.text.parse().map_err(|errors: cedar_policy::ParseErrors| match errors.iter().next() {
                Some(first) => invalid(position(first, &file.text), told(first)),
                None => invalid(None, errors.to_string()),
            })?;
        if set.num_of_templates() > 0 {
            return Err(invalid(
                None,
                "`?principal` and `?resource` have no meaning here: nothing fills them in".to_owned(),
            ));
        }
        let mut policies: Vec<&Policy> = set.policies().collect();
        policies.sort_by_key(|policy| number(policy.id()));
        for policy in policies {
            let id = match policy.annotation("id").filter(|id| !id.is_empty()) {
                Some(id) => PolicyId::new(id),
                None => PolicyId::new(format!("{}#{}", file.name, number(policy.id()) + 1)),
            };
            if let Some(other) = sources.insert(id.clone(), file) {
                return Err(invalid(
                    None,
                    format!("the rule `{id}` stands in `{}` already; give it another `@id`", other.name),
                ));
            }
            order.push(id.clone());
            all.add(policy.new_id(id)).map_err(|error| invalid(None, error.to_string()))?;
        }
    }
    validate(&all, schema, &sources)?;
    Ok((all, order))
}

fn validate(all: &PolicySet, schema: &Schema, sources: &BTreeMap<PolicyId, &PolicyFile>) -> Result<(), PolicyError> {
    let found = Validator::new(schema.clone()).validate(all, ValidationMode::Strict);
    // A rule that can never hold is a slip of the pen, and a `forbid` of this kind forbids nothing.
    let Some((id, message, place)) = found
        .validation_errors()
        .map(|error| (error.policy_id(), told(error), error as &dyn Diagnostic))
        .chain(
            found.validation_warnings().map(|warning| (warning.policy_id(), told(warning), warning as &dyn Diagnostic)),
        )
        .next()
    else {
        return Ok(());
    };
    let Some(file) = sources.get(id) else {
        return Err(PolicyError::Invalid { name: id.to_string(), position: None, message });
    };
    Err(PolicyError::Invalid { name: file.name.clone(), position: position(place, &file.text), message })
}

/// Cedar numbers the policies of a text, `policy0` first.
fn number(id: &PolicyId) -> usize {
    let text: &str = id.as_ref();
    text.strip_prefix("policy").and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn told(error: &(impl Diagnostic + ?Sized)) -> String {
    match error.help() {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

/// Line and column of the first place that an error names, from one.
fn position(error: &dyn Diagnostic, text: &str) -> Option<(usize, usize)> {
    let offset = error.labels()?.next()?.offset();
    let before = text.get(..offset)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((line, column))
}
