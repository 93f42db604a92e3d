//! The YAML parser's words, in plain ones.

/// What to find in the parser's message, what to say instead, and what to do about it.
const IN_PLAIN_WORDS: [(&str, &str, &str); 7] = [
    ("tabs disallowed", "a tab can not indent", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a colon and a blank make this a key, and no key can stand here",
        "check the indentation; put a text that holds a colon and a blank in quotes",
    ),
    ("scanning a quoted scalar, found unexpected end", "the quoted text has no end", "add the closing quote"),
    (
        "unknown escape character",
        "the quoted text has an unknown escape",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    ("found unknown anchor", "the alias names an anchor that is not there", "anchors hold for one document only"),
    ("unexpected character", "an unquoted text can not begin with this character", "put it in quotes"),
    ("did not find expected", "this does not fit to the lines above", "check the indentation"),
];

/// Says what is wrong, and what to do about it if that is known.
pub(super) fn explain(info: &str) -> (String, Option<&'static str>) {
    match IN_PLAIN_WORDS.iter().find(|(part, _, _)| info.contains(part)) {
        Some((_, message, hint)) => (format!("not valid YAML: {message}"), Some(hint)),
        None => (format!("not valid YAML: {info}"), None),
    }
}
