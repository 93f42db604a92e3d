// One event stream for all tabs of a browser.
//
// The visible tabs ask for a lock; the one that gets it opens the stream and tells the others over a channel. A tab that is
// hidden gives the lock away and closes its stream. Without Web Locks (they need HTTPS or localhost) each tab has its own.

const RETRY_AFTER_MS = 5_000;

export function follow_events(url, build, onRevision, onConnected) {
  const channel = new BroadcastChannel(`callboard ${url}`);
  let source = null;
  let last = null; // the newest news, for tabs that come later
  let waiting = null; // aborts the request for the lock
  let giveUp = null; // releases the lock

  const take = (news) => {
    last = news;
    onConnected(news.connected);
    if (news.revision !== undefined) onRevision(news.revision);
    if (news.build !== undefined && news.build !== build) leaveOnNextLink();
  };
  const tell = (news) => {
    take(news);
    channel.postMessage(news);
  };
  channel.onmessage = ({ data }) => {
    if (data === "what is new?") {
      if (source && last) channel.postMessage(last);
    } else {
      take(data);
    }
  };

  const open = () => {
    source = new EventSource(url);
    const onEvent = ({ data }) => {
      const { revision, build: serverBuild = last?.build } = JSON.parse(data);
      tell({ connected: true, revision, build: serverBuild });
    };
    for (const name of ["hello", "catalog", "reset"]) source.addEventListener(name, onEvent);
    source.onerror = () => {
      tell({ ...last, connected: false });
      // The browser itself tries again, but not after an answer that is no stream.
      if (source?.readyState === EventSource.CLOSED) {
        const failed = source;
        setTimeout(() => source === failed && open(), RETRY_AFTER_MS);
      }
    };
  };
  const close = () => {
    source?.close();
    source = null;
  };

  const start = () => {
    channel.postMessage("what is new?");
    if (!navigator.locks) {
      if (!source) open();
      return;
    }
    if (waiting) return;
    waiting = new AbortController();
    navigator.locks
      .request(`callboard ${url}`, { signal: waiting.signal }, () => {
        open();
        return new Promise((resolve) => (giveUp = resolve));
      })
      .catch(() => {}); // aborted: the tab was hidden before its turn
  };
  const stop = () => {
    close();
    waiting?.abort();
    waiting = null;
    giveUp?.();
    giveUp = null;
  };
  const follow = () => (document.visibilityState === "visible" ? start() : stop());
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", ({ persisted }) => persisted && follow());
  follow();
}

// The server runs another build, so this page's next parts may be gone: let the browser load the next page whole.
let leaving = false;
function leaveOnNextLink() {
  if (leaving) return;
  leaving = true;
  addEventListener("click", (event) => event.target.closest?.("a[href]") && event.stopImmediatePropagation(), { capture: true });
}
