use std::fmt::Write as _;

/// The placeholders of a statement over many rows: `($1, $2), ($3, $4)` for 2 rows of 2 columns.
///
/// SQLite looks up numbered placeholders one by one, so keep rows times columns below a thousand or so.
pub fn placeholder_rows(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            write!(text, "{comma}${}", row * columns + column + 1).expect("writing to a string does not fail");
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::placeholder_rows;

    #[test]
    fn numbers_go_on_from_row_to_row() {
        assert_eq!(placeholder_rows(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(placeholder_rows(1, 3), "($1, $2, $3)");
        assert_eq!(placeholder_rows(0, 3), "");
    }
}
