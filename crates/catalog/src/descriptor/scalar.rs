//! Plain scalars by YAML's core schema, as the JavaScript package `yaml` reads them for Backstage.

use serde_json::{Number, Value};

/// The largest whole number below which JavaScript, and so JSON, writes a float without a fraction exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// What an unquoted scalar without a tag stands for.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    // Nothing else that is no text begins otherwise, and most scalars are texts.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Value::String(text.to_owned());
    }
    number(text).unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The number that a text stands for; `null` for infinite ones and for `.nan`, as in JavaScript's JSON.
pub(super) fn number(text: &str) -> Option<Value> {
    if let Some(digits) = text.strip_prefix("0o") {
        return whole(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return whole(digits, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Value::Null);
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        let signed = text.strip_prefix('+').unwrap_or(text);
        let exact = signed.parse::<i64>().map(Number::from).or_else(|_| signed.parse::<u64>().map(Number::from));
        return exact.map(Value::Number).ok().or_else(|| float(text));
    }
    is_float(unsigned).then(|| float(text)).flatten()
}

fn whole(digits: &str, radix: u32) -> Option<Value> {
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    plain.then(|| u64::from_str_radix(digits, radix).ok().map(Value::from)).flatten()
}

/// `[0-9]+`, `.` and `[0-9]*`, or `.` and `[0-9]+`; each with or without an exponent.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(before)
        && digits(after)
        && !(before.is_empty() && after.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Without a fraction where there is none: JavaScript does not tell `1.0` from `1`.
#[expect(clippy::float_cmp, reason = "asks whether there is a fraction at all")]
fn float(text: &str) -> Option<Value> {
    let value: f64 = text.parse().ok()?;
    if value.trunc() == value && value.abs() < MAX_EXACT {
        return Some(Value::from(value as i64));
    }
    Some(Number::from_f64(value).map_or(Value::Null, Value::Number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::resolve;

    #[test]
    fn reads_the_core_schema_of_yaml_1_2() {
        let table = [
            ("", json!(null)),
            ("~", json!(null)),
            ("NULL", json!(null)),
            ("nULL", json!("nULL")),
            ("true", json!(true)),
            ("False", json!(false)),
            ("yes", json!("yes")),
            ("no", json!("no")),
            ("on", json!("on")),
            ("y", json!("y")),
            ("2024-01-31", json!("2024-01-31")),
            ("12:30:45", json!("12:30:45")),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("+12", json!(12)),
            ("0123", json!(123)),
            ("0o14", json!(12)),
            ("0x1F", json!(31)),
            ("0b11", json!("0b11")),
            ("1_000", json!("1_000")),
            ("1e3", json!(1000)),
            ("1.50", json!(1.5)),
            ("1.0", json!(1)),
            ("-.5", json!(-0.5)),
            ("6.", json!(6)),
            ("1e", json!("1e")),
            (".", json!(".")),
            ("-", json!("-")),
            ("1.2.3", json!("1.2.3")),
            (".inf", json!(null)),
            ("-.INF", json!(null)),
            (".nan", json!(null)),
            ("9223372036854775807", json!(9_223_372_036_854_775_807_i64)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("1e999", json!(null)),
        ];
        for (text, value) in table {
            assert_eq!(resolve(text), value, "{text:?}");
        }
    }
}
