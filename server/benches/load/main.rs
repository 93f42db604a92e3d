//! `make bench`: the program under load over sockets, at several sizes of the catalog, beside what a Backstage does.
//!
//! Needs `wrk`. With `CALLBOARD_TEST_POSTGRES`, files are also read into PostgreSQL. `cargo bench -p server --bench load -- 10000` takes
//! one size only. Printed as a table; nothing is asserted, because machines are noisy.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

mod peer;
mod program;
mod wrk;

use std::{
    fs,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use self::{
    peer::{QUESTIONS, READING, Wanted},
    program::{Program, Store},
};

const SIZES: [usize; 3] = [10_000, 50_000, 100_000];
const SEED: u64 = 42;
/// Documents of a file.
const PACKED: usize = 500;
/// Each question is asked for so long.
const LOAD: Duration = Duration::from_secs(5);
/// Processor time at rest is taken over so long.
const REST: Duration = Duration::from_secs(20);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // Under `cargo test --benches` nothing is measured.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    demo();
    for size in if sizes.is_empty() { SIZES.to_vec() } else { sizes } {
        measure(size);
    }
}

fn row(what: &str, size: usize, ours: &str, beside: &str) {
    println!("{what:<52} {size:>8} {ours:>34}   {beside}");
}

fn demo() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = Program::new(folder.path(), &Store::Sqlite, &root.join("examples/acme/catalog-info.yaml"));
    let cold = program.start();
    drop(cold);
    let running = program.start();
    let started = running.ready_after;
    sleep(Duration::from_secs(5));
    let idle = share_at_rest(&running);
    row("demo: restart to first answer", 200, &format!("{:.2} s", started.as_secs_f64()), "0.1 s wanted");
    row("demo: resident", 200, &format!("{} MiB", running.resident()), "57 MiB (60 MB) wanted");
    row("demo: processor at rest", 200, &format!("{idle:.2} % of a core"), "0.5 % wanted");
}

fn measure(size: usize) {
    let folder = tempfile::tempdir().unwrap();
    let files = testkit::catalog::generate(size, SEED);
    let one_a_file = write(&folder.path().join("single"), testkit::catalog::pack(&files, 1));
    let packed = write(&folder.path().join("packed"), testkit::catalog::pack(&files, PACKED));

    let peer = READING.iter().find(|peer| peer.size == size);
    let beside = |store: &Store, took: Duration| {
        let Some(peer) = peer else { return "20 s wanted at 500 a file, 40 s at one".to_owned() };
        let ratio = peer.files_to_ready / took.as_secs_f64();
        let wanted = if matches!(store, Store::Sqlite) { peer.wanted } else { peer.wanted / 2.0 };
        format!("Backstage {:.0} s: {ratio:.0} times, {wanted:.0} wanted", peer.files_to_ready)
    };
    for store in Store::all() {
        for (files, how) in [(&one_a_file, "one a file"), (&packed, "500 a file")] {
            let program = Program::new(&folder.path().join(format!("{}-{how}", store.name())), &store, files);
            let running = program.start();
            let what = format!("files to ready, {how}, {}", store.name());
            let peak = running.peak();
            let ours = format!("{:.2} s, peak {peak} MiB", running.ready_after.as_secs_f64());
            row(&what, size, &ours, &beside(&store, running.ready_after));
            drop(running);
            if how == "500 a file" {
                let running = program.start();
                let wanted = if size > 50_000 { 4.0 } else { 2.0 };
                let ours = format!("{:.2} s", running.ready_after.as_secs_f64());
                row(&format!("restart to first answer, {}", store.name()), size, &ours, &format!("{wanted} s wanted"));
                if matches!(store, Store::Sqlite) {
                    questions(size, &running);
                    resident(size, &running);
                    edit(size, &running, files.parent().unwrap());
                    rest(size, &running);
                }
            }
        }
    }
    println!();
}

/// Writes the files of a catalog; says which of them leads to the others.
fn write(folder: &Path, files: Vec<(String, String)>) -> std::path::PathBuf {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder.join(testkit::catalog::ROOT)
}

fn questions(size: usize, running: &Program) {
    let component = running.first_component();
    for question in QUESTIONS {
        let path = question.path.replace("NAME", &component);
        let load = wrk::run(&running.url(&path), LOAD);
        let beside = match (question.backstage(size), question.wanted) {
            (Some(backstage), wanted) => {
                let ratio = format!("Backstage {backstage:.0}/s: {:.0} times", load.per_second / backstage);
                match wanted {
                    Wanted::Times { at_10_000, at_50_000 } => {
                        format!("{ratio}, {} wanted", if size == 10_000 { at_10_000 } else { at_50_000 })
                    }
                    Wanted::PerSecond(wanted) => format!("{ratio}; {wanted}/s wanted"),
                    Wanted::Nothing | Wanted::Millis99 { .. } => ratio,
                }
            }
            (None, Wanted::Millis99 { at_100_000 }) if size == 100_000 => format!("p99 {at_100_000} ms wanted"),
            (None, Wanted::PerSecond(wanted)) => format!("{wanted}/s wanted"),
            (None, _) => String::new(),
        };
        let ours = format!("{:.0}/s, {:.2} ms, p99 {:.2} ms", load.per_second, load.p50, load.p99);
        row(question.name, size, &ours, &beside);
        if load.failed > 0 {
            println!("  {} answers were no success", load.failed);
        }
    }
}

fn resident(size: usize, running: &Program) {
    let resident = running.resident();
    let beside = READING.iter().find(|peer| peer.size == size).map_or_else(String::new, |peer| {
        let share = resident as f64 / peer.resident * 100.0;
        format!("Backstage {:.0} MiB: {share:.0} %, 10 % wanted", peer.resident)
    });
    row("resident after load", size, &format!("{resident} MiB"), &beside);
}

fn edit(size: usize, running: &Program, folder: &Path) {
    let component = running.first_component();
    let path = format!("/api/catalog/entities/by-name/component/default/{component}");
    let holds = |path: &std::path::PathBuf| {
        fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("name: {component}\n")))
    };
    let files = fs::read_dir(folder).unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let file = files.filter(|path| path.is_file()).find(holds).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let title = format!("name: {component}\n  title: ");
    assert!(text.contains(&title), "each generated component has a title");
    fs::write(&file, text.replacen(&title, &format!("{title}The edited one, earlier "), 1)).unwrap();
    let begun = Instant::now();
    while !running.get(&path).contains("The edited one") {
        assert!(begun.elapsed() < Duration::from_mins(1), "the edit is not seen");
        sleep(Duration::from_millis(5));
    }
    row("an edited file is queryable", size, &format!("{:.2} s", begun.elapsed().as_secs_f64()), "0.5 s wanted");
}

fn rest(size: usize, running: &Program) {
    sleep(Duration::from_secs(5));
    let idle = share_at_rest(running);
    row("processor at rest", size, &format!("{idle:.2} % of a core"), "0.5 % wanted; Backstage 40 % at 50,000");
}

/// Percent of one processor.
fn share_at_rest(running: &Program) -> f64 {
    let before = running.processor_time();
    sleep(REST);
    running.processor_time().saturating_sub(before).as_secs_f64() / REST.as_secs_f64() * 100.0
}
