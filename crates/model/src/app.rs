//! What the server tells the browser about the app itself, inside each page.

use crate::{
    personal::SavedView,
    reading::{read_object, read_text},
};
use serde::{Deserialize, Serialize};

/// The app's public configuration: nothing in it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppConfig {
    /// `app.title`.
    pub title: String,
    /// `organization.name`.
    pub organization: String,
    /// The path part of `app.baseUrl` without a slash at its end: empty, or for example `/portal`.
    pub base_path: String,
    /// True in a frame of another site's page: the page stands alone, and addresses are below `<base path>/embed`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_embedded: bool,
    /// Origins of the sites whose pages may have this one in a frame, by blanks; only the server wants to know, for the script that it adds.
    #[serde(skip)]
    pub parents: String,
    /// Where this build's assets are, base path included: `/assets/<hash>`; `None` where the server was built without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<String>,
    /// Names the build; a page whose server says another one should reload.
    pub build: String,
    /// The scheme that the visitor chose.
    #[serde(default)]
    pub theme: Theme,
    /// What else the visitor chose.
    #[serde(default)]
    pub preferences: Preferences,
    /// What the form did that led to this page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flash: Option<FlashMessage>,
    /// When the page was rendered, in seconds since 1970: what "26 min ago" is told from.
    #[serde(default)]
    pub rendered_at: i64,
    /// The name of who has signed in; none for a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<String>,
    /// How one can sign in; only the server wants to know, for the page that it renders alone.
    #[serde(skip)]
    pub sign_in: Vec<SignInWay>,
    /// True if the visitor may look around without having signed in.
    #[serde(skip)]
    pub lets_guests_in: bool,
    /// Kinds that the catalog knows, in the order of the navigation.
    pub kinds: Vec<KindInfo>,
    /// A token that the visitor has just made, for the one page that shows it; never part of what a page hands to the browser's side.
    #[serde(skip)]
    pub new_token: Option<String>,
    /// Event stream of the development tool that reloads pages; only under `make dev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_reload: Option<String>,
}

read_object!(AppConfig {
    title = "title", organization = "organization", base_path = "basePath", is_embedded = "isEmbedded", assets = "assets", build = "build",
    theme = "theme", preferences = "preferences", flash = "flash", rendered_at = "renderedAt", visitor = "visitor",
    kinds = "kinds", dev_reload = "devReload",
    ..
});

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInWay {
    /// Names the provider in addresses.
    pub name: String,
    /// For people to read.
    pub title: String,
}

impl AppConfig {
    /// Path of the page at which one signs in.
    pub const SIGN_IN: &'static str = "/sign-in";
    /// Path of the page of who has signed in.
    pub const ACCOUNT: &'static str = "/account";
    /// Path of the page of who did what.
    pub const AUDIT: &'static str = "/audit";
    /// Path of the page of saved views.
    pub const VIEWS: &'static str = "/views";
    /// Name of the cookie that carries a new token from the form to the page that shows it.
    pub const NEW_TOKEN_COOKIE: &'static str = "callboard-new-token";

    /// Path of the page that says what is wrong with a text; also where the text is posted to.
    pub const VALIDATION: &'static str = "/catalog-import/validate";

    /// A path of the address bar without the base path; none for an address that is not below it.
    pub fn path_of<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&*self.base_path)
    }

    /// True for a page of links and forms alone, which comes without script.
    pub fn is_plain(&self, path: &str) -> bool {
        matches!(self.path_of(path), Some(Self::SIGN_IN | Self::ACCOUNT | Self::AUDIT | Self::VIEWS | Self::VALIDATION))
    }

    /// True if the visitor sees more than the sign-in page. Known on the server alone: in the browser there is nobody else.
    pub fn may_enter(&self) -> bool {
        self.visitor.is_some() || self.lets_guests_in || self.sign_in.is_empty()
    }
}

/// How a kind is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KindInfo {
    /// For example `Component`.
    pub kind: String,
    /// For example `Components`.
    pub plural: String,
    /// Name of its icon, for example `box`.
    pub icon: String,
    /// True if entities of it should have an owner.
    #[serde(default)]
    pub owned: bool,
}

read_object!(KindInfo { kind = "kind", plural = "plural", icon = "icon", owned = "owned" });

/// Light, dark, or what the visitor's system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What the visitor's system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

read_text!(Theme);

impl Theme {
    /// Name of the cookie that keeps the choice.
    pub const COOKIE: &'static str = "theme";

    /// The value of the cookie and of the form field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads [`Theme::as_str`]; anything else is [`Theme::System`].
    pub fn from_text(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Height of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// 38 px.
    #[default]
    Standard,
    /// 32 px: more rows on a screen.
    Compact,
    /// 44 px: easier to hit.
    Comfortable,
}

read_text!(Density);

/// How dates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateLanguage {
    /// `19 Nov 2026, 08:12`.
    #[default]
    English,
    /// `19.11.2026, 08:12`.
    German,
    /// `2026-11-19 08:12`.
    Iso,
}

read_text!(DateLanguage);

/// What a visitor chose, but for the scheme. A cookie each; of who has signed in, stars, visits, columns and views are kept by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preferences {
    /// Height of rows.
    pub density: Density,
    /// How dates are written.
    pub dates: DateLanguage,
    /// Canonical refs of the groups that the visitor calls theirs, at most [`Preferences::MAX_TEAMS`].
    pub teams: Vec<String>,
    /// Canonical refs of what the visitor starred, in the order in which they did; together at most [`Preferences::MAX_STARS`] bytes.
    pub stars: Vec<String>,
    /// Canonical refs of what the visitor saw, the last one first, at most [`Preferences::MAX_RECENT`].
    pub recent: Vec<String>,
    /// The columns that the catalog's list shows unless its address names others, as [`crate::catalog::ListColumn`] writes them; by the
    /// kind where empty.
    pub columns: String,
    /// Saved views, by name; none for a guest.
    pub views: Vec<SavedView>,
}

read_object!(Preferences {
    density = "density", dates = "dates", teams = "teams", stars = "stars", recent = "recent", columns = "columns", views = "views",
});

impl Preferences {
    /// Bytes of the cookie of stars: some 100 of them, and a cookie has 4 kB.
    pub const MAX_STARS: usize = 3_600;
    /// Entities that are kept as seen.
    pub const MAX_RECENT: usize = 10;
    /// Seconds that a browser keeps what was seen: 90 days.
    pub const KEEP_RECENT: u32 = 90 * 24 * 60 * 60;
    /// Name of the cookie of stars, joined by `|`.
    pub const STARS: &'static str = "stars";
    /// Name of the cookie of what was seen, joined by `|`.
    pub const RECENT: &'static str = "recent";
    /// Name of the cookie of columns, joined by commas.
    pub const COLUMNS: &'static str = "columns";

    /// Stars with one put in or taken out; `None` where there is no room for one more.
    pub fn with_star(mut stars: Vec<String>, entity_ref: &str) -> Option<Vec<String>> {
        let before = stars.len();
        stars.retain(|known| known != entity_ref);
        if stars.len() == before {
            stars.push(entity_ref.to_owned());
        }
        let is_smaller = stars.len() < before;
        let bytes: usize = stars.iter().map(|star| star.len() + 1).sum();
        (is_smaller || bytes <= Self::MAX_STARS).then_some(stars)
    }

    /// What was seen, with one more that is the last now.
    pub fn with_seen(mut recent: Vec<String>, entity_ref: &str) -> Vec<String> {
        recent.retain(|known| known != entity_ref);
        recent.insert(0, entity_ref.to_owned());
        recent.truncate(Self::MAX_RECENT);
        recent
    }

    /// Groups that one may call one's own: a cookie has 4 kB.
    pub const MAX_TEAMS: usize = 20;
    /// Name of the cookie and of the form field of [`Density`].
    pub const DENSITY: &'static str = "density";
    /// Name of the cookie and of the form field of [`DateLanguage`].
    pub const DATES: &'static str = "dates";
    /// Name of the cookie and of the form field of the teams; the cookie joins them by `|`, which is in no ref.
    pub const TEAMS: &'static str = "teams";
}

impl Density {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Comfortable, Self::Standard, Self::Compact];

    /// The value of the cookie and of the form field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Compact => "compact",
            Self::Comfortable => "comfortable",
        }
    }

    /// Reads [`Density::as_str`]; anything else is the default.
    pub fn from_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|density| density.as_str() == text).unwrap_or_default()
    }
}

impl DateLanguage {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Iso];

    /// The value of the cookie and of the form field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "english",
            Self::German => "german",
            Self::Iso => "iso",
        }
    }

    /// Reads [`DateLanguage::as_str`]; anything else is the default.
    pub fn from_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|dates| dates.as_str() == text).unwrap_or_default()
    }
}

/// What a form says once, on the page that it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlashMessage {
    /// How it went.
    pub tone: Tone,
    /// A sentence or two.
    pub text: String,
}

read_object!(FlashMessage { tone = "tone", text = "text" });

/// How something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// As it was meant.
    Ok,
    /// Not yet, but whoever asked can mend it.
    Warn,
    /// Not at all.
    Bad,
}

read_text!(Tone);

impl Tone {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "ok" => Some(Self::Ok),
            "warn" => Some(Self::Warn),
            "bad" => Some(Self::Bad),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_put_in_and_taken_out_until_there_is_no_room() {
        let starred = Preferences::with_star(vec!["api:default/a".into()], "api:default/b").unwrap();
        assert_eq!(starred, ["api:default/a", "api:default/b"]);
        assert_eq!(Preferences::with_star(starred, "api:default/a"), Some(vec!["api:default/b".into()]));
        let many: Vec<String> = (0..180).map(|n| format!("component:default/c{n}")).collect();
        assert_eq!(Preferences::with_star(many.clone(), "api:default/b"), None);
        let fewer = Preferences::with_star(many, "component:default/c7").unwrap();
        assert_eq!(fewer.len(), 179, "one can be taken out of a full cookie");
    }

    #[test]
    fn what_was_seen_last_comes_first_and_once() {
        let seen = Preferences::with_seen(vec!["api:default/a".into(), "api:default/b".into()], "api:default/b");
        assert_eq!(seen, ["api:default/b", "api:default/a"]);
        let many = (0..20).map(|n| format!("component:default/c{n}")).collect();
        assert_eq!(Preferences::with_seen(many, "api:default/b").len(), Preferences::MAX_RECENT);
    }
}
