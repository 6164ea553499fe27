//! Poison: messages that are not ours on each queue, and wrong events for each function.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::numbers::Role;
use super::routes::Target;

/// The longest message of SQS, in bytes.
const MESSAGE_MAX: usize = 256 * 1024;

/// A message for a queue, and how it must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poison {
    pub(crate) body: String,
    pub(crate) fate: Fate,
}

/// How a message ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No release can read it, so it becomes a dead letter.
    DeadLetter,
    /// A later release may read it, so it waits in the queue.
    Waits,
    /// It is ours, and nothing is left to do, or its sender is not answered.
    Dropped,
    /// It leaves the queue. Whether it is handled or becomes a dead letter is not documented.
    Leaves,
}

/// Collects messages, each with a different body.
struct Messages<'a> {
    canary: &'a str,
    all: Vec<Poison>,
}

impl Messages<'_> {
    fn add(&mut self, fate: Fate, body: impl Into<String>) {
        self.all.push(Poison { body: body.into(), fate });
    }

    /// Adds messages that no release can read on any queue.
    fn add_foreign(&mut self) {
        let canary = self.canary;
        let texts = [
            canary.to_owned(),
            format!("call +1 212 555 0199 {canary}"),
            format!("\"{canary}\""),
            format!("[\"{canary}\"]"),
            format!("{{\"{canary}\":"),
            format!("\u{feff}{{}} {canary}"),
            format!("{{}} {canary}"),
            format!("{{\"a\":{}1{},\"b\":\"{canary}\"}}", "[".repeat(200), "]".repeat(200)),
            "[".repeat(100_000),
            format!("\"{canary}{}\"", "x".repeat(MESSAGE_MAX - 100)),
            format!("{}{canary}", "\u{1f95b}".repeat(10_000)),
            format!("<Response>{canary}</Response>"),
        ];
        texts.into_iter().for_each(|text| self.add(Fate::DeadLetter, text));
        [json!({}), json!([]), json!(null), json!(1), json!(true)]
            .into_iter()
            .for_each(|value| self.add(Fate::DeadLetter, value.to_string()));
    }

    /// Adds a variant of a good message for each field: without it, and with each wrong value.
    fn add_spoiled(&mut self, good: &Value, spared: &[&str]) {
        let names: Vec<String> = good.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
        for name in names.iter().filter(|name| !spared.contains(&name.as_str())) {
            let mut missing = good.clone();
            missing.as_object_mut().map(|fields| fields.remove(name));
            self.add(Fate::DeadLetter, missing.to_string());
            for wrong in
                [json!(null), json!(-1), json!(1.5), json!(true), json!([self.canary]), json!({ "x": self.canary })]
            {
                let mut spoiled = good.clone();
                spoiled[name] = wrong;
                self.add(Fate::DeadLetter, spoiled.to_string());
            }
            let doubled = format!("{},\"{name}\":{}}}", good.to_string().trim_end_matches('}'), good[name]);
            self.add(Fate::DeadLetter, doubled);
        }
        let mut more = good.clone();
        more["more"] = json!(self.canary);
        self.add(Fate::DeadLetter, more.to_string());
    }
}

/// Returns the messages for the dial queue.
pub(crate) fn dial(canary: &str, target: &Target) -> Vec<Poison> {
    const NOBODY: &str = "0123456789abcdef0123456789abcdef";
    const NOTHING: &str = "01JZ0000000000000000000000";
    let mut messages = Messages { canary, all: vec![] };
    messages.add_foreign();
    let Target { number, person, reminder } = target;
    let wake_up = json!({ "v": 1, "person": person, "reminder": reminder, "generation": 4_000_000_000_u32 });
    let text = json!({ "v": 1, "person": person, "text": NOTHING });
    messages.add_spoiled(&wake_up, &[]);
    messages.add_spoiled(&text, &[]);
    for (name, value) in [
        ("person", json!(number)),
        ("person", json!(canary)),
        ("person", json!("x".repeat(10_000))),
        ("reminder", json!("REM#01JZ00000000000000000")),
        ("reminder", json!("\u{202e}\u{200b}")),
        ("generation", json!(u64::from(u32::MAX) + 1)),
        ("generation", json!("1")),
        ("v", json!("1")),
        ("v", json!(0)),
    ] {
        let mut spoiled = wake_up.clone();
        spoiled[name] = value;
        messages.add(Fate::DeadLetter, spoiled.to_string());
    }
    // A number above 9999 is no version of a later release.
    for (version, fate) in
        [(2, Fate::Waits), (256, Fate::Waits), (10_000, Fate::DeadLetter), (u64::MAX, Fate::DeadLetter)]
    {
        messages.add(fate, json!({ "v": version, "person": canary, "number": number }).to_string());
    }
    // Nothing of this generation is planned, and these records don't exist.
    messages.add(Fate::Dropped, wake_up.to_string());
    messages.add(Fate::Dropped, json!({ "v": 1, "person": NOBODY, "reminder": NOTHING, "generation": 1 }).to_string());
    messages.add(Fate::Dropped, text.to_string());
    messages.add(Fate::Dropped, json!({ "v": 1, "person": NOBODY, "text": NOTHING }).to_string());
    messages.all
}

/// The beginning of the ids of the texts on the inbound queue.
pub(crate) const TEXT_IDS: &str = "SMpoison";

/// A sender on the inbound queue that can't be called at an ordinary price.
pub(crate) const PREMIUM: &str = "+19005550123";

/// Returns the messages for the inbound queue. They were received at `now`, so that a text that can't be stored would
/// wait for the table.
pub(crate) fn inbound(canary: &str, now: Timestamp) -> Vec<Poison> {
    let mut messages = Messages { canary, all: vec![] };
    messages.add_foreign();
    let from = Role::Sender.number(1);
    let parked = |id: &str| {
        json!({
            "parked": 1, "carrier": "twilio", "id": format!("{TEXT_IDS}{id}"), "from": from,
            "body": format!("remind me to {canary} in 3 hours"), "received_at": now, "times": 1,
        })
    };
    messages.add_spoiled(&parked("spoiled"), &[]);
    let with = |id: &str, name: &str, value: Value| {
        let mut message = parked(id);
        message[name] = value;
        message.to_string()
    };
    for (name, value) in [
        ("parked", json!("1")),
        ("parked", json!(0)),
        ("id", json!("")),
        ("id", json!("a b")),
        ("id", json!("\u{1f95b}")),
        ("id", json!("x".repeat(101))),
        ("id", json!("x".repeat(10_000))),
        ("carrier", json!("")),
        ("carrier", json!("c".repeat(5_000))),
        ("carrier", json!("twilio#SM1")),
        ("carrier", json!(format!("{canary}\r\n"))),
        ("received_at", json!("yesterday")),
        ("received_at", json!("2026-13-45T00:00:00Z")),
        ("received_at", json!("999999-01-01T00:00:00Z")),
        ("times", json!(u64::from(u32::MAX) + 1)),
        ("opt_out_type", json!(canary)),
    ] {
        messages.add(Fate::DeadLetter, with("bad", name, value));
    }
    for (version, fate) in [
        (2, Fate::Waits),
        (256, Fate::Waits),
        (9_999, Fate::Waits),
        (10_000, Fate::DeadLetter),
        (u64::MAX, Fate::DeadLetter),
    ] {
        messages.add(fate, with("later", "parked", json!(version)));
    }
    for sender in ["", "73119", canary, local::parameters::SERVICE_NUMBER, "+12135550142\r\nx"] {
        messages.add(Fate::Dropped, with("name", "from", json!(sender)));
    }
    // Texts that no carrier sends, or not at such a time.
    for (id, name, value) in [
        ("past", "received_at", json!("-009999-01-02T01:59:59Z")),
        ("future", "received_at", json!("9999-12-30T21:59:59Z")),
        ("long", "body", json!(format!("{canary} {}", "x".repeat(100_000)))),
        ("longer", "body", json!(format!("{canary} {}", "\u{301}".repeat(50_000)))),
        ("often", "times", json!(u32::MAX)),
    ] {
        messages.add(Fate::DeadLetter, with(id, name, value));
    }
    for (id, name, value) in [("premium", "from", json!(PREMIUM)), ("other", "carrier", json!("twilio2"))] {
        messages.add(Fate::Leaves, with(id, name, value));
    }
    add_notifications(&mut messages, &from);
    messages.all
}

/// Adds envelopes of SNS around bad texts.
fn add_notifications(messages: &mut Messages<'_>, from: &str) {
    let canary = messages.canary;
    let text = json!({
        "originationNumber": from, "destinationNumber": "+12125550100", "messageKeyword": canary,
        "messageBody": canary, "inboundMessageId": "",
    });
    let envelope = |message: &str| {
        let received_at = "2026-01-01T00:00:00.000Z";
        json!({ "Type": "Notification", "Message": message, "Timestamp": received_at, "Subject": canary })
    };
    for message in [canary.to_owned(), "{}".to_owned(), text.to_string(), json!([text]).to_string()] {
        messages.add(Fate::DeadLetter, envelope(&message).to_string());
    }
    let mut without_time = envelope(&text.to_string());
    without_time["Timestamp"] = json!(canary);
    messages.add(Fate::DeadLetter, without_time.to_string());
    let confirmation =
        json!({ "Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.example", "Token": canary });
    messages.add(Fate::DeadLetter, confirmation.to_string());
}

/// Returns events that AWS does not send, for any function. Messages in their records become dead letters.
pub(crate) fn events(canary: &str) -> Vec<Value> {
    /// SQS makes the ids of messages, and they are logged.
    const MESSAGE_ID: &str = "00000000-0000-0000-0000-000000000000";
    let message = |body: Value| json!({ "messageId": MESSAGE_ID, "body": body, "eventSource": "aws:sqs" });
    let record = |body: Value| json!({ "Records": [message(body)] });
    let request = |name: &str, value: Value| {
        let mut request = json!({
            "version": "2.0", "routeKey": "POST /sms", "rawPath": "/sms", "rawQueryString": "",
            "isBase64Encoded": false,
            "headers": { "x-twilio-signature": canary }, "body": format!("Body={canary}"),
            "requestContext": { "http": { "method": "POST", "path": "/sms" } },
        });
        request[name] = value;
        request
    };
    let nested = (0..100).fold(json!(canary), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(42),
        json!(canary),
        json!([canary]),
        json!({}),
        json!({ "x": canary }),
        nested.clone(),
        json!({ "Records": null }),
        json!({ "Records": canary }),
        json!({ "Records": [] }),
        json!({ "Records": [canary] }),
        json!({ "Records": [{}] }),
        record(json!(null)),
        record(json!({ "x": canary })),
        record(json!(format!("direct {canary}"))),
        json!({ "Records": vec![message(json!(format!("one of many {canary}"))); 50] }),
        request("x", json!(canary)),
        request("body", json!(null)),
        request("body", json!({ "x": canary })),
        request("body", json!("x".repeat(1 << 20))),
        request("isBase64Encoded", json!(true)),
        request("isBase64Encoded", json!(canary)),
        request("headers", json!(null)),
        request("headers", json!({ "x-twilio-signature": 1 })),
        request("headers", json!({ "a\r\nb": canary })),
        request("headers", json!({ "x-twilio-signature": "\u{1f95b}\n" })),
        request("rawPath", json!(null)),
        request("rawPath", json!(format!("{canary}\0\u{202e}"))),
        request("rawQueryString", json!(1)),
        request("requestContext", json!(null)),
        request("requestContext", nested),
        request("version", json!("1.0")),
        request("cookies", json!(canary)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_message_is_sent_twice_or_is_too_long() {
        let target = Target {
            number: Role::Target.number(0),
            person: "f".repeat(32),
            reminder: "01JZ0000000000000000000001".to_owned(),
        };
        for messages in [dial("qcanary", &target), inbound("qcanary", Timestamp::UNIX_EPOCH)] {
            let bodies: BTreeSet<&str> = messages.iter().map(|poison| poison.body.as_str()).collect();
            assert_eq!(bodies.len(), messages.len());
            assert!(bodies.iter().all(|body| !body.is_empty() && body.len() <= MESSAGE_MAX));
        }
    }
}
