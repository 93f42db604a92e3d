//! What goes to standard output, and nothing else does.

use std::io::{self, Write as _};

use clap::ValueEnum;
use serde_json::Value;

/// How answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns, for people
    #[default]
    Table,
    /// JSON as the API has it
    Json,
    /// The same as YAML
    Yaml,
    /// One name a line, for other commands
    Name,
}

/// Prints JSON with line breaks.
pub(super) fn print_json(value: &Value) -> io::Result<()> {
    print(&format!("{value:#}\n"))
}

/// Prints a text as it is.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints texts, one a line.
pub(super) fn print_lines<'a>(lines: impl Iterator<Item = &'a str>) -> io::Result<()> {
    print(&lines.flat_map(|line| [line, "\n"]).collect::<String>())
}

/// Says something to the person at the terminal, who may have sent standard output elsewhere.
#[expect(clippy::print_stderr, reason = "it is for the person at the terminal")]
pub(super) fn say(text: &str) {
    eprintln!("{text}");
}

/// Prints rows in columns below their titles.
pub(crate) fn print_table<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| plain(cell))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([titles[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("   ").trim_end())
    };
    let mut text = line(titles);
    text.extend(rows.iter().map(|row| line(row.each_ref().map(String::as_str))));
    print(&text)
}

/// A text for one cell: what would steer the terminal is a mark, and nothing is empty.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.is_empty() { "-".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_do_not_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(plain(""), "-");
    }
}
