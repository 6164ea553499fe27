//! Confirms a number by the code that a text told it.

use super::{Decision, ReminderWrite, Situation};
use crate::confirmation::ConfirmationCode;
use crate::event::Event;
use crate::record::Reminder;
use crate::words::Answer;

/// Whether the digits of a text are the number's code.
// guard: is_its_code
fn is_its_code(digits: &str, code: ConfirmationCode) -> bool {
    digits.parse() == Ok(code)
}

/// Confirms the number. Its series that were paused because it had no calls left ring again.
fn confirmed(mut situation: Situation<'_>) -> Decision {
    situation.profile.confirmed_at.get_or_insert(situation.now);
    let paused: Vec<Reminder> = situation.open_reminders().filter(|one| one.is_paused()).cloned().collect();
    let now = situation.now;
    let mut decision = situation.changes(&paused.iter().collect::<Vec<_>>(), &Event::Resumed);
    let resumed: Vec<&Reminder> = decision.writes.iter().map(ReminderWrite::reminder).collect();
    decision.answer = Answer::Confirmed(&resumed).render(now);
    decision
}

/// Confirms the number if the code is right. After too many wrong codes, no code is accepted, not even the right one.
pub(super) fn confirm(mut situation: Situation<'_>, digits: &str) -> Decision {
    let Some(code) = situation.calls.code else { return situation.say(&Answer::Unclear) };
    let Some(wrong_codes) = situation.profile.limits.wrong_codes.with(situation.received_at) else {
        return situation.say(&Answer::TooManyCodes);
    };
    if is_its_code(digits, code) {
        return confirmed(situation);
    }
    situation.profile.limits.wrong_codes = wrong_codes;
    situation.say(&Answer::WrongCode)
}
