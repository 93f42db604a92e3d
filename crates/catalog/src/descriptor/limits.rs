/// What a file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file, and of a file that a document includes.
    pub file_bytes: u64,
    /// Documents of a file.
    pub documents: usize,
    /// Objects, lists and plain values of a file, aliases written out.
    pub nodes: usize,
    /// Objects, lists and plain values that the aliases of one document stand for.
    pub alias_nodes: usize,
    /// Objects and lists inside one another.
    pub depth: usize,
    /// Files that one document may include by `$text`, `$json` and `$yaml`.
    pub inclusions: usize,
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
            nodes: 1_000_000,
            alias_nodes: 10_000,
            // serde_json reads at most 128.
            depth: 100,
            inclusions: 20,
            location_depth: 10,
            files: 100_000,
        }
    }
}
