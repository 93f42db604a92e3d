//! The rules of names, keys and values in an entity's envelope.
//!
//! Source: Backstage, `packages/catalog-model/src/validation`.

/// What a text of the envelope must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `suffix` or `dns-subdomain/suffix`.
    ApiVersion,
    /// 1 to 63 letters and digits, a letter first.
    Kind,
    /// 1 to 63 of letters, digits, `-`, `_`, `.`, with a letter or digit at both ends.
    ObjectName,
    /// A DNS label: 1 to 63 of lower-case letters, digits and hyphens, with no hyphen at either end.
    Namespace,
    /// An object name, with an optional DNS subdomain and `/` before it.
    LabelKey,
    /// Empty, or an object name.
    LabelValue,
    /// 1 to 63 of lower-case letters, digits, `:`, `+`, `#`, in words joined by hyphens.
    Tag,
}

impl Rule {
    /// True if `text` follows the rule.
    ///
    /// ```
    /// use model::validation::Rule;
    /// assert!(Rule::ObjectName.accepts("checkout-api_v2.1"));
    /// assert!(!Rule::ObjectName.accepts("-checkout"));
    /// assert!(Rule::LabelValue.accepts(""));
    /// ```
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::ApiVersion => match text.split_once('/') {
                Some((prefix, suffix)) => is_dns_subdomain(prefix) && is_alphanumeric(suffix),
                None => is_alphanumeric(text),
            },
            Self::Kind => is_alphanumeric(text) && text.starts_with(|c: char| c.is_ascii_alphabetic()),
            Self::ObjectName => is_object_name(text),
            Self::Namespace => is_dns_label(text),
            Self::LabelKey => match text.split_once('/') {
                Some((prefix, name)) => is_dns_subdomain(prefix) && is_object_name(name),
                None => is_object_name(text),
            },
            Self::LabelValue => text.is_empty() || is_object_name(text),
            Self::Tag => {
                within(text, 63)
                    && text.split('-').all(|word| {
                        !word.is_empty()
                            && word.bytes().all(|b| is_lower_or_digit(b) || matches!(b, b':' | b'+' | b'#'))
                    })
            }
        }
    }

    /// The rule in words, to go after "expected".
    pub fn expectation(self) -> &'static str {
        match self {
            Self::ApiVersion => {
                "a version like `backstage.io/v1alpha1`: letters and digits, with an optional domain and `/` before them"
            }
            Self::Kind => "1 to 63 letters and digits, a letter first",
            Self::ObjectName => "1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends",
            Self::Namespace => "1 to 63 lower-case letters, digits or hyphens, with no hyphen at either end",
            Self::LabelKey => {
                "a name of 1 to 63 letters, digits, `-`, `_` or `.`, with an optional domain and `/` before it"
            }
            Self::LabelValue => {
                "nothing, or 1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends"
            }
            Self::Tag => "1 to 63 lower-case letters, digits, `:`, `+` or `#`, in words joined by single hyphens",
        }
    }
}

fn within(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
}

fn is_lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_alphanumeric(text: &str) -> bool {
    within(text, 63) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_object_name(text: &str) -> bool {
    within(text, 63)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Runs of hyphens are accepted, as newer versions of Backstage do.
fn is_dns_label(text: &str) -> bool {
    within(text, 63)
        && text.bytes().all(|b| is_lower_or_digit(b) || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_dns_subdomain(text: &str) -> bool {
    within(text, 253) && text.split('.').all(is_dns_label)
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn each_rule_accepts_and_refuses() {
        let long = "a".repeat(63);
        let too_long = "a".repeat(64);
        let table: [(Rule, &[&str], &[&str]); 7] = [
            (
                Rule::ApiVersion,
                &["v1", "backstage.io/v1alpha1", "a-b.c/V1"],
                &["", "/v1", "a/b/c", "A.io/v1", "a/", "a_b/v1", "v-1"],
            ),
            (Rule::Kind, &["Component", "a1", &long], &["", "1a", "a-b", &too_long]),
            (Rule::ObjectName, &["a", "A-b_c.d", "0", &long], &["", "-a", "a-", "a b", "ä", &too_long]),
            (Rule::Namespace, &["default", "a--b", "0"], &["", "Default", "-a", "a-", "a.b", &too_long]),
            (Rule::LabelKey, &["a", "backstage.io/a_b"], &["", "/a", "a/", "a/b/c", "A.io/b"]),
            (Rule::LabelValue, &["", "a.b"], &[".a", "a b", &too_long]),
            (Rule::Tag, &["java", "c++", "c#", "a:b-c"], &["", "Java", "a--b", "-a", "a b", &too_long]),
        ];
        for (rule, accepted, refused) in table {
            for text in accepted {
                assert!(rule.accepts(text), "{rule:?} should accept {text:?}");
            }
            for text in refused {
                assert!(!rule.accepts(text), "{rule:?} should refuse {text:?}");
            }
        }
    }
}
