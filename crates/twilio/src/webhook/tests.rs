//! Tests of the webhooks against the forms that Twilio documents.

use proptest::prelude::*;
use reminder::ports::{Undelivered, UndeliveredCause};

use super::*;

const TEXT: &str = "ToCountry=US&SmsMessageSid=SM0123456789abcdef0123456789abcdef&NumMedia=0&FromZip=\
    &MessageSid=SM0123456789abcdef0123456789abcdef&Body=Remind+me+to+buy+milk+%26+%F0%9F%A5%9B+at+6%3A30+PM\
    &From=%2B12125550142&To=%2B12125550100&ApiVersion=2010-04-01";

fn text(raw: &str) -> Result<TextWebhook, String> {
    TextWebhook::parse(&SignedForm::unchecked(raw.as_bytes())).map_err(|error| error.to_string())
}

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn accounts() -> Accounts {
    let second = "ACfedcba9876543210fedcba9876543210";
    let named = |sid: &str, name: &str| (sid.parse().unwrap(), name.parse().unwrap());
    Accounts(vec![named(ACCOUNT, "twilio"), named(second, "twilio2")])
}

fn call(raw: &str) -> Result<CallWebhook, String> {
    CallWebhook::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts()).map_err(|error| error.to_string())
}

fn mine(raw: &str) -> Result<CallWebhook, String> {
    call(&format!("AccountSid={ACCOUNT}&{raw}"))
}

#[test]
fn every_field_of_a_text_is_read() {
    let text = text(TEXT).unwrap();
    assert_eq!(text.id.as_str(), "twilio#SM0123456789abcdef0123456789abcdef");
    assert_eq!((text.from.as_str(), text.to.as_str()), ("+12125550142", "+12125550100"));
    assert_eq!(text.body, "Remind me to buy milk & 🥛 at 6:30 PM");
    assert_eq!(text.opt_out_type, None);
}

#[test]
fn senders_and_words_are_not_changed() {
    for (raw, from, body) in [
        ("MessageSid=SM1&From=SIXTHIRTY&To=%2B12125550100&Body=", "SIXTHIRTY", ""),
        ("MessageSid=SM1&From=12345&To=%2B12125550100&Body=+a+%0D%0A", "12345", " a \r\n"),
        ("MessageSid=SM1&From=whatsapp%3A%2B12125550142&To=t&Body=%00", "whatsapp:+12125550142", "\0"),
    ] {
        let text = text(raw).unwrap();
        assert_eq!((text.from.as_str(), text.body.as_str()), (from, body));
    }
}

#[test]
fn the_opt_out_type_of_a_text_is_read() {
    for (kind, expected) in [
        ("STOP", Some(OptOutType::OptedOut)),
        ("START", Some(OptOutType::OptedIn)),
        ("HELP", Some(OptOutType::Helped)),
        ("SOMETHINGNEW", None),
    ] {
        assert_eq!(text(&format!("{TEXT}&OptOutType={kind}")).unwrap().opt_out_type, expected, "{kind}");
    }
}

#[test]
fn a_malformed_text_is_refused_with_the_field_in_the_error() {
    for (raw, expected) in [
        ("", "expected one MessageSid, found none"),
        ("{\"Body\":\"milk\"}", "expected one MessageSid, found none"),
        ("MessageSid=&From=a&To=b&Body=c", "expected a MessageSid of up to 100 letters and digits, found another"),
        ("MessageSid=SM1&From=a&To=b", "expected one Body, found none"),
        ("MessageSid=SM1&To=b&Body=c", "expected one From, found none"),
        ("MessageSid=SM1&From=a&Body=c", "expected one To, found none"),
        ("MessageSid=SM1&From=a&From=z&To=b&Body=c", "expected one From, found several"),
        ("MessageSid=SM1&From=a&To=b&Body=%FF", "expected a form in UTF-8, found other bytes"),
    ] {
        assert_eq!(text(raw).err().as_deref(), Some(expected), "{raw}");
    }
}

#[test]
fn a_text_over_the_limit_is_refused() {
    let of = |length| {
        let body = "%E2%82%AC".repeat(length);
        let form = format!("MessageSid=SM1&From=a&To=b&Body={body}");
        TextWebhook::parse(&SignedForm::unchecked(form.as_bytes()))
    };
    assert_eq!(of(1600).map(|text| text.body.chars().count()), Ok(1600));
    let expected = BadWebhook::TooLong { expected: 1600, unit: "UTF-16 units of Body", found: 1601 };
    assert_eq!(of(1601).err(), Some(expected));
}

#[test]
fn an_error_does_not_quote_the_request() {
    let error = text("MessageSid=SM%20&From=%2B12125550142&To=b&Body=milk").err().unwrap();
    assert!(!error.contains("2125550142") && !error.contains("milk"), "{error}");
}

#[test]
fn every_field_of_a_call_is_read() {
    let raw = "CallSid=CA1&CallStatus=in-progress&Digits=1&From=%2B12125550100&To=%2B12125550142";
    let call_id = CallId::new("twilio", "CA1").unwrap();
    let expected = CallWebhook { call: call_id, report: Some(Report::PickedUp), digits: Some("1".to_owned()) };
    assert_eq!(mine(raw), Ok(expected));
    assert_eq!(mine("CallSid=CA1&CallStatus=queued").unwrap().report, None);
    assert_eq!(mine("CallSid=CA1&CallStatus=completed").unwrap().digits, None);
    assert_eq!(mine("CallSid=CA1&CallStatus=completed&Digits=").unwrap().digits, Some(String::new()));
}

#[test]
fn each_verdict_of_machine_detection_is_read() {
    for (name, expected) in [
        ("human", Verdict::Person),
        ("machine_start", Verdict::MachineStarted),
        ("machine_end_beep", Verdict::MachineEnded),
        ("machine_end_silence", Verdict::MachineEnded),
        ("machine_end_other", Verdict::MachineEnded),
        ("fax", Verdict::Fax),
        ("unknown", Verdict::Unknown),
        ("something_new", Verdict::Unknown),
    ] {
        let raw = format!("AccountSid={ACCOUNT}&CallSid=CA1&AnsweredBy={name}&MachineDetectionDuration=4213");
        let read = AnsweredByWebhook::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts());
        let call = CallId::new("twilio", "CA1").unwrap();
        assert_eq!(read, Ok(AnsweredByWebhook { call, verdict: expected }), "{name}");
    }
}

#[test]
fn each_status_of_a_text_is_read() {
    let undelivered = |code, cause| TextStatus::Undelivered(Undelivered { code, cause });
    for (fields, expected) in [
        ("MessageStatus=queued", TextStatus::Pending),
        ("MessageStatus=sent&ErrorCode=", TextStatus::Sent),
        ("MessageStatus=delivered&SmsStatus=delivered&RawDlrDoneDate=2611261742", TextStatus::Delivered),
        ("MessageStatus=undelivered&ErrorCode=30005", undelivered(30005, UndeliveredCause::Number)),
        ("MessageStatus=failed&ErrorCode=30034", undelivered(30034, UndeliveredCause::Operator)),
        ("MessageStatus=undelivered&ErrorCode=21610", undelivered(21610, UndeliveredCause::OptedOut)),
        ("MessageStatus=failed", undelivered(0, UndeliveredCause::Passing)),
    ] {
        let raw = format!("AccountSid={ACCOUNT}&MessageSid=SM1&To=%2B12125550142&From=%2B12125550100&{fields}");
        let read = TextStatusWebhook::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts());
        let text = SentTextId::new("twilio", "SM1").unwrap();
        assert_eq!(read, Ok(TextStatusWebhook { text, status: expected }), "{fields}");
    }
}

#[test]
fn every_field_of_an_incoming_call_is_read() {
    let read = |fields: &str| {
        let raw = format!("AccountSid={ACCOUNT}&CallSid=CA1&CallStatus=ringing&Direction=inbound&{fields}");
        let call = IncomingCallWebhook::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts()).unwrap();
        assert_eq!(call.call, CallId::new("twilio", "CA1").unwrap());
        (call.from.as_str().to_owned(), call.digits)
    };
    assert_eq!(read("From=%2B12125550142"), ("+12125550142".to_owned(), None));
    assert_eq!(read("From=anonymous"), ("anonymous".to_owned(), None));
    assert_eq!(read("From=%2B12125550142&Digits=2"), ("+12125550142".to_owned(), Some("2".to_owned())));
}

#[test]
fn a_malformed_report_is_refused_with_the_field_in_the_error() {
    let mine = |fields: &str| format!("AccountSid={ACCOUNT}&{fields}");
    let error = |form: &str, read: fn(&SignedForm, &Accounts) -> Option<BadWebhook>| {
        read(&SignedForm::unchecked(form.as_bytes()), &accounts()).map(|error| error.to_string())
    };
    for (fields, expected) in [
        ("CallSid=CA1", "expected one AnsweredBy, found none"),
        ("AnsweredBy=human", "expected one CallSid, found none"),
        ("CallSid=CA1&AnsweredBy=human&AnsweredBy=fax", "expected one AnsweredBy, found several"),
    ] {
        let found = error(&mine(fields), |form, accounts| AnsweredByWebhook::parse(form, accounts).err());
        assert_eq!(found.as_deref(), Some(expected), "{fields}");
    }
    for (fields, expected) in [
        ("MessageSid=SM1", "expected one MessageStatus, found none"),
        ("MessageStatus=sent", "expected one MessageSid, found none"),
        (
            "MessageSid=SM%2F1&MessageStatus=sent",
            "expected a MessageSid of up to 100 letters and digits, found another",
        ),
        ("MessageSid=SM1&MessageStatus=lost", "expected a MessageStatus that Twilio documents, found another"),
        ("MessageSid=SM1&MessageStatus=failed&ErrorCode=x", "expected a number as ErrorCode, found another"),
    ] {
        let found = error(&mine(fields), |form, accounts| TextStatusWebhook::parse(form, accounts).err());
        assert_eq!(found.as_deref(), Some(expected), "{fields}");
    }
    let found = error(&mine("CallSid=CA1"), |form, accounts| IncomingCallWebhook::parse(form, accounts).err());
    assert_eq!(found.as_deref(), Some("expected one From, found none"));
    let foreign = "AccountSid=AC1&CallSid=CA1&MessageSid=SM1&MessageStatus=sent&AnsweredBy=human&From=a";
    for read in [
        |form: &SignedForm, accounts: &Accounts| AnsweredByWebhook::parse(form, accounts).err(),
        |form: &SignedForm, accounts: &Accounts| TextStatusWebhook::parse(form, accounts).err(),
        |form: &SignedForm, accounts: &Accounts| IncomingCallWebhook::parse(form, accounts).err(),
    ] {
        let expected = "expected the AccountSid of a configured account, found another";
        assert_eq!(error(foreign, read).as_deref(), Some(expected));
    }
}

#[test]
fn each_field_of_a_webhook_is_bounded() {
    let error = |form: &[(&str, &str)], longer: &str, length: usize| {
        let padded = |name: &str, value: &str| if name == longer { "1".repeat(length) } else { value.to_owned() };
        let pairs = form.iter().map(|(name, value)| (*name, padded(name, value)));
        let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let form = SignedForm::unchecked(raw.as_bytes());
        [
            TextWebhook::parse(&form).err(),
            CallWebhook::parse(&form, &accounts()).err(),
            AnsweredByWebhook::parse(&form, &accounts()).err(),
            TextStatusWebhook::parse(&form, &accounts()).err(),
            IncomingCallWebhook::parse(&form, &accounts()).err(),
        ]
        .map(|error| error.is_some())
    };
    let form = [
        ("AccountSid", ACCOUNT),
        ("MessageSid", "SM1"),
        ("CallSid", "CA1"),
        ("From", "+12125550142"),
        ("To", "+12125550100"),
        ("Body", "hi"),
        ("Digits", "1"),
        ("ErrorCode", ""),
        ("CallStatus", "busy"),
        ("MessageStatus", "sent"),
        ("AnsweredBy", "human"),
    ];
    assert_eq!(error(&form, "", 0), [false; 5]);
    // The webhooks of a text, of a call, of a verdict, of a text's status, and of an incoming call.
    for (field, longest, refused_by) in [
        ("MessageSid", 100, [true, false, false, true, false]),
        ("CallSid", 100, [false, true, true, false, true]),
        ("From", 256, [true, false, false, false, true]),
        ("To", 256, [true, false, false, false, false]),
        ("Body", 1600, [true, false, false, false, false]),
        ("Digits", 32, [false, true, false, false, true]),
        ("ErrorCode", 9, [false, false, false, true, false]),
    ] {
        assert_eq!(error(&form, field, longest), [false; 5], "{field}");
        for length in [longest + 2, 5_000] {
            assert_eq!(error(&form, field, length), refused_by, "{field} of {length}");
        }
    }
    for field in ["AccountSid", "CallStatus", "MessageStatus"] {
        assert!(error(&form, field, 5_000).contains(&true), "{field}");
    }
}

#[test]
fn a_call_has_the_carrier_name_of_its_account() {
    let raw = "AccountSid=ACfedcba9876543210fedcba9876543210&CallSid=CA1&CallStatus=completed";
    assert_eq!(call(raw).unwrap().call, CallId::new("twilio2", "CA1").unwrap());
}

#[test]
fn a_malformed_callback_is_refused_with_the_field_in_the_error() {
    for (raw, expected) in [
        ("CallStatus=busy", "expected one CallSid, found none"),
        ("CallSid=CA1", "expected one CallStatus, found none"),
        ("CallSid=CA1&CallStatus=dreaming", "expected a CallStatus that Twilio documents, found another"),
        ("CallSid=CA%2F1&CallStatus=busy", "expected a CallSid of up to 100 letters and digits, found another"),
        ("CallSid=CA1&CallStatus=busy&Digits=1&Digits=2", "expected at most one Digits, found several"),
    ] {
        assert_eq!(mine(raw), Err(expected.to_owned()), "{raw}");
    }
    assert_eq!(call(""), Err("expected one AccountSid, found none".to_owned()));
    let unknown = "AccountSid=AC1&CallSid=CA1&CallStatus=busy";
    assert_eq!(call(unknown), Err("expected the AccountSid of a configured account, found another".to_owned()));
}

proptest! {
    #[test]
    fn any_words_are_read_unchanged(from in ".{0,20}", to in ".{0,20}", body in ".{0,400}") {
        let form = [("MessageSid", "SM1"), ("From", &from), ("To", &to), ("Body", &body)];
        let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let text = TextWebhook::parse(&SignedForm::unchecked(raw.as_bytes())).unwrap();
        prop_assert_eq!((text.from.as_str(), text.to.as_str(), text.body), (&*from, &*to, body));
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let form = SignedForm::unchecked(&raw);
        prop_assert!(TextWebhook::parse(&form).is_err());
        prop_assert!(CallWebhook::parse(&form, &accounts()).is_err());
        prop_assert!(AnsweredByWebhook::parse(&form, &accounts()).is_err());
        prop_assert!(TextStatusWebhook::parse(&form, &accounts()).is_err());
        prop_assert!(IncomingCallWebhook::parse(&form, &accounts()).is_err());
    }
}
