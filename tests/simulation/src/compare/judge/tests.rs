//! Histories made by hand, in which one person asks for one reminder. Times are in seconds after the due.

use reminder::ids::{CallId, MessageId, ReminderKey};
use reminder::wire::CallRoute;

use super::*;
use crate::history::{AnswerRoute, CallEnd, PickedUpBy, SentText};

/// The due of the reminder, in milliseconds since 1970.
const DUE_MS: i64 = 1_803_902_400_000;

/// A history made by hand.
#[derive(Default)]
struct Story {
    entries: Vec<Entry>,
    calls: usize,
}

impl Story {
    /// The person asks for a reminder, and reads the promise ten minutes before the due.
    fn promised() -> Self {
        Self::default().text(-600, "OK, I'll call you at 6:30 PM: buy milk.")
    }

    fn at(mut self, second: i64, seen: Observation) -> Self {
        self.entries.push(Entry { at_ms: DUE_MS + second * 1000, seen });
        self
    }

    /// A text arrives at the person's phone.
    fn text(self, second: i64, body: &str) -> Self {
        let text = SentText::ReplyTo { text: message(), copy: self.entries.len() };
        self.at(second, Observation::TextArrived { text, to: number(0), body: body.to_owned() })
    }

    /// The person texts DELETE ALL.
    fn delete(self, second: i64) -> Self {
        let (meaning, route) = (Meaning::DeleteAll, AnswerRoute::Reply);
        self.at(second, Observation::TextSent { id: message(), person: 0, meaning, route })
    }

    /// A call is decided on at the second `decided`, and the carrier accepts it then. The line is dialed at `dialed`.
    fn call(mut self, decided: i64, dialed: i64) -> Self {
        self.calls += 1;
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let key = ReminderKey { person, reminder: "01JZ0000000000000000000000".parse().unwrap() };
        let route = CallRoute { key, claim: claim(DUE_MS + decided * 1000).parse().unwrap() };
        let call = self.last_call();
        self.at(decided, Observation::CallAccepted { call: call.clone(), to: number(0), route })
            .at(dialed, Observation::Rings { call })
    }

    fn last_call(&self) -> CallId {
        CallId::new("twilio", &format!("CA{}", self.calls)).unwrap()
    }

    /// The line is busy with another call.
    fn busy(self, second: i64) -> Self {
        let call = self.last_call();
        self.at(second, Observation::LineBusy { call })
    }

    /// The last call is picked up, and the person listens to it.
    fn picked_up(self, second: i64) -> Self {
        let call = self.last_call();
        self.at(second, Observation::PickedUp { call, by: PickedUpBy::Person })
    }

    /// The product answers the key 1 on the last call.
    fn confirmed(self, second: i64) -> Self {
        let call = self.last_call();
        self.at(second, Observation::KeyAnswered { call, digit: '1', words: "Thanks.".to_owned() })
    }

    fn ended(self, second: i64) -> Self {
        let call = self.last_call();
        self.at(second, Observation::CallEnded { call, end: CallEnd::Completed })
    }

    /// The call as most calls are: it rings on time, and is picked up, confirmed and ended.
    fn heard(self) -> Self {
        self.call(0, 1).picked_up(5).confirmed(12).ended(15)
    }

    /// Whether the reminder is promised, lost, doubled, late, and rung after no, each as 0 or 1.
    fn counts(&self) -> [u64; 5] {
        let asked = [AskedReminder { task: "buy milk".to_owned(), due_ms: DUE_MS }];
        let Counts { promised, lost, doubled, late, rung_after_no, .. } = judge(&asked, &self.entries);
        [promised, lost, doubled, late, rung_after_no]
    }
}

fn message() -> MessageId {
    MessageId::new("twilio", "SM1").unwrap()
}

/// A claim that was made at this instant.
fn claim(at_ms: i64) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |place: u32| char::from(LETTERS[usize::try_from(at_ms >> (5 * place) & 31).unwrap()]);
    (0..10).rev().map(letter).chain("0000000000000000".chars()).collect()
}

#[test]
fn a_reminder_that_is_heard_on_time_is_counted_as_promised_only() {
    assert_eq!(Story::promised().heard().counts(), [1, 0, 0, 0, 0]);
}

#[test]
fn only_a_reminder_that_was_promised_before_its_due_is_counted() {
    assert_eq!(Story::default().counts(), [0; 5]);
    assert_eq!(Story::default().text(-600, "Not saved: I don't understand.").counts(), [0; 5]);
    assert_eq!(Story::default().text(0, "OK, I'll call you tomorrow at 6:30 PM: buy milk.").counts(), [0; 5]);
    assert_eq!(Story::promised().counts()[0], 1);
}

#[test]
fn a_reminder_is_lost_if_neither_a_call_nor_a_text_comes_within_16_minutes() {
    let lost = |story: Story| story.counts()[1];
    assert_eq!(lost(Story::promised()), 1);
    assert_eq!(lost(Story::promised().text(100, "Reply 123456 to confirm this number.")), 1, "another text");
    assert_eq!(lost(Story::promised().text(100, "OK, I'll call you at 6:30 PM: buy milk.")), 1, "a repeated answer");
    assert_eq!(lost(Story::promised().call(0, 961)), 1);
    assert_eq!(lost(Story::promised().call(0, 960)), 0, "nobody picked up, but the phone rang");
    assert_eq!(lost(Story::promised().call(0, 1).busy(1)), 1);
    assert_eq!(lost(Story::promised().call(0, 1).busy(1).picked_up(5)), 0, "the mailbox took it");
    assert_eq!(lost(Story::promised().call(0, 1).busy(1).text(960, "You missed a call: buy milk.")), 0);
    assert_eq!(lost(Story::promised().text(960, "Missed call: buy milk. Text SNOOZE 10.")), 0);
    assert_eq!(lost(Story::promised().delete(-60)), 0, "the person does not want it");
}

#[test]
fn a_reminder_is_late_if_its_first_call_or_text_comes_after_more_than_a_minute() {
    let late = |story: Story| story.counts()[3];
    assert_eq!(late(Story::promised().call(0, 60)), 0);
    assert_eq!(late(Story::promised().call(0, 61)), 1);
    assert_eq!(late(Story::promised().call(0, 1).ended(20).call(120, 121)), 0);
    assert_eq!(late(Story::promised().call(0, 1).busy(1).text(61, "You missed a call: buy milk.")), 0);
    assert_eq!(late(Story::promised().text(61, "Missed call: buy milk.")), 1);
    assert_eq!(late(Story::promised().call(0, 961)), 0, "it is lost instead");
    assert_eq!(late(Story::promised().delete(-60).call(-70, 61)), 0, "the person does not want it");
}

#[test]
fn a_reminder_is_doubled_if_a_call_comes_during_another_one_or_after_a_confirmed_one() {
    let doubled = |story: Story| story.counts()[2];
    assert_eq!(doubled(Story::promised().heard().call(120, 121)), 1);
    assert_eq!(doubled(Story::promised().call(0, 1).call(10, 11)), 1, "the first call still rings");
    assert_eq!(doubled(Story::promised().call(0, 1).picked_up(5).call(10, 11).busy(11)), 1, "during the first call");
    let unanswered = Story::promised().call(0, 1).ended(20);
    assert_eq!(doubled(unanswered.call(120, 121).confirmed(130).ended(140)), 0, "the first call was not picked up");
    let no_key = Story::promised().call(0, 1).picked_up(5).ended(30);
    assert_eq!(doubled(no_key.call(150, 151)), 0, "the first call was not confirmed");
    let mut queued = Story::promised().heard().call(120, 121);
    queued.entries.pop();
    assert_eq!(doubled(queued), 0, "the second call never reached the phone");
}

#[test]
fn a_call_after_no_is_one_that_was_decided_on_after_the_confirmed_deletion() {
    let after_no = |story: Story| story.counts()[4];
    let deleted = || Story::promised().delete(-70).text(-60, "Deleted #1: buy milk.");
    assert_eq!(after_no(deleted()), 0);
    assert_eq!(after_no(deleted().call(0, 1)), 1);
    assert_eq!(after_no(deleted().call(-61, 1)), 0, "it was decided on before");
    assert_eq!(after_no(Story::promised().delete(-70).call(0, 1)), 0, "the deletion was not confirmed");
    assert_eq!(after_no(Story::promised().delete(-70).text(-60, "You have no reminders.").call(0, 1)), 0);
}

#[test]
fn the_counts_of_worlds_are_added() {
    let counts = Counts { asked: 7, promised: 6, lost: 1, doubled: 2, late: 3, rung_after_no: 4 };
    let mut sum = counts;
    sum.add(&counts);
    assert_eq!(sum, Counts { asked: 14, promised: 12, lost: 2, doubled: 4, late: 6, rung_after_no: 8 });
}
