//! `/account`: who one is to Callboard, and where one is signed in.

use client::{Answer, identity::account};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    app::AppConfig,
    entity_ref::EntityRef,
    identity::{AccessToken, Account, AccountSession, TokenScope},
};

use crate::{
    components::{entity_name, time},
    links::{entity_path, href},
    platform::{ask_once, use_config},
    ui::{IntoEager as _, Mark, load, mark},
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
    let Account {
        name,
        email,
        provider,
        issuer,
        subject,
        entity_ref,
        groups,
        sessions,
        tokens,
        scopes,
        max_token_days,
        reads_audit,
    } = account;
    let audit = reads_audit.then(|| view! { <a class="btn" href=href(AppConfig::AUDIT)>"Audit log"</a> });
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
            {audit}
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
        {tokens_section(tokens, scopes, max_token_days)}
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

fn tokens_section(tokens: Vec<AccessToken>, scopes: Vec<TokenScope>, max_days: u64) -> AnyView {
    let created = use_config().new_token.clone().map(|secret| {
        view! {
            <div class="callout new-token" role="status">
                {mark(Mark::Ok)}
                <div>
                    <p>"Your new token. Copy it now: it is shown this once, and only its hash is kept."</p>
                    <pre class="code" tabindex="0" aria-label="New token"><code>{secret}</code></pre>
                </div>
            </div>
        }
    });
    let is_empty = tokens.is_empty();
    let list = (!is_empty).then(|| view! { <ul class="sessions">{tokens.into_iter().map(token).collect_view()}</ul> });
    let none = is_empty.then(|| {
        view! { <p class="t2">"You have none. A token lets a script or the command line act as you, within its scopes."</p> }
    });
    view! {
        <section aria-labelledby="tokens" class="tokens">
            <div class="sec-head"><h2 id="tokens">"Tokens for scripts"</h2></div>
            {created}
            {none}
            {list}
            <form method="post" action=href("/form/create-token") class="new-token-form">
                <h3>"New token"</h3>
                <label>
                    <span>"Name"</span> <input class="input" type="text" name="name" required maxlength="63" pattern=r"[\w.\-]+" autocomplete="off"/>
                    <span class="t3">"Letters, digits, hyphens, dots and underscores"</span>
                </label>
                <label>
                    <span>"Days until it ends"</span>
                    <input class="input" type="number" name="days" required min="1" max=max_days value=max_days.min(90)/>
                    <span class="t3">{format!("At most {max_days}")}</span>
                </label>
                <fieldset>
                    <legend>"What it may do"</legend>
                    {scopes.into_iter().map(scope).collect_view()}
                </fieldset>
                <button type="submit" class="btn primary">"Create token"</button>
            </form>
        </section>
    }
    .eager()
}

fn token(token: AccessToken) -> impl IntoView {
    let AccessToken { id, name, scopes, expires_at, is_expired, last_used_at, .. } = token;
    let ends = if is_expired { "expired " } else { "ends " };
    let used = match last_used_at {
        Some(used) => view! { <span>"last used " {time(&used)}</span> }.eager(),
        None => view! { <span>"never used"</span> }.eager(),
    };
    let label = format!("Revoke {name}");
    view! {
        <li>
            <span class="token-name">{name}</span>
            <span class="t2 mono">{scopes.join(", ")}</span>
            <span class="t2">{ends} {time(&expires_at)}</span>
            <span class="t2">{used}</span>
            <form method="post" action=href("/form/revoke-token")>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="btn sm" aria-label=label>"Revoke"</button>
            </form>
        </li>
    }
}

fn scope(scope: TokenScope) -> impl IntoView {
    let TokenScope { name, description } = scope;
    // Least first: who looks no closer gets a token that changes nothing.
    let checked = name == "catalog:read";
    view! {
        <label>
            <input type="checkbox" name="scope" value=name.clone() checked=checked/>
            <span class="mono">{name}</span>
            <span class="t3">{description}</span>
        </label>
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><h1>"Account"</h1></div>
        <div aria-hidden="true"><span class="skel w2"></span><span class="skel w4"></span><span class="skel w1"></span></div>
        <p class="sr" role="status">"Loading your account"</p>
    }
    .eager()
}
