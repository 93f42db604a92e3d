//! Tells open pages what to do, by server-sent events on a loopback port of its own: pages stay connected while the server
//! is started anew. The server writes the script that listens into each page when `CALLBOARD_DEV_RELOAD` has the URL.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// Any page may listen: nothing but the two words below is told.
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
    access-control-allow-origin: *\r\nconnection: close\r\n\r\n";

/// What an open page has to do.
#[derive(Clone, Copy)]
pub(super) enum Message {
    /// Load the style sheet again.
    Style,
    /// Load itself again.
    Page,
}

/// The listener, and the pages that follow it.
pub(super) struct Reload {
    url: String,
    pages: Arc<Mutex<Vec<TcpStream>>>,
}

impl Reload {
    pub(super) fn listen() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot listen for pages to refresh")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let pages = Arc::new(Mutex::new(Vec::new()));
        let accepted = Arc::clone(&pages);
        thread::spawn(move || {
            for page in listener.incoming().flatten() {
                // One that goes away before it has asked is none of ours.
                if let Ok(page) = welcome(page) {
                    accepted.lock().unwrap_or_else(PoisonError::into_inner).push(page);
                }
            }
        });
        Ok(Self { url, pages })
    }

    /// Where pages listen.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Tells all pages; forgets those that were closed.
    pub(super) fn send(&self, message: Message) {
        let event: &[u8] = match message {
            Message::Style => b"data: css\n\n",
            Message::Page => b"data: page\n\n",
        };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain_mut(|page| page.write_all(event).and_then(|()| page.flush()).is_ok());
    }
}

/// Reads the request, whatever it asks for, and begins the answer.
fn welcome(mut page: TcpStream) -> Result<TcpStream> {
    page.set_read_timeout(Some(Duration::from_secs(2)))?;
    page.set_write_timeout(Some(Duration::from_secs(2)))?;
    for line in BufReader::new(&page).lines() {
        if line?.is_empty() {
            break;
        }
    }
    page.write_all(HEAD)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_page_is_told_what_to_do_and_a_closed_one_is_forgotten() -> Result<()> {
        let reload = Reload::listen()?;
        let address = reload.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
        let mut page = TcpStream::connect(&address)?;
        page.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")?;
        let mut head = vec![0; HEAD.len()];
        page.read_exact(&mut head)?;
        assert_eq!(head, HEAD);

        // The head is sent just before the page is counted.
        while reload.pages.lock().expect("no test has panicked").is_empty() {
            thread::yield_now();
        }
        reload.send(Message::Style);
        let mut event = [0; 11];
        page.read_exact(&mut event)?;
        assert_eq!(&event, b"data: css\n\n");

        drop(page);
        for _ in 0..100 {
            reload.send(Message::Page);
            thread::sleep(Duration::from_millis(10));
        }
        assert!(reload.pages.lock().expect("no test has panicked").is_empty());
        Ok(())
    }
}
