//! Processing: one document becomes an entity, or the list of everything that is wrong with it.

mod body;
mod budget;
mod envelope;
mod inclusion;
mod listed;
mod rules;
mod validate;

use std::{cmp::Reverse, collections::HashSet};

use model::{
    catalog::{Problem, ProblemCode},
    entity::{
        Level,
        annotations::{EDIT_URL, MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION, SOURCE_LOCATION, VIEW_URL},
    },
    entity_ref::{DEFAULT_NAMESPACE, EntityRef},
    validation::Rule as Name,
};
use serde_json::{Map, Value};

pub use self::body::{Body, BodyHash, InvalidBodyHashError};
use self::inclusion::include_files;
pub use self::listed::{ListedEntity, process_listed};
pub use self::rules::{AllowedKind, InvalidRuleError, Rule, RuleLocation, Rules};
pub use self::validate::{Validation, validate_entity, validate_file, validate_text};
pub use self::{budget::Budget, inclusion::Include};
use crate::{
    descriptor::{Document, Limits, SKELETON, SyntaxError, looks_like_skeleton},
    kinds::{KindRegistry, UnknownKindError},
    provenance,
};

/// Characters of a problem's message; what is longer is cut.
const MESSAGE_CHARACTERS: usize = 500;

/// What processing needs to know besides the document.
pub struct Context<'a> {
    /// Kinds that may occur.
    pub kinds: &'a KindRegistry,
    /// Bounds.
    pub limits: &'a Limits,
    /// Which kinds are allowed from where; `None` allows all.
    pub rules: Option<&'a Rules>,
    /// Reads files that the document includes.
    pub include: &'a dyn Include,
    /// The file, `type:target`.
    pub location: &'a str,
    /// The configured location that led to it, `type:target`.
    pub origin: &'a str,
    /// Where a person finds the file.
    pub links: SourceLinks,
    /// The commit that it was read from, where that is known.
    pub commit: Option<String>,
    /// What is left of the file's limits.
    pub budget: Budget,
}

/// Where a person finds a file, for the annotations of its entities; those that an author wrote count more.
#[derive(Clone, Debug, Default)]
pub struct SourceLinks {
    /// `backstage.io/view-url`.
    pub view_url: Option<String>,
    /// `backstage.io/edit-url`.
    pub edit_url: Option<String>,
    /// `backstage.io/source-location`, `url:…`.
    pub source_location: Option<String>,
}

/// A document that became an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessedEntity {
    /// Canonical ref.
    pub entity_ref: String,
    /// What is stored of it.
    pub body: Body,
    /// Of the body.
    pub body_hash: BodyHash,
    /// Where a `Location` leads; `None` for other kinds.
    pub targets: Option<Box<LocationTargets>>,
    /// Warnings.
    pub problems: Vec<Problem>,
}

/// A document that did not become an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedDocument {
    /// Canonical ref of the entity that it was meant to be, if that can be told.
    pub entity_ref: Option<String>,
    /// All that is wrong, with at least one error.
    pub problems: Vec<Problem>,
}

/// Where a `Location` entity leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocationTargets {
    /// For example `file`; that of the holder where `None`.
    pub location_type: Option<String>,
    /// As written.
    pub targets: Vec<String>,
    /// True if it is no fault that a target is missing.
    pub optional: bool,
}

/// Something wrong at one place of a document.
struct Finding {
    code: ProblemCode,
    level: Level,
    /// JSON pointer.
    pointer: String,
    message: String,
    hint: Option<String>,
}

impl Finding {
    fn error(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: ProblemCode::InvalidEntity,
            level: Level::Error,
            pointer: pointer.into(),
            message: message.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Makes an entity of a document: includes files, checks the envelope, the kind, its schema, its references and the
/// rules, and fills in the namespace and the annotations of its location.
///
/// # Errors
/// [`RefusedDocument`] with everything that is wrong, not just the first of it.
pub fn process(document: &Document, context: &Context<'_>) -> Result<ProcessedEntity, RefusedDocument> {
    let mut entity = document.value.clone();
    let mut findings = include_files(&mut entity, context);
    let mut others = envelope::check(&entity);
    others.extend(check_kind(&entity, context.kinds));
    // That `{"$text": …}` itself is no text is no news.
    let failed: HashSet<&str> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
    others.retain(|other| !failed.contains(other.pointer.as_str()));
    findings.append(&mut others);
    let entity_ref = entity_ref(&entity);
    if let (Some(rules), true) = (context.rules, entity_ref.is_some()) {
        findings.extend(check_rules(&entity, rules, context));
    }
    let refused = findings.iter().any(|finding| finding.level == Level::Error);
    // The worst first; the position of each is looked for, so what is not told is left out before.
    findings.sort_by_key(|finding| Reverse(finding.level));
    let told = context.budget.tell(findings.len());
    let left_out = findings.len() - told;
    findings.truncate(told);
    let problems = findings.into_iter().map(|finding| Problem {
        code: finding.code,
        level: finding.level,
        hint: finding.hint.or_else(|| looks_like_skeleton(&finding.message).then(|| SKELETON.to_owned())),
        message: shortened(finding.message),
        entity_ref: entity_ref.clone().filter(|_| !refused),
        location: Some(context.location.to_owned()),
        position: Some(document.position(&finding.pointer)),
        target_ref: None,
    });
    let mut problems: Vec<_> = problems.collect();
    problems.sort_by_key(|problem| problem.position);
    note_left_out(&mut problems, left_out);
    match entity_ref {
        Some(entity_ref) if !refused => Ok(finish(document, entity, entity_ref, context, problems)),
        entity_ref => Err(RefusedDocument { entity_ref, problems }),
    }
}

fn syntax_problem(error: SyntaxError, location: &str) -> Problem {
    Problem {
        code: ProblemCode::InvalidYaml,
        level: Level::Error,
        message: shortened(error.message),
        hint: error.hint.map(str::to_owned),
        entity_ref: None,
        location: Some(location.to_owned()),
        position: Some(error.position),
        target_ref: None,
    }
}

/// The problems of what can't be parsed in a file.
pub(crate) fn syntax_problems(errors: Vec<SyntaxError>, context: &Context<'_>) -> Vec<Problem> {
    let told = context.budget.tell(errors.len());
    let left_out = errors.len() - told;
    let mut problems: Vec<_> =
        errors.into_iter().take(told).map(|error| syntax_problem(error, context.location)).collect();
    note_left_out(&mut problems, left_out);
    problems
}

fn note_left_out(problems: &mut Vec<Problem>, left_out: usize) {
    if let (Some(last), true) = (problems.last().cloned(), left_out > 0) {
        let message = format!("{left_out} more problems are not told");
        problems.push(Problem { message, hint: Some("mend the others first".to_owned()), ..last });
    }
}

/// Messages quote what authors write, which may be megabytes.
fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARACTERS) {
        message.truncate(end);
        message.push('…');
    }
    message
}

fn check_kind(entity: &Value, kinds: &KindRegistry) -> Vec<Finding> {
    let (Some(api_version), Some(kind)) = (text(entity, "apiVersion"), text(entity, "kind")) else { return Vec::new() };
    let kind = match kinds.get(api_version, kind) {
        Ok(kind) => kind,
        Err(error) => {
            let pointer = if matches!(error, UnknownKindError::Kind(..)) { "/kind" } else { "/apiVersion" };
            let hint = "correct it, declare the kind under `catalog.kinds`, or leave the file out of the location";
            let finding = Finding::error(pointer, error.to_string()).hint(hint);
            return vec![Finding { code: ProblemCode::UnknownKind, ..finding }];
        }
    };
    let schema = kind.check_spec(entity).into_iter().map(|finding| Finding {
        level: if finding.is_warning { Level::Warning } else { Level::Error },
        ..Finding::error(finding.pointer, finding.message)
    });
    let references = kind.invalid_references(entity).into_iter();
    schema.chain(references.map(|invalid| Finding::error(invalid.pointer, invalid.error.to_string()))).collect()
}

fn check_rules(entity: &Value, rules: &Rules, context: &Context<'_>) -> Option<Finding> {
    let kind = text(entity, "kind")?;
    let spec_type = entity.get("spec").and_then(|spec| text(spec, "type"));
    if rules.allows(kind, spec_type, context.origin) {
        return None;
    }
    let message = format!("kind `{kind}` is not allowed from location `{}`", context.origin);
    let finding = Finding::error("/kind", message).hint("allow it in `catalog.rules`, or in `rules` of the location");
    Some(Finding { code: ProblemCode::NotAllowed, ..finding })
}

/// The canonical ref, if kind, namespace and name are valid.
fn entity_ref(entity: &Value) -> Option<String> {
    let (kind, metadata) = (text(entity, "kind")?, entity.get("metadata")?);
    let namespace = match metadata.get("namespace") {
        Some(namespace) => namespace.as_str()?,
        None => DEFAULT_NAMESPACE,
    };
    let name = text(metadata, "name")?;
    let rules = [(Name::Kind, kind), (Name::Namespace, namespace), (Name::ObjectName, name)];
    let is_valid = rules.iter().all(|(rule, part)| rule.accepts(part));
    is_valid.then(|| EntityRef::new(kind, namespace, name).canonical())
}

fn finish(
    document: &Document,
    mut entity: Value,
    entity_ref: String,
    context: &Context<'_>,
    problems: Vec<Problem>,
) -> ProcessedEntity {
    let targets = targets(&entity);
    if let Value::Object(root) = &mut entity {
        // What only the catalog says.
        root.shift_remove("relations");
        root.shift_remove("status");
    }
    if let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.shift_remove("uid");
        metadata.shift_remove("etag");
        metadata.entry("namespace").or_insert_with(|| DEFAULT_NAMESPACE.into());
        let annotations = metadata.entry("annotations").or_insert_with(|| Map::new().into());
        if let Value::Object(annotations) = annotations {
            annotations.insert(MANAGED_BY_LOCATION.to_owned(), context.location.into());
            annotations.insert(MANAGED_BY_ORIGIN_LOCATION.to_owned(), context.origin.into());
            let SourceLinks { view_url, edit_url, source_location } = &context.links;
            for (key, value) in [(VIEW_URL, view_url), (EDIT_URL, edit_url), (SOURCE_LOCATION, source_location)] {
                if let Some(value) = value {
                    annotations.entry(key).or_insert_with(|| value.clone().into());
                }
            }
        }
    }
    let body = Body {
        json: entity.to_string(),
        places: provenance::encode(document, &entity),
        commit: context.commit.clone().unwrap_or_default(),
    };
    let body_hash = BodyHash::of(&body.json);
    ProcessedEntity { entity_ref, body, body_hash, targets, problems }
}

/// Where an entity leads if it is a `Location`. Needs no more of it than a stored body has.
pub(crate) fn targets(entity: &Value) -> Option<Box<LocationTargets>> {
    text(entity, "kind").filter(|kind| kind.eq_ignore_ascii_case("location"))?;
    let spec = entity.get("spec")?;
    let listed = spec.get("targets").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let targets = text(spec, "target").into_iter().chain(listed.iter().filter_map(Value::as_str));
    Some(Box::new(LocationTargets {
        location_type: text(spec, "type").map(str::to_owned),
        targets: targets.map(str::to_owned).collect(),
        optional: text(spec, "presence") == Some("optional"),
    }))
}

/// The file that an object stands for by `$text`, `$json` or `$yaml`, as written.
pub(crate) fn included_path(value: &Value) -> Option<&str> {
    inclusion::placeholder(value.as_object()?)?.1.as_str()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}

#[cfg(test)]
mod tests;
