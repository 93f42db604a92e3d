//! The filter grammar: what it reads it writes, and what it writes it reads as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::filter::EntityFilter;

fuzz_target!(|filters: Vec<&str>| {
    if let Ok(filter) = EntityFilter::parse(&filters) {
        assert_eq!(EntityFilter::parse(&filter.to_params()), Ok(filter));
    }
});
