//! The result of a world: everything that the checker may read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;
use reminder::ids::{MessageId, OutgoingTextId};
use reminder::incoming_text::IncomingText;
use reminder::lifecycle::wake;
use reminder::record::{Reminder, State};
use reminder::wire::WakeUpMessage;

use super::Scale;
use crate::fakes::{Cloud, Costs, Counted, GivenUp, Passed, PostponedCall, Replanned, StoredPause, Table};
use crate::fault_profile::FaultProfile;
use crate::functions::person_key;
use crate::history::Entry;

/// A live reminder or text in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The id of the reminder or of the text.
    pub id: String,
    /// The description to print.
    pub description: String,
    /// When the reminder is due, or since when the text is owed, in milliseconds since 1970.
    pub due_ms: i64,
}

/// A reminder in the store: its person's telephone number, the number by which the person names the reminder, and when
/// the telephone number was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReminder {
    /// The person's telephone number.
    pub phone: String,
    /// The reminder's number: 3 for `#3`.
    pub number: u32,
    /// The words that are spoken.
    pub task: String,
    /// When the person's number was confirmed. `None` if it never was.
    pub confirmed_ms: Option<i64>,
}

/// A text, or a key that stands for a text, that the service handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledText {
    /// When it was stored, with all that it changed, in milliseconds since 1970.
    pub at_ms: i64,
    /// The stored answer. Empty if it gets no answer.
    pub answer: String,
}

/// The result of a world: its history, its live items, and its costs.
#[derive(Debug)]
pub struct Remains {
    /// All observations, in order.
    pub entries: Vec<Entry>,
    /// Reminders that were live at `end_ms`, except paused series.
    pub live: Vec<Live>,
    /// Ids of the reminders that had ended at `end_ms`.
    pub ended: BTreeSet<String>,
    /// The reminders in the store, by their ids.
    pub stored: BTreeMap<String, StoredReminder>,
    /// Reminders that were live two hours after `end_ms`, except paused series.
    pub live_afterwards: Vec<Live>,
    /// Texts that had not ended at the end of the run.
    pub live_texts: Vec<Live>,
    /// Number of reminders that were created.
    pub reminders: u64,
    /// The id and the costs of each reminder.
    pub costs: Vec<(String, Costs)>,
    /// Each call that was postponed, with the id of its reminder. A call that was postponed twice is listed twice.
    pub postponed_calls: Vec<(String, PostponedCall)>,
    /// The calls that were counted with their turns.
    pub counted: Vec<Counted>,
    /// The occurrences that a text about a zone planned again.
    pub replanned: Vec<Replanned>,
    /// The pauses of series, in the order in which they were written.
    pub pauses: Vec<StoredPause>,
    /// The writes by which a series went on after an occurrence, or ended, in order.
    pub passed: Vec<Passed>,
    /// The claims whose calls were never stored as accepted by the carrier, each with the id of its reminder.
    pub unaccepted_claims: BTreeMap<String, String>,
    /// The texts and keys that the service handled. A text that is missing had no effect.
    pub handled: BTreeMap<MessageId, HandledText>,
    /// The answers that were given up, by the ids of their texts.
    pub given_up: BTreeMap<MessageId, GivenUp>,
    /// The id of each outgoing text, and the number of its writes outside a transaction.
    pub text_writes: Vec<(String, u32)>,
    /// Size of the world.
    pub scale: Scale,
    /// Number of function invocations.
    pub invocations: u64,
    /// Whether the world was cut off after too many invocations.
    pub cut_off: bool,
    /// When everything should have ended, in milliseconds since 1970.
    pub end_ms: i64,
    /// When the run was over, at least two hours after `end_ms`, in milliseconds since 1970. Writes and messages are
    /// counted until then.
    pub over_ms: i64,
    /// The cloud, with its injected faults and its timeline.
    pub cloud: Rc<Cloud>,
    /// How many faults the world had.
    pub fault_profile: FaultProfile,
}

/// Returns the texts and keys that the service handled.
pub(super) fn handled(table: &Table) -> BTreeMap<MessageId, HandledText> {
    let handled = |at_ms, answer: &String| HandledText { at_ms, answer: answer.clone() };
    table.stored_messages().map(|(at_ms, text)| (text.id.clone(), handled(at_ms, &text.answer))).collect()
}

/// Returns the answers that were given up, by the ids of their texts.
pub(super) fn given_up(table: &Table) -> BTreeMap<MessageId, GivenUp> {
    let Ok(key) = person_key() else { return BTreeMap::new() };
    let given_up = |text: &IncomingText| table.given_up(&OutgoingTextId::of_answer(&text.id, &key)).cloned();
    table.messages().filter_map(|text| Some((text.id.clone(), given_up(text)?))).collect()
}

/// Returns the reminders in the store, by their ids.
pub(super) fn stored(cloud: &Cloud) -> BTreeMap<String, StoredReminder> {
    let table = cloud.table.borrow();
    let profiles: BTreeMap<_, _> = table.profiles().map(|profile| (&profile.person, profile)).collect();
    let reminders = table.reminders().filter_map(|reminder| {
        let profile = profiles.get(&reminder.key.person)?;
        let (phone, number, task) = (profile.number.as_str().to_owned(), reminder.number, reminder.task.clone());
        let confirmed_ms = profile.confirmed_at.map(Timestamp::as_millisecond);
        Some((reminder.key.reminder.to_string(), StoredReminder { phone, number, task, confirmed_ms }))
    });
    reminders.collect()
}

/// Returns the id and the costs of each reminder.
pub(super) fn costs(cloud: &Cloud) -> Vec<(String, Costs)> {
    let table = cloud.table.borrow();
    let mut costs: BTreeMap<String, Costs> =
        table.reminders().map(|reminder| (reminder.key.reminder.to_string(), table.costs(&reminder.key))).collect();
    let mut count = |body: &String, add: fn(&mut Costs)| {
        let message: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(reminder_costs) = message["reminder"].as_str().and_then(|reminder| costs.get_mut(reminder)) {
            add(reminder_costs);
        }
    };
    cloud.scheduled.borrow().iter().for_each(|body| count(body, |costs| costs.schedules += 1));
    cloud.dialed.borrow().iter().for_each(|body| count(body, |costs| costs.messages += 1));
    cloud.came_near.borrow().iter().for_each(|body| count(body, |costs| costs.came_near += 1));
    table
        .reminders()
        .filter_map(|reminder| on_the_way(cloud, reminder))
        .for_each(|body| count(&body, |costs| costs.on_the_way = 1));
    costs.into_iter().collect()
}

/// Returns the wake-up of a reminder's latest plan, if it was put on the dial queue to start the call. A far wake-up is
/// put on the queue twice: early by its schedule, and then by the dialer. Only the second message starts the call.
fn on_the_way(cloud: &Cloud, reminder: &Reminder) -> Option<String> {
    let State::Waiting { wake_at, .. } = reminder.state()? else { return None };
    let body = serde_json::to_string(&WakeUpMessage::from(&wake(reminder, *wake_at))).ok()?;
    let count = |bodies: &[String]| bodies.iter().filter(|other| **other == body).count();
    (count(&cloud.dialed.borrow()) > count(&cloud.scheduled.borrow())).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::super::START;
    use super::*;
    use crate::engine::Step;
    use crate::events::WorldEvent;
    use crate::functions::{Functions, SERVICE_NUMBER};
    use crate::twilio_forms;

    /// A cloud with the reminder that this text makes.
    fn cloud_after(body: &str) -> Rc<Cloud> {
        let cloud = Cloud::new(1, START);
        let form = [("MessageSid", "SM1"), ("From", "+12125550142"), ("To", SERVICE_NUMBER), ("Body", body)];
        Functions::new().unwrap().text(&cloud, 7, twilio_forms::post("/sms", &form));
        while !matches!(cloud.engine.step(), Step::Event(WorldEvent::InvocationEnded(7, _))) {}
        cloud
    }

    fn count_on_the_way(cloud: &Cloud) -> u32 {
        costs(cloud)[0].1.on_the_way
    }

    #[test]
    fn a_wake_up_is_on_the_way_if_it_was_put_on_the_queue_to_start_the_call() {
        let near = cloud_after("remind me to buy milk in 5 minutes");
        assert_eq!(count_on_the_way(&near), 1);
        let duplicate = near.dialed.borrow()[0].clone();
        near.dialed.borrow_mut().push(duplicate);
        assert_eq!(count_on_the_way(&near), 1, "a plan has one call");

        let far = cloud_after("remind me to buy milk in 50 minutes");
        let wake_up = far.scheduled.borrow()[0].clone();
        for (messages, expected) in [(0, 0), (1, 0), (2, 1)] {
            far.dialed.replace(vec![wake_up.clone(); messages]);
            assert_eq!(count_on_the_way(&far), expected, "after {messages} messages");
        }
    }
}
