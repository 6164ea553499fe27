//! RESUME: a series that was paused after missed occurrences rings again.

use crate::event::Event;
use crate::record::Reminder;
use crate::words::{Answer, ChangeAnswer};
use language::Target;

use super::{Decision, ReminderWrite, Situation};

/// Resumes the paused reminders that the text means. They ring from their next occurrence on.
pub(super) fn resume(mut situation: Situation<'_>, which: &Target) -> Decision {
    let paused: Vec<&Reminder> = situation.open_reminders().filter(|one| one.is_paused()).collect();
    let meant: Vec<Reminder> = match (which, &paused[..]) {
        (_, []) => return situation.say(&Answer::Change(ChangeAnswer::NothingPaused)),
        (Target::Last | Target::Next, [_, _, ..]) => return situation.say(&Answer::AskWhich),
        (Target::Last | Target::Next | Target::All, paused) => paused.iter().map(|one| (*one).clone()).collect(),
        (Target::Numbers(_) | Target::Words(_), _) => situation.choose(which).into_iter().cloned().collect(),
    };
    let resumed: Vec<&Reminder> = meant.iter().filter(|one| one.is_paused()).collect();
    match (&resumed[..], &meant[..]) {
        ([], []) => return situation.say(&Answer::NoSuch),
        ([], [one, ..]) => return situation.say(&Answer::Change(ChangeAnswer::NotPaused(one))),
        ([_, ..], _) => {}
    }
    situation.profile.question = None;
    if let [one] = resumed[..] {
        situation.about(one);
    }
    let (now, left) = (situation.now, situation.calls_left());
    let mut decision = situation.changes(&resumed, &Event::Resumed);
    let next: Vec<&Reminder> = decision.writes.iter().map(ReminderWrite::reminder).collect();
    decision.answer = Answer::Change(ChangeAnswer::Resumed(&next)).render_for(left, now);
    decision
}
