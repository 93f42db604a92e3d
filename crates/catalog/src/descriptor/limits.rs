/// What a file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file, and of a file that a document includes; also of the text that the anchors and aliases of a file stand for.
    pub file_bytes: u64,
    /// Documents of a file.
    pub documents: usize,
    /// Objects, lists and plain values of a file, aliases written out. In memory each takes up to 600 bytes.
    pub nodes: usize,
    /// Objects, lists and plain values of one document, with the files that it includes.
    pub document_nodes: usize,
    /// Objects, lists and plain values that the aliases of one document stand for.
    pub alias_nodes: usize,
    /// Objects and lists inside one another.
    pub depth: usize,
    /// Files that one document may include by `$text`, `$json` and `$yaml`.
    pub inclusions: usize,
    /// Tokens of one document, as far as its punctuation tells. The YAML parser may hold all of them at once, some 260 bytes each.
    pub document_tokens: usize,
    /// Bytes of all files that the documents of one file include.
    pub included_bytes: u64,
    /// Problems that are told of one file. Each further document that is refused tells one.
    pub problems: usize,
    /// `Location` entities that lead from a configured location to a file.
    pub location_depth: usize,
    /// Files that one configured location may lead to.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 5 * 1024 * 1024,
            documents: 10_000,
            nodes: 400_000,
            document_nodes: 100_000,
            document_tokens: 1_000_000,
            alias_nodes: 10_000,
            // serde_json reads at most 128.
            depth: 100,
            inclusions: 20,
            included_bytes: 32 * 1024 * 1024,
            problems: 500,
            location_depth: 10,
            files: 100_000,
        }
    }
}
