#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod answer;
pub mod audit;
pub mod catalog;
pub mod identity;
pub mod json;
pub mod personal;

use std::{
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use self::answer::Answer;

/// What need not be encoded within a segment of a path (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What [`Transport::get`] returns.
pub type AnswerFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Carries a request to the REST API: over fetch, or in memory.
pub trait Transport: Send + Sync {
    /// Asks for an address, which is a path and a query, and collects the answer, whatever its status;
    /// [`Answer::unreachable`] where none came.
    fn get(&self, address: String) -> AnswerFuture;

    /// Sends a request without a body that changes something of the visitor's own. Only a browser does: elsewhere forms and commands
    /// have ways of their own.
    fn send(&self, _method: &'static str, _address: String) -> AnswerFuture {
        Box::pin(ready(Answer::unreachable("only a browser changes something by itself")))
    }
}

/// The REST API, on behalf of one visitor. Cheap to clone.
#[derive(Clone)]
pub struct PortalClient {
    transport: Arc<dyn Transport>,
}

impl PortalClient {
    /// A client over a transport, which knows the server's address and who asks.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport) }
    }

    /// Asks for an address, for example one of [`catalog`].
    pub fn get(&self, address: String) -> AnswerFuture {
        self.transport.get(address)
    }

    /// Changes something of the visitor's own, for example one of [`personal`].
    pub fn send(&self, method: &'static str, address: String) -> AnswerFuture {
        self.transport.send(method, address)
    }
}

/// Percent-encodes one segment of a path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}
