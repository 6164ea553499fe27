//! The judge of the comparison: a simple count of what a person's phone saw. It knows no product. The simulation's
//! checker is much stricter, but its rules are about the service's own texts.
//!
//! A reminder counts from the moment at which the phone shows "OK, I'll call you", if that is before its due.

use std::collections::BTreeMap;

use reminder::ids::{CallId, Number};
use reminder::policy::Times;
use serde::Serialize;

use crate::checker::made_ms;
use crate::fakes::number;
use crate::history::{Entry, Observation};
use crate::people::Meaning;
use crate::world::compared::AskedReminder;

/// Words of the answer that promises a call.
const PROMISE: &str = "OK, I'll call you";

/// Words of the answer that confirms a deletion.
const DELETION: &str = "Deleted";

/// How long after its due a reminder is late, in milliseconds.
const LATE_MS: i64 = 60_000;

/// How long after its due a reminder is lost, in milliseconds: the maximum lateness of a call, and a minute for the
/// text that follows at its end.
const LOST_MS: i64 = Times::DEFAULT.max_lateness_s * 1000 + LATE_MS;

/// The largest difference of two clocks, in milliseconds.
const SKEW_MS: i64 = 1000;

/// How many reminders went wrong, and in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Reminders that people asked for.
    pub asked: u64,
    /// Reminders that were promised before their due. Only these are counted below.
    pub promised: u64,
    /// Lost: within 16 minutes after the due the phone neither rang nor showed a text about the reminder. The call of a
    /// busy line counts if the mailbox took it.
    pub lost: u64,
    /// Doubled: a call came while an earlier call rang or was in progress, or after the person had pressed 1 on an
    /// earlier call and heard that it was understood.
    pub doubled: u64,
    /// Late: the first call, or the text instead, came more than a minute after the due.
    pub late: u64,
    /// Rung after no: a call came that was decided on after the phone had shown that the reminder is deleted.
    pub rung_after_no: u64,
}

impl Counts {
    /// Adds the counts of another world.
    pub(super) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.promised += other.promised;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.late += other.late;
        self.rung_after_no += other.rung_after_no;
    }
}

/// A call that reached a person's line.
#[derive(Debug, Clone, Copy)]
struct Call {
    /// When the product decided to place it, by the id of its claim, in milliseconds since 1970.
    decided_ms: i64,
    /// When the carrier dialed the line, in milliseconds since 1970. Absent while the carrier keeps it in its queue.
    dialed_ms: Option<i64>,
    /// Whether the line was busy, so that the phone did not ring.
    is_busy: bool,
    /// When the person, their mailbox or their screening phone picked up, in milliseconds since 1970.
    picked_up_ms: Option<i64>,
    /// When the product answered the key 1, in milliseconds since 1970.
    confirmed_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    ended_ms: Option<i64>,
}

impl Call {
    /// When the phone rang, or when the mailbox took the call of a busy line.
    fn reached_ms(&self) -> Option<i64> {
        if self.is_busy { self.picked_up_ms } else { self.dialed_ms }
    }
}

/// What one person's phone saw.
#[derive(Debug)]
struct Phone<'a> {
    reminder: &'a AskedReminder,
    /// Whether the person asked to delete the reminder. Then it need not ring.
    is_unwanted: bool,
    promised_ms: Option<i64>,
    deleted_ms: Option<i64>,
    /// When the first text about the reminder arrived that is no answer, in milliseconds since 1970.
    texted_ms: Option<i64>,
    calls: Vec<Call>,
}

/// Counts the reminders that went wrong in a world.
pub fn judge(asked: &[AskedReminder], entries: &[Entry]) -> Counts {
    let mut counts = Counts::default();
    for phone in phones(asked, entries) {
        counts.asked += 1;
        let due_ms = phone.reminder.due_ms;
        if phone.promised_ms.is_none_or(|promised_ms| promised_ms >= due_ms) {
            continue;
        }
        counts.promised += 1;
        counts.lost += u64::from(phone.is_lost());
        counts.doubled += u64::from(phone.is_doubled());
        counts.late += u64::from(phone.is_late());
        counts.rung_after_no += u64::from(phone.rings_after_no());
    }
    counts
}

impl Phone<'_> {
    fn is_lost(&self) -> bool {
        let reached_ms = self.calls.iter().filter_map(Call::reached_ms).chain(self.texted_ms).min();
        !self.is_unwanted && reached_ms.is_none_or(|reached_ms| reached_ms > self.reminder.due_ms + LOST_MS)
    }

    /// A call to a busy line is in time too: the product can't know that the line is busy.
    fn is_late(&self) -> bool {
        let came_ms = self.calls.iter().filter_map(|call| call.dialed_ms).chain(self.texted_ms).min();
        let is_late = came_ms.is_some_and(|came_ms| came_ms > self.reminder.due_ms + LATE_MS);
        !self.is_unwanted && !self.is_lost() && is_late
    }

    fn is_doubled(&self) -> bool {
        let dialed = || self.calls.iter().enumerate().filter_map(|(place, call)| Some((place, call, call.dialed_ms?)));
        dialed().any(|(place, _, dialed_ms)| {
            let is_earlier = |(other, _, other_ms): &(usize, &Call, i64)| (*other_ms, *other) < (dialed_ms, place);
            dialed().filter(is_earlier).any(|(_, earlier, _)| {
                let is_over = earlier.ended_ms.is_some_and(|ended_ms| ended_ms <= dialed_ms);
                !is_over || earlier.confirmed_ms.is_some()
            })
        })
    }

    fn rings_after_no(&self) -> bool {
        let Some(deleted_ms) = self.deleted_ms else { return false };
        self.calls.iter().any(|call| call.dialed_ms.is_some() && call.decided_ms > deleted_ms + SKEW_MS)
    }

    fn read(&mut self, at_ms: i64, text: &str) {
        if text.contains(PROMISE) {
            self.promised_ms.get_or_insert(at_ms);
        } else if text.contains(DELETION) {
            self.deleted_ms.get_or_insert(at_ms);
        } else if text.contains(&self.reminder.task) {
            self.texted_ms.get_or_insert(at_ms);
        }
    }
}

/// Collects what each person's phone saw.
fn phones<'a>(asked: &'a [AskedReminder], entries: &[Entry]) -> Vec<Phone<'a>> {
    let unseen = |reminder| Phone {
        reminder,
        is_unwanted: false,
        promised_ms: None,
        deleted_ms: None,
        texted_ms: None,
        calls: Vec::new(),
    };
    let mut phones: Vec<_> = asked.iter().map(unseen).collect();
    let people: BTreeMap<Number, usize> = (0..asked.len()).map(|person| (number(person), person)).collect();
    let mut places: BTreeMap<&CallId, (usize, usize)> = BTreeMap::new();
    for Entry { at_ms, seen } in entries {
        let at_ms = *at_ms;
        match seen {
            Observation::TextSent { person, meaning: Meaning::DeleteAll, .. } => phones[*person].is_unwanted = true,
            Observation::TextArrived { to, body, .. } => {
                people.get(to).into_iter().for_each(|person| phones[*person].read(at_ms, body));
            }
            Observation::CallAccepted { call, to, route } => {
                let Some(person) = people.get(to) else { continue };
                let calls = &mut phones[*person].calls;
                places.insert(call, (*person, calls.len()));
                let decided_ms = made_ms(route.claim.as_str()).unwrap_or(at_ms);
                calls.push(Call {
                    decided_ms,
                    dialed_ms: None,
                    is_busy: false,
                    picked_up_ms: None,
                    confirmed_ms: None,
                    ended_ms: None,
                });
            }
            Observation::Rings { call }
            | Observation::LineBusy { call }
            | Observation::PickedUp { call, .. }
            | Observation::KeyAnswered { call, digit: '1', .. }
            | Observation::CallEnded { call, .. } => {
                let Some((person, place)) = places.get(call) else { continue };
                let call = &mut phones[*person].calls[*place];
                match seen {
                    Observation::Rings { .. } => call.dialed_ms = Some(at_ms),
                    Observation::LineBusy { .. } => call.is_busy = true,
                    Observation::PickedUp { .. } => call.picked_up_ms = Some(at_ms),
                    Observation::KeyAnswered { .. } => call.confirmed_ms = Some(at_ms),
                    _ => call.ended_ms = Some(at_ms),
                }
            }
            _ => {}
        }
    }
    phones
}

#[cfg(test)]
mod tests;
