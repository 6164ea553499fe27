//! No function logs a string of a message, a request or an item that it can't handle: it may be a phone number or the
//! words of a text.

use std::fmt::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail, ensure};
use lambda::AnyEvent;
use reminder::policy::after;
use simulation::engine::Step;
use simulation::events::{QueueName, WorldEvent};
use simulation::fakes::{Cloud, Received};
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const DIGITS: &str = "2125550142";
const NUMBER: &str = "+12125550142";
const WORDS: &str = "zucchini for mom";
const PERSON: &str = "0123456789abcdef0123456789abcdef";
const ULID: &str = "01JZ0000000000000000000000";

/// Collects every event of one thread, with all its fields, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap_or_default();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        event.record(&mut Line(&mut lines));
        lines.push('\n');
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Waits for the end of an invocation.
fn finish(cloud: &Cloud) -> Result<()> {
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(7, _)) => return Ok(()),
            Step::Idle => bail!("expected the end of an invocation"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

/// Runs a function, and returns its log.
fn log_of(run: impl FnOnce(&Rc<Functions>, &Rc<Cloud>) -> Result<()>) -> Result<String> {
    let (functions, cloud) = (Functions::new()?, Cloud::new(1, START));
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        run(&functions, &cloud)?;
        finish(&cloud)
    })?;
    cloud.engine.clear();
    Ok(log.take())
}

/// Checks that a log has lines, and that they quote nothing of the input.
fn check(log: &str, input: &str) -> Result<()> {
    ensure!(!log.is_empty(), "expected a log of {input}");
    for quoted in [DIGITS, "zucchini", "mom", SERVICE_NUMBER] {
        ensure!(!log.contains(quoted), "{quoted:?} of {input} is in the log:\n{log}");
    }
    Ok(())
}

/// Messages that no release wrote, and messages of ours with foreign values in each field.
fn poison() -> Vec<String> {
    let words = [
        NUMBER,
        WORDS,
        "\"",
        "zucchini.for.mom.212555014",
        "zucchini for mom 212555014",
        "zucchiniformom@+12125550142!!!!!",
    ];
    let mut messages = Vec::new();
    for text in words {
        let text = serde_json::to_string(&format!("{text}{WORDS}")[..text.len().max(1)]).unwrap_or_default();
        messages.extend([
            text.clone(),
            format!("{{{text}:1}}"),
            format!("[{text}]"),
            format!("{{{text}"),
            // The dial queue.
            format!(r#"{{"v":{text}}}"#),
            format!(r#"{{"v":1,"person":{text},"reminder":"{ULID}","generation":1}}"#),
            format!(r#"{{"v":1,"person":"{PERSON}","reminder":{text},"generation":1}}"#),
            format!(r#"{{"v":1,"person":"{PERSON}","reminder":"{ULID}","generation":{text}}}"#),
            format!(r#"{{"v":1,"person":"{PERSON}","reminder":"{ULID}","generation":1,{text}:1}}"#),
            format!(r#"{{"v":1,"person":"{PERSON}","text":{text}}}"#),
            format!(r#"{{"v":2,"person":{text}}}"#),
            // The inbound queue.
            format!(r#"{{"parked":{text}}}"#),
            format!(r#"{{"parked":1,"carrier":{text},"id":"SM1","from":"{NUMBER}","body":{text},"received_at":"2027-03-01T12:00:00Z","times":1}}"#),
            format!(r#"{{"parked":1,"carrier":"twilio","id":{text},"from":"{NUMBER}","body":{text},"received_at":"2027-03-01T12:00:00Z","times":1}}"#),
            format!(r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":{text},"body":{text},"received_at":"2027-03-01T12:00:00Z","times":1}}"#),
            format!(r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":{text},"received_at":{text},"times":{text}}}"#),
            format!(r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":{text},"opt_out_type":{text},"received_at":"2027-03-01T12:00:00Z","times":1}}"#),
            format!(r#"{{"parked":2,"body":{text}}}"#),
            format!(r#"{{"Message":{text},"Timestamp":"2027-03-01T12:00:00Z"}}"#),
            format!(r#"{{"Message":"{{}}","Timestamp":{text}}}"#),
            format!(
                r#"{{"Message":{},"Timestamp":"2027-03-01T12:00:00Z"}}"#,
                serde_json::json!(format!(r#"{{"originationNumber":{text},"messageBody":{text},"inboundMessageId":{text}}}"#))
            ),
        ]);
    }
    messages
}

#[test]
fn neither_queue_function_logs_a_string_of_a_poison_message() -> Result<()> {
    for queue in [QueueName::Dial, QueueName::Inbound] {
        for body in poison() {
            let message = Received { id: 1, body: body.clone(), receives: 1, chain: 1 };
            let log = log_of(|functions, cloud| {
                functions.batch(cloud, 7, queue, &[message]);
                Ok(())
            })?;
            check(&log, &body)?;
        }
    }
    Ok(())
}

#[test]
fn inbound_logs_no_string_of_a_signed_or_unsigned_request() -> Result<()> {
    for (field, value) in [
        ("MessageSid", NUMBER),
        ("MessageSid", WORDS),
        ("MessageSid", "SM1"),
        ("From", WORDS),
        ("Body", WORDS),
        ("To", WORDS),
        ("OptOutType", WORDS),
        (WORDS, NUMBER),
    ] {
        for is_signed in [true, false] {
            let mut form = vec![
                ("MessageSid", "SM1"),
                ("From", NUMBER),
                ("To", SERVICE_NUMBER),
                ("Body", "remind me to call mom with zucchini in 5 minutes"),
            ];
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            let mut request = twilio_forms::post("/sms", &form);
            if !is_signed {
                request.headers.insert("x-twilio-signature", "zucchini".parse()?);
            }
            let log = log_of(|functions, cloud| {
                functions.text(cloud, 7, request);
                Ok(())
            })?;
            // A sender who must not be answered is not logged.
            check(&format!("{log}\n"), &format!("{field}={value}"))?;
        }
    }
    Ok(())
}

#[test]
fn callback_logs_no_string_of_a_signed_or_unsigned_request() -> Result<()> {
    let call = format!("/calls/{PERSON}/{ULID}/{ULID}");
    let paths = [
        format!("{call}/speech"),
        format!("{call}/key"),
        format!("{call}/opt-out-key"),
        format!("{call}/status"),
        format!("{call}/answered-by"),
        format!("{call}/message"),
        format!("/texts/{PERSON}/{ULID}/1/status"),
        format!("/answers/{PERSON}/1800000000123/status"),
        "/voice".to_owned(),
        format!("/voice/{PERSON}/{ULID}/key"),
        format!("/calls/{NUMBER}/zucchini/mom/speech"),
    ];
    let fields = [
        ("AccountSid", ACCOUNTS[0]),
        ("CallSid", "CA1"),
        ("MessageSid", "SM1"),
        ("CallStatus", "in-progress"),
        ("MessageStatus", "failed"),
        ("AnsweredBy", "human"),
        ("ErrorCode", "30003"),
        ("Digits", "9"),
        ("From", NUMBER),
        ("To", SERVICE_NUMBER),
    ];
    for path in &paths {
        for spoiled in 0..fields.len() {
            for value in [NUMBER, WORDS] {
                let mut form = fields.to_vec();
                form[spoiled].1 = value;
                let mut request = twilio_forms::post(path, &form);
                let unsigned = spoiled == 0 && value == WORDS;
                if unsigned {
                    request.headers.insert("x-twilio-signature", "zucchini".parse()?);
                }
                let log = log_of(|functions, cloud| {
                    functions.callback(cloud, 7, request);
                    Ok(())
                })?;
                // A request that is answered without a change is not logged.
                check(&format!("{log}\n"), &format!("{path} with {}={value}", fields[spoiled].0))?;
            }
        }
    }
    Ok(())
}

#[test]
fn the_sweeper_logs_no_string_of_a_poison_item() -> Result<()> {
    for (partition, sort) in [
        (NUMBER.to_owned(), WORDS.to_owned()),
        (format!("PERSON#{NUMBER}"), "PROFILE".to_owned()),
        (format!("PERSON#{PERSON}"), format!("REM#{WORDS}")),
        (WORDS.to_owned(), String::new()),
    ] {
        let log = log_of(|functions, cloud| {
            cloud.table.borrow_mut().plant(&partition, &sort, after(cloud.engine.now(), -60));
            functions.sweep(cloud, 7);
            Ok(())
        })?;
        ensure!(log.contains("set aside"), "{log}");
        check(&log, &format!("{partition} / {sort}"))?;
    }
    Ok(())
}

#[test]
fn the_error_of_an_event_that_no_function_handles_quotes_nothing() -> Result<()> {
    for body in poison() {
        let Ok(event) = serde_json::from_str::<AnyEvent>(&body) else { continue };
        if let Err(error) = event.read::<aws_lambda_events::sqs::SqsEvent>() {
            check(&format!("{error} {error:?}"), &body)?;
        }
    }
    Ok(())
}
