//! Sources over https, with certificates of a company's own CA.

use std::{path::Path, sync::Arc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

use crate::support::TestApp;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");

/// A host with one file, whatever it is asked for; says its port.
async fn host(certificate: &str) -> u16 {
    let path = |ending: &str| Path::new(FOLDER).join(format!("{certificate}.{ending}"));
    let chain = CertificateDer::pem_file_iter(path("pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(path("key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not trust the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            let file =
                "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: secure }\nspec: { owner: team }\n";
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{file}", file.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    port
}

/// A server that reads from the host, and the error that its source has.
async fn reading(port: u16, ca: &str) -> (TestApp, Option<String>) {
    let yaml = format!(
        "backend: {{ reading: {{ {ca} allow: [{{ host: '127.0.0.1:{port}' }}] }} }}\n\
         catalog: {{ locations: [{{ type: url, target: 'https://127.0.0.1:{port}/a.yaml' }}] }}\n"
    );
    let app = TestApp::configured(&yaml).await;
    let sources = app.get("/api/v1/catalog/sources").await.json();
    let error = sources["items"][0]["error"].as_str().map(str::to_owned);
    (app, error)
}

fn own_ca() -> String {
    format!("ca: '{FOLDER}/ca.pem',")
}

#[tokio::test]
async fn a_ca_of_ones_own_is_named_in_the_configuration() {
    let (app, error) = reading(host("loopback").await, &own_ca()).await;
    assert_eq!(error, None);
    let secure = app.get("/api/catalog/entities/by-name/system/default/secure").await;
    assert_eq!(secure.json()["spec"]["owner"], "team");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_an_error_that_says_what_to_do() {
    for (certificate, ca, expected) in [
        ("loopback", String::new(), "name it under `backend.reading.ca`"),
        ("elsewhere", own_ca(), "certificate not valid for name"),
    ] {
        let (app, error) = reading(host(certificate).await, &ca).await;
        let error = error.unwrap_or_default();
        assert!(error.contains(expected) && error.contains("certificate"), "{certificate}: {error}");
        let secure = app.get("/api/catalog/entities/by-name/system/default/secure").await;
        assert_eq!(secure.status, 404);
    }
}
