use model::catalog::Position;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{Limits, ParsedFile, parse};

fn read(text: &str) -> ParsedFile {
    parse(text.as_bytes(), &Limits::default())
}

fn values(text: &str) -> Vec<Value> {
    let parsed = read(text);
    assert_eq!(parsed.errors, [], "{text}");
    parsed.documents.into_iter().map(|document| document.value).collect()
}

/// Messages with `line:column`.
fn errors(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let errors = parse(bytes, limits).errors;
    errors.iter().map(|e| format!("{}:{} {}", e.position.line, e.position.column, e.message)).collect()
}

#[test]
fn reads_documents_as_backstage_does() {
    let table = [
        ("", vec![]),
        ("# only a comment\n", vec![]),
        ("---\n---\n# nothing\n---\n", vec![]),
        ("a: 1\n---\nb: 2\n---\n", vec![json!({"a": 1}), json!({"b": 2})]),
        ("a: 1\n...\nb: 2\n", vec![json!({"a": 1}), json!({"b": 2})]),
        ("# first\n%YAML 1.2\n---\na: 1\n", vec![json!({"a": 1})]),
        ("\u{feff}a: 1\r\nb:\r\n  - c\r\n", vec![json!({"a": 1, "b": ["c"]})]),
        ("a: |\n  --- no marker\n  b\n", vec![json!({"a": "--- no marker\nb\n"})]),
        ("a: >-\n  b\n  c\n", vec![json!({"a": "b c"})]),
        ("yes: no\n1: x\nnull: y\n1.0: z\n", vec![json!({"yes": "no", "1": "x", "": "y"})]),
        (
            "a: '1'\nb: \"true\"\nc: !!str 2\nd: !!int '3'\ne: !custom 4\n",
            vec![json!({"a": "1", "b": "true", "c": "2", "d": 3, "e": "4"})],
        ),
        ("a: &x {b: [1]}\nc: *x\n", vec![json!({"a": {"b": [1]}, "c": {"b": [1]}})]),
        ("<<: {a: 1}\n", vec![json!({"<<": {"a": 1}})]),
        ("- 1\n", vec![json!([1])]),
        ("text\n", vec![json!("text")]),
        ("{\"json\": [true, null, \"\\u00e4\"]}", vec![json!({"json": [true, null, "ä"]})]),
    ];
    for (text, expected) in table {
        if text.starts_with("yes") {
            // Keys are texts, so these two are the same.
            assert_eq!(
                errors(text.as_bytes(), &Limits::default()),
                ["4:1 the key `1` stands twice in the same object"]
            );
            assert_eq!(values(text.strip_suffix("1.0: z\n").unwrap()), expected);
        } else {
            assert_eq!(values(text), expected, "{text:?}");
        }
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    let table: [(&[u8], &str); 16] = [
        (b"a:\n\tb: 1\n", "2:2 not valid YAML: a tab can not indent"),
        (b"a: 'x\n", "1:4 not valid YAML: the quoted text has no end"),
        (b"a: [1, 2\n", "2:1 not valid YAML: the list that begins with `[` has no end, or lacks a comma"),
        (b"a: b: c\n", "1:5 not valid YAML: a colon and a blank make this a key, and no key can stand here"),
        (b"a: 1\r\n b: 2\r\n", "2:3 not valid YAML: a colon and a blank make this a key, and no key can stand here"),
        (b"a: @x\n", "1:4 not valid YAML: an unquoted text can not begin with this character"),
        (b"a: {{ x }}\n", "1:5 a key must be a plain text, not an object or a list"),
        (b"a: 1\n- b\n", "2:3 not valid YAML: this does not fit to the lines above"),
        (b"a: *x\n", "1:4 not valid YAML: the alias names an anchor that is not there"),
        (b"a: &a [*a]\n", "1:8 the alias stands inside the value that it names"),
        (b"a: \"\\q\"\n", "1:4 not valid YAML: the quoted text has an unknown escape"),
        (b"a: 1\nb: 2\na: 3\n", "3:1 the key `a` stands twice in the same object"),
        ("ä: {b: 1, b: 2}\n".as_bytes(), "1:11 the key `b` stands twice in the same object"),
        (b"a: x\nb: \xff\n", "2:4 the file is not UTF-8"),
        (b"a: 1\n---\nb: 'x\n---\nc: 3\n", "3:4 not valid YAML: the quoted text has no end"),
        (b"a: &x 1\n---\nb: *x\n", "3:4 not valid YAML: the alias names an anchor that is not there"),
    ];
    for (bytes, expected) in table {
        assert_eq!(errors(bytes, &Limits::default()), [expected], "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn one_broken_document_does_not_hide_the_others() {
    let parsed = read("a: 1\n---\nb: [\n---\nc: 3\n---\nd: d: d\n---\ne: 5\n");
    let read: Vec<_> = parsed.documents.iter().map(|document| document.value.to_string()).collect();
    assert_eq!(read, ["{\"a\":1}", "{\"c\":3}", "{\"e\":5}"]);
    assert_eq!(parsed.errors.iter().map(|error| error.position.line).collect::<Vec<_>>(), [4, 7]);
}

#[test]
fn limits_are_kept() {
    let limits = Limits { file_bytes: 60, documents: 2, nodes: 20, alias_nodes: 6, depth: 4, ..Limits::default() };
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let table = [
        (" ".repeat(61), "1:1 the file is longer than the 60 bytes that are allowed"),
        ("a: 1\n---\nb: 1\n---\nc: 1\n".to_owned(), "5:1 the file has more than 2 documents"),
        (format!("[{}]", "1,".repeat(20)), "1:40 the file holds more than 20 values"),
        (deep(5), "1:5 objects and lists stand more than 4 deep in one another"),
        ("a: &a [[[1]]]\nb: [*a]\n".to_owned(), "2:5 objects and lists stand more than 4 deep in one another"),
        ("a: &a [1, 2]\nb: [*a, *a, *a]\n".to_owned(), "2:13 the aliases of the document stand for more than 6 values"),
    ];
    for (text, expected) in table {
        assert_eq!(errors(text.as_bytes(), &limits), [expected], "{text}");
    }
    assert_eq!(errors(deep(4).as_bytes(), &limits), [""; 0]);
    let tokens = Limits { document_tokens: 9, ..limits.clone() };
    let expected = "3:12 the brackets, colons and commas of the document may make more than 9 tokens";
    assert_eq!(errors("a: 1\n---\n[b, é, d, e]\n".as_bytes(), &tokens), [expected]);
    let limits = Limits { document_nodes: 3, ..limits };
    assert_eq!(errors(b"[1, 2]\n---\n[1, 2, 3]\n", &limits), ["3:8 the document holds more than 3 values"]);
}

#[test]
fn anchors_and_aliases_can_not_multiply_a_long_text() {
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let text = "x".repeat(300);
    let expected =
        |place: &str| format!("{place} the anchors and aliases of the file stand for more than 1000 bytes of text");
    let list = format!("a: &a {text}\nb: [*a, *a, *a]\n");
    assert_eq!(errors(list.as_bytes(), &limits), [expected("2:13")]);
    let nested = format!("&a [&b [&c [&d {text}]]]\n");
    assert_eq!(errors(nested.as_bytes(), &limits).len(), 1, "each anchor keeps a copy");
    // The budget is the file's: more documents are no way around it.
    let documents = format!("---\na: &a {text}\nb: *a\n").repeat(2);
    assert_eq!(errors(documents.as_bytes(), &limits), [expected("6:4")]);
}

#[test]
fn a_bomb_of_aliases_is_refused_at_once() {
    let mut lines = vec!["a0: &a0 [x,x,x,x,x,x,x,x,x,x]".to_owned()];
    lines.extend((1..30).map(|level| {
        let aliases = vec![format!("*a{}", level - 1); 10].join(",");
        format!("a{level}: &a{level} [{aliases}]")
    }));
    let bomb = lines.join("\n");
    assert!(errors(bomb.as_bytes(), &Limits::default())[0].contains("the aliases of the document stand for more than"));
    // Anchors around anchors: each is a copy, so the copies count.
    let nested = format!("{}{}{}", "&a [".repeat(99), "x,".repeat(50_000), "]".repeat(99));
    assert!(errors(nested.as_bytes(), &Limits::default())[0].contains("the file holds more than"));
}

#[test]
fn pointers_lead_to_lines_and_columns() {
    let text = "# a comment\n---\nmetadata:\n  name: x\n  tags:\n    - a\n    - b: ä\n      c/d: {e: 1}\nspec: &s\n  - y\nagain: *s\nlast: 1\n";
    let parsed = read(text);
    let document = &parsed.documents[0];
    let table = [
        ("", (3, 1)),
        ("/metadata", (3, 1)),
        ("/metadata/name", (4, 3)),
        ("/metadata/tags/0", (6, 7)),
        ("/metadata/tags/1", (7, 7)),
        ("/metadata/tags/1/b", (7, 7)),
        ("/metadata/tags/1/c~1d", (8, 7)),
        ("/metadata/tags/1/c~1d/e", (8, 13)),
        ("/metadata/tags/7", (5, 3)),
        ("/metadata/missing/deeper", (3, 1)),
        ("/spec/0", (10, 5)),
        ("/again/0", (11, 1)),
        ("/last", (12, 1)),
        ("/nowhere", (3, 1)),
    ];
    for (pointer, (line, column)) in table {
        assert_eq!(document.position(pointer), Position { line, column }, "{pointer}");
    }
}

proptest! {
    #[test]
    fn parsing_never_panics(bytes in vec(any::<u8>(), 0..200)) {
        parse(&bytes, &Limits::default());
    }

    /// Made of what YAML gives a meaning to, so that it gets beyond the first error.
    #[test]
    fn parsing_never_panics_on_what_looks_like_yaml(
        pieces in vec(select(vec!["a", ": ", "- ", "\n", "  ", "---\n", "...\n", "&x ", "*x", "'", "\"", "[", "]", "{", "}", ",", "|\n", "> ", "# ", "!!str ", "? ", "\t", "%YAML 1.2\n", "é", "\r\n"]), 0..60)
    ) {
        let text = pieces.concat();
        for document in read(&text).documents {
            document.position("/a/0/a");
            // Whatever was read can be stored and read again.
            let json = document.value.to_string();
            prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), document.value);
        }
    }
}
