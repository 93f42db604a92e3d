//! The audit log as it is asked for and told: over the API and on the command line.

use audit::{Entry, Outcome, Query};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use model::audit::{AuditEntry, ListAudit};

use crate::csv;

/// How a day is written.
const DAY: &str = "2026-11-23";

/// A form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180 with a head.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl ExportFormat {
    /// What comes before the entries.
    pub fn head(self) -> String {
        let names = ["number", "at", "principal", "action", "entity", "address", "outcome", "requestId", "count"];
        match self {
            Self::Csv => csv::line(names.into_iter()),
            Self::JsonLines => String::new(),
        }
    }

    /// An entry with its end of line.
    ///
    /// # Panics
    /// Never: texts and numbers are JSON.
    pub fn line(self, entry: Entry) -> String {
        let entry = told(entry);
        match self {
            Self::Csv => {
                let AuditEntry { number, at, principal, action, entity, address, outcome, request_id, count } = entry;
                let (number, count) = (number.to_string(), count.to_string());
                let fields = [&number, &at, &principal, &action, &entity, &address, &outcome, &request_id, &count];
                csv::line(fields.into_iter().map(String::as_str))
            }
            Self::JsonLines => {
                let mut line = serde_json::to_string(&entry).expect("texts and numbers are JSON");
                line.push('\n');
                line
            }
        }
    }
}

/// What is asked of the log.
///
/// # Errors
/// Names the parameter, its value and what was expected.
pub fn query(list: &ListAudit) -> Result<Query, String> {
    if !list.outcome.is_empty() && Outcome::from_text(&list.outcome).is_none() {
        return Err(format!("`outcome` must be done, denied or failed, found `{}`", list.outcome));
    }
    let before = match list.cursor.as_str() {
        "" => None,
        cursor => Some(cursor.parse().map_err(|_| format!("`cursor` is not one of an earlier answer: `{cursor}`"))?),
    };
    Ok(Query {
        principal: list.principal.clone(),
        action: list.action.clone(),
        entity: list.entity.clone(),
        outcome: list.outcome.clone(),
        from: time("from", &list.from, false)?,
        to: time("to", &list.to, true)?,
        before,
        limit: list.limit.unwrap_or(ListAudit::DEFAULT_LIMIT).clamp(1, ListAudit::MAX_LIMIT).into(),
    })
}

/// Microseconds since 1970 of a time, or of the beginning or end of a day in UTC.
fn time(name: &str, text: &str, is_end: bool) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let of_day = || {
        // A date with a time of no zone would be read as its day.
        let day: Date = Some(text).filter(|text| text.len() == DAY.len())?.parse().ok()?;
        let day = if is_end { day.tomorrow().ok()? } else { day };
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let time = text.parse::<Timestamp>().ok().or_else(of_day);
    let wrong =
        || format!("`{name}` must be a time like 2026-11-23T08:00:00Z or a day like 2026-11-23, found `{text}`");
    time.map(|time| Some(time.as_microsecond())).ok_or_else(wrong)
}

/// As the API tells of an entry.
pub fn told(entry: Entry) -> AuditEntry {
    let Entry { number, at, principal, action, entity, address, outcome, request_id, count, mac: _ } = entry;
    let at = Timestamp::from_microsecond(at).unwrap_or_default().to_string();
    AuditEntry { number, at, principal, action, entity, address, outcome, request_id, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_one_begins() {
        let list = |from: &str, to: &str| ListAudit { from: from.into(), to: to.into(), ..ListAudit::default() };
        let day = query(&list("2026-11-23", "2026-11-23")).unwrap();
        assert_eq!(day.to.unwrap() - day.from.unwrap(), 24 * 60 * 60 * 1_000_000);
        let hour = query(&list("2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00Z")).unwrap();
        assert_eq!(hour.to.unwrap() - hour.from.unwrap(), 60 * 60 * 1_000_000);
        for wrong in ["yesterday", "2026-13-01", "2026-11-23T08:00"] {
            let message = query(&list(wrong, "")).unwrap_err();
            assert!(message.contains("`from`") && message.contains(wrong), "{message}");
        }
    }

    #[test]
    fn formulas_are_text_in_csv() {
        let entry = Entry {
            number: 7,
            at: 0,
            principal: "=cmd|'/c calc'!A0".into(),
            action: "a".into(),
            entity: "x,\"y\"".into(),
            address: "::1".into(),
            outcome: "done".into(),
            request_id: "@r".into(),
            count: 1,
            mac: String::new(),
        };
        assert_eq!(
            ExportFormat::Csv.line(entry),
            "7,1970-01-01T00:00:00Z,\"'=cmd|'/c calc'!A0\",a,\"x,\"\"y\"\"\",::1,done,\"'@r\",1\r\n"
        );
    }
}
