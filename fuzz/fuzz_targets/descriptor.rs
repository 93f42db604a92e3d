//! Descriptor files are written by strangers: reading one ends, whatever it holds.
#![no_main]

use catalog::descriptor::{Limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let _ = parse(file, &Limits::default());
});
