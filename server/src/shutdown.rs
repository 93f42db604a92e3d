//! How the parts of the server learn that it stops, and in which order they do.

use std::future::Future;

use tokio::sync::watch;

/// How far stopping has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    /// Readiness says no; everything else still answers.
    Draining,
    /// Event streams end; requests in flight are finished, no new ones taken.
    Stopping,
}

/// Tells it to all parts. Clones share it.
#[derive(Clone, Debug)]
pub struct Shutdown {
    phase: watch::Sender<Phase>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Running) }
    }
}

impl Shutdown {
    /// Lets readiness say no.
    pub fn begin(&self) {
        self.advance(Phase::Draining);
    }

    /// Ends event streams and lets listeners take no more.
    pub fn stop(&self) {
        self.advance(Phase::Stopping);
    }

    /// True once [`Shutdown::begin`] was called.
    pub fn has_begun(&self) -> bool {
        *self.phase.borrow() >= Phase::Draining
    }

    /// Resolves once event streams are to end and listeners to close.
    pub fn streams_end(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut phase = self.phase.subscribe();
        async move {
            // An error means that the server is gone already.
            _ = phase.wait_for(|phase| *phase == Phase::Stopping).await;
        }
    }

    fn advance(&self, to: Phase) {
        self.phase.send_modify(|phase| *phase = (*phase).max(to));
    }
}
