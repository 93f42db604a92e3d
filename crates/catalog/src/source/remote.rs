use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use model::catalog::Problem;
use sha2::{Digest as _, Sha256};

use super::{
    listing::{RemoteListing, StoredHashes},
    turn::Turn,
};
use crate::processing::ListedEntity;

/// What is known of files at URLs and of what patterns of URLs lead to.
///
/// A scan never waits for the network: it looks here, and notes what it would like to know. The engine asks the hosts, and scans
/// again when they have answered something new.
#[derive(Debug, Default)]
pub struct RemoteFiles {
    files: HashMap<Question, RemoteFile>,
    patterns: HashMap<Question, RemotePattern>,
    listings: HashMap<Question, RemoteListing>,
    /// What the current scan has looked at.
    met: BTreeSet<Question>,
    /// How long an answer counts as new.
    interval: Duration,
}

/// Intervals between two questions for a file that need not exist and does not.
const MISSING_INTERVALS: u32 = 15;

/// What can be asked of a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// The content of the file at a URL.
    File(String),
    /// The people and teams of the organisation at a URL, as descriptors.
    People(String),
    /// The URLs that a pattern within one repository leads to.
    Pattern(String),
    /// The URLs of files in the repositories of an owner, by a pattern that leaves the repository open.
    Repositories(String),
    /// The entities of a Backstage, by its base URL with filters.
    Entities(String),
}

impl Question {
    /// The URL or the pattern of URLs that it is about.
    pub(super) fn url(&self) -> &str {
        match self {
            Self::File(url)
            | Self::People(url)
            | Self::Pattern(url)
            | Self::Repositories(url)
            | Self::Entities(url) => url,
        }
    }

    /// All that can be asked about a URL or a pattern of URLs.
    fn about(url: &str) -> [Self; 5] {
        [Self::File, Self::People, Self::Pattern, Self::Repositories, Self::Entities]
            .map(|question| question(url.to_owned()))
    }
}

/// A [`Question`] with what an earlier answer said about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked.
    pub question: Question,
    /// `ETag` of the content that is at hand.
    pub etag: Option<String>,
    /// `Last-Modified` of the content that is at hand.
    pub last_modified: Option<String>,
    /// Entities whose bodies are at hand.
    pub stored: Arc<StoredHashes>,
    /// How long the answer may take in all.
    pub timeout: Option<Duration>,
}

impl Request {
    /// Where no earlier answer is at hand.
    pub fn of(question: Question) -> Self {
        Self { question, etag: None, last_modified: None, stored: Arc::default(), timeout: None }
    }
}

/// What a host answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// The content is what it was.
    Unchanged,
    /// The content of a file.
    Content {
        /// At most as many as the limit of files allows.
        bytes: Vec<u8>,
        /// To ask by next time.
        etag: Option<String>,
        /// To ask by next time.
        last_modified: Option<String>,
        /// The commit that it is of, where the host says so.
        commit: Option<String>,
    },
    /// What a pattern leads to.
    Urls(Vec<String>),
    /// What another catalog lists.
    Entities {
        /// In the order of their refs; without the bodies that are at hand.
        entities: Vec<ListedEntity>,
        /// What is wrong with those that can't be taken.
        refused: Vec<Problem>,
    },
    /// There is no such file.
    Missing(String),
    /// It can't be told, and why.
    Failed {
        /// For a person.
        why: String,
        /// Not to be asked before.
        retry_after: Option<Duration>,
    },
}

#[derive(Debug, Default)]
pub(super) struct RemoteFile {
    /// Taken when it is processed; without it, and without an outcome of it, it has to be asked for again.
    pub(super) bytes: Option<Vec<u8>>,
    /// SHA-256 of the last content.
    pub(super) hash: Option<[u8; 32]>,
    /// The commit of the last content, where that is known.
    pub(super) commit: Option<String>,
    /// The commit of a push that may have changed it.
    pushed: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    pub(super) fault: Option<Fault>,
    pub(super) turn: Turn,
    /// It need not exist: while it does not, it is asked for more seldom.
    pub(super) is_optional: bool,
}

/// Stands for the hash of a file that could not be read.
pub(super) const UNREADABLE: [u8; 32] = [0; 32];

#[derive(Debug, Default)]
struct RemotePattern {
    urls: Option<Vec<String>>,
    fault: Option<Fault>,
    pub(super) turn: Turn,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) is_missing: bool,
}

/// What a scan finds under a pattern.
pub(super) struct Found {
    /// `None` where nobody has answered yet.
    pub(super) urls: Option<Vec<String>>,
    pub(super) fault: Option<Fault>,
}

impl RemoteFiles {
    /// Nothing known yet; answers count as new for an interval.
    pub fn new(interval: Duration) -> Self {
        Self { interval, ..Self::default() }
    }

    /// What a question is answered with whose answer has content; nothing is known of one that was never met.
    pub(super) fn file(&mut self, question: &Question) -> &mut RemoteFile {
        self.met.insert(question.clone());
        self.files.entry(question.clone()).or_default()
    }

    /// The same for a question whose answer is a list of URLs.
    pub(super) fn pattern(&mut self, question: &Question) -> Found {
        self.met.insert(question.clone());
        let known = self.patterns.entry(question.clone()).or_default();
        Found { urls: known.urls.clone(), fault: known.fault.clone() }
    }

    /// The same for what another catalog lists.
    pub(super) fn listing(&mut self, question: &Question) -> &mut RemoteListing {
        self.met.insert(question.clone());
        self.listings.entry(question.clone()).or_default()
    }

    /// When a question is asked.
    pub(super) fn turn(&mut self, question: &Question) -> Option<&mut Turn> {
        match question {
            Question::File(_) | Question::People(_) => self.files.get_mut(question).map(|file| &mut file.turn),
            Question::Pattern(_) | Question::Repositories(_) => {
                self.patterns.get_mut(question).map(|known| &mut known.turn)
            }
            Question::Entities(_) => self.listings.get_mut(question).map(|listing| &mut listing.turn),
        }
    }

    pub(super) fn begin_scan(&mut self) {
        self.met.clear();
    }

    /// Forgets what the scan has not met, and what it has processed.
    pub(super) fn end_scan(&mut self) {
        let Self { files, patterns, listings, met, .. } = self;
        // One that waits for another is processed when that is there.
        let is_whole = files.values().all(|file| file.stamp().is_some())
            && patterns.values().all(|pattern| pattern.urls.is_some() || pattern.fault.is_some());
        if is_whole {
            for file in files.values_mut() {
                file.bytes = None;
            }
        }
        files.retain(|question, _| met.contains(question));
        patterns.retain(|question, _| met.contains(question));
        listings.retain(|question, _| met.contains(question));
    }

    /// What should be asked now, and when the next of the others is due.
    pub fn due(&self, now: Instant) -> (Vec<Request>, Option<Instant>) {
        let files = self.files.iter().map(|(question, file)| {
            let (etag, last_modified) = (file.etag.clone(), file.last_modified.clone());
            (&file.turn, Request { etag, last_modified, ..Request::of(question.clone()) })
        });
        let patterns = self.patterns.iter().map(|(question, known)| (&known.turn, Request::of(question.clone())));
        let listings = self.listings.iter().map(|(question, listing)| {
            (&listing.turn, Request { stored: Arc::clone(&listing.stored), ..Request::of(question.clone()) })
        });
        let mut requests = Vec::new();
        let mut next: Option<Instant> = None;
        for (turn, request) in files.chain(patterns).chain(listings) {
            match turn.due {
                Some(due) if due > now => next = Some(next.map_or(due, |next| next.min(due))),
                _ => requests.push(Request { timeout: turn.timeout(), ..request }),
            }
        }
        requests.sort_by(|a, b| a.question.cmp(&b.question));
        (requests, next)
    }

    /// Takes the answer to a question that was asked at some time; true if a scan would see something new.
    pub fn answer(&mut self, question: &Question, response: Response, asked: Instant, now: Instant) -> bool {
        let at_least = match &response {
            Response::Failed { retry_after, .. } => *retry_after,
            Response::Missing(_) if self.is_optional(question) => Some(self.interval.saturating_mul(MISSING_INTERVALS)),
            _ => None,
        };
        let interval = self.interval;
        let Some(turn) = self.turn(question) else { return false };
        turn.answered(interval, at_least, asked, now);
        match question {
            Question::File(_) | Question::People(_) => {
                self.files.get_mut(question).is_some_and(|file| file.answer(response))
            }
            Question::Pattern(_) | Question::Repositories(_) => {
                self.patterns.get_mut(question).is_some_and(|known| known.answer(response))
            }
            Question::Entities(_) => self.listings.get_mut(question).is_some_and(|listing| listing.answer(response)),
        }
    }

    /// When a URL or a pattern of URLs was last answered, and when it is asked for next.
    pub(crate) fn times(&mut self, url: &str) -> (Option<SystemTime>, Option<SystemTime>) {
        let now = Instant::now();
        let times = |question: &Question| self.turn(question).map(|turn| turn.times(now));
        Question::about(url).iter().find_map(times).unwrap_or_default()
    }

    fn is_optional(&self, question: &Question) -> bool {
        self.files.get(question).is_some_and(|file| file.is_optional)
    }

    /// Has all that is known of a URL or a pattern asked for again, whole, whatever its host says of changes.
    pub(super) fn forget(&mut self, url: &str) {
        for question in Question::about(url) {
            if let Some(file) = self.files.get_mut(&question) {
                file.forget();
            }
            if let Some(known) = self.patterns.get_mut(&question) {
                known.turn.forget();
            }
            if let Some(listing) = self.listings.get_mut(&question) {
                listing.forget();
            }
        }
    }

    /// Notes that a push of this commit may have changed the file at a URL.
    pub(super) fn note_push(&mut self, url: &str, commit: &str) {
        if let Some(file) = self.files.get_mut(&Question::File(url.to_owned())) {
            file.pushed = Some(commit.to_owned());
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.files.values_mut().for_each(RemoteFile::forget);
        self.listings.values_mut().for_each(RemoteListing::forget);
    }
}

impl RemoteFile {
    /// Tells one state of the file from another; `None` where nothing is known.
    pub(super) fn stamp(&self) -> Option<[u8; 32]> {
        if self.fault.is_some() { Some(UNREADABLE) } else { self.hash }
    }

    fn forget(&mut self) {
        (self.etag, self.last_modified) = (None, None);
        self.turn.forget();
    }

    fn answer(&mut self, response: Response) -> bool {
        let earlier = self.fault.take();
        match response {
            Response::Unchanged | Response::Urls(_) | Response::Entities { .. } => {}
            Response::Content { bytes, etag, last_modified, commit } => {
                (self.etag, self.last_modified) = (etag, last_modified);
                self.commit = commit.or_else(|| self.pushed.take());
                self.hash = Some(Sha256::digest(&bytes).into());
                self.bytes = Some(bytes);
                return true;
            }
            Response::Missing(why) => self.fault = Some(Fault { why, is_missing: true }),
            Response::Failed { why, .. } => self.fault = Some(Fault { why, is_missing: false }),
        }
        self.fault != earlier
    }
}

impl RemotePattern {
    fn answer(&mut self, response: Response) -> bool {
        let earlier = (self.urls.clone(), self.fault.take());
        match response {
            Response::Urls(urls) => self.urls = Some(urls),
            Response::Missing(why) => self.fault = Some(Fault { why, is_missing: true }),
            Response::Failed { why, .. } => self.fault = Some(Fault { why, is_missing: false }),
            Response::Unchanged | Response::Content { .. } | Response::Entities { .. } => {}
        }
        (self.urls.clone(), self.fault.clone()) != earlier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://git.example/a.yaml";

    fn content(text: &str, etag: &str) -> Response {
        Response::Content {
            bytes: text.as_bytes().to_vec(),
            etag: Some(etag.to_owned()),
            last_modified: None,
            commit: None,
        }
    }

    #[test]
    fn what_was_met_is_due_at_once_and_then_after_the_interval_by_its_etag() {
        let now = Instant::now();
        let mut remote = RemoteFiles::new(Duration::from_mins(1));
        let question = Question::File(URL.to_owned());
        remote.file(&question);
        assert_eq!(remote.due(now).0, [Request::of(question.clone())]);

        assert!(remote.answer(&question, content("a", "1"), now, now));
        assert_eq!(remote.due(now), (vec![], Some(now + Duration::from_mins(1))));
        let later = now + Duration::from_secs(61);
        assert_eq!(remote.due(later).0[0].etag.as_deref(), Some("1"));
        assert!(!remote.answer(&question, Response::Unchanged, later, later));
        remote.forget(URL);
        assert_eq!(remote.due(later).0[0].etag, None);
    }

    #[test]
    fn a_host_that_asks_for_patience_is_given_it() {
        let now = Instant::now();
        let mut remote = RemoteFiles::new(Duration::from_mins(1));
        let question = Question::File(URL.to_owned());
        remote.file(&question);
        let busy = || Response::Failed { why: "busy".to_owned(), retry_after: Some(Duration::from_mins(10)) };
        assert!(remote.answer(&question, busy(), now, now));
        assert!(!remote.answer(&question, busy(), now, now), "the same fault is no news");
        assert_eq!(remote.due(now).1, Some(now + Duration::from_mins(10)));
        assert!(remote.answer(&question, Response::Unchanged, now, now), "that it is over is news");
    }

    #[test]
    fn what_no_scan_meets_any_more_is_forgotten() {
        let now = Instant::now();
        let mut remote = RemoteFiles::new(Duration::from_mins(1));
        remote.begin_scan();
        remote.pattern(&Question::Pattern("https://git.example/**/a.yaml".to_owned()));
        remote.end_scan();
        assert_eq!(remote.due(now).0.len(), 1);
        remote.begin_scan();
        remote.end_scan();
        assert_eq!(remote.due(now), (vec![], None));
        assert!(!remote.answer(&Question::File(URL.to_owned()), content("a", "1"), now, now));
    }
}
