//! Predicates: whatever JSON there is, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::predicate::Predicate;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = serde_json::from_slice(bytes) {
        let _ = Predicate::parse(&value);
    }
});
