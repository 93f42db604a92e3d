use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::text_list::TextList;

/// `backend.trustProxy`: addresses and networks whose `X-Forwarded-*` headers are believed.
///
/// As in Express, `loopback`, `linklocal` and `uniquelocal` name their networks; `true` and a number of hops, which would
/// believe anybody, are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// True if what this address says of others is believed.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl<'de> Deserialize<'de> for TrustedProxies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = TextList::deserialize(deserializer)?.0;
        let mut networks = Vec::new();
        for name in names.iter().filter(|name| *name != "false") {
            match networks_of(name) {
                Some(found) => networks.extend(found),
                None => {
                    return Err(de::Error::custom(format_args!(
                        "expected addresses or networks like `10.0.0.0/8`, `loopback`, `linklocal` or `uniquelocal`, found `{name}`"
                    )));
                }
            }
        }
        Ok(Self(networks))
    }
}

fn networks_of(name: &str) -> Option<Vec<IpNet>> {
    let named: &[&str] = match name {
        "loopback" => &["127.0.0.0/8", "::1/128"],
        "linklocal" => &["169.254.0.0/16", "fe80::/10"],
        "uniquelocal" => &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
        address => &[address],
    };
    let network = |text: &&str| text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
    named.iter().map(network).collect()
}
