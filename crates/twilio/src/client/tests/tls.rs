//! Tests of connections over TLS, and of their certificates.

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::loopback::Identity;
use super::*;
use crate::client::exchange::{Endpoint, Roots, TwilioConfigError};

/// Returns a self-signed certificate for loopback, and root certificates that include it.
fn identity() -> (Identity, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    (Identity { certificate, key }, roots)
}

fn secure(address: SocketAddr, roots: RootCertStore, timeout: Duration) -> Twilio {
    Twilio::trusting(config(format!("https://{address}"), timeout), roots).unwrap()
}

#[tokio::test]
async fn a_call_is_placed_over_tls() {
    let (identity, roots) = identity();
    let carrier = Loopback::start_secure(Script::Respond(json("201 Created", &call_json("queued"))), identity);
    let placed = secure(carrier.address(), roots, LONG).place(&dial()).await;
    assert_eq!(placed.map(|call| call.as_str().to_owned()), Ok(format!("twilio#{CALL}")));
    let seen = carrier.finish();
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
}

#[tokio::test]
async fn a_request_over_tls_without_a_response_has_an_unknown_outcome() {
    let (identity, roots) = identity();
    let carrier = Loopback::start_secure(Script::CloseAfterReading, identity);
    let placed = secure(carrier.address(), roots, LONG).place(&dial()).await;
    assert!(matches!(placed, Err(CarrierError::Unknown(_))), "{placed:?}");
    assert_eq!(carrier.finish().requests.len(), 1);
}

#[tokio::test]
async fn a_call_at_a_carrier_with_an_untrusted_certificate_is_refused_for_now() {
    let (carrier_identity, _) = identity();
    let (_, other_roots) = identity();
    let carrier = Loopback::start_secure(Script::Respond(json("201 Created", &call_json("queued"))), carrier_identity);
    let placed = secure(carrier.address(), other_roots, LONG).place(&dial()).await;
    assert!(matches!(placed, Err(CarrierError::RefusedForNow { .. })), "{placed:?}");
    assert_eq!(carrier.finish().requests.len(), 0);
}

#[tokio::test]
async fn a_call_is_refused_for_now_if_the_tls_handshake_takes_too_long() {
    let (_, roots) = identity();
    let carrier = Loopback::start(Script::Silence);
    let placed = secure(carrier.address(), roots, SHORT).place(&dial()).await;
    let reason = "no response within 1000 ms".to_owned();
    let expected =
        CarrierError::RefusedForNow { reason, retry_after: None, scope: RefusalScope::Account, remedy: Remedy::Wait };
    assert_eq!(placed, Err(expected));
}

#[tokio::test]
async fn without_root_certificates_a_call_is_refused_for_now_and_warm_fails() {
    let (identity, _) = identity();
    let carrier = Loopback::start_secure(Script::Silence, identity);
    let config = config(format!("https://{}", carrier.address()), LONG);
    let no_roots = Roots::Found(|| Err(TwilioConfigError::Roots("none".to_owned())));
    let client = Twilio::with_endpoint(config.clone(), Endpoint::new(&config.base_url, LONG, no_roots).unwrap());
    assert!(matches!(client.warm(), Err(TwilioConfigError::Roots(_))));
    let reason = "no secure connection: expected the system's root certificates, found none".to_owned();
    assert_eq!(
        client.place(&dial()).await,
        Err(CarrierError::RefusedForNow {
            reason,
            retry_after: None,
            scope: RefusalScope::Account,
            remedy: Remedy::Wait
        })
    );
}

#[test]
fn a_client_without_tls_needs_no_certificates() {
    let no_roots = Roots::Found(|| Err(TwilioConfigError::Roots("none".to_owned())));
    let endpoint = Endpoint::new("http://127.0.0.1:1", LONG, no_roots).unwrap();
    assert!(endpoint.warm().is_ok());
}
