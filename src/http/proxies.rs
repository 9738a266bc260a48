//! Who sent a request that came through proxies.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::HeaderMap;

use crate::config::Network;

/// Header to which each proxy adds whom it got a request from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: that of the connection, unless it is a trusted proxy's, whose word is then taken for who is
/// before it, and so on. What others write into the header counts for nothing. Where the word of a trusted proxy is no
/// address, the proxy itself is the client.
pub(super) fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[Network],
) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer?;
    let values: Vec<&str> =
        headers.get_all(FORWARDED_FOR).map(|value| value.to_str().unwrap_or("?")).collect();
    for hop in values.into_iter().rev().flat_map(|value| value.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = address_of(hop.trim()) else { break };
        client = address;
    }
    Some(client)
}

/// An address, with or without a port.
fn address_of(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    plain.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    const PROXIES: [&str; 2] = ["127.0.0.1", "10.0.0.0/8"];

    #[rstest]
    #[case("192.0.2.1", &["203.0.113.9"], "192.0.2.1")]
    #[case("127.0.0.1", &[], "127.0.0.1")]
    #[case("127.0.0.1", &["203.0.113.9"], "203.0.113.9")]
    #[case("127.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9")]
    #[case("127.0.0.1", &["198.51.100.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9")]
    #[case("127.0.0.1", &["203.0.113.9", "10.1.2.3"], "203.0.113.9")]
    #[case("127.0.0.1", &["10.9.9.9, 10.1.2.3"], "10.9.9.9")]
    #[case("127.0.0.1", &["203.0.113.9, nonsense"], "127.0.0.1")]
    #[case("127.0.0.1", &["203.0.113.9, nonsense, 10.1.2.3"], "10.1.2.3")]
    #[case("127.0.0.1", &["203.0.113.9:5555"], "203.0.113.9")]
    #[case("127.0.0.1", &["[2001:db8::1]:5555"], "2001:db8::1")]
    #[case("127.0.0.1", &["2001:db8::1"], "2001:db8::1")]
    #[case("::ffff:127.0.0.1", &["203.0.113.9"], "203.0.113.9")]
    fn only_what_trusted_proxies_say_counts(
        #[case] peer: &str,
        #[case] header: &[&'static str],
        #[case] client: &str,
    ) {
        let trusted = PROXIES.map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for value in header {
            headers.append(HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_static(value));
        }
        let found = client_address(peer.parse().ok(), &headers, &trusted);
        assert_eq!(found, client.parse().ok());
        assert_eq!(client_address(peer.parse().ok(), &headers, &[]), peer.parse().ok());
    }
}
