//! What a reminder costs: the requests of its life, counted by the emulator, beside the table of `cargo operate cost`.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use local::deploy::Accounts;
use operate::cost::{Kind, Requests};
use simulated_carrier::LogEvent;
use tests::{Person, Stage, TargetTime};

use crate::conversation::wait_for_keys;
use crate::wakeups::schedule_of;

/// How often the requests of one kind of reminder are counted, if there are more than the table states: a callback may
/// overtake the dialer's write, and then one of them reads and writes once more.
const TRIES: usize = 3;

/// So many minutes after a call, its turn is over in any case.
const LEASE_MINUTES: usize = 5;

/// How long before its due a far reminder's schedule fires.
const EARLY: SignedDuration = SignedDuration::from_secs(12);

/// The stack is its own, so that all requests belong to one reminder.
pub(crate) async fn no_reminder_costs_more_requests_than_the_table_states() -> Result<()> {
    let stage = Stage::start(Accounts::One).await?;
    let mut over = Vec::new();
    for kind in Kind::ALL {
        let stated = kind.requests();
        let mut least = [u32::MAX; 8];
        for _ in 0..TRIES {
            let found = count(&stage, kind).await?.numbers();
            least = std::array::from_fn(|index| least[index].min(found[index]));
            if exceeded(least, stated).is_empty() {
                break;
            }
        }
        eprintln!("{}: found {least:?}, stated {:?}", kind.name(), stated.numbers());
        over.extend(exceeded(least, stated).into_iter().map(|name| format!("{name} of a reminder, {}", kind.name())));
    }
    ensure!(over.is_empty(), "more than infra/operate/src/cost/requests.rs states: {over:?}");
    Ok(())
}

/// Returns the names of the numbers that are larger than stated.
fn exceeded(found: [u32; 8], stated: Requests) -> Vec<&'static str> {
    let numbers = found.into_iter().zip(stated.numbers()).zip(Requests::NAMES);
    numbers.filter(|((found, stated), _)| found > stated).map(|(_, name)| name).collect()
}

/// Counts the requests of one reminder's life, of a person whose number is confirmed.
async fn count(stage: &Stage, kind: Kind) -> Result<Requests> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    person.text("remind me to buy bread in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    all_callbacks_handled(stage, &person, 1).await?;
    // The lease of that call's turn must be over too, or the next call waits for it.
    for _ in 0..LEASE_MINUTES {
        person.let_turn_pass().await?;
    }
    if kind == Kind::Occurrence {
        person.text("remind me to take my pills every day at 9am").await?;
        person.open_reminder().await?;
        all_callbacks_handled(stage, &person, 1).await?;
    }
    let before = stage.requests().await?;
    live(stage, &person, kind).await?;
    let calls = if kind == Kind::Missed { 4 } else { 2 };
    all_callbacks_handled(stage, &person, calls).await?;
    let after = stage.requests().await?;
    Ok(difference(&before, &after))
}

/// Lets one reminder of this kind ring until it is heard, or replaced by a text.
async fn live(stage: &Stage, person: &Person<'_>, kind: Kind) -> Result<()> {
    match kind {
        Kind::Near => {
            person.will_press_1()?;
            person.text("remind me to buy milk in 5 seconds").await?;
        }
        Kind::Far | Kind::Missed => {
            if kind == Kind::Far {
                person.will_press_1()?
            } else {
                person.will_miss(2)?
            }
            person.text("remind me to buy milk in 20 minutes").await?;
        }
        Kind::Occurrence => person.will_press_1()?,
    }
    if kind != Kind::Near {
        let record = person.let_time_pass(TargetTime::BeforeDue(EARLY)).await?;
        stage.fire_schedule(&schedule_of(stage, &record).await?).await?;
    }
    match kind {
        Kind::Near | Kind::Far => wait_for_keys(stage, person, 2).await,
        Kind::Occurrence => {
            wait_for_keys(stage, person, 2).await?;
            person.wait_until("waiting").await.map(drop)
        }
        Kind::Missed => person.texts_once_delivered().await.map(drop),
    }
}

/// Waits until the carrier has reported everything about this many calls and about the texts, and no schedule is still
/// to be confirmed.
async fn all_callbacks_handled(stage: &Stage, person: &Person<'_>, calls: usize) -> Result<()> {
    let handled = async || {
        let told = |statuses: &[&str]| {
            let is_told = |told: &Option<String>| told.as_deref().is_some_and(|told| statuses.contains(&told));
            person.count(|event| matches!(event, LogEvent::Webhook { told, .. } if is_told(told)))
        };
        let texts = person.count(|event| matches!(event, LogEvent::TextOut { .. } | LogEvent::Answer { .. }));
        let mut is_confirmed = true;
        for record in person.reminders().await? {
            is_confirmed &= record.state() != "waiting" || record.deadline()? > record.due()?;
        }
        let are_told = told(&["completed", "no-answer"]) >= calls && told(&["delivered"]) >= texts;
        Ok((are_told && is_confirmed).then_some(()))
    };
    stage.until("the carrier has reported all calls and texts", handled).await
}

/// Returns the requests between two counts. A schedule sends its message to the dial queue without a function.
fn difference(before: &BTreeMap<String, u32>, after: &BTreeMap<String, u32>) -> Requests {
    let count = |name: &str| {
        let at = |counts: &BTreeMap<String, u32>| counts.get(name).copied().unwrap_or(0);
        at(after) - at(before)
    };
    let schedules = count("POST /schedules");
    Requests {
        transactions: count("TransactWriteItems"),
        writes: count("PutItem"),
        updates: count("UpdateItem"),
        reads: count("GetItem"),
        queries: count("Query"),
        messages: count("SendMessage") + schedules,
        schedules,
        webhooks: count("webhook"),
    }
}
