use std::{
    collections::{HashMap, hash_map::Entry},
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

use crate::source::{Hosts, Question, Request, Response};

/// Questions that wait for their hosts at one time. What one host is asked at one time is up to [`Hosts`].
const AT_ONCE: usize = 32;
/// While answers keep coming, they are looked at all the same after this time.
const PATIENCE: Duration = Duration::from_millis(500);

/// The questions that are on their way to hosts.
pub(super) struct Asking {
    answers: JoinSet<(Question, Response)>,
    /// When each of them was sent.
    asked: HashMap<Question, Instant>,
    permits: Arc<Semaphore>,
    /// Since when there is something new that no scan has seen.
    news: Option<Instant>,
    /// When the next question is due.
    pub(super) next: Option<Instant>,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            answers: JoinSet::new(),
            asked: HashMap::new(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            news: None,
            next: None,
        }
    }
}

impl Asking {
    /// Sends questions, but for those that are on their way.
    pub(super) fn ask(&mut self, hosts: &Arc<dyn Hosts>, requests: Vec<Request>, next: Option<Instant>) {
        self.next = next;
        for request in requests {
            let Entry::Vacant(asked) = self.asked.entry(request.question.clone()) else { continue };
            asked.insert(Instant::now());
            let (hosts, permits) = (Arc::clone(hosts), Arc::clone(&self.permits));
            self.answers.spawn(async move {
                let _permit = permits.acquire_owned().await;
                let response = ask_in_time(&*hosts, &request).await;
                (request.question, response)
            });
        }
    }

    /// The next answer, and when its question was sent; waits for ever where nothing was asked.
    pub(super) async fn answer(&mut self) -> (Question, Instant, Response) {
        loop {
            match self.answers.join_next().await {
                Some(Ok((question, response))) => {
                    let asked = self.asked.remove(&question).unwrap_or_else(Instant::now);
                    return (question, asked, response);
                }
                Some(Err(error)) => {
                    // Whose question it was is not known any more: all that are due are asked again.
                    tracing::error!(%error, "reading a URL failed unexpectedly");
                    self.asked.clear();
                }
                None => pending::<()>().await,
            }
        }
    }

    /// Notes that an answer was taken; true when it is time to scan: there is news, and either no answer is missing or some have
    /// been waiting for too long.
    pub(super) fn note(&mut self, is_new: bool) -> bool {
        if is_new {
            self.news.get_or_insert_with(Instant::now);
        }
        let is_time = self.news.is_some_and(|since| self.is_done() || since.elapsed() > PATIENCE);
        if is_time {
            self.news = None;
        }
        is_time
    }

    /// True if no question is on its way.
    pub(super) fn is_done(&self) -> bool {
        self.answers.is_empty()
    }
}

/// Asks a host; what takes longer than its schedule allows is given up.
async fn ask_in_time(hosts: &dyn Hosts, request: &Request) -> Response {
    let Some(longest) = request.timeout else { return hosts.ask(request).await };
    timeout(longest, hosts.ask(request)).await.unwrap_or_else(|_| Response::Failed {
        why: format!("it was not read within {} s; raise `timeout` of its `schedule`", longest.as_secs_f64()),
        retry_after: None,
    })
}
