//! Sessions without a provider: the browser tests sign in at a real one.

use identity::{Person, SESSION_KEY, SignedIn};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use super::TestApp;

/// One can sign in at a provider that is never asked.
pub(crate) const CLOSED: &str = "
auth: { providers: { oidc: { main: { metadataUrl: 'https://id.acme.example', clientId: callboard, clientSecret: s3cret } } } }
backend: { auth: { externalAccess: [{ type: static, options: { token: t0ken-of-the-test, subject: ci } }] } }
";

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The session of somebody who signed in some seconds ago.
pub(crate) fn record(subject: &str, seconds_ago: i64) -> Record {
    let person = Person {
        issuer: "https://id.acme.example".to_owned(),
        subject: subject.to_owned(),
        name: subject.to_owned(),
        user_name: None,
        email: None,
        email_verified: false,
        groups: Vec::new(),
    };
    let since = now() - seconds_ago;
    let provider = "oidc-main".to_owned();
    let signed_in =
        SignedIn { provider, person, entity_ref: None, id_token: "id-t0ken".to_owned(), since, seen: since };
    Record {
        id: Id::default(),
        data: [(SESSION_KEY.to_owned(), json!(signed_in))].into(),
        expiry_date: OffsetDateTime::from_unix_timestamp(now()).unwrap() + Duration::HOUR,
    }
}

/// Keeps a session; its cookie.
pub(crate) async fn keep(app: &TestApp, mut record: Record) -> String {
    app.app.state.sign_in.sessions.create(&mut record).await.unwrap();
    format!("callboard-session={}", record.id)
}

/// The cookie of somebody who has just signed in.
pub(crate) async fn sign_in(app: &TestApp, subject: &str) -> String {
    keep(app, record(subject, 0)).await
}
