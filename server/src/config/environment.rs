//! Environment variables: those that files name, and `CALLBOARD__SECTION__KEY`, which stand above the files.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{
    ConfigError,
    tree::{Node, Origin, SourceFile, Value},
    yaml,
};

const PREFIX: &str = "CALLBOARD__";

/// A snapshot of environment variables.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Those of this process. Values that are no UTF-8 are left out.
    pub fn of_process() -> Self {
        let pairs =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self(pairs.collect())
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `CALLBOARD__APP__BASE_URL=…` as the tree `app.baseUrl`. A value that begins like a YAML list or map is read as one.
    pub(super) fn overrides(&self) -> Result<Node, ConfigError> {
        let mut tree = Node::empty();
        for (name, text) in &self.0 {
            let Some(path) = name.strip_prefix(PREFIX) else { continue };
            let keys: Vec<_> = path.split("__").map(camel_case).collect();
            let keys: Vec<_> = keys.iter().map(String::as_str).collect();
            let origin = Origin::Environment(name.clone());
            let value = if text.starts_with(['[', '{']) {
                let source = SourceFile { path: PathBuf::from(name), backstage: false };
                yaml::parse(text, &Arc::new(source))?.value
            } else {
                Value::Text(text.clone())
            };
            tree.merge(Node::nested(&keys, value, &origin));
        }
        Ok(tree)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// `BASE_URL` to `baseUrl`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    words.fold(first, |mut key, word| {
        let mut letters = word.chars();
        key.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        key.push_str(letters.as_str());
        key
    })
}
