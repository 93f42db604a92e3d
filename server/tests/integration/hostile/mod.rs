//! What strangers write, and what broken hosts answer, beside a healthy catalog.

mod files;
mod inputs;
mod memory;
mod posted;
mod urls;

use serde_json::Value;

/// `line:column message`, or the message alone, of each problem of a location.
fn told(problems: &Value, location: &str) -> Vec<String> {
    let items = problems["items"].as_array().unwrap().iter();
    let of_location = items.filter(|problem| problem["location"] == location);
    of_location
        .map(|problem| {
            let message = problem["message"].as_str().unwrap();
            match &problem["position"] {
                Value::Null => message.to_owned(),
                position => format!("{}:{} {message}", position["line"], position["column"]),
            }
        })
        .collect()
}
