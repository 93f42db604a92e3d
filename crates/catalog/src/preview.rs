//! What a location would bring, without bringing it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use model::catalog::Problem;
use tokio::task::spawn_blocking;

use crate::{
    descriptor::Limits,
    kinds::KindRegistry,
    processing::{InvalidRuleError, Rule},
    source::{ConfiguredLocation, Content, Hosts, Known, Pushed, Scanner},
};

/// Questions to hosts at one time.
const AT_ONCE: usize = 8;
/// After this time what was read so far is the answer; what was not is reported.
const TIME: Duration = Duration::from_secs(20);

/// Reads locations as the engine would, with an empty catalog behind it.
#[derive(Clone)]
pub struct Previewer {
    /// Kinds that may occur.
    pub kinds: Arc<KindRegistry>,
    /// `catalog.rules`.
    pub rules: Vec<Rule>,
    /// Bounds of files.
    pub limits: Limits,
    /// The hosts that URLs lead to.
    pub hosts: Arc<dyn Hosts>,
}

/// What a location would bring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Canonical ref and JSON of each entity; the location's own first.
    pub entities: Vec<(String, String)>,
    /// What is wrong with it, in the order in which it was found.
    pub problems: Vec<Problem>,
}

impl Previewer {
    /// Reads a location and all that it leads to.
    ///
    /// # Errors
    /// [`InvalidRuleError`] for rules of the configuration; what is wrong with the location is in the preview.
    pub async fn preview(&self, location: ConfiguredLocation) -> Result<Preview, InvalidRuleError> {
        let scanner = self.scanner(vec![location])?;
        Ok(self.read(scanner).await)
    }

    /// Reads what would be pushed, and all that it leads to.
    ///
    /// # Errors
    /// [`InvalidRuleError`] for rules of the configuration; what is wrong with the entities is in the preview.
    pub async fn preview_pushed(&self, pushed: Arc<Pushed>) -> Result<Preview, InvalidRuleError> {
        let mut scanner = self.scanner(Vec::new())?;
        scanner.set_pushed([pushed]);
        Ok(self.read(scanner).await)
    }

    fn scanner(&self, locations: Vec<ConfiguredLocation>) -> Result<Scanner, InvalidRuleError> {
        let scanner = Scanner::new(locations, &self.rules, self.limits.clone(), Arc::clone(&self.kinds))?;
        Ok(scanner.with_hosts(Arc::clone(&self.hosts), Duration::MAX))
    }

    async fn read(&self, mut scanner: Scanner) -> Preview {
        let until = Instant::now() + TIME;
        loop {
            // Bodies are handed over once: the last scan is to have them all.
            scanner.forget_processed();
            let scanning = spawn_blocking(move || {
                let scan = scanner.scan(&Known::default());
                (scanner, scan)
            });
            let (back, scan) = scanning.await.expect("a scan does not panic");
            scanner = back;
            let (requests, _) = scanner.remote().due(Instant::now());
            if requests.is_empty() || Instant::now() > until {
                let reading = scan.readings.into_iter().next().unwrap_or_default();
                let mut preview = Preview { problems: reading.problems, ..Preview::default() };
                for claim in reading.claims {
                    preview.problems.extend(claim.problems);
                    if let Content::Read { body: Some(body), .. } = claim.content {
                        preview.entities.push((claim.entity_ref, body.json));
                    }
                }
                return preview;
            }
            let (hosts, asked) = (&self.hosts, Instant::now());
            let answers: Vec<_> = stream::iter(requests)
                .map(|request| async move {
                    let response = hosts.ask(&request).await;
                    (request.question, response)
                })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            for (question, response) in answers {
                scanner.remote().answer(&question, response, asked, Instant::now());
            }
        }
    }
}
