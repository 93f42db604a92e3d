//! Visits on their way into the database: nobody waits for them.

use std::collections::BTreeMap;

use tokio::sync::{mpsc, oneshot};

use crate::store::{Owner, PersonalStore, now};

/// Visits that wait to be written; what is too much is dropped, for a visit is not worth slowing a page down.
const WAITING: usize = 1024;
/// Visits that are written at one time.
const BATCH: usize = 256;

/// Takes visits, and writes them when it gets to it.
#[derive(Clone)]
pub(crate) struct VisitQueue(mpsc::Sender<Job>);

enum Job {
    Visit { owner: Owner, entity_ref: String },
    Settle(oneshot::Sender<()>),
}

impl VisitQueue {
    /// A queue of which each owner keeps the latest `max` visits. Its task ends with the last one who can put something in.
    pub(crate) fn start(store: PersonalStore, max: u32) -> Self {
        let (sender, jobs) = mpsc::channel(WAITING);
        tokio::spawn(write(store, max, jobs));
        Self(sender)
    }

    pub(crate) fn note(&self, owner: Owner, entity_ref: String) {
        if self.0.try_send(Job::Visit { owner, entity_ref }).is_err() {
            tracing::debug!("a visit was dropped: too many are waiting to be written");
        }
    }

    /// Resolves when everything is written that was noted before.
    pub(crate) async fn settled(&self) {
        let (done, settled) = oneshot::channel();
        if self.0.send(Job::Settle(done)).await.is_ok() {
            // An error means that the task has ended: there is nothing to wait for.
            _ = settled.await;
        }
    }
}

async fn write(store: PersonalStore, max: u32, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::new();
    let mut last = 0;
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        // Who sees an entity twice has seen it once, later.
        let mut visits = BTreeMap::<Owner, BTreeMap<String, i64>>::new();
        let mut waiting = Vec::new();
        for job in batch.drain(..) {
            match job {
                Job::Visit { owner, entity_ref } => {
                    // No two at the same time, for their order is told by it.
                    last = now().max(last + 1);
                    visits.entry(owner).or_default().insert(entity_ref, last);
                }
                Job::Settle(done) => waiting.push(done),
            }
        }
        if let Err(error) = store.put_visits(&visits, max).await {
            tracing::warn!(%error, "visits could not be written, and are lost");
        }
        for done in waiting {
            // Who does not wait any more need not know.
            _ = done.send(());
        }
    }
}
