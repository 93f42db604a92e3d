/// The longest name, in characters.
pub(crate) const MAX_NAME: usize = 60;
/// The longest path and query, in bytes.
pub(crate) const MAX_PATH: usize = 1000;

/// Pages of which a view can be saved.
const LISTS: [&str; 3] = ["/catalog", "/catalog/problems", "/catalog/organization"];

/// The name without space around it; `None` where that is none.
pub(crate) fn name(given: &str) -> Option<&str> {
    let name = given.trim();
    // Marks that turn the direction of text could make one name look like another.
    let is_plain = |c: char| {
        !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    ((1..=MAX_NAME).contains(&name.chars().count()) && name.chars().all(is_plain)).then_some(name)
}

/// The path and query, if they are those of a list of ours.
pub(crate) fn path(given: &str) -> Option<&str> {
    let page = given.split_once('?').map_or(given, |(page, _)| page);
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'#');
    (given.len() <= MAX_PATH && LISTS.contains(&page) && given.bytes().all(is_plain)).then_some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_of_lists_of_ours_alone() {
        for good in ["/catalog", "/catalog?filters%5Bkind%5D=api&q=a+b", "/catalog/problems?owner=group:default/a"] {
            assert_eq!(path(good), Some(good));
        }
        let long = format!("/catalog?q={}", "a".repeat(MAX_PATH));
        for bad in [
            "",
            "catalog?q=a",
            "//evil.example/catalog?q=a",
            "https://evil.example/catalog?q=a",
            "/\\evil.example",
            "javascript:alert(1)",
            "/catalog/../account?x",
            "/catalogue?x",
            "/account",
            "/form/sign-out",
            "/catalog?a=\"><script>",
            "/catalog?a b",
            "/catalog?a\r\nset-cookie: x=y",
            "/catalog?ä",
            "/catalog#x",
            &long,
        ] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        assert_eq!(name("  Our APIs – 東京 "), Some("Our APIs – 東京"));
        let long = "ä".repeat(MAX_NAME + 1);
        for bad in ["", "  ", "a\nb", "a\u{0}", "a\u{202e}b", &long] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
        assert!(name(&"ä".repeat(MAX_NAME)).is_some());
    }
}
