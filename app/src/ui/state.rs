use leptos::{prelude::*, svg};

use super::Html;

/// The shapes of a state. Each differs in outline, because colour alone must never tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A disc with a tick.
    Ok,
    /// A triangle.
    Warn,
    /// An octagon with a cross.
    Bad,
    /// A dashed ring: nobody knows.
    Unknown,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Ok => "st ok",
            Self::Warn => "st warn",
            Self::Bad => "st bad",
            Self::Unknown => "st unk",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Self::Ok => {
                r#"<circle class="solid" cx="8" cy="8" r="7"/><path class="mark" d="m4.9 8.2 2.1 2.1 4.1-4.4"/>"#
            }
            Self::Warn => {
                r#"<path class="solid" d="M6.7 2.1a1.5 1.5 0 0 1 2.6 0l5.5 9.9a1.5 1.5 0 0 1-1.3 2.2h-11A1.5 1.5 0 0 1 1.2 12z"/><path class="mark" d="M8 5.8v3.4M8 11.6v.1"/>"#
            }
            Self::Bad => {
                r#"<path class="solid" d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z"/><path class="mark" d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6"/>"#
            }
            Self::Unknown => r#"<circle class="ring" cx="8" cy="8" r="6"/>"#,
        }
    }
}

/// The mark of a state, to stand before the word that says it.
pub fn mark(mark: Mark) -> impl IntoView {
    svg::svg().class(mark.class()).attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").inner_html(mark.shape())
}

/// The same as HTML.
pub fn write_mark(html: &mut Html, mark: Mark) {
    html.tag("<svg class=\"")
        .tag(mark.class())
        .tag("\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">")
        .tag(mark.shape())
        .tag("</svg>");
}
