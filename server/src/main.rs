//! The program `callboard`.

mod commands;

use std::{io, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use commands::{
    AuditCommand,
    remote::{self, Unauthenticated},
};
use server::config::Overrides;

/// The system's own keeps much of what reading a large catalog has freed.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A developer portal: a catalog of your software, and what hangs on it.
#[derive(Parser)]
#[command(name = "callboard", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal
    Serve(ServeArgs),
    /// Print the configuration in force, secrets hidden, with where each value comes from
    Config(ServeArgs),
    /// Check catalog files; exits with 1 if one has an error
    Validate {
        /// Files to check; `-` is standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Copy the SQLite database into a new file, also while the server runs
    Backup(CopyArgs),
    /// Put a file that `backup` has made in the place of the database, which must not exist; not while the server runs
    Restore(CopyArgs),
    /// Print the OpenAPI document of the REST API as JSON
    Openapi,
    /// Take a token of a portal and keep it for the commands below
    Login(remote::LoginArgs),
    /// Forget that token
    Logout,
    /// Print who one is to the portal
    Whoami(remote::WhoamiArgs),
    /// Print entities of the catalog
    Get(remote::GetArgs),
    /// Registered locations
    #[command(subcommand)]
    Locations(remote::LocationsCommand),
    /// Push entities from files to a source of a portal, for example from a CI job
    Push(remote::PushArgs),
    /// Tokens for scripts
    #[command(subcommand)]
    Token(remote::TokenCommand),
    /// Print a script that completes this command in a shell: `source <(callboard completion bash)`
    Completion {
        /// Which shell
        shell: Shell,
    },
    /// Who did what: the log, by the database of the server
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Try out the rules of who may do what
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Run cases of one's own; exits with 1 if one comes out differently
    Test {
        /// YAML: `cases`, each with `principal`, `action`, `expected` (allow or deny), and `ref` or `entity` with its attributes
        file: PathBuf,
        /// Configuration file; repeated ones are laid over one another [default: callboard.yaml, else app-config.yaml]
        #[arg(long = "config", value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Say whether somebody may do something, and by which rule
    Explain {
        /// `user:default/alice`, `guest`, `external:SUBJECT`, or `SUBJECT at ISSUER`
        principal: String,
        /// For example catalog.entity.delete
        action: String,
        /// Entity to act on, for example component:default/web
        #[arg(value_name = "REF")]
        entity_ref: Option<String>,
        /// Configuration file; repeated ones are laid over one another [default: callboard.yaml, else app-config.yaml]
        #[arg(long = "config", value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Exit status where the portal does not know who asks, as `gh` has it. 1 is any other failure, 2 a wrong command line.
const UNAUTHENTICATED: u8 = 4;

#[derive(Args)]
struct ServeArgs {
    /// Configuration file; repeated ones are laid over one another [default: callboard.yaml, else app-config.yaml]
    #[arg(long = "config", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to listen, for example 127.0.0.1:7007
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Listen also where other machines can connect
    #[arg(long)]
    allow_remote: bool,
}

#[derive(Args)]
struct CopyArgs {
    /// The file
    file: PathBuf,
    /// Configuration file; repeated ones are laid over one another [default: callboard.yaml, else app-config.yaml]
    #[arg(long = "config", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl ServeArgs {
    fn overrides(&self) -> Overrides {
        Overrides { listen: self.listen.clone(), allow_remote: self.allow_remote }
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => commands::serve(&args.files, &args.overrides()),
        Command::Config(args) => commands::config(&args.files, &args.overrides()),
        Command::Validate { files } => commands::validate(&files),
        Command::Backup(args) => commands::backup(&args.files, &args.file),
        Command::Restore(args) => commands::restore(&args.files, &args.file),
        Command::Openapi => commands::openapi(),
        Command::Login(args) => remote::login(&args),
        Command::Logout => remote::logout(),
        Command::Whoami(args) => remote::whoami(&args),
        Command::Get(args) => remote::get(&args),
        Command::Locations(command) => remote::locations(&command),
        Command::Push(args) => remote::push(&args),
        Command::Token(command) => remote::token(&command),
        Command::Audit(command) => commands::audit(command),
        Command::Completion { shell } => commands::completion(Cli::command(), shell),
        Command::Policy { command: PolicyCommand::Test { file, files } } => commands::test(&files, &file),
        Command::Policy { command: PolicyCommand::Explain { principal, action, entity_ref, files } } => {
            commands::explain(&files, &principal, &action, entity_ref.as_deref())
        }
    };
    result.unwrap_or_else(|error| fail(&error))
}

#[expect(clippy::print_stderr, reason = "the person at the terminal is told")]
fn fail(error: &anyhow::Error) -> ExitCode {
    let is_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    // `callboard get component | head` has read enough.
    if error.downcast_ref().is_some_and(is_pipe) {
        return ExitCode::FAILURE;
    }
    eprintln!("callboard: {error:#}");
    if error.is::<Unauthenticated>() { UNAUTHENTICATED.into() } else { ExitCode::FAILURE }
}
