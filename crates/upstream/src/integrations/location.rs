//! What a Git host's URL says: which repository, which ref, which path.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::UpstreamError;
use crate::url_text::printable;

/// A place in a repository, as its page's URL names it. All parts are percent-decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `owner/name`; on GitLab with all groups, on Azure DevOps `organisation/project/repository`.
    pub project: String,
    /// Branch, tag or commit; none: the default branch.
    pub git_ref: Option<String>,
    /// The path in the repository, without leading slash; with a trailing one if the URL had it.
    pub path: String,
    /// How many segments of the URL's path come before the file's; none if the file's path is the query parameter `path`.
    pub(crate) prefix: Option<usize>,
}

/// The segments of a URL's path, decoded, without empty ones; and whether it ends with a slash.
pub(crate) fn segments(url: &Url) -> Result<Vec<String>, UpstreamError> {
    let raw = url.path().split('/').filter(|segment| !segment.is_empty());
    raw.map(|segment| decoded(url, segment)).collect()
}

/// One segment decoded. What would climb once a server decodes it again is refused, as Backstage does (`parseGitUrlSafe`).
pub(crate) fn decoded(url: &Url, segment: &str) -> Result<String, UpstreamError> {
    let once =
        percent_decode_str(segment).decode_utf8().map_err(|_| invalid(url, "its path is not UTF-8"))?.into_owned();
    let mut text = once.clone();
    // Each round that changes something makes it shorter.
    loop {
        if text.split(['/', '\\']).any(|part| part == ".." || part == ".") {
            return Err(invalid(url, "its path climbs with `..`"));
        }
        let next = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if next.len() >= text.len() {
            return Ok(once);
        }
        text = next;
    }
}

impl Place {
    /// A place whose file's path begins at this segment.
    pub(crate) fn at(url: &Url, segments: &[String], project: String, git_ref: Option<String>, prefix: usize) -> Self {
        let mut path = segments.get(prefix..).unwrap_or_default().join("/");
        if url.path().ends_with('/') && !path.is_empty() {
            path.push('/');
        }
        Self { project, git_ref, path, prefix: Some(prefix) }
    }

    /// The same URL for another path of the repository, at the same ref.
    pub(crate) fn with_path(&self, url: &Url, path: &str) -> Url {
        let mut url = url.clone();
        url.set_fragment(None);
        if let Some(prefix) = self.prefix {
            let kept: Vec<_> =
                url.path().split('/').filter(|s| !s.is_empty()).take(prefix).map(str::to_owned).collect();
            url.set_path(&format!("/{}", kept.join("/")));
            if let Ok(mut target) = url.path_segments_mut() {
                target.extend(path.split('/'));
            }
        } else {
            let others: Vec<_> = url.query_pairs().into_owned().filter(|(key, _)| key != "path").collect();
            // Backstage sets the parameter in its place; first it is in every URL that a person copies.
            let path = format!("/{path}");
            url.query_pairs_mut().clear().append_pair("path", &path).extend_pairs(others);
        }
        url
    }

    /// Where a relative path leads from here: relative to the file's folder, from the root with a leading slash, never out of the repository.
    pub(crate) fn resolved(&self, url: &Url, relative: &str) -> Result<Url, UpstreamError> {
        let mut root = Url::parse("http://repository/").expect("a literal URL");
        if let Ok(mut target) = root.path_segments_mut() {
            target.pop_if_empty().extend(self.path.split('/'));
        }
        let resolved =
            root.join(relative).map_err(|error| invalid(url, &format!("`{relative}` cannot be resolved: {error}")))?;
        if resolved.host_str() != Some("repository") {
            return Err(invalid(url, &format!("`{relative}` leads to another host")));
        }
        let mut path = segments(&resolved)?.join("/");
        if resolved.path().ends_with('/') && !path.is_empty() {
            path.push('/');
        }
        Ok(self.with_path(url, &path))
    }

    /// The path, which must be there.
    pub(crate) fn file(&self, url: &Url) -> Result<&str, UpstreamError> {
        let path = self.path.trim_end_matches('/');
        if path.is_empty() { Err(invalid(url, "it names no file of a repository")) } else { Ok(path) }
    }

    /// The ref, which must be there.
    pub(crate) fn required_ref(&self, url: &Url) -> Result<&str, UpstreamError> {
        self.git_ref.as_deref().ok_or_else(|| invalid(url, "it names no branch, tag or commit"))
    }
}

/// A URL below an API's base.
pub(crate) fn api<'a>(base: &Url, segments: impl IntoIterator<Item = &'a str>, query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut target) = url.path_segments_mut() {
        target.pop_if_empty().extend(segments);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// The base URL as configured, or what follows from the host.
pub(crate) fn base(configured: Option<&Url>, host: &str, path: &str) -> Result<Url, UpstreamError> {
    if let Some(url) = configured {
        return Ok(url.clone());
    }
    format!("https://{host}{path}")
        .parse()
        .map_err(|_| UpstreamError::Setup(format!("`{host}` under `integrations` is no host")))
}

pub(crate) fn invalid(url: &Url, reason: &str) -> UpstreamError {
    UpstreamError::InvalidUrl { url: printable(url), reason: reason.to_owned() }
}

pub(crate) fn bearer(token: &SecretString) -> SecretString {
    format!("Bearer {}", token.expose_secret()).into()
}

pub(crate) fn basic(user: &str, password: &SecretString) -> SecretString {
    format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose_secret()))).into()
}
