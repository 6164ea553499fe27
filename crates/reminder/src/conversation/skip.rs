//! SKIP: skips the next occurrence of a reminder. A series goes on, and a one-off is deleted.

use crate::event::Event;
use crate::record::Reminder;
use crate::words::{Answer, ChangeAnswer};
use jiff::civil::Date;
use language::Target;

use super::choose::call_in_flight;
use super::{Decision, ReminderWrite, Situation};

/// The reminders that a SKIP means.
enum Chosen {
    /// These reminders, at least one.
    These(Vec<Reminder>),
    /// This reminder fits the text, but its next occurrence is not on the day that the text names.
    AnotherDay(Box<Reminder>),
    /// Every reminder that fits the text is paused. This is one of them.
    Paused(Box<Reminder>),
    /// Several reminders have the words of the text.
    Several,
    /// No reminder fits the text.
    None,
}

/// Skips the next occurrence of the reminders that the text names. The text may also name the day: "skip tomorrow's
/// pills".
pub(super) fn skip(mut situation: Situation<'_>, which: &Target, day: Option<Date>) -> Decision {
    let chosen = match situation.chosen_to_skip(which, day) {
        Chosen::These(chosen) => chosen,
        Chosen::AnotherDay(one) => return situation.say(&Answer::Change(ChangeAnswer::NotThatDay(&one))),
        Chosen::Paused(one) => return situation.say(&Answer::Change(ChangeAnswer::IsPaused(&one))),
        Chosen::Several => return situation.say(&Answer::AskWhich),
        Chosen::None => return situation.say(&Answer::NoSuch),
    };
    let chosen: Vec<&Reminder> = chosen.iter().collect();
    situation.profile.question = None;
    situation.take_back(&chosen);
    situation.record_undoable(&chosen, None);
    let (now, left, call) = (situation.now, situation.calls_left(), call_in_flight(&chosen));
    let mut decision = situation.changes(&chosen, &Event::Skipped);
    let next: Vec<&Reminder> = decision.writes.iter().map(ReminderWrite::reminder).collect();
    decision.answer = Answer::Change(ChangeAnswer::Skipped(&next, call)).render_for(left, now);
    decision
}

impl Situation<'_> {
    fn chosen_to_skip(&self, which: &Target, day: Option<Date>) -> Chosen {
        let on_day = |one: &Reminder| day.is_none_or(|day| one.zone.rules().to_datetime(one.due).date() == day);
        let next = || self.open_reminders().filter(|one| on_day(one) && !one.is_paused()).min_by_key(|one| one.due);
        let meant: Vec<&Reminder> = match which {
            Target::Numbers(_) | Target::All | Target::Words(_) => self.choose(which),
            Target::Last => self.last_open().filter(|one| !one.is_paused()).or_else(next).into_iter().collect(),
            Target::Next => next().into_iter().collect(),
        };
        let on_that_day: Vec<Reminder> =
            meant.iter().filter(|one| on_day(one) && !one.is_paused()).map(|one| (*one).clone()).collect();
        let paused = meant.iter().find(|one| one.is_paused()).map(|one| Box::new((*one).clone()));
        let meant: Vec<&Reminder> = meant.into_iter().filter(|one| !one.is_paused()).collect();
        match (&meant[..], &on_that_day[..], which) {
            ([], ..) => paused.map_or(Chosen::None, Chosen::Paused),
            ([one, ..], [], _) => Chosen::AnotherDay(Box::new((*one).clone())),
            (_, [_, _, ..], Target::Words(_)) => Chosen::Several,
            (_, [_, ..], _) => Chosen::These(on_that_day),
        }
    }
}
