//! Moves repeating reminders to the person's new zone, if the person wants that.

use crate::event::Event;
use crate::profile::ZoneSource;
use crate::record::{Reminder, Zone};
use crate::words::Answer;
use jiff::tz::TimeZone;
use language::Question;

use super::zone::{Correction, Plan, answer_in_words};
use super::{Decision, Situation};

/// Answers YES: plans the series of the old zone again in the new zone, in one transaction. An occurrence that has
/// begun stays.
pub(super) fn move_along(mut situation: Situation<'_>) -> Decision {
    let Some(from) = situation.asked_about_series() else { return situation.say(&Answer::Unclear) };
    let (old, zone) = (Zone::try_from(from.clone()), situation.profile.zone.clone());
    let series: Vec<Reminder> = situation.series_of(&from).into_iter().cloned().collect();
    let correction = |one| situation.correction(one, old.as_ref().ok()?, &zone);
    let mut corrections: Vec<Correction> = series.iter().filter_map(correction).collect();
    situation.plan_again(&mut corrections);
    situation.profile.question = None;
    situation.profile.undoable = None;
    let (now, left) = (situation.now, situation.calls_left());
    let moves = corrections.iter().filter(|one| one.why_kept().is_none());
    let events: Vec<(&Reminder, Event)> = moves.map(|one| (&one.reminder, replan_event(one, &zone))).collect();
    let mut decision = situation.changes_of_each(&events);
    decision.answer = answer_in_words(&zone, &decision, &corrections, "", left, now);
    decision
}

/// Answers NO: repeating reminders stay in the old zone.
pub(super) fn stay(mut situation: Situation<'_>) -> Decision {
    let from = situation.asked_about_series().and_then(|from| Zone::try_from(from).ok());
    let Some(from) = from else { return situation.say(&Answer::Unclear) };
    situation.profile.question = None;
    situation.say(&Answer::SeriesStay(from.name()))
}

fn replan_event(one: &Correction, zone: &Zone) -> Event {
    let due = match one.plan {
        Plan::Move(due) => due,
        Plan::Keep(_) | Plan::Stay => one.reminder.due,
    };
    Event::SeriesReplanned { zone: zone.clone(), due }
}

impl Situation<'_> {
    /// Returns the open series whose times are on the clocks of a zone. A series that counts hours or minutes depends
    /// on no zone, so it is left out.
    pub(super) fn series_of(&self, zone: &TimeZone) -> Vec<&Reminder> {
        let is_on_the_clock = |one: &Reminder| one.rule.as_ref().is_some_and(|rule| !rule.counts_elapsed_time());
        self.open_reminders().filter(|one| one.zone.rules() == zone && is_on_the_clock(one)).collect()
    }

    /// Returns the zone that the person leaves when they move to `zone`. If the question about an earlier move is still
    /// open, this is the zone that they left in that move. Returns nothing if the left zone was only guessed or is
    /// `zone`, or if no series repeats in it.
    pub(super) fn left_zone(&self, zone: &Zone) -> Option<Zone> {
        let said_zone = (self.profile.zone_source == ZoneSource::Said).then(|| self.profile.zone.clone());
        let asked_zone = self.asked_about_series().and_then(|from| Zone::try_from(from).ok());
        let left = asked_zone.or(said_zone).filter(|left| left != zone)?;
        (!self.series_of(left.rules()).is_empty()).then_some(left)
    }

    /// Returns the zone that the person has left, if the question about the series of that zone is still open.
    fn asked_about_series(&self) -> Option<TimeZone> {
        match self.open_question()? {
            Question::MoveSeries { from } => Some(from.clone()),
            Question::When { .. }
            | Question::Task { .. }
            | Question::Days { .. }
            | Question::Delete
            | Question::Move { .. }
            | Question::Zone => None,
        }
    }
}
