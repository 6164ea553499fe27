//! HTTP requests to APIs for which the workspace has no client library.

use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// Timeout of one request, from the lookup of the host to the last byte of the response.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A client for HTTP and HTTPS.
pub(crate) struct Http {
    connector: Connector,
}

/// A complete response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Http {
    pub(crate) fn new() -> Self {
        let tls = Provider::Rustls(CryptoMode::Ring);
        Self { connector: Connector::builder().tls_provider(tls).build() }
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// Fails without a complete response in time. The error names the host and nothing else of the request.
    pub(crate) async fn send(&self, request: http::Request<SdkBody>) -> Result<Reply> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let exchange = async {
            let response = self.connector.call(HttpRequest::try_from(request)?).await?;
            let status = response.status().as_u16();
            let body = ByteStream::new(response.into_body()).collect().await?.into_bytes();
            anyhow::Ok(Reply { status, body: String::from_utf8_lossy(&body).into_owned() })
        };
        let reply = tokio::time::timeout(TIMEOUT, exchange).await;
        let reply = reply.with_context(|| format!("{host} did not respond within {} s", TIMEOUT.as_secs()))?;
        reply.with_context(|| format!("could not reach {host}"))
    }
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
