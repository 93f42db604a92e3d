/// HTML as text, for what is many rows of the same and never changes by itself: views of the same would be a multiple of it in WASM. Goes
/// into a page by `inner_html`. Text gets in only by [`Html::text`], which escapes it.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// Adds markup of ours.
    pub fn tag(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, as it may stand between tags and within the quotes of an attribute.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Adds ` name="value"`, `name` with the space before it and the sign and quote behind; nothing where there is no value.
    pub fn attribute(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.tag(name).text(value).tag("\"");
        }
        self
    }

    /// Adds where a link to another site leads, and how; nothing where it leads nowhere, for only a link has a `rel`.
    pub fn leading_out(&mut self, address: Option<&str>) -> &mut Self {
        self.attribute(" href=\"", address).attribute(" rel=\"", address.map(|_| "noopener noreferrer external"))
    }

    /// The whole of it.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_between_tags_and_in_attributes() {
        let mut html = Html::default();
        html.tag("<a")
            .attribute(" title=\"", Some("\"'><b>"))
            .attribute(" href=\"", None)
            .tag(">")
            .text("<b>&")
            .tag("</a>");
        assert_eq!(html.into_text(), r#"<a title="&quot;&#39;&gt;&lt;b&gt;">&lt;b&gt;&amp;</a>"#);
    }
}
