//! The lines about reminders: which metrics a transition counts.

use jiff::Timestamp;
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::metrics::{Metric, ON_TIME_S};
use reminder::record::{AnsweredBy, End, LastEnd, Lifecycle, Reminder, State};

use super::line::{Line, Values, is_read};

/// Returns the line about a reminder that a text or a key made. `None` if such lines are switched off, see [`is_read`].
pub(crate) fn created(reminder: &Reminder, now: Timestamp) -> Option<Line> {
    let mut values = Values::default();
    values.count(Metric::RemindersAccepted);
    is_read().then(|| Line { from: "None", values, ..line(reminder, "Created", reminder, now) })
}

/// Returns the line about a change of a reminder. `event` is its cause, or `None` if a text or a key from outside a call
/// changed it together with other records. The result is `None` if such lines are switched off, see [`is_read`].
pub(crate) fn reminder_changed(
    before: &Reminder,
    event: Option<&Event>,
    after: &Reminder,
    now: Timestamp,
) -> Option<Line> {
    if !is_read() {
        return None;
    }
    let mut values = Values::default();
    let late_ms = late_ms(before, now);
    if event.is_some_and(|event| first_call_is_known(before, event, after)) {
        values.set(Metric::Lateness, late_ms);
        count_punctuality(&mut values, late_ms);
    }
    match answered_by(before, event, after) {
        Some(AnsweredBy::Person) => counts_of_pickup(&mut values, Metric::AnsweredByPerson),
        Some(AnsweredBy::Machine) => counts_of_pickup(&mut values, Metric::AnsweredByMachine),
        Some(AnsweredBy::Unknown) => counts_of_pickup(&mut values, Metric::AnsweredByUnknown),
        Some(AnsweredBy::Nobody) | None => {}
    }
    if let Some(end) = occurrence_end(before, after) {
        match end {
            End::Heard => values.count(Metric::RemindersHeard),
            End::Unconfirmed => values.count(Metric::RemindersUnconfirmed),
            End::Missed => values.count(Metric::RemindersMissed),
            End::Cancelled | End::OptedOut { .. } => {}
        }
        if is_replaced_before_its_first_call(before, event, after) {
            count_punctuality(&mut values, late_ms);
        }
    }
    if matches!(event, Some(Event::CallLimitReached { .. })) {
        values.count(Metric::CallsOverPersonLimit);
    }
    let call = event.and_then(call_of).cloned();
    Some(Line { values, call, ..line(before, event.map_or("Texted", Event::name), after, now) })
}

fn line(before: &Reminder, event: &'static str, after: &Reminder, now: Timestamp) -> Line {
    Line {
        reminder: Some(after.key.reminder.clone()),
        text: None,
        message: None,
        call: None,
        event,
        from: before.state_name(),
        to: after.state_name(),
        attempt: attempt(before).or_else(|| attempt(after)),
        end: end(before, after).map(end_name),
        wake_at: wake_at(after),
        deadline: after.deadline(),
        due: Some(before.due),
        late_ms: Some(late_ms(before, now)),
        code: None,
        values: Values::default(),
    }
}

fn counts_of_pickup(values: &mut Values, who: Metric) {
    values.count(Metric::CallsPickedUp);
    values.count(who);
}

/// How late an occurrence is, in milliseconds. Negative before its due.
pub(super) fn late_ms(reminder: &Reminder, now: Timestamp) -> i64 {
    i64::try_from(now.duration_since(reminder.due).as_millis()).unwrap_or(i64::MAX)
}

/// Counts an occurrence as on time or late. Both metrics get a value, so that the average of `RemindersLate` is the
/// share of late occurrences. The alarms on the objective watch that average.
fn count_punctuality(values: &mut Values, late_ms: i64) {
    let is_late = late_ms > ON_TIME_S * 1000;
    values.set(Metric::RemindersOnTime, i64::from(!is_late));
    values.set(Metric::RemindersLate, i64::from(is_late));
}

/// The number of the call that is planned or under way, from 1.
pub(super) fn attempt(reminder: &Reminder) -> Option<u8> {
    match reminder.state()? {
        State::Waiting { attempt, .. } | State::Dialing { attempt, .. } | State::Ringing { attempt, .. } => {
            Some(*attempt)
        }
        State::Paused => None,
    }
}

/// Whether the event is the first that shows that the carrier has accepted a call of the occurrence. Only an accepted
/// call has reports, verdicts and keys.
fn first_call_is_known(before: &Reminder, event: &Event, after: &Reminder) -> bool {
    let was_dialing = matches!(before.state(), Some(State::Dialing { attempt: 1, .. }));
    let is_dialing = matches!(after.state(), Some(State::Dialing { .. }));
    was_dialing && !is_dialing && is_of_accepted_call(event)
}

fn is_of_accepted_call(event: &Event) -> bool {
    matches!(
        event,
        Event::Accepted { .. } | Event::CallReported { .. } | Event::AnswererDetected { .. } | Event::KeyPressed { .. }
    )
}

/// Whether a text replaces all calls of the occurrence that ends: none is known to have been placed. An acknowledgment
/// that comes after the end changes only how the occurrence ended.
fn is_replaced_before_its_first_call(before: &Reminder, event: Option<&Event>, after: &Reminder) -> bool {
    let has_no_call =
        matches!(before.state(), Some(State::Waiting { attempt: 1, .. } | State::Dialing { attempt: 1, .. }));
    let ended_before = before.last_end.as_ref().map(|last| (last.due, last.at));
    let ends = |last: &LastEnd| last.text.is_some() && ended_before != Some((last.due, last.at));
    has_no_call && after.last_end.as_ref().is_some_and(ends) && !event.is_some_and(is_of_accepted_call)
}

/// Returns how an occurrence ended in this change, or that an occurrence that had ended was acknowledged later.
fn occurrence_end(before: &Reminder, after: &Reminder) -> Option<End> {
    let last = after.last_end.as_ref()?;
    (before.last_end.as_ref() != Some(last)).then_some(last.end)
}

/// Returns how an occurrence or the whole reminder ended in this change.
fn end(before: &Reminder, after: &Reminder) -> Option<End> {
    match (&before.life, &after.life) {
        (Lifecycle::Live { .. }, Lifecycle::Ended { end, .. }) => Some(*end),
        (Lifecycle::Live { .. } | Lifecycle::Ended { .. }, _) => occurrence_end(before, after),
    }
}

fn end_name(end: End) -> &'static str {
    match end {
        End::Heard => "heard",
        End::Unconfirmed => "unconfirmed",
        End::Missed => "missed",
        End::Cancelled => "cancelled",
        End::OptedOut { .. } => "opted_out",
    }
}

/// Returns when the planned call may start.
fn wake_at(reminder: &Reminder) -> Option<Timestamp> {
    match reminder.state()? {
        State::Waiting { wake_at, .. } => Some(*wake_at),
        State::Dialing { .. } | State::Ringing { .. } | State::Paused => None,
    }
}

/// Returns the carrier's id of the call that an event is about.
pub(super) fn call_of(event: &Event) -> Option<&CallId> {
    let (Event::Accepted { call, .. } | Event::CallReported { call, .. } | Event::AnswererDetected { call, .. }) =
        event
    else {
        return None;
    };
    Some(call)
}

/// Returns who answered the call that is over after this change. `None` if no call ended.
fn answered_by(before: &Reminder, event: Option<&Event>, after: &Reminder) -> Option<AnsweredBy> {
    let before = before.state()?;
    let claim = before.claim()?;
    if after.state().is_some_and(|state| state.has_claim(claim)) {
        return None;
    }
    let noticed = match before {
        State::Ringing { pickup, .. } => *pickup,
        State::Waiting { .. } | State::Dialing { .. } | State::Paused => AnsweredBy::Nobody,
    };
    Some(match event {
        Some(Event::KeyPressed { claim: pressed }) if pressed == claim => AnsweredBy::Person,
        // A completed call was picked up, even if no pickup was reported.
        Some(Event::CallReported { report: Report::Completed, .. }) if noticed == AnsweredBy::Nobody => {
            AnsweredBy::Unknown
        }
        _ => noticed,
    })
}
