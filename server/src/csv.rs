//! CSV, RFC 4180. By hand, for it asks no more than this.

/// A record with its end of line.
pub fn line<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let mut line = fields.map(field).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// A field. What begins like a formula gets an apostrophe before it, or a spreadsheet would take it for one.
///
/// Source: RFC 4180, section 2; OWASP, "CSV Injection".
fn field(text: &str) -> String {
    let inert =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { "'" } else { "" };
    if inert.is_empty() && !text.contains([',', '"', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{inert}{}\"", text.replace('"', "\"\""))
}
