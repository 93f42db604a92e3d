//! Callboard's build tool, run as `cargo xtask COMMAND`. The `Makefile` has a target for each thing that people do daily.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks on the terminal")]

mod binary;
mod budget;
mod dev;
mod digest;
mod fuzz;
mod lint;
mod process;
mod rules;
mod steps;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::web::Mode;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests and checks Callboard")]
enum Command {
    /// Build the web assets (WebAssembly, styles, public files) into target/site
    Web {
        /// Optimised, split, compressed: what is shipped
        #[arg(long)]
        release: bool,
    },
    /// Build the release binary with its web assets: target/release/callboard
    Build,
    /// Build and serve the demo organisation
    Run,
    /// Serve the demo organisation; rebuild and refresh open pages whenever a file is saved
    Dev,
    /// Set up what the tests need, and run all of them
    Test,
    /// Run the tests that read the catalogs in the folder CALLBOARD_CORPUS
    Corpus,
    /// Build a real Gitea, which wants Go, and run the tests that talk to it
    Gitea,
    /// Run each fuzz target for some seconds
    FuzzSmoke,
    /// Formatting, clippy, licences and bans, import rules, styles, shell scripts
    Lint,
    /// Measure: every benchmark of the workspace
    Bench,
    /// Check who imports whom, and that no committed file names a machine
    Rules,
    /// Weigh the release assets against the budget
    Budget,
}

fn main() -> ExitCode {
    match run(&Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<()> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Web { release } => {
            web::build(&workspace, if *release { Mode::Release } else { Mode::Debug }).map(drop)
        }
        Command::Build => binary::build(&workspace).map(drop),
        Command::Run => binary::run(&workspace),
        Command::Dev => dev::run(&workspace),
        Command::Test => test::run(&workspace),
        Command::Corpus => test::corpus(&workspace),
        Command::Gitea => test::gitea(&workspace),
        Command::FuzzSmoke => fuzz::smoke(&workspace),
        Command::Lint => lint::run(&workspace),
        Command::Bench => test::bench(&workspace),
        Command::Rules => rules::check(&workspace),
        Command::Budget => budget::check(&workspace),
    }
}
