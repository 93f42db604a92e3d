use leptos::prelude::*;
use model::app::DateLanguage;

use crate::platform::use_config;

/// Between two looks at the clock of the browser.
const TICK: std::time::Duration = std::time::Duration::from_secs(20);
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Times further away are told by their date.
const RELATIVE: i64 = 45 * DAY;

/// What times are told from, in seconds since 1970: when the page was rendered, until the browser's clock takes over. So both sides
/// begin with the same text.
#[derive(Clone, Debug)]
struct Now(ArcRwSignal<i64>);

/// Provides the clock that [`time`] follows.
pub(crate) fn provide_clock() {
    let now = ArcRwSignal::new(use_config().rendered_at);
    provide_context(Now(now.clone()));
    Effect::new(move || {
        let now = now.clone();
        let tick = move || now.set((js_sys::Date::now() / 1000.0) as i64);
        tick();
        if let Ok(handle) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// A time, RFC 3339 in UTC, as people tell it: `26 min ago`, `in 2 h`; the exact one on hover. What is no time stays as it is.
pub fn time(at: &str) -> impl IntoView + use<> {
    let language = use_config().preferences.dates;
    let Some(seconds) = seconds_since_1970(at) else { return view! { <span>{at.to_owned()}</span> }.into_any() };
    let Now(now) = expect_context();
    let lang = (language == DateLanguage::German).then_some("de");
    let told = move || relative(seconds, now.get(), language);
    view! { <time class="num" lang=lang datetime=at.to_owned() title=format!("{} UTC", date(seconds, language))>{told}</time> }
        .into_any()
}

fn relative(at: i64, now: i64, language: DateLanguage) -> String {
    let away = (at - now).abs();
    if away > RELATIVE || language == DateLanguage::Iso {
        return date(at, language);
    }
    let german = language == DateLanguage::German;
    let amount = match away {
        ..MINUTE => {
            let words = match (german, at > now) {
                (false, false) => "just now",
                (false, true) => "in a moment",
                (true, false) => "gerade eben",
                (true, true) => "gleich",
            };
            return words.to_owned();
        }
        MINUTE..HOUR => format!("{} min", away / MINUTE),
        HOUR..DAY if german => format!("{} Std.", away / HOUR),
        HOUR..DAY => format!("{} h", away / HOUR),
        _ if german => format!("{} Tg.", away / DAY),
        _ => format!("{} d", away / DAY),
    };
    match (german, at > now) {
        (_, true) => format!("in {amount}"),
        (false, false) => format!("{amount} ago"),
        (true, false) => format!("vor {amount}"),
    }
}

/// The date and the time of day in UTC.
fn date(seconds: i64, language: DateLanguage) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil_from_days(seconds.div_euclid(DAY));
    let of_day = seconds.rem_euclid(DAY);
    let clock = format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / MINUTE);
    match language {
        DateLanguage::English => {
            let month =
                usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
            format!("{day} {month} {year}, {clock}")
        }
        DateLanguage::German => format!("{day:02}.{month:02}.{year}, {clock}"),
        DateLanguage::Iso => format!("{year}-{month:02}-{day:02} {clock}"),
    }
}

/// Reads `2026-11-19T08:12:00Z`; fractions of a second are left out.
fn seconds_since_1970(text: &str) -> Option<i64> {
    let (day, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, separator: char| -> Option<[i64; 3]> {
        let mut parts = text.splitn(3, separator).map(|part| part.split('.').next()?.parse().ok());
        Some([parts.next()??, parts.next()??, parts.next()??])
    };
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    Some(days_from_civil(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second)
}

/// Days since 1970 of a date of the Gregorian calendar, by Howard Hinnant's "chrono-compatible low-level date algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The other way round: year, month, day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + days.div_euclid(146_097) * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_and_written() {
        for (text, seconds, english) in [
            ("1970-01-01T00:00:00Z", 0, "1 Jan 1970, 00:00"),
            ("2026-11-19T08:12:30.5Z", 1_795_075_950, "19 Nov 2026, 08:12"),
            ("2024-02-29T23:59:59Z", 1_709_251_199, "29 Feb 2024, 23:59"),
        ] {
            assert_eq!(seconds_since_1970(text), Some(seconds), "{text}");
            assert_eq!(date(seconds, DateLanguage::English), english);
        }
        assert_eq!(date(1_795_075_950, DateLanguage::German), "19.11.2026, 08:12");
        assert_eq!(date(1_795_075_950, DateLanguage::Iso), "2026-11-19 08:12");
        for text in ["", "yesterday", "2026-11-19", "2026-11-19T08:12:00+01:00"] {
            assert_eq!(seconds_since_1970(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_told_from_now() {
        let now = 1_795_075_950;
        for (at, english, german) in [
            (now - 5, "just now", "gerade eben"),
            (now + 5, "in a moment", "gleich"),
            (now - 26 * MINUTE, "26 min ago", "vor 26 min"),
            (now + 2 * HOUR, "in 2 h", "in 2 Std."),
            (now - 3 * DAY, "3 d ago", "vor 3 Tg."),
            (now - 60 * DAY, "20 Sep 2026, 08:12", "20.09.2026, 08:12"),
        ] {
            assert_eq!(relative(at, now, DateLanguage::English), english);
            assert_eq!(relative(at, now, DateLanguage::German), german);
        }
        assert_eq!(relative(now, now, DateLanguage::Iso), "2026-11-19 08:12");
    }
}
