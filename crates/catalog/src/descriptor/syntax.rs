//! The YAML parser's words, in plain ones.

/// What to find in the parser's message, what to say instead, and what to do about it.
const IN_PLAIN_WORDS: [(&str, &str, &str); 22] = [
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
    ("tab cannot be used", "a tab can not indent", "indent with spaces"),
    ("found a tab", "a tab can not indent", "indent with spaces"),
    ("start with a tab", "a tab can not indent", "indent with spaces"),
    ("recursion limit", "too many brackets stand in one another", "check for brackets that were not meant"),
    (
        "unprintable character",
        "here is a character that no text has",
        "save the file as UTF-8 text; it may be a binary one",
    ),
    (
        "invalid indentation in quoted",
        "the quoted text has no end on its line",
        "add the closing quote, or indent its further lines",
    ),
    (
        "found unexpected document indicator",
        "the quoted text has no end before the next document",
        "add the closing quote",
    ),
    (
        "simple key expect",
        "the line is no `key: value`",
        "add a colon and a blank, or indent it to belong to the text above",
    ),
    ("expected ',' or ']'", "the list that begins with `[` has no end, or lacks a comma", "add the `]` or the comma"),
    ("expected ',' or '}'", "the object that begins with `{` has no end, or lacks a comma", "add the `}` or the comma"),
    (
        "trailing content after double-quoted",
        "text stands behind the closing quote",
        "write `\\\"` for a quote inside the text, or use single quotes",
    ),
    (
        "block sequence entries are not allowed",
        "no item of a list can stand here",
        "begin the list on a line of its own",
    ),
    ("invalid indentation", "this does not fit to the lines above", "check the indentation"),
    ("wrongly indented", "this does not fit to the lines above", "check the indentation"),
    ("directive", "a directive is not understood", "remove the line that begins with `%`"),
    ("did not find expected", "this does not fit to the lines above", "check the indentation"),
];

/// Says what is wrong, and what to do about it if that is known.
pub(super) fn explain(info: &str) -> (String, Option<&'static str>) {
    match IN_PLAIN_WORDS.iter().find(|(part, _, _)| info.contains(part)) {
        Some((_, message, hint)) => (format!("not valid YAML: {message}"), Some(hint)),
        None => (format!("not valid YAML: {info}"), Some("see YAML 1.2, or put the text in quotes")),
    }
}
