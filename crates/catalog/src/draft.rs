//! A descriptor to begin with, where a repository has none.

use model::validation::Rule;
use url::Url;

use crate::source::KnownRepository;

/// Topics that become tags.
const MAX_TAGS: usize = 10;
/// Longest name of an entity.
const MAX_NAME: usize = 63;
/// Characters of the description.
const MAX_DESCRIPTION: usize = 200;

/// A component as YAML, after what is known of its repository, or of the URL alone. `is_group` tells whether the catalog has a group of a name: the
/// repository's owner becomes the component's where it does.
pub(crate) fn descriptor(target: &str, repository: &KnownRepository, is_group: impl Fn(&str) -> bool) -> String {
    let (owner, name) = match repository.project.rsplit_once('/') {
        Some((owner, name)) => (owner.rsplit('/').next().unwrap_or(owner), name.to_owned()),
        None => ("", end_of(target)),
    };
    let name = Some(as_name(&name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "my-service".to_owned());
    let group = as_name(&owner.to_lowercase());
    let (owner, note) = if !group.is_empty() && is_group(&group) {
        (group.as_str(), "")
    } else {
        ("my-team", " # the name of a group in the catalog")
    };
    let mut parts =
        vec![format!("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {}\n", plain(&name))];
    if let Some(description) = repository.description.as_deref().filter(|text| !text.trim().is_empty()) {
        let description: String = description.chars().take(MAX_DESCRIPTION).collect();
        parts.push(format!("  description: {}\n", quoted(&description)));
    }
    if let Some(annotation) = repository.slug_annotation {
        parts.push(format!("  annotations:\n    {annotation}: {}\n", quoted(&repository.project)));
    }
    let tags: Vec<String> = repository
        .topics
        .iter()
        .filter(|topic| Rule::Tag.accepts(topic))
        .take(MAX_TAGS)
        .map(|tag| quoted(tag))
        .collect();
    if !tags.is_empty() {
        parts.push(format!("  tags: [{}]\n", tags.join(", ")));
    }
    parts.push(
        "spec:\n  type: service # or website, library, …\n  lifecycle: production # or experimental, deprecated\n"
            .to_owned(),
    );
    parts.push(format!("  owner: {}{note}\n", plain(owner)));
    parts.concat()
}

/// The last part of a URL's path that is no file, or its host.
fn end_of(target: &str) -> String {
    let Ok(url) = Url::parse(target) else { return String::new() };
    let is_folder = |part: &&str| !part.is_empty() && !matches!(part.rsplit('.').next(), Some("yaml" | "yml"));
    let part = url.path_segments().and_then(|mut parts| parts.rfind(is_folder));
    part.or(url.host_str()).unwrap_or_default().to_owned()
}

/// As much of a text as may be an entity's name.
fn as_name(text: &str) -> String {
    let text = text.trim_end_matches(".git");
    let allowed: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(MAX_NAME)
        .collect();
    allowed.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

/// A name without quotes, unless YAML would take it for something else than a text.
fn plain(name: &str) -> String {
    let is_text = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(name.to_ascii_lowercase().as_str(), "true" | "false" | "null");
    if is_text { name.to_owned() } else { quoted(name) }
}

/// A JSON text is a YAML text.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{descriptor::Limits, kinds::KindRegistry, processing::validate_text};

    fn known(project: &str, description: &str) -> KnownRepository {
        KnownRepository {
            project: project.to_owned(),
            description: Some(description.to_owned()),
            topics: vec!["rust".to_owned(), "Not A Tag".to_owned(), "c++".to_owned()],
            slug_annotation: Some("github.com/project-slug"),
            descriptor_url: None,
        }
    }

    #[test]
    fn what_is_known_stands_in_it() {
        let text =
            descriptor("https://github.com/Acme/shop", &known("Acme/shop", "Sells \"things\""), |name| name == "acme");
        let expected = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  description: \"Sells \\\"things\\\"\"
  annotations:
    github.com/project-slug: \"Acme/shop\"
  tags: [\"rust\", \"c++\"]
spec:
  type: service # or website, library, …
  lifecycle: production # or experimental, deprecated
  owner: acme
";
        assert_eq!(text, expected);
    }

    #[test]
    fn it_is_valid_whatever_is_known() {
        let hostile = ["a: b\n---\n", "\"'}]# &x *y !!int", "\u{202e}\u{0}\u{7f}\u{85}\u{2028}", "${{ x }}", "{{7*7}}"];
        let projects = ["acme/shop", "a/b/c/2024", "acme/true", "x/---", "x/ä ö", "x/.hidden.git", "acme/1e3", ""];
        for description in hostile {
            for project in projects {
                for target in ["https://files.example/catalog-info.yaml", "https://x/a%20b/c.yml", "nonsense"] {
                    let text = descriptor(target, &known(project, description), |_| false);
                    let validation = validate_text(&KindRegistry::core(), &Limits::default(), text.as_bytes());
                    assert_eq!((validation.entities.len(), validation.problems), (1, Vec::new()), "{text}");
                }
            }
        }
    }

    #[test]
    fn without_a_repository_the_url_names_it() {
        let text = |target| descriptor(target, &KnownRepository::default(), |_| false);
        assert!(text("https://files.example/shop/catalog-info.yaml").contains("name: shop\n"));
        assert!(text("https://files.example/").contains("name: files.example\n"));
    }
}
