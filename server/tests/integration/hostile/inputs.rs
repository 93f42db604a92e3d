//! Files that cost more than they should, or are none.

use std::{fs, path::Path};

/// A file and what a person is told of it.
pub(super) struct Hostile {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// `line:column message` of the first problem, or its beginning.
    pub(super) told: &'static str,
}

fn hostile(name: &'static str, bytes: impl Into<Vec<u8>>, told: &'static str) -> Hostile {
    Hostile { name, bytes: bytes.into(), told }
}

/// A component up to the value of `metadata.<key>`.
fn component(name: &str, metadata: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n\
         spec: {{ type: service, lifecycle: production, owner: team }}\nmetadata:\n  name: {name}\n  {metadata}"
    )
}

/// All of them. Generated, for some have megabytes.
pub(super) fn hostile_files() -> Vec<Hostile> {
    let mut files = large();
    files.extend(nested());
    files.extend(broken());
    files
}

fn large() -> Vec<Hostile> {
    let mut fifty = component("fifty-megabytes", "description: |\n");
    fifty.push_str(&format!("    {}\n", "x".repeat(99)).repeat(50 * 1024 * 1024 / 104));
    vec![
        hostile("fifty-megabytes.yaml", fifty, "1:1 the file is longer than the 5242880 bytes that are allowed"),
        hostile(
            "million-tags.yaml",
            component("million-tags", &format!("tags: [{}]\n", "a,".repeat(1_000_000))),
            "6:999973 the brackets, colons and commas of the document may make more than 1000000 tokens",
        ),
        hostile(
            "many-tags.yaml",
            component("many-tags", &format!("tags:\n{}", "    - a\n".repeat(300_000))),
            "99997:7 the document holds more than 100000 values",
        ),
        hostile(
            "million-values.yaml",
            format!("---\n- [{}]\n", "a,".repeat(90_000)).repeat(12),
            "2:1 a document must be an object, found a list",
        ),
        // The parser keeps all of them until it has seen that the list is no key, and each would become an object.
        hostile(
            "many-pairs.yaml",
            format!("[{}]", "? a : b, ".repeat(500_000)),
            "1:1285713 the brackets, colons and commas of the document may make more than 1000000 tokens",
        ),
        hostile(
            "many-keys.yaml",
            format!("[{}]", "[a]: b,".repeat(110_000)),
            "1:2 a key must be a plain text, not an object or a list",
        ),
        hostile("many-documents.yaml", "---\n".repeat(1_000_000), "10002:1 the file has more than 10000 documents"),
        hostile(
            "many-faults.yaml",
            component("many-faults", &format!("tags: [{}]\n", "{},".repeat(90_000))),
            "6:10 `metadata.tags.0` must be a text, found an object",
        ),
        hostile("long-key.yaml", "x".repeat(5_000_000), "1:1 a document must be an object, found `xxxxxxxxxxxx"),
    ]
}

fn nested() -> Vec<Hostile> {
    let mut bomb = vec!["a0: &a0 [x,x,x,x,x,x,x,x,x,x]".to_owned()];
    bomb.extend((1..30).map(|level| {
        let aliases = vec![format!("*a{}", level - 1); 10].join(",");
        format!("a{level}: &a{level} [{aliases}]")
    }));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), "*a,".repeat(9_000));
    vec![
        hostile("bomb.yaml", bomb.join("\n"), "4:38 the aliases of the document stand for more than 10000 values"),
        hostile("long-bomb.yaml", long, "2:17 the anchors and aliases of the file stand for more than 5242880 bytes"),
        hostile(
            "deep-lists.yaml",
            component("deep-lists", &format!("tags:\n    {}x\n", "- ".repeat(1_000_000))),
            "7:201 objects and lists stand more than 100 deep in one another",
        ),
        hostile(
            "deep-objects.yaml",
            (0..2500).map(|depth| format!("{}a:", " ".repeat(depth))).collect::<Vec<_>>().join("\n"),
            "101:101 objects and lists stand more than 100 deep in one another",
        ),
        hostile("deep-brackets.yaml", "[".repeat(2_000_000), "1:500001 the brackets, colons and commas"),
        hostile("deep-braces.yaml", "{a: ".repeat(1_000_000), "1:800001 the brackets, colons and commas"),
    ]
}

fn broken() -> Vec<Hostile> {
    let utf16: Vec<u8> =
        format!("\u{feff}{}", component("utf16", "title: x\n")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut latin1 = component("latin1", "title: caf").into_bytes();
    latin1.extend(b"\xe9\n");
    let web_page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n";
    vec![
        hostile("latin1.yaml", latin1, "6:13 the file is not UTF-8"),
        hostile("utf16.yaml", utf16, "1:1 the file is not UTF-8"),
        hostile("nul.yaml", vec![0; 5_000_000], "1:1 not valid YAML: here is a character that no text has"),
        hostile(
            "duplicate.yaml",
            component("duplicate", "title: a\n  title: b\n"),
            "7:3 the key `title` stands twice in the same object",
        ),
        hostile(
            "tab.yaml",
            component("tab", "annotations:\n\t\tacme.example/a: b\n"),
            "7:3 not valid YAML: a tab can not indent",
        ),
        hostile(
            "windows-duplicate.yaml",
            component("windows-duplicate", "title: a\n  title: b\n").replace('\n', "\r\n"),
            "7:3 the key `title` stands twice in the same object",
        ),
        hostile("half.yaml", component("half", "title: \"never en"), "6:10 not valid YAML: the quoted text has no end"),
        hostile("html.yaml", web_page, "1:1 a document must be an object, found `<!DOCTYPE html>"),
    ]
}

/// Writes them all into a folder.
pub(super) fn write_all(folder: &Path) -> Vec<Hostile> {
    let files = hostile_files();
    fs::create_dir_all(folder).unwrap();
    for Hostile { name, bytes, .. } in &files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    files
}
