/// Characters of an address that is returned to.
const LONGEST: usize = 2000;

/// The page to return to, if it is one of ours: a path that begins with one slash. `//host`, `/\host` and what browsers make the same of
/// would be another site.
pub(crate) fn own_page(given: &str) -> Option<&str> {
    let rest = given.strip_prefix('/')?;
    let is_plain = given.len() <= LONGEST && given.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    // The way back to the sign-in itself would be a circle.
    let is_sign_in = rest.starts_with("sign-in") || rest.starts_with("auth/");
    (is_plain && !rest.starts_with('/') && !is_sign_in).then_some(given)
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn only_paths_of_this_server_are_returned_to() {
        for good in ["/", "/catalog?filters[kind]=api&q=a%20b", "/catalog/default/component/web"] {
            assert_eq!(own_page(good), Some(good));
        }
        let long = format!("/{}", "a".repeat(2000));
        for bad in [
            "",
            "catalog",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "/\t/evil.example",
            "/a b",
            "/ä",
            "/sign-in?return=/",
            "/auth/x/start",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x=y",
            &long,
        ] {
            assert_eq!(own_page(bad), None, "{bad:?}");
        }
    }
}
