//! The simulated carrier as a program: prints its URL, and runs until its standard input ends.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use simulated_carrier::{AccountSid, ApiKey, AuthTokens, CarrierConfig, PhoneNumber, Route, SimulatedCarrier, Timing};
use tokio::io::AsyncReadExt;

/// Run a simulated carrier with Twilio's API. Prints its URL, and stops when standard input ends
#[derive(Debug, Parser)]
struct Options {
    /// Port to listen on; 0 chooses a free port
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// SID of the account
    #[arg(long, default_value = "AC00000000000000000000000000000000")]
    account: AccountSid,
    /// Auth token of the account, with which webhooks are signed
    #[arg(long, default_value = "primary-token")]
    token: String,
    /// Secondary auth token, which requests may use too
    #[arg(long)]
    secondary_token: Option<String>,
    /// SID of an API key, which requests may use instead of a token
    #[arg(long, requires = "api_key_secret")]
    api_key: Option<String>,
    /// Secret of the API key
    #[arg(long, requires = "api_key")]
    api_key_secret: Option<String>,
    /// Phone number of the service
    #[arg(long, default_value = "+12125550100")]
    number: PhoneNumber,
    /// Public base URL of the service, which is signed
    #[arg(long, default_value = "https://sixthirty.example")]
    public: String,
    /// Local base URL, to which webhooks are sent instead
    #[arg(long)]
    base: Option<String>,
    /// Path of the webhook for incoming texts, with connection overrides
    #[arg(long, default_value = "/sms#rc=3&rp=all")]
    sms: String,
    /// Path of the webhook for calls to the service's number, with connection overrides
    #[arg(long, default_value = "/voice#rc=2&rp=all")]
    voice: String,
    /// Length of a second in milliseconds: a smaller value makes calls faster
    #[arg(long, default_value_t = 1000)]
    second_ms: u64,
    /// Length of a spoken character in milliseconds
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
            api_key: self.api_key.zip(self.api_key_secret).map(|(sid, secret)| ApiKey { sid, secret }),
            service_number: self.number,
            sms_url: format!("{}{}", self.public, self.sms),
            voice_url: format!("{}{}", self.public, self.voice),
            routes: self.base.map(route).into_iter().collect(),
            timing,
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Options::parse().config();
    let bind = config.bind;
    let carrier = SimulatedCarrier::start(config)
        .await
        .with_context(|| format!("could not listen on {bind}; choose another port with --port"))?;
    println!("{}", carrier.url());
    std::io::stdout().flush()?;
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 1024];
    while input.read(&mut ignored).await? > 0 {}
    Ok(())
}
