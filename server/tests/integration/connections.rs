//! The server at a real socket.

use std::time::Duration;

use server::{
    listener::{ListenError, bind},
    router,
    serve::{Patience, serve},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::support::TestApp;

const PATIENCE: Patience = Patience { headers: Duration::from_millis(300), shutdown: Duration::from_secs(5) };
const SOON: Duration = Duration::from_secs(5);

async fn connect(app: &TestApp) -> (TcpStream, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, shutdown) = (router(app.app.state.clone()), app.app.state.shutdown.clone());
    let server = tokio::spawn(async move { serve(listener, router, PATIENCE, &shutdown).await });
    (TcpStream::connect(address).await.unwrap(), server)
}

#[tokio::test]
async fn stopping_ends_event_streams_and_then_the_server() {
    let app = TestApp::start().await;
    let (mut stream, server) = connect(&app).await;
    stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut received = vec![0; 4096];
    let length = timeout(SOON, stream.read(&mut received)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&received[..length]).starts_with("HTTP/1.1 200"));

    app.app.state.shutdown.begin();
    app.app.state.shutdown.stop();
    timeout(SOON, stream.read_to_end(&mut received)).await.expect("the stream ends").unwrap();
    timeout(SOON, server).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_send_its_headers_is_not_waited_for() {
    let app = TestApp::start().await;
    let (mut stream, _server) = connect(&app).await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let mut received = Vec::new();
    timeout(SOON, stream.read_to_end(&mut received)).await.expect("the connection ends").unwrap();
}

#[tokio::test]
async fn other_machines_can_connect_only_where_that_is_allowed() {
    for (listen, allow_remote, refused) in [
        ("127.0.0.1:0", false, false),
        ("localhost:0", false, false),
        ("[::1]:0", false, false),
        (":0", false, true),
        ("0.0.0.0:0", false, true),
        ("[::]:0", false, true),
        ("0.0.0.0:0", true, false),
    ] {
        let result = bind(&listen.parse().unwrap(), allow_remote).await;
        assert_eq!(matches!(result, Err(ListenError::Remote { .. })), refused, "{listen}: {result:?}");
        if refused {
            assert!(result.unwrap_err().to_string().contains("--allow-remote"), "{listen}");
        }
    }
}
