//! What a configuration file may take from elsewhere, in Backstage's forms: `${VAR}` and `${VAR:-default}` in texts (`$${`
//! is a plain `${`), and maps of the single key `$env`, `$file` or `$include`.
//!
//! Source: Backstage, `packages/config-loader/src/sources/transform`.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    ConfigError, Environment,
    tree::{Node, Origin, SourceFile, Value},
    yaml,
};

/// Files that include one another deeper than this do so in a circle.
const MAX_DEPTH: usize = 8;

/// Replaces substitutions and includes in a tree read from a file of the folder `dir`.
///
/// What names an environment variable that is not set, and no default, is as if it were not written: it becomes null.
///
/// # Errors
/// [`ConfigError::Include`] for an include that can't be read; what [`yaml::parse`] says about an included file.
pub(super) fn resolve(node: Node, dir: &Path, environment: &Environment) -> Result<Node, ConfigError> {
    Resolver { environment, depth: 0 }.resolve(node, dir)
}

#[derive(Clone, Copy)]
struct Resolver<'a> {
    environment: &'a Environment,
    depth: usize,
}

impl Resolver<'_> {
    fn resolve(self, node: Node, dir: &Path) -> Result<Node, ConfigError> {
        let Node { value, origin } = node;
        let value = match value {
            Value::Text(text) => self.substitute(&text).map_or(Value::Null, Value::Text),
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.resolve(item, dir)).collect::<Result<_, _>>()?)
            }
            Value::Map(entries) => {
                if let Some(include) = entries.iter().find(|entry| entry.key.starts_with('$')) {
                    let include_error =
                        |message: String| ConfigError::Include { origin: include.key_origin.clone(), message };
                    if entries.len() > 1 {
                        return Err(include_error(format!("`{}` must be the only key of its map", include.key)));
                    }
                    let Value::Text(argument) = &include.node.value else {
                        return Err(include_error(format!("`{}` wants a text", include.key)));
                    };
                    let Some(argument) = self.substitute(argument) else {
                        return Err(include_error(format!(
                            "`{}` names an environment variable that is not set",
                            include.key
                        )));
                    };
                    return self.include(&include.key, &argument, &include.key_origin, dir);
                }
                let resolve = |mut entry: super::tree::Entry| {
                    entry.node = self.resolve(entry.node, dir)?;
                    Ok(entry)
                };
                Value::Map(entries.into_iter().map(resolve).collect::<Result<_, _>>()?)
            }
            plain => plain,
        };
        Ok(Node { value, origin })
    }

    fn include(self, kind: &str, argument: &str, origin: &Origin, dir: &Path) -> Result<Node, ConfigError> {
        let error = |message: String| ConfigError::Include { origin: origin.clone(), message };
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|e| error(format!("`{kind}` can not read `{}`: {e}", path.display())))
        };
        match kind {
            "$env" => {
                let value = self.environment.get(argument).map_or(Value::Null, |text| Value::Text(text.to_owned()));
                Ok(Node { value, origin: origin.clone() })
            }
            "$file" => {
                let text = read(&dir.join(argument))?;
                Ok(Node { value: Value::Text(text.trim_end().to_owned()), origin: origin.clone() })
            }
            "$include" => {
                if self.depth == MAX_DEPTH {
                    return Err(error(format!("`$include` of `{argument}` is nested deeper than {MAX_DEPTH} files")));
                }
                let (file, keys) = argument.split_once('#').unwrap_or((argument, ""));
                let path = dir.join(file);
                if !path
                    .extension()
                    .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
                {
                    return Err(error(format!("`$include` wants a .yaml, .yml or .json file, found `{file}`")));
                }
                let source = Arc::new(SourceFile { path: path.clone(), backstage: origin.is_backstage() });
                let whole = yaml::parse(&read(&path)?, &source)?;
                let mut part = &whole;
                for key in keys.split('.').filter(|key| !key.is_empty()) {
                    part = part.get(key).ok_or_else(|| error(format!("`{file}` has no `{keys}`")))?;
                }
                let dir = path.parent().map_or_else(PathBuf::new, Path::to_owned);
                Self { depth: self.depth + 1, ..self }.resolve(part.clone(), &dir)
            }
            _ => Err(error(format!("unknown include `{kind}`; expected `$env`, `$file` or `$include`"))),
        }
    }

    /// `None` if the text needs a variable that is not set.
    fn substitute(self, text: &str) -> Option<String> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let (before, from) = rest.split_at(start);
            let (expression, after) = from.split_at(length + 1);
            if let Some(before) = before.strip_suffix('$') {
                result.push_str(before);
                result.push_str(expression);
            } else {
                result.push_str(before);
                result.push_str(&self.value_of(&expression[2..length])?);
            }
            rest = after;
        }
        result.push_str(rest);
        Some(result)
    }

    fn value_of(self, expression: &str) -> Option<String> {
        match expression.split_once(":-") {
            Some((name, default)) => {
                let value = self.environment.get(name.trim()).filter(|value| !value.is_empty());
                Some(value.unwrap_or_else(|| default.trim()).to_owned())
            }
            None => self.environment.get(expression.trim()).map(str::to_owned),
        }
    }
}
