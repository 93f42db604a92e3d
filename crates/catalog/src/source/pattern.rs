use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// A pattern of paths: `*`, `**`, `?`, `[…]`, `{a,b}`.
///
/// As in Backstage's library, a wildcard does not stand for a name that begins with a dot, and `**` does not follow
/// symbolic links.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// One without braces each.
    pub(super) alternatives: Vec<Alternative>,
    whole: GlobMatcher,
}

#[derive(Clone, Debug)]
pub(super) struct Alternative {
    /// What stands before the first wildcard: an existing folder, one hopes.
    pub(super) base: PathBuf,
    pub(super) segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
pub(super) enum Segment {
    Literal(String),
    Wild {
        matcher: GlobMatcher,
        hidden: bool,
    },
    /// `**`
    AnyDepth,
}

/// True if the text is a pattern rather than a path.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

impl Pattern {
    /// Reads an absolute pattern.
    ///
    /// # Errors
    /// Why it is none, for a person.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let whole = matcher(text)?;
        let alternatives = expand_braces(text).iter().map(|text| Alternative::new(text)).collect::<Result<_, _>>()?;
        Ok(Self { alternatives, whole })
    }

    /// True if a path matches, whether or not it exists.
    pub(super) fn matches(&self, path: &Path) -> bool {
        self.whole.is_match(path)
    }

    /// True if a folder of this path may hold something that matches.
    pub(super) fn may_be_in(&self, folder: &Path) -> bool {
        self.alternatives.iter().any(|alternative| match folder.strip_prefix(&alternative.base) {
            Ok(inner) => {
                let names: Vec<_> = inner.iter().filter_map(|name| name.to_str()).collect();
                may_continue(&alternative.segments, &names)
            }
            Err(_) => alternative.base.starts_with(folder),
        })
    }

    /// The folder that holds whatever matches.
    pub(super) fn folder(&self) -> PathBuf {
        let mut bases = self.alternatives.iter().map(|alternative| alternative.base.clone());
        let first = bases.next().unwrap_or_default();
        bases.fold(first, |common, base| {
            common.components().zip(base.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        })
    }
}

impl Segment {
    /// True if it stands for one folder or file of this name.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == name,
            Self::Wild { matcher, hidden } => (*hidden || !name.starts_with('.')) && matcher.is_match(name),
            Self::AnyDepth => !name.starts_with('.'),
        }
    }
}

/// True if a path can begin with these names and go on.
fn may_continue(segments: &[Segment], names: &[&str]) -> bool {
    let Some((name, other_names)) = names.split_first() else { return !segments.is_empty() };
    let Some((segment, rest)) = segments.split_first() else { return false };
    match segment {
        Segment::AnyDepth => {
            may_continue(rest, names) || (segment.matches(name) && may_continue(segments, other_names))
        }
        _ => segment.matches(name) && may_continue(rest, other_names),
    }
}

impl Alternative {
    fn new(text: &str) -> Result<Self, String> {
        let mut base = PathBuf::from("/");
        let mut segments = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty()) {
            if part == "**" {
                segments.push(Segment::AnyDepth);
            } else if is_pattern(part) {
                segments.push(Segment::Wild { matcher: matcher(part)?, hidden: part.starts_with('.') });
            } else if segments.is_empty() {
                base.push(part);
            } else {
                segments.push(Segment::Literal(part.to_owned()));
            }
        }
        Ok(Self { base, segments })
    }
}

fn matcher(text: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(false).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| format!("the pattern is not valid: {}", error.kind()))
}

/// `a{b,c{d,e}}` as `ab`, `acd`, `ace`. A brace without its end stays.
fn expand_braces(text: &str) -> Vec<String> {
    let Some((start, options, end)) = first_braces(text) else { return vec![text.to_owned()] };
    let (before, after) = (&text[..start], &text[end..]);
    options.into_iter().flat_map(|option| expand_braces(&format!("{before}{option}{after}"))).collect()
}

/// Where the first braces begin, what stands between their commas, and what follows them.
fn first_braces(text: &str) -> Option<(usize, Vec<&str>, usize)> {
    let start = text.find('{')?;
    let (mut depth, mut options, mut from) = (0, Vec::new(), start + 1);
    for (at, c) in text[start..].char_indices().map(|(at, c)| (at + start, c)) {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                options.push(&text[from..at]);
                from = at + 1;
            }
            '}' => {
                depth -= 1;
                if depth == 0 {
                    options.push(&text[from..at]);
                    return Some((start, options, at + 1));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_expand() {
        for (text, expanded) in [
            ("/a/b", vec!["/a/b"]),
            ("/{a,b/c}/*.{yaml,yml}", vec!["/a/*.yaml", "/a/*.yml", "/b/c/*.yaml", "/b/c/*.yml"]),
            ("/a{b,c{d,e}}", vec!["/ab", "/acd", "/ace"]),
        ] {
            assert_eq!(expand_braces(text), expanded, "{text}");
        }
    }

    #[test]
    fn the_folder_holds_all_that_matches() {
        for (text, folder) in [
            ("/srv/catalog/*/catalog-info.yaml", "/srv/catalog"),
            ("/srv/catalog/**", "/srv/catalog"),
            ("/srv/{a,b}/x/*.yaml", "/srv"),
            ("/*.yaml", "/"),
        ] {
            assert_eq!(Pattern::new(text).unwrap().folder(), Path::new(folder), "{text}");
        }
    }

    #[test]
    fn folders_that_can_hold_nothing_are_told_apart() {
        for (text, folder, expected) in [
            ("/srv/*/info.yaml", "/", true),
            ("/srv/*/info.yaml", "/srv", true),
            ("/srv/*/info.yaml", "/srv/a", true),
            ("/srv/*/info.yaml", "/srv/a/b", false),
            ("/srv/*/info.yaml", "/srv/.git", false),
            ("/srv/*/info.yaml", "/other", false),
            ("/srv/**/info.yaml", "/srv/a/b/c", true),
            ("/srv/**/info.yaml", "/srv/a/.git/c", false),
            ("/srv/{a,b}/*.yaml", "/srv/b", true),
            ("/srv/{a,b}/*.yaml", "/srv/c", false),
            ("/srv/.*/*.yaml", "/srv/.github", true),
        ] {
            assert_eq!(Pattern::new(text).unwrap().may_be_in(Path::new(folder)), expected, "{text} {folder}");
        }
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        for text in ["/a/[", "/a/{b", "/a/b}"] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
    }
}
