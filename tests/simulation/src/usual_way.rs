//! **An example, which is not deployed**: the usual way to build a reminder service, as a good tutorial shows it.
//! `cargo simulate --compare` runs it and the service in the same worlds, and counts what people miss.
//!
//! It has the same webhooks, parser, carrier, queue and scheduler. The webhook of a text writes the reminder with
//! PutItem, and plans its call: within 15 minutes by a delayed SQS message, later by a one-time EventBridge schedule
//! that invokes the function. At that time the function reads the row, asks the carrier for the call, and then marks
//! the row as called. A step that fails makes the function fail, and then the carrier posts the webhook again, SQS
//! delivers the message again, up to five times as AWS recommends, or Lambda invokes the function again, up to three
//! times as it does by default.
//!
//! It is no straw man. Signatures are verified. A batch reports its failed messages one by one. A row that is marked
//! as called is not called again. A status callback marks the row too, and texts the person if the call was not
//! answered. When nothing fails, it loses and doubles nothing, which `tests/compare.rs` checks.
//!
//! It lacks what the service adds: an id by which a repeated webhook is recognized, a claim before the call, versions,
//! a deadline after which another function looks for the reminder, and a rule for a call whose outcome is unknown. It
//! understands only one-off reminders and DELETE ALL.

use std::error::Error;
use std::rc::Rc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lambda::carrier::{Accounts, Verifier};
use language::{Country, Hints, NewReminder, Request, Target};
use reminder::event::{Report, WakeUp};
use reminder::ids::{Number, OutgoingTextId, OutgoingTextKey, PersonId, PersonKey, ReminderKey};
use reminder::policy::{QUEUE_DELAY_MAX_S, Route};
use reminder::ports::{Carrier, Clock, Credentials, Dial, Ids, Ports, Renewal, WakeUps};
use reminder::wire::{CallRoute, CallStep, TextRoute, WakeUpMessage};

use crate::events::{InvocationOutcome, QueueName, WorldEvent};
use crate::fakes::{CarrierClient, Cloud, Deployment, FunctionName, Invocation, QueueSettings, Received, Rows};
use crate::functions::{self, InvalidConfig};
use crate::product::Product;
use crate::twilio_forms::PUBLIC_URL;

/// How often a message of a queue is received before it becomes a dead letter. AWS recommends at least five
/// (<https://docs.aws.amazon.com/lambda/latest/dg/sqs-retries.html>).
const RECEIVES: u32 = 5;

/// How often Lambda tries an asynchronous invocation, such as one by a schedule
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>).
const SCHEDULED_TRIES: u32 = 3;

/// Marks the message of a schedule. The simulated scheduler hands it to the function through the dial queue.
const SCHEDULED: u32 = 1;

/// The row of a reminder in its table.
#[derive(Debug, Clone)]
struct Row {
    to: Number,
    task: String,
    status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Scheduled,
    Called,
    Confirmed,
    Missed,
    Deleted,
}

/// The functions of the usual way, and their table.
#[derive(Debug)]
pub struct UsualWay {
    rows: Rc<Rows<Row>>,
    zone: TimeZone,
    verifier: Verifier,
    accounts: Accounts,
    person_key: PersonKey,
}

/// Credentials that are read only at the start.
struct FixedCredentials;

impl Credentials for FixedCredentials {
    fn changes(&self) -> u64 {
        0
    }

    async fn renew(&self, _used: u64, _now: Timestamp) -> Renewal {
        Renewal::Unchanged
    }
}

impl UsualWay {
    /// Creates the functions with an empty table. Everyone lives in this zone.
    ///
    /// # Errors
    /// Fails if a constant from which the functions are configured is not valid.
    pub fn new(zone: &TimeZone) -> Result<Rc<Self>, InvalidConfig> {
        Ok(Rc::new(Self {
            rows: Rc::default(),
            zone: zone.clone(),
            verifier: functions::verifier()?,
            accounts: functions::accounts()?,
            person_key: functions::person_key()?,
        }))
    }

    /// The settings of its queues.
    pub fn deployment() -> Deployment {
        let Deployment { dial, inbound } = Deployment::of_template();
        Deployment { dial: QueueSettings { receives: RECEIVES, ..dial }, inbound }
    }

    /// Handles a text. Returns the answer.
    async fn take_text(&self, ports: &Invocation, request: &ApiGatewayV2httpRequest) -> Result<String, Box<dyn Error>> {
        let text = lambda::signed_webhook(request, &self.verifier, &FixedCredentials, ports.now()).await?.text()?;
        let to: Number = text.from.as_str().parse()?;
        let person = PersonId::of(&to, &self.person_key);
        let hints = Hints { country: Country::US, question: None };
        match language::understand(&text.body, ports.now(), &self.zone, &hints) {
            Request::Remind(reminders) => {
                let mut answers = Vec::new();
                for NewReminder { task, due, .. } in reminders {
                    let key = ReminderKey { person: person.clone(), reminder: ports.reminder() };
                    let row = Row { to: to.clone(), task: task.clone(), status: Status::Scheduled };
                    self.rows.put(ports, key.clone(), row).await?;
                    self.plan_call(ports, key, due).await?;
                    let at = due.to_zoned(self.zone.clone()).strftime("%-I:%M %p").to_string();
                    answers.push(format!("OK, I'll call you at {at}: {task}."));
                }
                Ok(answers.join("\n"))
            }
            Request::Delete(Target::All) => {
                let rows = self.rows.of_person(ports, &person).await?;
                let open: Vec<_> = rows.into_iter().filter(|(_, row)| row.status == Status::Scheduled).collect();
                for (key, _) in &open {
                    self.mark(ports, key, Status::Deleted).await?;
                }
                Ok(if open.is_empty() {
                    "You have no reminders.".to_owned()
                } else {
                    format!("Deleted: {}.", open.len())
                })
            }
            _ => Ok("Text me what to remind you of, and at what time.".to_owned()),
        }
    }

    /// Plans the call: by the queue if its longest delay is enough, else by a schedule.
    async fn plan_call(&self, ports: &Invocation, key: ReminderKey, due: Timestamp) -> Result<(), Box<dyn Error>> {
        let wait_ms = (due.as_millisecond() - ports.now().as_millisecond()).max(0);
        let wait_s = (wait_ms + 999) / 1000;
        let (generation, route) = if wait_s <= QUEUE_DELAY_MAX_S {
            (0, Route::Queue { delay_s: u32::try_from(wait_s)? })
        } else {
            (SCHEDULED, Route::Schedule { at: due })
        };
        Ok(ports.send(&WakeUp { key, generation, wake_at: due }, route).await?)
    }

    /// Calls the person, and then marks the row as called.
    async fn call(&self, ports: &Invocation, message: &Received) -> Result<(), Box<dyn Error>> {
        let wake_up: WakeUpMessage = serde_json::from_str(&message.body)?;
        if wake_up.generation == SCHEDULED && message.receives > SCHEDULED_TRIES {
            return Ok(());
        }
        let key = wake_up.key();
        let row = self.rows.get(ports, &key).await?;
        let Some(Row { to, status: Status::Scheduled, .. }) = row else { return Ok(()) };
        let route = CallRoute { key: key.clone(), claim: ports.claim() };
        carrier(ports)?.place(&Dial { to, route }).await?;
        self.mark(ports, &key, Status::Called).await
    }

    /// Handles a request of the carrier about a call. Returns TwiML.
    async fn answer(&self, ports: &Invocation, request: &ApiGatewayV2httpRequest) -> Result<String, Box<dyn Error>> {
        let webhook = lambda::signed_webhook(request, &self.verifier, &FixedCredentials, ports.now()).await?;
        // The status of a text, and who answered a call, change nothing.
        let Ok((route, step @ (CallStep::Speech | CallStep::Key | CallStep::Status))) =
            CallRoute::parse(&lambda::path(request))
        else {
            return Ok(String::new());
        };
        let row = self.rows.get(ports, &route.key).await?.ok_or("the reminder has no row")?;
        let webhook = webhook.call(&self.accounts)?;
        match step {
            CallStep::Speech if row.status == Status::Deleted => Ok(say("This reminder was deleted. Goodbye.")),
            CallStep::Speech => Ok(ask_for_key(&row.task, &route)),
            CallStep::Key => {
                if webhook.digits.as_deref() == Some("1") {
                    self.mark(ports, &route.key, Status::Confirmed).await?;
                }
                Ok(say("Thanks. Goodbye."))
            }
            _ => {
                let is_open = matches!(row.status, Status::Scheduled | Status::Called);
                match webhook.report {
                    Some(Report::NotReached) if is_open => self.text_instead(ports, &route.key, &row).await?,
                    Some(Report::Completed) if row.status == Status::Scheduled => {
                        self.mark(ports, &route.key, Status::Called).await?;
                    }
                    _ => {}
                }
                Ok(String::new())
            }
        }
    }

    /// Texts a person who was called and did not answer.
    async fn text_instead(&self, ports: &Invocation, key: &ReminderKey, row: &Row) -> Result<(), Box<dyn Error>> {
        let text = OutgoingTextId::of_occurrence(&key.reminder, 0);
        let route = TextRoute { key: OutgoingTextKey { person: key.person.clone(), text }, try_number: 1 };
        carrier(ports)?.send_text(&row.to, &format!("You missed a call: {}.", row.task), &route).await?;
        self.mark(ports, key, Status::Missed).await
    }

    async fn mark(&self, ports: &Invocation, key: &ReminderKey, status: Status) -> Result<(), Box<dyn Error>> {
        Ok(self.rows.update(ports, key, move |row| row.status = status).await?)
    }
}

fn carrier(ports: &Invocation) -> Result<&CarrierClient, Box<dyn Error>> {
    Ok(ports.carriers().first().ok_or("no carrier is configured")?)
}

fn ask_for_key(task: &str, route: &CallRoute) -> String {
    let (action, task) = (format!("{PUBLIC_URL}{}", route.path(CallStep::Key)), escaped(task));
    let words = format!("Hi, this is your reminder: {task}. Press 1 to confirm.");
    format!(
        "<Response><Gather numDigits=\"1\" timeout=\"10\" action=\"{action}\"><Say>{words}</Say></Gather>\
         <Say>Goodbye.</Say></Response>"
    )
}

fn say(words: &str) -> String {
    format!("<Response><Say>{words}</Say></Response>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The response to a webhook. After an error the carrier posts the webhook again.
fn response(result: Result<String, Box<dyn Error>>) -> InvocationOutcome {
    match result {
        Ok(body) => InvocationOutcome::Http { status: 200, body },
        Err(error) => InvocationOutcome::Http { status: 500, body: error.to_string() },
    }
}

impl Product for UsualWay {
    fn text(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        functions::start(cloud, FunctionName::Inbound, id, 0, async move |ports| {
            let answer = self.take_text(&ports, &request).await;
            response(answer.map(|answer| format!("<Response><Message>{}</Message></Response>", escaped(&answer))))
        });
    }

    fn batch(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, _: QueueName, batch: &[Received]) {
        let batch = batch.to_vec();
        functions::start(cloud, FunctionName::Dialer, id, 0, async move |ports| {
            let results = join_all(batch.iter().map(|message| self.call(&ports, message))).await;
            let failed = batch.iter().zip(results).filter(|(_, result)| result.is_err());
            InvocationOutcome::Batch(failed.map(|(message, _)| message.id.to_string()).collect())
        });
    }

    fn callback(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest) {
        functions::start(cloud, FunctionName::Callback, id, 0, async move |ports| {
            response(self.answer(&ports, &request).await)
        });
    }

    /// There is nothing that runs every minute.
    fn sweep(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64) {
        cloud.engine.emit_in(0, WorldEvent::InvocationEnded(id, InvocationOutcome::Done));
    }
}
