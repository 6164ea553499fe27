//! Deliberate misconfigurations, each of which an examination finds.

use serde_json::json;

use super::*;
use crate::fake_aws::{self, Fake};
use crate::report::Report;

const ACCOUNT: &str = "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef";
const NUMBER: &str = "PN0123456789abcdef0123456789abcdef";

fn number_path(number: &str) -> String {
    format!("GET {ACCOUNT}/IncomingPhoneNumbers.json?PhoneNumber=%2B{number}")
}

/// Sets the number at the carrier, with a change to its resource.
fn set_number(fake: &mut Fake, change: impl FnOnce(&mut serde_json::Value)) {
    let mut number = json!({
        "sid": NUMBER, "phone_number": "+12125550100", "capabilities": { "voice": true, "sms": true, "mms": false },
        "sms_url": "https://sixthirty.example/sms#rc=3&rp=all", "sms_method": "POST", "sms_application_sid": "",
        "voice_url": "https://sixthirty.example/voice#rc=2&rp=all", "voice_method": "POST",
        "voice_application_sid": "", "trunk_sid": null,
    });
    change(&mut number);
    fake.respond(&number_path("12125550100"), 200, json!({ "incoming_phone_numbers": [number] }));
}

fn set_mail(fake: &mut Fake, arn: &str) {
    let member =
        format!("<member><Endpoint>me@example.com</Endpoint><SubscriptionArn>{arn}</SubscriptionArn></member>");
    fake.respond("ListSubscriptionsByTopic", 200, format!("<R><Subscriptions>{member}</Subscriptions></R>"));
}

fn set_source(fake: &mut Fake, function: &str, state: &str) {
    set_source_with(fake, function, state, 10);
}

fn set_source_with(fake: &mut Fake, function: &str, state: &str, concurrency: u64) {
    let path = format!("GET /2015-03-31/event-source-mappings/?FunctionName={function}");
    let scaling = json!({ "MaximumConcurrency": concurrency });
    let source = json!({ "UUID": function, "State": state, "ScalingConfig": scaling });
    fake.respond(&path, 200, json!({ "EventSourceMappings": [source] }));
}

fn set_limit(fake: &mut Fake, limit: u64) {
    let limit = json!({ "AccountLimit": { "ConcurrentExecutions": limit } });
    fake.respond("GET /2016-08-19/account-settings/", 200, limit);
}

fn set_recovery(fake: &mut Fake, status: &str) {
    let recovery = json!({ "PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": 35 });
    fake.respond(
        "DescribeContinuousBackups",
        200,
        json!({ "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery } }),
    );
}

fn set_campaign(fake: &mut Fake, status: &str) {
    let service = json!({ "sid": "MG1", "use_inbound_webhook_on_number": true });
    fake.respond("GET /v1/Services?PageSize=50", 200, json!({ "services": [service] }));
    let numbers = json!({ "phone_numbers": [{ "sid": NUMBER }] });
    fake.respond("GET /v1/Services/MG1/PhoneNumbers?PageSize=1000", 200, numbers);
    let campaign = json!({ "compliance": [{ "campaign_status": status }] });
    fake.respond("GET /v1/Services/MG1/Compliance/Usa2p", 200, campaign);
}

fn set_healthy(fake: &mut Fake) {
    fake.respond(
        "DescribeTable",
        200,
        json!({ "Table": {
        "TableStatus": "ACTIVE", "DeletionProtectionEnabled": true } }),
    );
    set_recovery(fake, "ENABLED");
    set_mail(fake, "arn:aws:sns:us-east-1:000000000000:alarms:1");
    set_limit(fake, 1000);
    set_source(fake, "dialer", "Enabled");
    set_source(fake, "inbound", "Enabled");
    fake.respond("GET /schedules/sixthirty-local-sweep", 200, json!({ "State": "ENABLED" }));
    fake.respond(&format!("GET {ACCOUNT}.json"), 200, json!({ "status": "active", "type": "Full" }));
    set_number(fake, |_| {});
    set_campaign(fake, "VERIFIED");
}

async fn findings(test_number: Option<&str>, misconfigure: impl FnOnce(&mut Fake)) -> Findings {
    let (fake, access) = fake_aws::start().await;
    set_healthy(&mut fake.lock().unwrap());
    misconfigure(&mut fake.lock().unwrap());
    let number: Option<Number> = test_number.map(|number| number.parse().unwrap());
    examine(&access, number.as_ref(), "2026-03-01T17:00:00Z".parse().unwrap()).await.unwrap()
}

/// Checks that exactly one problem is found, and that its description contains `expected`.
async fn check(expected: &str, misconfigure: impl FnOnce(&mut Fake)) {
    let findings = findings(None, misconfigure).await;
    let lines = findings.lines();
    assert_eq!((findings.problems(), findings.unchecked_count()), (1, 0), "{expected}\n{lines}");
    let problem = lines.split("PROBLEM").nth(1).unwrap();
    assert!(problem.contains(expected), "expected {expected:?} in\n{lines}");
    assert!(problem.contains("people notice: ") && problem.contains("do: "), "{lines}");
    assert!(!lines.contains("12125550100") && !lines.contains("current-token"), "{lines}");
}

#[tokio::test]
async fn a_healthy_stack_has_no_problem() {
    let findings = findings(None, |_| {}).await;
    let lines = findings.lines();
    assert_eq!((findings.problems(), findings.unchecked_count()), (0, 0), "{lines}");
    assert!(lines.ends_with("\nNo problems found.\n") && findings.is_complete(), "{lines}");
}

#[tokio::test]
async fn each_misconfiguration_of_the_carrier_is_found() {
    check("the carrier refuses the token", |fake| fake.respond(&format!("GET {ACCOUNT}.json"), 401, "{}")).await;
    let account = |status: &str, kind: &str| json!({ "status": status, "type": kind });
    let path = format!("GET {ACCOUNT}.json");
    check("trial account", |fake| fake.respond(&path, 200, account("active", "Trial"))).await;
    check("the account is suspended", |fake| fake.respond(&path, 200, account("suspended", "Full"))).await;
    check("has no number +…00", |fake| {
        fake.respond(&number_path("12125550100"), 200, json!({ "incoming_phone_numbers": [] }));
    })
    .await;
    check("no capability \"sms\"", |fake| set_number(fake, |number| number["capabilities"]["sms"] = json!(false)))
        .await;
    check("the sms webhook is https://demo.twilio.com/welcome, not https://sixthirty.example/sms", |fake| {
        set_number(fake, |number| number["sms_url"] = json!("https://demo.twilio.com/welcome"));
    })
    .await;
    check("the voice webhook is empty", |fake| set_number(fake, |number| number["voice_url"] = json!(null))).await;
    check("requested with GET", |fake| set_number(fake, |number| number["sms_method"] = json!("GET"))).await;
    check("the sms webhook has no retries", |fake| {
        set_number(fake, |number| number["sms_url"] = json!("https://sixthirty.example/sms"));
    })
    .await;
    check("a TwiML app or a trunk replaces the sms webhook", |fake| {
        set_number(fake, |number| number["sms_application_sid"] = json!("AP1"));
    })
    .await;
    check("no approved A2P 10DLC campaign (status: IN_PROGRESS)", |fake| set_campaign(fake, "IN_PROGRESS")).await;
    check("it ignores the webhook of the number", |fake| {
        let service = json!({ "sid": "MG1", "use_inbound_webhook_on_number": false, "inbound_request_url": null });
        fake.respond("GET /v1/Services?PageSize=50", 200, json!({ "services": [service] }));
    })
    .await;
    check("no approved A2P 10DLC campaign (status: none)", |fake| {
        fake.respond("GET /v1/Services?PageSize=50", 200, json!({ "services": [] }));
    })
    .await;
}

/// Sets the API key of the account in the secret.
fn set_api_key(fake: &mut Fake, sid: &str, secret: &str) {
    (fake.secret["api_key"], fake.secret["api_key_secret"]) = (json!(sid), json!(secret));
}

#[tokio::test]
async fn each_misconfiguration_of_an_api_key_is_found() {
    const KEY: &str = "SK0123456789abcdef0123456789abcdef";
    for (resource, what) in [("Calls/CA", "calls"), ("Messages/SM", "texts")] {
        let path = format!("GET {ACCOUNT}/{resource}{}.json", "0".repeat(32));
        check(&format!("the API key of AC0123456789abcdef0123456789abcdef read {what}"), |fake| {
            set_api_key(fake, KEY, "hush");
            fake.respond(&path, 401, json!({ "code": 20003 }));
        })
        .await;
    }
    check("expected SK and 32 hexadecimal digits", |fake| set_api_key(fake, "SK1", "hush")).await;
    check("expected SK and 32 hexadecimal digits", |fake| set_api_key(fake, "", "hush")).await;
    check("expected the secret of the API key", |fake| set_api_key(fake, KEY, "")).await;
    let second = findings(None, |fake| {
        for (name, value) in [("account_sid", "AC1"), ("auth_token", "token"), ("api_key", KEY)] {
            fake.secret[format!("second_{name}")] = json!(value);
        }
    });
    let lines = second.await.lines();
    assert!(lines.contains("the API key of AC1: expected the secret of the API key"), "{lines}");
}

#[tokio::test]
async fn test_calls_and_texts_are_authorized_by_the_api_key_and_other_checks_by_the_token() {
    const KEY: &str = "SK0123456789abcdef0123456789abcdef";
    let (fake, access) = fake_aws::start().await;
    set_healthy(&mut fake.lock().unwrap());
    {
        let mut fake = fake.lock().unwrap();
        set_api_key(&mut fake, KEY, "hush");
        fake.respond(&format!("GET {ACCOUNT}/Calls/CA{}.json", "0".repeat(32)), 404, json!({ "code": 20404 }));
        fake.respond(&format!("POST {ACCOUNT}/Messages.json"), 400, json!({ "code": 21211 }));
        fake.respond(&format!("POST {ACCOUNT}/Calls.json"), 400, json!({ "code": 21211 }));
    }
    let number = "+12125550142".parse().unwrap();
    let findings = examine(&access, Some(&number), "2026-03-01T17:00:00Z".parse().unwrap()).await.unwrap();
    assert!(findings.lines().contains("ok       API key: may read calls and texts\n"), "{}", findings.lines());
    let fake = fake.lock().unwrap();
    for operation in ["POST Messages.json", "POST Calls.json"] {
        let operation = operation.replace(' ', &format!(" {ACCOUNT}/"));
        assert!(fake.is_authorized_by(&operation, KEY, "hush"), "{operation}");
    }
    let sid = "AC0123456789abcdef0123456789abcdef";
    for operation in [format!("GET {ACCOUNT}.json"), number_path("12125550100")] {
        assert!(fake.is_authorized_by(&operation, sid, "current-token"), "{operation}");
    }
}

#[tokio::test]
async fn a_toll_free_number_that_is_not_verified_is_found() {
    let set = |fake: &mut Fake, status: &str| {
        let parameters = [("ServiceNumber".to_owned(), "+18885550100".to_owned())];
        fake.parameters.extend(parameters);
        let number = fake.responses[&number_path("12125550100")].clone();
        fake.responses.insert(number_path("18885550100"), number);
        let path = format!("GET /v1/Tollfree/Verifications?TollfreePhoneNumberSid={NUMBER}");
        fake.respond(&path, 200, json!({ "verifications": [{ "status": status }] }));
    };
    check("the toll-free number is not verified (status: PENDING_REVIEW)", |fake| set(fake, "PENDING_REVIEW")).await;
    assert_eq!(findings(None, |fake| set(fake, "TWILIO_APPROVED")).await.problems(), 0);
}

#[tokio::test]
async fn each_misconfiguration_of_the_stack_is_found() {
    check("expected the carrier's auth_token, found an empty string", |fake| fake.secret["auth_token"] = json!(""))
        .await;
    check("account_sid: expected AC and 32", |fake| fake.secret["account_sid"] = json!("AC1")).await;
    check("could not read the secret", |fake| {
        fake.respond("GetSecretValue", 400, json!({ "__type": "ResourceNotFoundException" }));
    })
    .await;
    check("the second account is incomplete", |fake| fake.secret["second_auth_token"] = json!("token")).await;
    check("no second account", |fake| {
        fake.parameters.insert("SecondServiceNumber".to_owned(), "+12125550101".to_owned());
    })
    .await;
    check("SweepState is DISABLED", |fake| {
        fake.parameters.insert("SweepState".to_owned(), "DISABLED".to_owned());
    })
    .await;
    check("the account allows 49 invocations at the same time, fewer than the 50", |fake| set_limit(fake, 49)).await;
    check("fewer than the 375", |fake| {
        set_limit(fake, 374);
        set_source_with(fake, "dialer", "Enabled", 75);
        set_source_with(fake, "inbound", "Enabled", 75);
    })
    .await;
    check("CallbackFunction has a reserved concurrency of 0", |fake| {
        let path = "GET /2019-09-30/functions/callback/concurrency";
        fake.respond(path, 200, json!({ "ReservedConcurrentExecutions": 0 }));
    })
    .await;
    check("the queue of DialerFunction is disabled", |fake| set_source(fake, "dialer", "Disabled")).await;
    check("disabled, so the sweeper does not run", |fake| {
        fake.respond("GET /schedules/sixthirty-local-sweep", 200, json!({ "State": "DISABLED" }));
    })
    .await;
    for (function, output) in [("dialer", "DialerFunction"), ("sweeper", "SweeperFunction")] {
        check(&format!("{output} fails when it is invoked: Runtime.ExitError, Runtime exited"), |fake| {
            let error = json!({ "errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with an error" });
            fake.respond(&format!("POST /2015-03-31/functions/{function}/invocations"), 200, error);
        })
        .await;
    }
    check("not confirmed: me@example.com", |fake| set_mail(fake, "PendingConfirmation")).await;
    check("nobody subscribes", |fake| fake.respond("ListSubscriptionsByTopic", 200, "<R/>")).await;
    check("off for the table", |fake| set_recovery(fake, "DISABLED")).await;
    check("no deletion protection", |fake| {
        fake.respond("DescribeTable", 200, json!({ "Table": { "TableStatus": "ACTIVE" } }));
    })
    .await;
    for (path, function) in [("sms", "inbound"), ("voice", "callback")] {
        for (status, expected) in [
            (403, format!("the {function} function refuses it (403)")),
            (404, format!("/{path} leads elsewhere")),
            (502, format!("the {function} function answers with HTTP 502")),
        ] {
            check(&expected, |fake| fake.respond(&format!("POST /_aws/execute-api/api/$default/{path}"), status, ""))
                .await;
        }
    }
}

#[tokio::test]
async fn the_functions_are_invoked_without_messages_and_the_dialer_by_its_alias_if_it_has_a_canary() {
    const SWEEPER: &str = "POST /2015-03-31/functions/sweeper/invocations";
    for (canary, dialer) in [
        ("DISABLED", "POST /2015-03-31/functions/dialer/invocations"),
        ("ENABLED", "POST /2015-03-31/functions/dialer/invocations?Qualifier=live"),
    ] {
        let (fake, access) = fake_aws::start().await;
        set_healthy(&mut fake.lock().unwrap());
        fake.lock().unwrap().parameters.insert("Canary".to_owned(), canary.to_owned());
        examine(&access, None, "2026-03-01T17:00:00Z".parse().unwrap()).await.unwrap();
        for operation in [dialer, SWEEPER] {
            assert_eq!(fake.lock().unwrap().inputs(operation), [json!({ "Records": [] })], "{operation}");
        }
    }
}

#[tokio::test]
async fn a_test_text_that_is_blocked_and_a_call_that_is_not_answered_are_reported() {
    let findings = findings(Some("+12125550142"), |fake| {
        fake.respond(&format!("POST {ACCOUNT}/Messages.json"), 201, json!({ "sid": "SM1" }));
        let text = json!({ "status": "undelivered", "error_code": 30034 });
        fake.respond(&format!("GET {ACCOUNT}/Messages/SM1.json"), 200, text);
        fake.respond(&format!("POST {ACCOUNT}/Calls.json"), 400, json!({ "code": 21215 }));
    });
    let lines = findings.await.lines();
    for expected in [
        "PROBLEM  test text: the carrier reports \"undelivered\", code 30034\n",
        "PROBLEM  test call: the carrier refused it: HTTP 400, code 21215\n",
    ] {
        assert!(lines.contains(expected), "expected {expected:?} in\n{lines}");
    }
    assert!(!lines.contains("2125550142"), "{lines}");
}

#[tokio::test]
async fn a_check_that_cannot_be_made_is_no_problem_and_is_named() {
    let findings = findings(None, |fake| fake.respond("DescribeTable", 400, json!({ "message": "denied" }))).await;
    assert_eq!((findings.problems(), findings.unchecked_count()), (0, 1));
    assert!(findings.lines().ends_with("\nProblems: 0. Not checked: 1.\n"));
    assert!(!findings.is_complete());
}
