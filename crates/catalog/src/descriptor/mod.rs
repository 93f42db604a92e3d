//! Descriptor files: text to documents, each value with its place in the file.
//!
//! Documents are read as Backstage reads them: YAML 1.2 with the core schema, so `yes` and `2024-01-31` are texts, `0o14`
//! and `1e3` numbers. What a file must not do is bounded by [`Limits`].

mod builder;
mod limits;
mod places;
mod scalar;
mod syntax;

use std::fmt::Write as _;

use model::catalog::Position;
use serde_json::Value;

pub use self::limits::Limits;
pub(crate) use self::places::Node;
use self::{
    builder::{Budget, Builder},
    places::Places,
};

/// The documents of a file, and what kept others from being read.
#[derive(Debug, Default)]
pub struct ParsedFile {
    /// Documents in their order, without empty ones.
    pub documents: Vec<Document>,
    /// In their order.
    pub errors: Vec<SyntaxError>,
}

/// One document.
#[derive(Debug)]
pub struct Document {
    /// What it holds, an object or not.
    pub value: Value,
    places: Places,
}

/// Why a file, or one document of it, can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
    /// Where.
    pub position: Position,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads a file. One broken document does not hide the others.
pub fn parse(bytes: &[u8], limits: &Limits) -> ParsedFile {
    if bytes.len() as u64 > limits.file_bytes {
        // Readers stop one byte behind the limit, so nobody knows how long it is.
        let message = format!("the file is longer than the {} bytes that are allowed", limits.file_bytes);
        let hint = Some("split it into several files, or raise `backend.limits.catalogFileBytes` of the server");
        return ParsedFile::broken(SyntaxError { message, hint, position: START });
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            return ParsedFile::broken(SyntaxError {
                message: "the file is not UTF-8".to_owned(),
                hint: Some("save it in the encoding UTF-8"),
                position: end_of(&valid),
            });
        }
    };
    let mut parsed = ParsedFile::default();
    let mut budget = Budget::of(limits);
    for chunk in chunks(text) {
        let mut builder = Builder::new(limits, chunk.lines_before, &mut budget);
        if let Err(error) = check_tokens(&chunk, limits).and_then(|()| builder.read(chunk.text)) {
            parsed.errors.push(error.with_hint_for_skeletons(chunk.text, chunk.lines_before));
        }
        parsed.documents.append(&mut builder.documents);
        if parsed.documents.len() > limits.documents {
            let position = parsed.documents[limits.documents].position("");
            parsed.documents.truncate(limits.documents);
            let message = format!("the file has more than {} documents", limits.documents);
            parsed.errors.push(SyntaxError { message, hint: Some("split it into several files"), position });
            break;
        }
    }
    parsed.documents.retain(|document| !document.value.is_null());
    parsed
}

/// What to do about a file that is none yet.
pub(crate) const SKELETON: &str = "this looks like the skeleton of a template, which becomes a descriptor later: leave its folder out of the location";

/// True for a text with placeholders of a template.
pub(crate) fn looks_like_skeleton(text: &str) -> bool {
    ["${{", "{%"].iter().any(|placeholder| text.contains(placeholder))
}

impl SyntaxError {
    fn with_hint_for_skeletons(self, chunk: &str, lines_before: usize) -> Self {
        let line = (self.position.line as usize).saturating_sub(lines_before + 1);
        // The fault may show in the line behind.
        let is_skeleton = chunk.lines().skip(line.saturating_sub(1)).take(2).any(looks_like_skeleton);
        Self { hint: if is_skeleton { Some(SKELETON) } else { self.hint }, ..self }
    }
}

impl ParsedFile {
    fn broken(error: SyntaxError) -> Self {
        Self { documents: Vec::new(), errors: vec![error] }
    }
}

impl Document {
    /// Where the value that a JSON pointer names stands: its key if it has one. Where there is no such value, the place
    /// of the nearest one around it.
    pub fn position(&self, pointer: &str) -> Position {
        self.places.find(&self.value, pointer)
    }

    /// The whole of it, to walk through.
    pub(crate) fn root(&self) -> Node<'_> {
        self.places.node(&self.value)
    }
}

const START: Position = Position { line: 1, column: 1 };

/// A part of a file that YAML reads on its own.
struct Chunk<'a> {
    text: &'a str,
    lines_before: usize,
}

/// Cuts at the lines that begin with `---`: in YAML these begin a document whatever stands before them, even inside an
/// unclosed quote. So what is broken in one document stays there.
fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let (mut start, mut lines_before, mut has_content) = (0, 0, false);
    let mut at = 0;
    for (line_number, line) in text.split_inclusive('\n').enumerate() {
        let is_marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if is_marker && has_content {
            chunks.push(Chunk { text: &text[start..at], lines_before });
            (start, lines_before) = (at, line_number);
        }
        // Comments and directives before a marker belong to the document that it begins.
        has_content |= is_marker || !(line.trim().is_empty() || line.starts_with(['#', '%']));
        at += line.len();
    }
    chunks.push(Chunk { text: &text[start..], lines_before });
    chunks
}

/// Refuses a document that the parser would take apart into too many tokens. It looks ahead to the end of a list or object in brackets,
/// for that may be a key, and nothing bounds what it keeps meanwhile.
///
/// An upper bound that needs no knowledge of YAML: between two punctuation marks is at most one text, and a colon makes a key as well.
/// Long texts count too, though they are one token; a definition of megabytes is under the limit all the same.
fn check_tokens(chunk: &Chunk<'_>, limits: &Limits) -> Result<(), SyntaxError> {
    let mut tokens = 0;
    for (at, byte) in chunk.text.bytes().enumerate() {
        tokens += match byte {
            b':' => 3,
            b',' | b'[' | b']' | b'{' | b'}' | b'?' => 2,
            b'&' | b'*' | b'!' => 1,
            _ => 0,
        };
        if tokens > limits.document_tokens {
            let mut position = end_of(&chunk.text[..at]);
            position.line += chunk.lines_before as u32;
            let message = format!(
                "the brackets, colons and commas of the document may make more than {} tokens",
                limits.document_tokens
            );
            let hint = Some(
                "move long definitions to a file of their own and include it by `$text`, or raise `backend.limits.catalogDocumentTokens`",
            );
            return Err(SyntaxError { message, hint, position });
        }
    }
    Ok(())
}

/// The place behind the last character.
fn end_of(text: &str) -> Position {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    Position { line: line as u32, column: column as u32 }
}

/// Appends a key to a JSON pointer.
pub(crate) fn push_key(pointer: &mut String, key: &str) {
    let escaped = key.replace('~', "~0").replace('/', "~1");
    write!(pointer, "/{escaped}").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests;
