//! `/account`: who one is to Callboard, and where one is signed in.

use client::{Answer, identity::account};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    entity_ref::EntityRef,
    identity::{Account, AccountSession},
};

use crate::{
    components::{entity_name, time},
    links::{entity_path, href},
    platform::ask_once,
    ui::{IntoEager as _, load},
};

/// `/account`.
pub struct AccountPage;

impl AccountPage {
    /// The page.
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Account"/>
            {load(ask_once(account), skeleton, move |answer: &Answer| Ok(page(answer.decode()?)))}
        }
        .into_any()
    }
}

fn page(account: Account) -> AnyView {
    let Account { name, email, provider, issuer, subject, entity_ref, groups, sessions } = account;
    let entity = match entity_ref.as_deref().and_then(|text| EntityRef::parse_full(text).ok()) {
        Some(entity_ref) => {
            let target = href(&entity_path(&entity_ref));
            view! { <a href=target>{entity_name(&entity_ref)}</a> }.eager()
        }
        None => view! { <span class="t3">"none; nothing in the catalog is known to be yours by it"</span> }.eager(),
    };
    let groups = if groups.is_empty() { "none".to_owned() } else { groups.join(", ") };
    let others = sessions.len() > 1;
    let everywhere = others.then(|| {
        view! {
            <form method="post" action=href("/form/end-sessions")>
                <button type="submit" class="btn">"Sign out everywhere"</button>
            </form>
        }
    });
    view! {
        <div class="page-head">
            <h1 class="grow" dir="auto">{name}</h1>
            <form class="act" method="post" action=href("/form/sign-out")>
                <button type="submit" class="btn">"Sign out"</button>
            </form>
        </div>
        <dl class="kv">
            <dt>"E-mail"</dt>
            <dd dir="auto">{email.unwrap_or_else(|| "not told".to_owned())}</dd>
            <dt>"In the catalog"</dt>
            <dd>{entity}</dd>
            <dt>"Groups"</dt>
            <dd dir="auto">{groups}</dd>
            <dt>"Provider"</dt>
            <dd dir="auto">{provider} " " <span class="t3 mono">{format!("{subject} at {issuer}")}</span></dd>
        </dl>
        <section class="section" aria-labelledby="sessions">
            <div class="sec-head"><h2 id="sessions">"Where you are signed in"</h2> {everywhere}</div>
            <ul class="sessions">{sessions.into_iter().map(session).collect_view()}</ul>
        </section>
    }
    .eager()
}

fn session(session: AccountSession) -> impl IntoView {
    let AccountSession { handle, since, seen, is_own } = session;
    let end = if is_own {
        view! { <span class="tag">"this browser"</span> }.eager()
    } else {
        view! {
            <form method="post" action=href("/form/end-sessions")>
                <input type="hidden" name="handle" value=handle/>
                <button type="submit" class="btn sm">"End"</button>
            </form>
        }
        .eager()
    };
    view! { <li><span>"signed in " {time(&since)}</span> <span class="t2">"last seen " {time(&seen)}</span> {end}</li> }
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><h1>"Account"</h1></div>
        <div aria-hidden="true"><span class="skel w2"></span><span class="skel w4"></span><span class="skel w1"></span></div>
        <p class="sr" role="status">"Loading your account"</p>
    }
    .eager()
}
