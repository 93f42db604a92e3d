//! GitLab, gitlab.com or one's own.

use secrecy::SecretString;
use url::Url;

use super::location::{Place, api, base, bearer, invalid, segments};
use crate::error::UpstreamError;

/// `integrations.gitlab[]`.
#[derive(Clone, Debug, Default)]
pub struct GitLabIntegration {
    /// The host of project URLs, e.g. `gitlab.com`.
    pub host: String,
    /// Default `{base_url}/api/v4`.
    pub api_base_url: Option<Url>,
    /// Default `https://{host}`; with a path if GitLab lives below one.
    pub base_url: Option<Url>,
    /// A personal, project or group access token.
    pub token: Option<SecretString>,
}

impl GitLabIntegration {
    /// Without credentials.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), ..Self::default() }
    }

    pub(crate) fn api(&self) -> Result<Url, UpstreamError> {
        match &self.api_base_url {
            Some(url) => Ok(url.clone()),
            None => Ok(api(&base(self.base_url.as_ref(), &self.host, "")?, ["api", "v4"], &[])),
        }
    }

    /// How many segments of a URL's path are before GitLab's own.
    fn relative(&self) -> usize {
        self.base_url.as_ref().map_or(0, |base| base.path().split('/').filter(|part| !part.is_empty()).count())
    }

    /// The segments of a URL's path below the base URL.
    pub(crate) fn own_segments(&self, url: &Url) -> Result<Vec<String>, UpstreamError> {
        Ok(segments(url)?.into_iter().skip(self.relative()).collect())
    }

    pub(crate) fn auth(&self) -> Option<SecretString> {
        self.token.as_ref().map(bearer)
    }

    /// `/{group…}/{name}/-/{blob|tree|raw|edit}/{ref}/{path}`, or as old GitLabs wrote it, without the dash.
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        let relative = self.relative();
        let is_kind = |part: &String| matches!(part.as_str(), "blob" | "tree" | "raw" | "edit");
        let own = parts.get(relative..).unwrap_or_default();
        let dash = own.windows(2).position(|two| two[0] == "-" && is_kind(&two[1])).map(|at| (at, at + 2));
        // A project has at least one group, so its page's kind is the third part or a later one.
        let plain = || own.iter().skip(2).position(is_kind).map(|at| (at + 2, at + 3));
        let Some((end, git_ref)) = dash.or_else(plain) else {
            return match own {
                [_, _, ..] if !own.iter().any(|part| part == "-") => {
                    let project = own.join("/");
                    let project = project.strip_suffix(".git").unwrap_or(&project).to_owned();
                    Ok(Place { project, git_ref: None, path: String::new(), prefix: Some(parts.len()) })
                }
                _ => Err(invalid(url, "a GitLab URL looks like `/group/name/-/blob/branch/path`")),
            };
        };
        let project = own[..end].join("/");
        let name = own.get(git_ref).cloned().ok_or_else(|| invalid(url, "it names no branch, tag or commit"))?;
        Ok(Place::at(url, &parts, project, Some(name), relative + git_ref + 1))
    }

    /// The file through the API: the project by its path, so no request is needed to learn its number.
    pub(crate) fn file_url(&self, url: &Url) -> Result<Url, UpstreamError> {
        if let Some(artifact) = self.artifact_url(url)? {
            return Ok(artifact);
        }
        let place = self.place(url)?;
        let segments = ["projects", &place.project, "repository", "files", place.file(url)?, "raw"];
        Ok(api(&self.api()?, segments, &[("ref", place.required_ref(url)?)]))
    }

    /// `/{project}/-/jobs/artifacts/{ref}/raw/{path}?job={job}`: what a pipeline made.
    fn artifact_url(&self, url: &Url) -> Result<Option<Url>, UpstreamError> {
        let own = self.own_segments(url)?;
        let Some(at) = own.windows(3).position(|three| three == ["-", "jobs", "artifacts"]) else {
            return Ok(None);
        };
        let project = own[..at].join("/");
        let segments = ["projects", project.as_str(), "jobs", "artifacts"]
            .into_iter()
            .chain(own[at + 3..].iter().map(String::as_str));
        let mut target = api(&self.api()?, segments, &[]);
        target.set_query(url.query());
        Ok(Some(target))
    }
}

/// The same place as an edit page.
pub(crate) fn edit_url(url: &Url) -> Url {
    let mut path = url.path().to_owned();
    let found =
        ["/-/blob/", "/-/tree/", "/-/edit/"].iter().filter_map(|kind| Some((path.find(kind)?, kind.len()))).min();
    if let Some((at, length)) = found {
        path.replace_range(at..at + length, "/-/edit/");
    }
    let mut url = url.clone();
    url.set_path(&path);
    url
}
