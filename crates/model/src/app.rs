//! What the server tells the browser about the app itself, inside each page.

use serde::{Deserialize, Serialize};

/// The app's public configuration: nothing in it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppConfig {
    /// `app.title`.
    pub title: String,
    /// `organization.name`.
    pub organization: String,
    /// The path part of `app.baseUrl` without a slash at its end: empty, or for example `/portal`.
    pub base_path: String,
    /// Where this build's assets are, base path included: `/assets/<hash>`; `None` where the server was built without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assets: Option<String>,
    /// Names the build; a page whose server says another one should reload.
    pub build: String,
    /// The scheme that the visitor chose.
    #[serde(default)]
    pub theme: Theme,
    /// Kinds that the catalog knows, in the order of the navigation.
    pub kinds: Vec<KindInfo>,
    /// Event stream of the development tool that reloads pages; only under `make dev`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_reload: Option<String>,
}

/// How a kind is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
