use globset::{GlobBuilder, GlobMatcher};

/// Kinds that are allowed where the configuration has no rules.
const DEFAULT_KINDS: [&str; 3] = ["Component", "API", "Location"];

/// An item of `catalog.rules`: kinds that are allowed, from some locations or from all.
///
/// Source: Backstage, `plugins/catalog-backend/src/ingestion/CatalogRules.ts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// What is allowed.
    pub allow: Vec<AllowedKind>,
    /// From where; from everywhere if empty.
    pub locations: Vec<RuleLocation>,
}

/// A kind that a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedKind {
    /// In any case.
    pub kind: String,
    /// Only entities of this `spec.type`, in any case.
    pub spec_type: Option<String>,
}

/// A location that a rule is limited to. It names configured locations, not the files that they lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleLocation {
    /// For example `file`.
    pub location_type: Option<String>,
    /// Exactly this target.
    pub target: Option<String>,
    /// Targets that match this pattern, without regard to case.
    pub pattern: Option<String>,
}

/// A rule that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRuleError {
    /// The pattern is none.
    #[error("pattern `{pattern}` in `catalog.rules` is not valid: {cause}")]
    Pattern {
        /// As written.
        pattern: String,
        /// Why.
        cause: String,
    },
    /// A location may have one of them.
    #[error("a location in `catalog.rules` has both a target `{target}` and a pattern `{pattern}`; remove one of them")]
    TargetAndPattern {
        /// As written.
        target: String,
        /// As written.
        pattern: String,
    },
}

/// All rules of a configuration.
#[derive(Debug)]
pub struct Rules(Vec<CompiledRule>);

#[derive(Debug)]
struct CompiledRule {
    allow: Vec<AllowedKind>,
    /// From everywhere if empty.
    locations: Vec<CompiledLocation>,
}

#[derive(Debug)]
struct CompiledLocation {
    location_type: Option<String>,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Any,
    Exact(String),
    Pattern(GlobMatcher),
}

impl AllowedKind {
    /// All entities of a kind.
    pub fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), spec_type: None }
    }
}

impl Rules {
    /// `catalog.rules`, or the default of components, APIs and locations if there are none; to these come the rules of
    /// configured locations, each with its type and target.
    ///
    /// # Errors
    /// [`InvalidRuleError`].
    pub fn new<'a>(
        general: &[Rule],
        of_locations: impl IntoIterator<Item = (&'a str, &'a str, &'a [Rule])>,
    ) -> Result<Self, InvalidRuleError> {
        let default = [Rule { allow: DEFAULT_KINDS.map(AllowedKind::of).to_vec(), locations: Vec::new() }];
        let general = if general.is_empty() { &default } else { general };
        let mut rules = general.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
        for (location_type, target, own) in of_locations {
            rules.extend(own.iter().map(|rule| CompiledRule {
                allow: rule.allow.clone(),
                locations: vec![CompiledLocation {
                    location_type: Some(location_type.to_owned()),
                    target: Target::Exact(target.to_owned()),
                }],
            }));
        }
        Ok(Self(rules))
    }

    /// True if an entity of the kind and `spec.type` may come from the configured location `type:target`.
    pub fn allows(&self, kind: &str, spec_type: Option<&str>, origin: &str) -> bool {
        let (location_type, target) = origin.split_once(':').unwrap_or(("", origin));
        self.0.iter().any(|rule| {
            let from_here = rule.locations.is_empty() || rule.locations.iter().any(|l| l.holds(location_type, target));
            from_here && rule.allow.iter().any(|allowed| allowed.holds(kind, spec_type))
        })
    }
}

impl AllowedKind {
    fn holds(&self, kind: &str, spec_type: Option<&str>) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
            && self
                .spec_type
                .as_deref()
                .is_none_or(|own| spec_type.is_some_and(|given| own.eq_ignore_ascii_case(given)))
    }
}

impl CompiledLocation {
    fn holds(&self, location_type: &str, target: &str) -> bool {
        self.location_type.as_deref().is_none_or(|own| own == location_type)
            && match &self.target {
                Target::Any => true,
                Target::Exact(exact) => exact == target,
                Target::Pattern(pattern) => pattern.is_match(target),
            }
    }
}

fn compile(rule: &Rule) -> Result<CompiledRule, InvalidRuleError> {
    let locations = rule.locations.iter().map(|location| {
        let target = match (&location.target, &location.pattern) {
            (None, None) => Target::Any,
            (Some(exact), None) => Target::Exact(exact.clone()),
            (None, Some(pattern)) => Target::Pattern(matcher(pattern)?),
            (Some(target), Some(pattern)) => {
                return Err(InvalidRuleError::TargetAndPattern { target: target.clone(), pattern: pattern.clone() });
            }
        };
        Ok(CompiledLocation { location_type: location.location_type.clone(), target })
    });
    Ok(CompiledRule { allow: rule.allow.clone(), locations: locations.collect::<Result<_, _>>()? })
}

fn matcher(pattern: &str) -> Result<GlobMatcher, InvalidRuleError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).case_insensitive(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| InvalidRuleError::Pattern { pattern: pattern.to_owned(), cause: error.kind().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kinds: &[&str], locations: Vec<RuleLocation>) -> Rule {
        Rule { allow: kinds.iter().map(|kind| AllowedKind::of(kind)).collect(), locations }
    }

    #[test]
    fn without_rules_only_components_apis_and_locations_are_allowed() {
        let rules = Rules::new(&[], []).unwrap();
        for (kind, allowed) in
            [("component", true), ("API", true), ("Location", true), ("User", false), ("Template", false)]
        {
            assert_eq!(rules.allows(kind, None, "file:/a.yaml"), allowed, "{kind}");
        }
    }

    #[test]
    fn rules_replace_the_default_and_may_be_limited_to_locations() {
        let exact =
            RuleLocation { location_type: Some("file".into()), target: Some("/org.yaml".into()), pattern: None };
        let pattern = RuleLocation { pattern: Some("https://git.example/**".into()), ..RuleLocation::default() };
        let web = AllowedKind { kind: "Component".into(), spec_type: Some("website".into()) };
        let rules = Rules::new(
            &[
                rule(&["API"], vec![]),
                rule(&["User", "Group"], vec![exact]),
                rule(&["Template"], vec![pattern]),
                Rule { allow: vec![web], locations: vec![] },
            ],
            [("file", "/teams.yaml", &[rule(&["Group"], vec![])][..])],
        )
        .unwrap();
        let table = [
            ("API", None, "file:/a.yaml", true),
            ("Location", None, "file:/a.yaml", false),
            ("User", None, "file:/org.yaml", true),
            ("User", None, "url:/org.yaml", false),
            ("User", None, "file:/other.yaml", false),
            ("Template", None, "url:https://GIT.example/a/b.yaml", true),
            ("Template", None, "url:https://else.example/a/b.yaml", false),
            ("Component", Some("Website"), "file:/a.yaml", true),
            ("Component", Some("service"), "file:/a.yaml", false),
            ("Component", None, "file:/a.yaml", false),
            ("Group", None, "file:/teams.yaml", true),
            ("User", None, "file:/teams.yaml", false),
        ];
        for (kind, spec_type, origin, allowed) in table {
            assert_eq!(rules.allows(kind, spec_type, origin), allowed, "{kind} {spec_type:?} from {origin}");
        }
    }

    #[test]
    fn a_location_has_a_target_or_a_pattern() {
        let both = RuleLocation { location_type: None, target: Some("/a".into()), pattern: Some("/b".into()) };
        let bad = RuleLocation { pattern: Some("[".into()), ..RuleLocation::default() };
        let error = |location| Rules::new(&[rule(&["API"], vec![location])], []).unwrap_err();
        assert!(matches!(error(both), InvalidRuleError::TargetAndPattern { .. }));
        assert!(matches!(error(bad), InvalidRuleError::Pattern { .. }));
    }
}
