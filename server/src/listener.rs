//! Opens the sockets that the server listens at.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::net::TcpListener;

use crate::config::Listen;

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Others could connect, and nobody said that they may.
    #[error(
        "`{listen}` can be reached from other machines, and without sign-in everyone there could read the catalog; \
         listen at 127.0.0.1, or allow it with --allow-remote or `backend.allowRemote: true`"
    )]
    Remote { listen: Listen },
    /// The address can't be had.
    #[error("can not listen at `{listen}`: {cause}")]
    Io {
        listen: Listen,
        #[source]
        cause: io::Error,
    },
}

/// Opens a socket; one that other machines can reach only if that is allowed.
///
/// # Errors
/// [`ListenError`].
pub async fn bind(listen: &Listen, allow_remote: bool) -> Result<TcpListener, ListenError> {
    let failed = |cause| ListenError::Io { listen: listen.clone(), cause };
    let address = listen.resolve().await.map_err(failed)?;
    if !is_loopback(&address) && !allow_remote {
        return Err(ListenError::Remote { listen: listen.clone() });
    }
    TcpListener::bind(address).await.map_err(failed)
}

/// True if only this machine can connect to the address.
pub fn is_loopback(address: &SocketAddr) -> bool {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}
