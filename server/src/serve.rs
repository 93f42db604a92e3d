//! Connections: accepted, guarded by time limits, and ended in order.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    time,
};
use tower::ServiceExt as _;

use crate::{request::Peer, shutdown::Shutdown};

/// Pause after a connection could not be accepted, most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a listener allows.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a client may take to send the head of a request. `axum::serve` has no such limit.
    pub headers: Duration,
    /// How long requests in flight may take once the server stops.
    pub shutdown: Duration,
}

/// Serves until `shutdown` stops the server, and then until the last request is answered or patience ends.
pub async fn serve(listener: TcpListener, router: Router, patience: Patience, shutdown: &Shutdown) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.headers);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    let graceful = GracefulShutdown::new();
    let mut stopped = Box::pin(shutdown.streams_end());

    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(connection) => connection,
                Err(error) => {
                    tracing::warn!(%error, "can not accept a connection");
                    time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = &mut stopped => break,
        };
        let connection = builder.serve_connection(socket(stream), service(router.clone(), peer)).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Clients go away all the time.
                tracing::debug!(%error, %peer, "connection ended");
            }
        });
    }

    drop(listener);
    if time::timeout(patience.shutdown, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight when `backend.lifecycle.serverShutdownTimeout` ended");
    }
}

fn socket(stream: TcpStream) -> TokioIo<TcpStream> {
    // Answers are written whole: waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "can not switch off Nagle's algorithm");
    }
    TokioIo::new(stream)
}

fn service(
    router: Router,
    peer: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send + 'static,
> + Clone
+ Send
+ 'static {
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    hyper_util::service::TowerToHyperService::new(service)
}
