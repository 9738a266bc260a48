//! `slugline healthcheck`: for containers without a shell or curl.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use crate::config::{Config, Flags};

/// Where to ask. Without `--url` the service is looked for where it would be started with the same settings.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address to ask [default: /health/ready at the address the service binds]
    #[arg(long)]
    url: Option<String>,
    /// TOML file with the settings of the service
    #[arg(long, env = "SLUGLINE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port the service listens on
    #[arg(long, env = "SLUGLINE_BIND", value_name = "IP:PORT")]
    bind: Option<SocketAddr>,
    /// How long to wait for the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    timeout: u16,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let url = match &args.url {
        Some(url) => url.clone(),
        None => {
            let consent = Some(true);
            let (config, bind) = (args.config.clone(), args.bind);
            let flags = Flags { config, bind, allow_unauthenticated: consent, ..Flags::default() };
            format!("http://{}/health/ready", reachable(Config::load(&flags)?.server.bind))
        }
    };
    let settings = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(args.timeout.into())))
        // The service is next door, whatever proxies the environment names.
        .proxy(None)
        .max_redirects(0);
    settings.build().new_agent().get(&url).call().with_context(|| url.clone())?;
    Ok(())
}

/// An address that listens on all interfaces is asked on the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
