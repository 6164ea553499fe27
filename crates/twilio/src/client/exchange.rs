//! Makes one request on a connection of its own, with no pool, no retry and one timeout. It is always known whether a
//! byte of the request may have been sent.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Method, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use reminder::ports::{CarrierError, RefusalScope, Remedy};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::response::Response;
use super::watched::{Begun, Watched};

/// Maximum length of the head of a response, and of its body, in bytes. A response with a call resource has about 2 KB.
const RESPONSE_MAX: usize = 64 * 1024;

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TwilioConfigError {
    /// The base URL is not http or https with a host, or has a user or a query.
    #[error("expected http:// or https:// and a host as the carrier's URL, found {0:?}")]
    BaseUrl(String),
    /// No root certificates are installed, or none can be read.
    #[error("expected the system's root certificates, found {0}")]
    Roots(String),
    /// The TLS library refused its configuration.
    #[error("expected TLS 1.2 and 1.3 from ring, found {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
}

/// A request, without the headers that all requests have.
pub(super) enum Request<'a> {
    /// Reads the resource at a path.
    Get { path: &'a str },
    /// Sends a form to a path.
    Post { path: &'a str, form: String },
}

/// The server that requests are sent to.
pub(super) struct Endpoint {
    authority: String,
    host: String,
    port: u16,
    prefix: String,
    tls: Option<Tls>,
    timeout: Duration,
}

struct Tls {
    name: ServerName<'static>,
    roots: Roots,
    connector: OnceLock<TlsConnector>,
}

/// The root certificates that the carrier's certificate must chain to.
pub(super) enum Roots {
    /// The function that finds them. It is called when the first request needs them, or earlier by [`Endpoint::warm`].
    /// Reading the system's certificates takes milliseconds, and most invocations make no request.
    Found(fn() -> Result<RootCertStore, TwilioConfigError>),
    /// Given when the client is made.
    Given(Arc<RootCertStore>),
}

/// Returns the root certificates that the system trusts.
pub(super) fn system_roots() -> Result<RootCertStore, TwilioConfigError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map_or_else(|| "none".to_owned(), ToString::to_string);
        return Err(TwilioConfigError::Roots(why));
    }
    Ok(roots)
}

impl Endpoint {
    /// Returns the endpoint at `base_url`. `roots` are used only if the URL is https.
    pub(super) fn new(base_url: &str, timeout: Duration, roots: Roots) -> Result<Self, TwilioConfigError> {
        let refused = || TwilioConfigError::BaseUrl(base_url.to_owned());
        let uri: Uri = base_url.parse().map_err(|_| refused())?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(refused)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls, default_port) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => {
                let name = ServerName::try_from(host.clone()).map_err(|_| refused())?;
                (Some(Tls { name, roots, connector: OnceLock::new() }), 443)
            }
            _ => return Err(refused()),
        };
        if uri.query().is_some() {
            return Err(refused());
        }
        Ok(Self {
            authority: authority.as_str().to_owned(),
            host,
            port: authority.port_u16().unwrap_or(default_port),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            tls,
            timeout,
        })
    }

    /// Prepares TLS if the base URL is https.
    pub(super) fn warm(&self) -> Result<(), TwilioConfigError> {
        self.tls.as_ref().map_or(Ok(()), |tls| tls.connector().map(drop))
    }

    /// Makes the request once. A failure before the request's first byte was sent is `RefusedForNow`, and a later
    /// failure is `Unknown`.
    pub(super) async fn exchange(&self, authorization: &str, request: Request<'_>) -> Result<Response, CarrierError> {
        let begun = Begun::default();
        let attempt = self.attempt(authorization, request, begun.clone());
        #[expect(clippy::disallowed_methods, reason = "the adapter's own timeout of the whole request")]
        let outcome = tokio::time::timeout(self.timeout, attempt).await;
        let reason = match outcome {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(failure)) => failure.to_string(),
            Err(_) => format!("no response within {} ms", self.timeout.as_millis()),
        };
        if begun.get() {
            Err(CarrierError::Unknown(reason))
        } else {
            Err(CarrierError::RefusedForNow {
                reason,
                retry_after: None,
                scope: RefusalScope::Account,
                remedy: Remedy::Wait,
            })
        }
    }

    async fn attempt(&self, authorization: &str, request: Request<'_>, begun: Begun) -> Result<Response, Failure> {
        let request = self.request(authorization, request)?;
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(Failure::Connect)?;
        // The request is sent in one write, so the socket must not wait for more data.
        stream.set_nodelay(true).map_err(Failure::Connect)?;
        match &self.tls {
            None => converse(Watched { inner: TokioIo::new(stream), begun }, request).await,
            Some(tls) => {
                let stream = tls.connector()?.connect(tls.name.clone(), stream).await.map_err(Failure::Secure)?;
                converse(Watched { inner: TokioIo::new(stream), begun }, request).await
            }
        }
    }

    fn request(&self, authorization: &str, request: Request<'_>) -> Result<http::Request<Full<Bytes>>, Failure> {
        let (method, path, form) = match request {
            Request::Get { path } => (Method::GET, path, None),
            Request::Post { path, form } => (Method::POST, path, Some(form)),
        };
        let mut builder = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.prefix))
            .header(HOST, &self.authority)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("sixthirty/", env!("CARGO_PKG_VERSION")))
            .header(CONNECTION, "close");
        if form.is_some() {
            builder = builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        Ok(builder.body(Full::from(form.unwrap_or_default()))?)
    }
}

impl Tls {
    fn connector(&self) -> Result<&TlsConnector, TwilioConfigError> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector);
        }
        let roots = match &self.roots {
            Roots::Found(find) => Arc::new(find()?),
            Roots::Given(roots) => Arc::clone(roots),
        };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(self.connector.get_or_init(|| TlsConnector::from(Arc::new(config))))
    }
}

/// Sends the request and reads the complete response.
async fn converse<S>(stream: Watched<S>, request: http::Request<Full<Bytes>>) -> Result<Response, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut sender, connection) = http1::Builder::new().max_buf_size(RESPONSE_MAX).handshake(stream).await?;
    let response = std::pin::pin!(async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, RESPONSE_MAX).collect().await.map_err(Failure::Body)?.to_bytes();
        Ok(Response { status: head.status, retry_after: retry_after(&head.headers), body })
    });
    // No task is spawned, so the connection is polled here. When the connection is closed, `select` drops it, and the
    // pending response then fails or completes.
    match select(response, connection).await {
        Either::Left((response, _)) => response,
        Either::Right((_, response)) => response.await,
    }
}

/// Returns how long Twilio asks to wait before the next request. The header's other form, a date, is ignored, because
/// it would need a clock.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let seconds: u32 = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(SignedDuration::from_secs(seconds.into()))
}

/// Why a request failed. [`Begun`] says whether the request's first byte may have been sent before the failure.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the request could not be built: {0}")]
    Request(#[from] http::Error),
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("no secure connection: {0}")]
    Secure(io::Error),
    #[error("no secure connection: {0}")]
    TwilioConfig(#[from] TwilioConfigError),
    #[error("no response: {0}")]
    Http(#[from] hyper::Error),
    #[error("no complete response: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
}
