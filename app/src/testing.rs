//! What component tests share: a platform whose API answers nothing, and HTML that can be read.

use std::sync::Arc;

use client::{Answer, AnswerFuture, PortalClient, Transport};
use leptos::prelude::*;
use model::{
    app::{AppConfig, KindInfo},
    catalog::{EntityRow, RowRef},
};

use crate::platform::{LiveEvents, Platform, StatusSetter};

struct Silent;

impl Transport for Silent {
    fn get(&self, _: String) -> AnswerFuture {
        Box::pin(async { Answer::unreachable("a component test has no server") })
    }
}

/// The HTML of a view, as the server would send it, one element a line.
pub(crate) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let kind = |kind: &str, plural: &str, icon: &str| KindInfo {
        kind: kind.into(),
        plural: plural.into(),
        icon: icon.into(),
        owned: true,
    };
    let config = AppConfig {
        title: "Callboard".into(),
        organization: "acme".into(),
        base_path: "/portal".into(),
        kinds: vec![kind("Component", "Components", "box"), kind("API", "APIs", "plug")],
        // 19 Nov 2026, 08:12:30.
        rendered_at: 1_795_075_950,
        ..AppConfig::default()
    };
    Owner::new().with(|| {
        let client = PortalClient::new(Silent);
        Platform { config: Arc::new(config), client, status: StatusSetter::ignore(), live: LiveEvents::at(1) }
            .provide();
        crate::components::provide_clock();
        crate::components::provide_visitor();
        let html = view().into_view().to_html();
        html.replace("<!>", "").replace("><", ">\n<")
    })
}

/// A row with everything that a row can have.
pub(crate) fn full_row(name: &str) -> EntityRow {
    EntityRow {
        kind: "Component".into(),
        namespace: "default".into(),
        name: name.into(),
        title: None,
        description: Some("Takes a cart to a paid order".into()),
        entity_type: Some("service".into()),
        lifecycle: Some("production".into()),
        owner: Some(named("group:default/payments", true)),
        system: Some(named("system:default/checkout", true)),
        tags: vec!["kotlin".into()],
        problem: None,
    }
}

/// A ref without a title.
pub(crate) fn named(entity_ref: &str, exists: bool) -> RowRef {
    RowRef { entity_ref: entity_ref.into(), title: String::new(), exists }
}

/// What a person or a file may write to break a page.
pub(crate) const HOSTILE: &str = "\"><script>alert(1)</script>\" onload='x' \u{202e}";

/// Fails where [`HOSTILE`] got out of its text or its attribute: both need a quote that is not escaped.
pub(crate) fn assert_harmless(html: &str) {
    assert!(html.contains("alert(1)"), "the hostile text is not on the page: {html}");
    for out in ["\">\n<script", "\"><script", "</script>\" onload", "href=\"javascript"] {
        assert!(!html.contains(out), "{out}: {html}");
    }
}
