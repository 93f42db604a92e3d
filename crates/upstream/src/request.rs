//! One request and its answer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

/// What an earlier answer said of its version, to ask "has it changed since?".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag`, with its quotes.
    pub etag: Option<String>,
    /// The `Last-Modified`, as it was written.
    pub last_modified: Option<String>,
}

/// What kind of answer makes sense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Anything.
    Anything,
    /// A file: a web page instead of it is a sign-in page.
    #[default]
    File,
}

/// A request to read something.
#[derive(Clone, Debug)]
pub struct Get {
    /// What to read.
    pub url: Url,
    /// Headers that anyone may see; they follow redirects.
    pub headers: HeaderMap,
    /// Headers that carry credentials; they go to the origin of `url` and to no other.
    pub secret_headers: Vec<(HeaderName, SecretString)>,
    /// What the caller has already.
    pub earlier: Validators,
    /// What kind of answer makes sense.
    pub expect: Expect,
    /// Somebody waits for it: it may spend the reserve of the host's budget.
    pub urgent: bool,
}

impl Get {
    /// A plain request for a file.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            headers: HeaderMap::new(),
            secret_headers: Vec::new(),
            earlier: Validators::default(),
            expect: Expect::default(),
            urgent: false,
        }
    }

    /// With a public header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a header that carries credentials.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: SecretString) -> Self {
        self.secret_headers.push((name, value));
        self
    }

    /// Only if it is another version than this.
    #[must_use]
    pub fn unless(mut self, earlier: Option<&Validators>) -> Self {
        self.earlier = earlier.cloned().unwrap_or_default();
        self
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one lives as long as an answer is looked at")]
pub enum Fetched {
    /// The version that the caller has is still the current one.
    NotModified,
    /// A new version.
    Body(Document),
}

/// An answer with content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The content, decompressed.
    pub bytes: Bytes,
    /// What to ask with next time.
    pub validators: Validators,
    /// The `Content-Type`, as it was written.
    pub content_type: Option<String>,
    /// Where the content lay after all redirects.
    pub final_url: Url,
    /// The commit that last changed a file of a repository, where its host says so: GitLab does.
    pub commit: Option<String>,
}

/// An answer with the headers that paging needs.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) not_modified: bool,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    pub(crate) final_url: Url,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl From<Answer> for Fetched {
    fn from(answer: Answer) -> Self {
        if answer.not_modified {
            return Self::NotModified;
        }
        let text = |name| answer.header(name).map(str::to_owned);
        Self::Body(Document {
            validators: Validators { etag: text("etag"), last_modified: text("last-modified") },
            content_type: text("content-type"),
            // Source: GitLab, "Repository files API".
            commit: text("x-gitlab-last-commit-id").or_else(|| text("x-gitlab-commit-id")),
            bytes: answer.bytes.clone(),
            final_url: answer.final_url.clone(),
        })
    }
}
