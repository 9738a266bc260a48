//! Which addresses may be connected to. A feed is named by whoever configures it, but a name may be made to lead, and a
//! server may redirect, to machines that only this one can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ureq::Agent;
use ureq::config::{Config, ConfigBuilder};
use ureq::http::Uri;
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::FetchError;

/// Whether an address is one that anybody on the Internet can reach: neither loopback nor private nor set aside for
/// another use in the registries of IANA.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_reserved = match a {
        // This network, private, loopback, multicast and what is above it.
        0 | 10 | 127 | 224.. => true,
        // Shared by providers.
        100 => (64..128).contains(&b),
        // Link-local, where clouds keep their metadata.
        169 => b == 254,
        172 => (16..32).contains(&b),
        // Protocol assignments, documentation, 6to4 relays, private.
        192 => matches!((b, c), (0, 0 | 2) | (88, 99) | (168, _)),
        // Benchmarks, documentation.
        198 => matches!((b, c), (18 | 19, _) | (51, 100)),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !is_reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // An IPv4 address behind a translator.
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocol assignments with Teredo, documentation, 6to4.
        [0x2001, second, ..] if second < 0x200 || second == 0xDB8 => false,
        [0x2002, ..] => false,
        [0x3FFF, second, ..] if second < 0x1000 => false,
        // All that is given out for general use.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// A client that connects to public addresses only, unless private ones are allowed. It follows no redirections, keeps no
/// connections and uses no proxy, which would connect in its place. `adjust` settles the rest.
pub(crate) fn guarded_agent(
    timeout_seconds: u64,
    allow_private: bool,
    adjust: impl FnOnce(ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope>,
) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(timeout_seconds)))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .proxy(None)
        .user_agent(concat!("slugline/", env!("CARGO_PKG_VERSION")));
    let config = adjust(config).build();
    match allow_private {
        true => config.new_agent(),
        false => Agent::with_parts(config, DefaultConnector::default(), PublicOnly::default()),
    }
}

/// Resolves names to public addresses only. The client connects to what this returns and to nothing else, so that a
/// name cannot change between the check and the connection.
#[derive(Debug, Default)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = self.0.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        resolved.iter().filter(|address| is_public(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() {
            let host = uri.host().unwrap_or_default().to_owned();
            return Err(ureq::Error::Other(Box::new(FetchError::Private { host })));
        }
        Ok(public)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0.0.0.0", false)]
    #[case("10.1.2.3", false)]
    #[case("100.64.0.1", false)]
    #[case("100.128.0.1", true)]
    #[case("127.0.0.53", false)]
    #[case("169.254.169.254", false)]
    #[case("172.15.0.1", true)]
    #[case("172.31.255.255", false)]
    #[case("192.0.2.1", false)]
    #[case("192.0.3.1", true)]
    #[case("192.168.0.1", false)]
    #[case("198.18.0.1", false)]
    #[case("203.0.113.9", false)]
    #[case("224.0.0.1", false)]
    #[case("255.255.255.255", false)]
    #[case("93.184.216.34", true)]
    #[case("::", false)]
    #[case("::1", false)]
    #[case("::127.0.0.1", false)]
    #[case("::ffff:127.0.0.1", false)]
    #[case("::ffff:93.184.216.34", true)]
    #[case("64:ff9b::a00:1", false)]
    #[case("64:ff9b::5db8:d822", true)]
    #[case("2001::1", false)]
    #[case("2001:db8::1", false)]
    #[case("2001:4860:4860::8888", true)]
    #[case("2002:7f00:1::", false)]
    #[case("3fff::1", false)]
    #[case("fc00::1", false)]
    #[case("fe80::1", false)]
    #[case("ff02::1", false)]
    fn only_addresses_of_the_internet_are_public(#[case] address: &str, #[case] public: bool) {
        assert_eq!(is_public(address.parse().unwrap()), public);
    }
}
