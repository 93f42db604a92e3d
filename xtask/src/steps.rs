//! Progress on the terminal: what is being done, and how long it took.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Says what is being done, does it, and says how long it took if that was long enough to wonder.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    eprintln!("==> {what}");
    let done = work()?;
    let took = started.elapsed();
    if took > Duration::from_secs(2) {
        eprintln!("    {what}: {:.1} s", took.as_secs_f64());
    }
    Ok(done)
}

/// A list of steps, summed up in a table at the end.
#[derive(Default)]
pub(crate) struct Steps<'a>(Vec<Step<'a>>);

struct Step<'a> {
    name: String,
    /// Do the later ones need it?
    needed: bool,
    work: Box<dyn FnOnce() -> Result<()> + 'a>,
}

impl<'a> Steps<'a> {
    /// Adds what the later steps need: when it fails, they are not run.
    pub(crate) fn need(&mut self, name: impl Into<String>, work: impl FnOnce() -> Result<()> + 'a) {
        self.0.push(Step { name: name.into(), needed: true, work: Box::new(work) });
    }

    /// Adds a step that the later ones can do without.
    pub(crate) fn check(&mut self, name: impl Into<String>, work: impl FnOnce() -> Result<()> + 'a) {
        self.0.push(Step { name: name.into(), needed: false, work: Box::new(work) });
    }

    /// Runs the steps in order and prints the table.
    ///
    /// # Errors
    /// Names the steps that failed, and those that were not run because of it.
    pub(crate) fn run(self) -> Result<()> {
        let mut table = Vec::new();
        let mut faults = Vec::new();
        let mut stopped = false;
        let started = Instant::now();
        for Step { name, needed, work } in self.0 {
            if stopped {
                table.push(format!("{name:<48}  not run"));
                faults.push(format!("{name}: not run"));
                continue;
            }
            let began = Instant::now();
            let result = step(&name, work);
            let mark = if result.is_ok() { "" } else { "  FAILED" };
            table.push(format!("{name:<48} {:>6.0} s{mark}", began.elapsed().as_secs_f64()));
            if let Err(error) = result {
                eprintln!("error: {name}: {error:#}");
                faults.push(format!("{name}: {error:#}"));
                stopped = needed;
            }
        }
        eprintln!("\n{}\n{:<48} {:>6.0} s\n", table.join("\n"), "all", started.elapsed().as_secs_f64());
        if faults.is_empty() { Ok(()) } else { bail!("{} of the steps failed:\n{}", faults.len(), faults.join("\n")) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_failed_check_stops_nothing_and_a_failed_need_stops_the_rest() {
        let ran = RefCell::new(Vec::new());
        let mut steps = Steps::default();
        let fail = |name: &'static str| {
            ran.borrow_mut().push(name);
            bail!("broken {name}")
        };
        steps.check("first", || fail("first"));
        steps.need("second", || fail("second"));
        steps.check("third", || fail("third"));
        let error = steps.run().expect_err("two steps fail").to_string();
        assert_eq!(*ran.borrow(), ["first", "second"]);
        assert!(error.contains("broken first") && error.contains("third: not run"), "{error}");
    }
}
