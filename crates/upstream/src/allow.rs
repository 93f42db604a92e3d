//! The allow list, in the meaning of Backstage's `backend.reading.allow`.

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::UpstreamError;
use crate::url_text::printable;

/// One target that may be read, as in Backstage's `backend.reading.allow` (`FetchUrlReader.ts`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedTarget {
    /// A host name, `*.` and a domain for all hosts below it, or an IP address (IPv6 in brackets); with `:port` or `:from-to` for other ports
    /// than the scheme's own.
    pub host: String,
    /// Prefixes of the path, compared letter by letter as Backstage does: `/a` allows `/ab`, `/a/` does not. None given: every path.
    pub paths: Vec<String>,
}

/// How well the operator knows the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// It matches a wildcard: it must have a public address.
    Wildcard,
    /// The host stands in the configuration as it is: it may be an internal one.
    Literal,
}

#[derive(Clone, Debug)]
struct Rule {
    host: String,
    wildcard: bool,
    ports: Option<(u16, u16)>,
    paths: Vec<String>,
}

/// The compiled list.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowList {
    rules: Vec<Rule>,
}

impl AllowList {
    /// Compiles targets and the always allowed `host[:port]` of integrations.
    pub(crate) fn new(targets: &[AllowedTarget], hosts: &[String]) -> Result<Self, UpstreamError> {
        let mut rules = Vec::with_capacity(targets.len() + hosts.len());
        for target in targets {
            rules.push(rule(&target.host, &target.paths)?);
        }
        for host in hosts {
            rules.push(rule(host, &[])?);
        }
        Ok(Self { rules })
    }

    /// Whether the URL may be asked for, and how well its host is known.
    pub(crate) fn check(&self, url: &Url) -> Result<Trust, UpstreamError> {
        let invalid = |reason: &str| UpstreamError::InvalidUrl { url: printable(url), reason: reason.to_owned() };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("only http and https are read"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("it holds a user or a password; put credentials under `integrations`"));
        }
        let Some(host) = url.host_str() else {
            return Err(invalid("it has no host"));
        };
        let path = normalised(url.path());
        // An IP address is never "below" a domain.
        let is_name = matches!(url.host(), Some(Host::Domain(_)));
        let of_host = self.rules.iter().filter(|rule| rule.host_matches(host, is_name));
        let mut reason = "its host is not allowed";
        let mut best = None;
        for rule in of_host {
            if !rule.port_matches(url) {
                reason = "its port is not allowed";
            } else if !rule.path_matches(path.as_deref()) {
                reason = "its path is not allowed";
            } else {
                best = best.max(Some(if rule.wildcard { Trust::Wildcard } else { Trust::Literal }));
            }
        }
        best.ok_or_else(|| UpstreamError::NotAllowed { url: printable(url), reason: reason.to_owned() })
    }
}

impl Rule {
    fn host_matches(&self, host: &str, is_name: bool) -> bool {
        if self.wildcard { is_name && host.ends_with(&self.host) } else { host == self.host }
    }

    fn port_matches(&self, url: &Url) -> bool {
        match (self.ports, url.port_or_known_default()) {
            (None, _) => url.port().is_none(),
            (Some((from, to)), Some(port)) => (from..=to).contains(&port),
            (Some(_), None) => false,
        }
    }

    fn path_matches(&self, path: Option<&str>) -> bool {
        self.paths.is_empty() || path.is_some_and(|path| self.paths.iter().any(|prefix| path.starts_with(prefix)))
    }
}

fn rule(text: &str, paths: &[String]) -> Result<Rule, UpstreamError> {
    let wrong = |reason: &str| UpstreamError::Setup(format!("the allowed host `{text}` {reason}"));
    // The colons of an IPv6 address lie within brackets.
    let bracket = text.rfind(']').unwrap_or(0);
    let (host, port) = match text[bracket..].find(':') {
        Some(colon) => (&text[..bracket + colon], Some(&text[bracket + colon + 1..])),
        None => (text, None),
    };
    let ports = port.map(port_range).map(|range| range.ok_or_else(|| wrong("has no valid port"))).transpose()?;
    let wildcard = host.starts_with("*.");
    let name = host.strip_prefix("*.").unwrap_or(host);
    if name.is_empty() || name.contains(['*', '/', '@', '?', '#']) {
        return Err(wrong("must be a host, or `*.` and a domain, without scheme or path"));
    }
    // As the URL parser writes hosts: lower case, punycode, dotted addresses.
    let name = Url::parse(&format!("http://{name}")).ok().and_then(|url| url.host_str().map(str::to_owned));
    let name = name.ok_or_else(|| wrong("is no host name"))?;
    let host = if wildcard { format!(".{name}") } else { name };
    Ok(Rule { host, wildcard, ports, paths: paths.to_vec() })
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from > 0 && from <= to).then_some((from, to))
}

/// The path as a server may read it: decoded, `\` as `/`, runs of `/` as one. `None` if a segment climbs: the URL parser has removed those that
/// are plain, what is left is hidden (`..%2f`) and meant to escape a prefix.
fn normalised(path: &str) -> Option<String> {
    let mut decoded = path.to_owned();
    // Twice decoded is as far as confused servers go; what still changes then is no honest path.
    for _ in 0..3 {
        let next = percent_decode_str(&decoded).decode_utf8_lossy().replace('\\', "/");
        if next.split('/').any(|segment| segment == ".." || segment == ".") {
            return None;
        }
        if next == decoded {
            break;
        }
        decoded = next;
    }
    let mut clean = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && clean.ends_with('/')) {
            clean.push(c);
        }
    }
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(targets: &[(&str, &[&str])]) -> AllowList {
        let targets: Vec<_> = targets
            .iter()
            .map(|(host, paths)| AllowedTarget {
                host: (*host).to_owned(),
                paths: paths.iter().map(|&path| path.to_owned()).collect(),
            })
            .collect();
        AllowList::new(&targets, &["git.corp:8443".to_owned()]).unwrap()
    }

    #[test]
    fn hosts_and_ports_match_as_in_backstage() {
        let list = list(&[
            ("example.com", &[]),
            ("*.wild.org", &[]),
            ("port.com:8080", &[]),
            ("range.com:8000-8002", &[]),
            ("10.0.0.1", &[]),
            ("[::1]:81", &[]),
            ("*.0.0.2", &[]),
        ]);
        for (url, expected) in [
            ("https://example.com/x", Some(Trust::Literal)),
            ("http://EXAMPLE.com:80/x", Some(Trust::Literal)),
            ("https://example.com:8443/x", None),
            ("https://sub.example.com/", None),
            ("https://example.com.evil.org/", None),
            ("https://a.wild.org/", Some(Trust::Wildcard)),
            ("https://a.b.wild.org/", Some(Trust::Wildcard)),
            ("https://wild.org/", None),
            ("https://evilwild.org/", None),
            ("https://port.com:8080/", Some(Trust::Literal)),
            ("https://port.com/", None),
            ("http://range.com:8001/", Some(Trust::Literal)),
            ("http://range.com:8003/", None),
            ("https://git.corp:8443/a", Some(Trust::Literal)),
            ("https://git.corp/a", None),
            // Odd spellings of 10.0.0.1 are one address.
            ("http://0x0a000001/", Some(Trust::Literal)),
            ("http://167772161/", Some(Trust::Literal)),
            ("http://[::1]:81/", Some(Trust::Literal)),
            ("http://1.0.0.2/", None),
        ] {
            assert_eq!(list.check(&url.parse().unwrap()).ok(), expected, "{url}");
        }
    }

    #[test]
    fn paths_are_prefixes_that_cannot_be_escaped() {
        let list = list(&[("example.com", &["/a", "/dir/"])]);
        for (url, allowed) in [
            ("https://example.com/a", true),
            ("https://example.com/a/b", true),
            // As Backstage: a prefix, not a folder.
            ("https://example.com/ab", true),
            ("https://example.com//a", true),
            ("https://example.com/b", false),
            ("https://example.com/dir", false),
            ("https://example.com/dir/x", true),
            ("https://example.com/dir/../b", false),
            ("https://example.com/dir/%2e%2e/b", false),
            ("https://example.com/dir/..%2fb", false),
            ("https://example.com/dir/%252e%252e/b", false),
            ("https://example.com/dir/..%5cb", false),
            (r"https://example.com/dir\..\b", false),
            ("https://example.com/dir/a%20b", true),
        ] {
            assert_eq!(list.check(&url.parse().unwrap()).is_ok(), allowed, "{url}");
        }
    }

    #[test]
    fn other_schemes_and_credentials_are_refused() {
        let list = list(&[("example.com", &[])]);
        for url in ["ftp://example.com/", "file:///etc/passwd", "https://user@example.com/", "https://u:p@example.com/"]
        {
            assert!(matches!(list.check(&url.parse().unwrap()), Err(UpstreamError::InvalidUrl { .. })), "{url}");
        }
    }

    #[test]
    fn a_wrong_entry_is_told() {
        for host in ["", "*.", "https://example.com", "prod.*.example.com", "example.com:0", "example.com:9-1", "a b"] {
            let target = AllowedTarget { host: host.to_owned(), paths: Vec::new() };
            assert!(matches!(AllowList::new(&[target], &[]), Err(UpstreamError::Setup(_))), "{host}");
        }
    }
}
