//! `/sign-in`: the ways to say who one is. Links and nothing else, so it needs no script.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::app::AppConfig;

use crate::{
    links::href,
    platform::use_config,
    ui::{Icon, IntoEager as _, Mark, icon, mark},
};

/// `/sign-in`.
pub struct SignInPage {
    return_to: Option<String>,
    error: Option<String>,
}

impl SignInPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let query = use_query_map();
        query.with_untracked(|query| Self { return_to: query.get("return"), error: query.get("error") })
    }

    /// The page.
    pub(crate) fn view(self) -> AnyView {
        let config = use_config();
        view! {
            <Title text="Sign in"/>
            {page(&config, &self)}
        }
        .into_any()
    }
}

fn page(config: &AppConfig, asked: &SignInPage) -> AnyView {
    let back = asked.return_to.as_deref().unwrap_or("/");
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return", back).finish();
    let way = |(at, way): (usize, &model::app::SignInWay)| {
        let address = href(&format!("/auth/{}/start?{query}", way.name));
        // One is the main way: the first that the operator wrote.
        let class = if at == 0 { "btn primary" } else { "btn" };
        view! { <a class=class href=address rel="external">{icon(Icon::User, "i")} {format!("Continue with {}", way.title)}</a> }
    };
    let ways = config.sign_in.iter().enumerate().map(way).collect_view();
    let guest =
        config.lets_guests_in.then(|| view! { <a class="btn ghost" href=href("/")>"Look around as a guest"</a> });
    let none = config.sign_in.is_empty().then(|| {
        view! { <p class="t2">"Nobody need sign in here: no provider is configured under auth.providers."</p> }
    });
    let of = (!config.organization.is_empty()).then(|| format!("The developer portal of {}", config.organization));
    view! {
        <div class="signin">
            <h1>{format!("Sign in to {}", config.title)}</h1>
            <p class="t2">{of}</p>
            {asked.error.as_deref().map(refusal)}
            <div class="ways">{ways} {guest} {none}</div>
            <p class="fs12 t3">"Nothing needs to be set up first. Who you are is asked of the provider; Callboard keeps no password."</p>
        </div>
    }
    .eager()
}

/// Why somebody is here again.
fn refusal(error: &str) -> impl IntoView + use<> {
    let text = match error {
        "expired" => "That took too long, or was begun in another browser. Sign in again.",
        "denied" => {
            "The provider did not let you in, or what it answered was not valid. Try again, or ask who runs Callboard."
        }
        "not-allowed" => {
            "You are known to the provider, but not on the list of who may come in. Ask who runs Callboard."
        }
        _ => "The provider can’t be reached at the moment. Try again in a minute.",
    };
    view! { <div class="callout bad" role="alert">{mark(Mark::Bad)} <p>{text}</p></div> }
}

#[cfg(test)]
mod tests {
    use model::app::SignInWay;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn config(ways: &[&str]) -> AppConfig {
        let way = |title: &&str| SignInWay { name: "oidc-main".to_owned(), title: (*title).to_owned() };
        AppConfig { title: "Callboard".to_owned(), sign_in: ways.iter().map(way).collect(), ..AppConfig::default() }
    }

    fn asked(error: Option<&str>) -> SignInPage {
        SignInPage { return_to: Some("/catalog?q=a&b".to_owned()), error: error.map(str::to_owned) }
    }

    #[test]
    fn each_way_is_a_link_that_leads_back_and_a_refusal_is_told() {
        let html = render(|| page(&config(&["acme SSO", "GitLab"]), &asked(Some("not-allowed"))));
        assert!(html.contains("/auth/oidc-main/start?return=%2Fcatalog%3Fq%3Da%26b"), "{html}");
        assert!(html.contains("Continue with acme SSO") && html.contains("not on the list"), "{html}");
        assert!(!html.contains("guest"), "{html}");
    }

    #[test]
    fn hostile_text_stays_text() {
        let asked = SignInPage { return_to: Some(HOSTILE.to_owned()), error: Some(HOSTILE.to_owned()) };
        assert_harmless(&render(|| page(&config(&[HOSTILE]), &asked)));
    }
}
