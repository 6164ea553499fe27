//! Reads an account at Twilio, and sends test calls and texts. The functions use another client, which never repeats a
//! request and does not read the account.

use anyhow::{Context as _, Result, bail};
use aws::secret::ApiKey;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

use crate::http::{Http, Reply};

/// The URL of Twilio's API for calls, texts and numbers.
const API: &str = "https://api.twilio.com";
/// The URL of Twilio's API for the registration of numbers.
const MESSAGING: &str = "https://messaging.twilio.com";

/// An account at the carrier.
pub(crate) struct CarrierAccount {
    http: Http,
    base_url: String,
    sid: String,
    authorization: String,
}

/// The carrier's response to a request.
#[derive(Debug)]
pub(crate) enum CarrierResponse {
    /// The requested resource.
    Found(Value),
    /// The account or the token is wrong.
    Unauthorized,
    /// The request was refused for another reason.
    Refused(String),
}

impl CarrierAccount {
    /// Returns the account, whose requests are authorized by its token.
    pub(crate) fn new(base_url: &str, sid: &str, token: &str) -> Self {
        Self::with(base_url, sid, (sid, token))
    }

    /// Returns the account, whose requests are authorized by an API key. A Standard key may not read the account itself
    /// (<https://www.twilio.com/docs/iam/api-keys>), and a Restricted key may not read its number.
    pub(crate) fn with_api_key(base_url: &str, sid: &str, key: &ApiKey) -> Self {
        Self::with(base_url, sid, (&key.sid, &key.secret))
    }

    fn with(base_url: &str, sid: &str, (user, password): (&str, &str)) -> Self {
        Self {
            http: Http::new(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            sid: sid.to_owned(),
            authorization: format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
        }
    }

    pub(crate) fn sid(&self) -> &str {
        &self.sid
    }

    /// Reads the account itself.
    pub(crate) async fn account(&self) -> Result<CarrierResponse> {
        self.send(format!("{}/2010-04-01/Accounts/{}.json", self.base_url, self.sid), None).await
    }

    /// Reads a resource below the account.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<CarrierResponse> {
        let query = Serializer::new(String::new()).extend_pairs(query).finish();
        let question = if query.is_empty() { "" } else { "?" };
        self.send(format!("{}/2010-04-01/Accounts/{}/{path}{question}{query}", self.base_url, self.sid), None).await
    }

    /// Whether the carrier lets the credentials read a resource below the account. The resource need not exist.
    pub(crate) async fn may_read(&self, path: &str) -> Result<bool> {
        let url = format!("{}/2010-04-01/Accounts/{}/{path}", self.base_url, self.sid);
        match self.request(url, None).await?.status {
            200..300 | 404 => Ok(true),
            401 | 403 => Ok(false),
            status => bail!("the carrier answered HTTP {status}"),
        }
    }

    /// Creates a resource below the account.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<CarrierResponse> {
        let form = Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(format!("{}/2010-04-01/Accounts/{}/{path}", self.base_url, self.sid), Some(form)).await
    }

    /// Reads a resource of the API for registrations. Another carrier's URL has this API at the same host.
    pub(crate) async fn messaging(&self, path: &str) -> Result<CarrierResponse> {
        let base = if self.base_url == API { MESSAGING } else { &self.base_url };
        self.send(format!("{base}/v1/{path}"), None).await
    }

    async fn send(&self, url: String, form: Option<String>) -> Result<CarrierResponse> {
        read(&self.request(url, form).await?)
    }

    async fn request(&self, url: String, form: Option<String>) -> Result<Reply> {
        let method = if form.is_some() { http::Method::POST } else { http::Method::GET };
        let mut request = http::Request::builder().method(method).uri(url).header(AUTHORIZATION, &self.authorization);
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = form.map_or_else(SdkBody::empty, SdkBody::from);
        self.http.send(request.body(body)?).await
    }
}

fn read(reply: &Reply) -> Result<CarrierResponse> {
    let json = serde_json::from_str::<Value>(&reply.body);
    match reply.status {
        200..300 => json.map(CarrierResponse::Found).context("expected JSON from the carrier, found another text"),
        401 => Ok(CarrierResponse::Unauthorized),
        400..500 => {
            // The message is not shown, because it may repeat a phone number.
            let code = json.ok().and_then(|json| json["code"].as_u64()).map(|code| format!(", code {code}"));
            Ok(CarrierResponse::Refused(format!("HTTP {}{}", reply.status, code.unwrap_or_default())))
        }
        status => bail!("the carrier answered HTTP {status}; try again later, and see https://status.twilio.com"),
    }
}
