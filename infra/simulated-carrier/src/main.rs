//! The simulated carrier as a program: prints its address as one line, runs until its input ends.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use simulated_carrier::{AccountSid, AuthTokens, CarrierConfig, PhoneNumber, Route, SimulatedCarrier, Timing};
use tokio::io::AsyncReadExt;

/// A carrier on this machine that speaks Twilio's API.
#[derive(Debug, Parser)]
struct Options {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The account's identifier.
    #[arg(long, default_value = "AC00000000000000000000000000000000")]
    account: AccountSid,
    /// The account's token, with which webhooks are signed.
    #[arg(long, default_value = "primary-token")]
    token: String,
    /// A second token that requests may carry.
    #[arg(long)]
    secondary_token: Option<String>,
    /// The number the service owns.
    #[arg(long, default_value = "+12125550100")]
    number: PhoneNumber,
    /// The service's public address, as it is signed.
    #[arg(long, default_value = "https://sixthirty.example")]
    public: String,
    /// Where requests to the public address are really sent.
    #[arg(long)]
    base: Option<String>,
    /// What is appended to the public address for incoming texts.
    #[arg(long, default_value = "/sms#rc=3&rp=5xx,ct,rt")]
    sms: String,
    /// How many milliseconds a second lasts.
    #[arg(long, default_value_t = 1000)]
    second_ms: u64,
    /// How many milliseconds a spoken character lasts.
    #[arg(long, default_value_t = 65)]
    speech_ms_per_char: u64,
}

impl Options {
    fn config(self) -> CarrierConfig {
        let route = |base| Route { public: self.public.clone(), base };
        let timing = Timing {
            second: Duration::from_millis(self.second_ms),
            speech_per_character: Duration::from_millis(self.speech_ms_per_char),
            ..Timing::real_time()
        };
        CarrierConfig {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            account: self.account,
            tokens: AuthTokens { primary: self.token, secondary: self.secondary_token },
            service_number: self.number,
            sms_url: format!("{}{}", self.public, self.sms),
            routes: self.base.map(route).into_iter().collect(),
            timing,
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Options::parse().config();
    let bind = config.bind;
    let carrier = SimulatedCarrier::start(config).await.with_context(|| format!("can't listen on {bind}"))?;
    println!("{}", carrier.url());
    std::io::stdout().flush()?;
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 1024];
    while input.read(&mut ignored).await? > 0 {}
    Ok(())
}
