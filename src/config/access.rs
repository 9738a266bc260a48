//! Who may use the service, from where and how often.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::ConfigError;

/// Who may use the service.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// File of the API keys that are accepted; empty for none, which lets in everybody who reaches the service.
    pub keys_file: PathBuf,
    /// Whether metrics are for everybody although there are keys.
    pub open_metrics: bool,
    /// Names of the service, besides `localhost` and addresses, where it listens on a loopback address without keys.
    pub hosts: Vec<String>,
}

impl Auth {
    /// Whether requests need a key.
    pub fn needs_keys(&self) -> bool {
        !self.keys_file.as_os_str().is_empty()
    }
}

/// How often one client may ask: one key, or one address where there are no keys.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Requests per second in the long run; 0 is no limit.
    pub requests_per_second: u32,
    /// Requests that may come at once after a rest.
    pub burst: u32,
    /// Clients that are told apart at the same time; those beyond share one allowance.
    pub clients: usize,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { requests_per_second: 200, burst: 1_000, clients: 10_000 }
    }
}

/// Which web pages may use the service.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// Their origins, as in `https://desk.example`.
    pub origins: Vec<String>,
}

impl Cors {
    /// Whether this is the origin of such a page.
    pub fn allows(&self, origin: &[u8]) -> bool {
        self.origins.iter().any(|allowed| allowed.as_bytes() == origin)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match self.origins.iter().find(|origin| !is_origin(origin)) {
            None => Ok(()),
            Some(other) => Err(ConfigError::OutOfRange {
                key: "cors.origins",
                wanted:
                    "origins as browsers send them, such as https://desk.example or http://localhost:3000"
                        .to_owned(),
                found: format!("`{other}`"),
            }),
        }
    }
}

/// Scheme, host and port if it is an unusual one: nothing before, between or after. Otherwise no browser would ever
/// send it, and the mistake would be hard to find.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let usual_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let parsed = text.parse::<actix_web::http::Uri>().ok();
    parsed.is_some_and(|uri| {
        uri.authority().is_some_and(|whole| whole.as_str() == authority && !authority.contains('@'))
            && uri
                .host()
                .is_some_and(|host| !host.is_empty() && !host.bytes().any(|b| b.is_ascii_uppercase()))
            && uri.port_u16() != Some(usual_port)
            && !authority.ends_with(':')
    })
}

/// The settings of this file as flags and variables.
#[derive(Debug, Clone, Default, Args)]
pub struct AccessFlags {
    /// File of the API keys that are accepted (see `slugline key new`); requests then need one
    #[arg(long, env = "SLUGLINE_KEYS_FILE", value_name = "FILE")]
    pub keys_file: Option<String>,
    /// Show metrics without a key
    #[arg(long, env = "SLUGLINE_OPEN_METRICS", value_name = "BOOL", num_args = 0..=1,
          default_missing_value = "true", require_equals = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub open_metrics: Option<bool>,
    /// Names by which a proxy on this machine passes requests on to a service without keys
    #[arg(long, env = "SLUGLINE_HOSTS", value_name = "NAME,…", value_delimiter = ',')]
    pub hosts: Option<Vec<String>>,
    /// Proxies, by address or network, whose X-Forwarded-For is believed for allowances and the log
    #[arg(long, env = "SLUGLINE_TRUSTED_PROXIES", value_name = "ADDRESS,…", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// Requests per second that a client may send in the long run; 0 is no limit [default: 200]
    #[arg(long, env = "SLUGLINE_REQUESTS_PER_SECOND", value_name = "N")]
    pub requests_per_second: Option<u32>,
    /// Requests that a client may send at once after a rest [default: 1000]
    #[arg(long, env = "SLUGLINE_BURST", value_name = "N")]
    pub burst: Option<u32>,
    /// Clients that are told apart at the same time [default: 10000]
    #[arg(long, env = "SLUGLINE_CLIENTS", value_name = "N")]
    pub clients: Option<u32>,
    /// Origins of web pages that may use the service, such as `https://desk.example`
    #[arg(long, env = "SLUGLINE_ORIGINS", value_name = "ORIGIN,…", value_delimiter = ',')]
    pub origins: Option<Vec<String>>,
}

impl AccessFlags {
    /// The flags that were given, by key of the file.
    pub(super) fn overrides(&self) -> [(&'static str, Option<config::Value>); 8] {
        let number = |given: Option<u32>| given.map(|number| config::Value::from(u64::from(number)));
        [
            ("auth.keys_file", self.keys_file.clone().map(config::Value::from)),
            ("auth.open_metrics", self.open_metrics.map(config::Value::from)),
            ("auth.hosts", self.hosts.clone().map(config::Value::from)),
            ("server.trusted_proxies", self.trusted_proxies.clone().map(config::Value::from)),
            ("rate_limit.requests_per_second", number(self.requests_per_second)),
            ("rate_limit.burst", number(self.burst)),
            ("rate_limit.clients", number(self.clients)),
            ("cors.origins", self.origins.clone().map(config::Value::from)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_send_them() {
        for origin in
            ["https://desk.example", "http://localhost:3000", "http://[::1]:8080", "https://10.0.0.7"]
        {
            let cors = Cors { origins: vec![origin.to_owned()] };
            assert!(cors.validate().is_ok() && cors.allows(origin.as_bytes()), "{origin}");
            assert!(!cors.allows(b"https://other.example") && !cors.allows(b"null"));
        }
        for other in [
            "*",
            "null",
            "",
            "desk.example",
            "https://",
            "https://desk.example/",
            "https://desk.example/page",
            "https://user@desk.example",
            "https://Desk.example",
            "https://desk.example:443",
            "http://desk.example:80",
            "https://desk.example:",
            "ftp://desk.example",
            "https://desk.example?x",
            "https://desk example",
        ] {
            assert!(Cors { origins: vec![other.to_owned()] }.validate().is_err(), "{other}");
        }
    }
}
