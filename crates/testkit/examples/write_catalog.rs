//! Writes a generated catalog into a folder, for programs that are not Rust: `write_catalog FOLDER COUNT`. Its root is `catalog-info.yaml`.

use std::{env, fs, io, path::PathBuf};

const SEED: u64 = 42;
/// Documents of a file.
const PACKED: usize = 500;

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next().and_then(|count| count.parse().ok())) else {
        return Err(io::Error::other("write_catalog takes a folder and how many entities"));
    };
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    for (name, text) in testkit::catalog::pack(&testkit::catalog::generate(count, SEED), PACKED) {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
