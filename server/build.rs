//! The web assets that `xtask` builds are embedded in the release binary. Here their folder is made where it is missing, so
//! that the server compiles without them; it then serves pages without styles and script.

use std::{env, fs, path::Path};

fn main() {
    let site = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../target/site");
    fs::create_dir_all(&site).expect("the target folder can be written");
    println!("cargo:rerun-if-changed=build.rs");
    // A debug build reads the assets when it runs. `site.json` has a hash of them all.
    if env::var("PROFILE").is_ok_and(|profile| profile != "debug") {
        println!("cargo:rerun-if-changed={}", site.join("site.json").display());
    }
}
