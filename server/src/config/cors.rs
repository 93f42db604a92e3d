use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::text_list::TextList;

/// `backend.cors`: which other sites may call the API from a browser. Names and meaning are those of Express's `cors`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CorsSection {
    /// Origins like `https://backstage.example.com`; a `*` within one stands for any text without a slash.
    #[serde(deserialize_with = "texts")]
    pub origin: Vec<String>,
    #[serde(deserialize_with = "texts")]
    pub methods: Vec<String>,
    /// Request headers; all that are asked for where empty.
    #[serde(deserialize_with = "texts")]
    pub allowed_headers: Vec<String>,
    /// Response headers that a script may read.
    #[serde(deserialize_with = "texts")]
    pub exposed_headers: Vec<String>,
    /// Whether cookies are sent along.
    pub credentials: bool,
    /// Seconds that a browser keeps the answer to a preflight request.
    pub max_age: Option<u64>,
}

impl Default for CorsSection {
    fn default() -> Self {
        Self {
            origin: Vec::new(),
            methods: ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"].map(str::to_owned).to_vec(),
            allowed_headers: Vec::new(),
            exposed_headers: Vec::new(),
            credentials: false,
            max_age: None,
        }
    }
}

impl CorsSection {
    /// True for an origin that may call.
    pub fn allows(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.origin.iter().any(|pattern| matches(pattern, origin)))
    }

    /// [`Self::methods`] that are methods.
    pub fn methods(&self) -> Vec<Method> {
        self.methods.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// [`Self::allowed_headers`] that are header names.
    pub fn allowed_headers(&self) -> Vec<HeaderName> {
        self.allowed_headers.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// [`Self::exposed_headers`] that are header names.
    pub fn exposed_headers(&self) -> Vec<HeaderName> {
        self.exposed_headers.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// [`Self::max_age`] as a duration.
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age.map(Duration::from_secs)
    }
}

fn matches(pattern: &str, origin: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == origin,
        Some((start, end)) => origin
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .is_some_and(|middle| !middle.is_empty() && !middle.contains('/')),
    }
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let list = TextList::deserialize(deserializer)?.0;
    match list.iter().find(|text| text.chars().any(char::is_whitespace)) {
        Some(text) => Err(de::Error::custom(format_args!("`{text}` has a blank in it"))),
        None => Ok(list),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_part_of_a_host() {
        for (pattern, origin, expected) in [
            ("https://a.example", "https://a.example", true),
            ("https://a.example", "https://a.example.evil", false),
            ("https://*.a.example", "https://x.a.example", true),
            ("https://*.a.example", "https://a.example", false),
            ("https://*.a.example", "https://evil/.a.example", false),
        ] {
            assert_eq!(matches(pattern, origin), expected, "{pattern} {origin}");
        }
    }
}
