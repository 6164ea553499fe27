//! The credentials of requests, which the operator may change while the client is used.

use super::*;

#[tokio::test]
async fn a_replaced_authorization_is_used_from_the_next_request_on() {
    let carrier = Loopback::start(Script::Respond(json("201 Created", &call_json("queued"))));
    let client = client_at(carrier.address(), LONG);
    client.place(&dial()).await.unwrap();
    assert!(client.authorization().replace(authorization("54321")));
    client.place(&dial()).await.unwrap();
    client.status(&call_id()).await.unwrap();
    let requests = carrier.finish().requests;
    let replaced = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo1NDMyMQ==";
    for (request, expected) in requests.iter().zip([AUTHORIZATION, replaced, replaced]) {
        assert!(request.contains(&format!("authorization: {expected}\r\n")), "{request}");
    }
    assert_eq!(requests.len(), 3);
}
