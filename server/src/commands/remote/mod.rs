//! What people do at a portal from their terminal or a CI job, over its REST API.

mod credentials;
mod get;
mod http;
mod locations;
mod login;
mod offline;
mod output;
mod push;
mod token;
mod whoami;

use clap::Args;
use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use self::{credentials::Credentials, http::Remote};
pub(crate) use self::{
    get::{GetArgs, get},
    http::Unauthenticated,
    locations::{LocationsCommand, locations},
    login::{LoginArgs, login, logout},
    output::print_table,
    push::{PushArgs, push},
    token::{TokenCommand, token},
    whoami::{WhoamiArgs, whoami},
};

/// Which portal, and as whom.
#[derive(Args)]
pub(crate) struct RemoteArgs {
    /// Address of the portal [default: that of `callboard login`]
    #[arg(long, env = "CALLBOARD_SERVER", value_name = "URL")]
    server: Option<Url>,
    /// Token to ask with [default: that of `callboard login`]; others on this machine can see arguments, so rather set the variable
    #[arg(long, env = "CALLBOARD_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
}

impl RemoteArgs {
    /// The portal. What `callboard login` has kept fills in what is missing; its token only for its own server.
    fn open(&self) -> anyhow::Result<Remote> {
        if let (Some(server), Some(token)) = (&self.server, &self.token) {
            return Remote::new(server, Some(token.clone()));
        }
        let kept = Credentials::load()?;
        let server = self.server.clone().or_else(|| kept.as_ref().map(|kept| kept.server.clone()));
        let Some(server) = server else {
            anyhow::bail!(
                "say which portal: by --server URL, by CALLBOARD_SERVER, or once by `callboard login --server URL`"
            );
        };
        let token = self.token.clone().or_else(|| kept.filter(|kept| kept.server == server).map(|kept| kept.token));
        Remote::new(&server, token)
    }
}

/// One thread is enough to wait on one connection.
fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}
