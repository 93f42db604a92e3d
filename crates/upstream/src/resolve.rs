//! Names to addresses, less the addresses that a name must not lead to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{AddressClass, classify};
use crate::allow::Trust;

/// Where addresses of names come from.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a host name.
    ///
    /// # Errors
    /// Whatever the name service says.
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own name service.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// The only address of a name was one that must not be asked; found again in the cause of reqwest's error.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) host: String,
    pub(crate) address: IpAddr,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` has the address {}, which is not public", self.host, self.address)
    }
}

impl std::error::Error for Refused {}

/// Whether a name of this trust may lead to the address.
pub(crate) fn permitted(trust: Trust, address: IpAddr) -> bool {
    match classify(address) {
        AddressClass::Public => true,
        AddressClass::Private => trust == Trust::Literal,
        // A name never leads there; the address itself may stand in the allow list.
        AddressClass::Metadata => false,
    }
}

/// The resolver of one of the two clients. The connection goes to the addresses it returns, so a name cannot change between check and use.
pub(crate) struct GuardedResolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) trust: Trust,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, trust) = (Arc::clone(&self.lookup), self.trust);
        Box::pin(async move {
            let host = name.as_str();
            let found = lookup.lookup(host).await?;
            let (good, bad): (Vec<_>, Vec<_>) = found.into_iter().partition(|&address| permitted(trust, address));
            if let (true, Some(&address)) = (good.is_empty(), bad.first()) {
                return Err(Refused { host: host.to_owned(), address }.into());
            }
            // Port 0 stands for the URL's.
            Ok(Box::new(good.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
