//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::IpNet;

/// What an address may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressClass {
    /// Anyone's: asked without further question.
    Public,
    /// Loopback, private, shared, documentation, multicast or reserved: only for a host that the operator wrote out.
    Private,
    /// Link-local, or a cloud's metadata service, which gives credentials away: only if the operator wrote out this very address.
    Metadata,
}

/// IANA's special-purpose registries (RFC 6890 and what followed), less what is public.
static PRIVATE: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    networks(&[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
        "ff00::/8",
    ])
});

/// Link-local, and where clouds keep their metadata outside of it: Oracle, Alibaba, Azure's wire server, AWS and Google by IPv6.
static METADATA: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    networks(&[
        "169.254.0.0/16",
        "fe80::/10",
        "192.0.0.192/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
    ])
});

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().expect("the table holds networks")).collect()
}

/// What kind of address it is. An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) counts as itself.
pub fn classify(address: IpAddr) -> AddressClass {
    let address = match address {
        IpAddr::V6(v6) => embedded(v6).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    };
    if METADATA.iter().any(|net| net.contains(&address)) {
        AddressClass::Metadata
    } else if PRIVATE.iter().any(|net| net.contains(&address)) {
        AddressClass::Private
    } else {
        AddressClass::Public
    }
}

fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        // `::` and `::1` are themselves.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            v4(high, low)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        use AddressClass::{Metadata, Private, Public};
        for (text, class) in [
            ("8.8.8.8", Public),
            ("140.82.121.4", Public),
            ("2606:50c0:8000::154", Public),
            ("2a00:1450:4001:80b::200e", Public),
            ("0.0.0.0", Private),
            ("10.1.2.3", Private),
            ("100.64.0.1", Private),
            ("127.0.0.1", Private),
            ("127.255.255.254", Private),
            ("172.16.0.1", Private),
            ("172.32.0.1", Public),
            ("192.168.1.1", Private),
            ("192.0.2.1", Private),
            ("224.0.0.1", Private),
            ("255.255.255.255", Private),
            ("::", Private),
            ("::1", Private),
            ("fc00::1", Private),
            ("fd12:3456::1", Private),
            ("ff02::1", Private),
            ("2001:db8::1", Private),
            ("::ffff:127.0.0.1", Private),
            ("::ffff:8.8.8.8", Public),
            ("::127.0.0.1", Private),
            ("64:ff9b::7f00:1", Private),
            ("2002:7f00:1::", Private),
            ("169.254.169.254", Metadata),
            ("::ffff:169.254.169.254", Metadata),
            ("64:ff9b::a9fe:a9fe", Metadata),
            ("169.254.0.1", Metadata),
            ("fe80::1", Metadata),
            ("fd00:ec2::254", Metadata),
            ("100.100.100.200", Metadata),
            ("168.63.129.16", Metadata),
        ] {
            assert_eq!(classify(text.parse().unwrap()), class, "{text}");
        }
    }
}
