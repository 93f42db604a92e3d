use std::{
    fmt,
    path::{self, Component, Path, PathBuf},
    time::Duration,
};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

use super::{
    Interval, ProvidersSection,
    tree::{Node, Origin},
};

/// `catalog`: where entities come from, and which kinds from where.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CatalogSection {
    pub locations: Vec<LocationConfig>,
    /// Repositories to look for.
    pub providers: ProvidersSection,
    /// Which kinds may come from where; without any, components, APIs and locations.
    pub rules: Vec<RuleConfig>,
    /// How often every source is read again, beside what watching notices; `false` for never.
    pub processing_interval: Interval,
    /// Read files again as soon as they change.
    pub watch: bool,
    /// Locations are not registered by API.
    pub readonly: bool,
    /// What becomes of entities that no location leads to any more.
    pub orphan_strategy: OrphanStrategy,
    /// Kinds besides those that Callboard knows, in the form of `crates/catalog/kinds`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<serde_json::Value>,
    /// How long what a host answered to a URL counts as new.
    pub url_interval: Interval,
    /// Callboard's own API as an entity; none without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_api: Option<OwnApiSection>,
}

/// `catalog.ownApi`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnApiSection {
    /// The team that runs Callboard, as `spec.owner` of the entity.
    pub owner: String,
    /// The system that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
}

/// `catalog.orphanStrategy`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OrphanStrategy {
    /// They are removed.
    Delete,
    /// They stay, with the annotation `backstage.io/orphan`.
    Keep,
}

impl Default for CatalogSection {
    fn default() -> Self {
        let processing_interval = Interval::Every(Duration::from_mins(1));
        let url_interval = Interval::Every(Duration::from_mins(2));
        Self {
            locations: Vec::new(),
            providers: ProvidersSection::default(),
            rules: Vec::new(),
            processing_interval,
            watch: true,
            readonly: false,
            orphan_strategy: OrphanStrategy::Delete,
            kinds: Vec::new(),
            url_interval,
            own_api: None,
        }
    }
}

impl CatalogSection {
    /// Makes file targets absolute: they are written relative to the folder of their file.
    pub(super) fn resolve_targets(&mut self, tree: Option<&Node>) {
        let locations = tree.and_then(|catalog| catalog.get("locations"));
        for (index, location) in self.locations.iter_mut().enumerate().filter(|(_, location)| location.is_file()) {
            let target = locations.and_then(|list| list.item(index)).and_then(|location| location.get("target"));
            let dir = match target.map(|target| &target.origin) {
                Some(Origin::File { file, .. }) => file.path.parent().unwrap_or_else(|| Path::new("")),
                _ => Path::new(""),
            };
            location.target = absolute(&dir.join(&location.target)).to_string_lossy().into_owned();
        }
    }
}

/// The path from the root, without `.` and `..`; symbolic links are not followed, for it may be a pattern.
fn absolute(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        if component == Component::ParentDir {
            normal.pop();
        } else {
            normal.push(component);
        }
    }
    normal
}

/// A place to read entities from.
#[derive(Debug, Deserialize, Serialize)]
pub struct LocationConfig {
    /// For example `file`.
    pub r#type: String,
    /// For a file its path, or a pattern of paths.
    pub target: String,
    /// Kinds that may come from here, beside those of `catalog.rules`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleConfig>,
}

impl LocationConfig {
    fn is_file(&self) -> bool {
        self.r#type == "file"
    }
}

/// Kinds that are allowed, and from where.
#[derive(Debug, Deserialize, Serialize)]
pub struct RuleConfig {
    pub allow: Vec<AllowedKind>,
    /// From everywhere where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<LocationMatcher>,
}

/// Which locations a rule is about: those that match all that is given.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationMatcher {
    pub r#type: String,
    #[serde(alias = "target", skip_serializing_if = "Option::is_none")]
    pub exact_target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// A kind, written as `Component` or `{ kind: Component, spec.type: service }`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct AllowedKind {
    pub kind: String,
    /// Only entities of this `spec.type`.
    #[serde(rename = "spec.type", skip_serializing_if = "Option::is_none")]
    pub spec_type: Option<String>,
}

impl<'de> Deserialize<'de> for AllowedKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a struct, so that unknown keys are told; the visitor takes a text as well.
        deserializer.deserialize_struct("AllowedKind", &["kind", "spec.type"], AllowedKindVisitor)
    }
}

struct AllowedKindVisitor;

impl<'de> Visitor<'de> for AllowedKindVisitor {
    type Value = AllowedKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind like `Component` or `{ kind: Component }`")
    }

    fn visit_str<E: de::Error>(self, kind: &str) -> Result<AllowedKind, E> {
        Ok(AllowedKind { kind: kind.to_owned(), spec_type: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AllowedKind, A::Error> {
        let mut kind = None;
        let mut spec_type = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "kind" => kind = Some(map.next_value()?),
                "spec.type" => spec_type = Some(map.next_value()?),
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(AllowedKind { kind: kind.ok_or_else(|| de::Error::missing_field("kind"))?, spec_type })
    }
}
