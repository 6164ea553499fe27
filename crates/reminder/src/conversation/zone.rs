//! Sets a person's zone, and plans reminders again if the zone had been guessed wrongly.

use crate::event::Event;
use crate::profile::{Asked, ZoneSource};
use crate::record::{Reminder, Zone};
use crate::words::Answer;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::Question;

use super::{Decision, ReminderWrite, Situation, limits};

/// A reminder whose due was read off the guessed clock, and its new plan.
struct Correction {
    reminder: Reminder,
    plan: Plan,
}

enum Plan {
    /// The reminder rings at this instant instead.
    Move(Timestamp),
    /// The new time has passed. The reminder rings when it was planned, unless the person names another time.
    Keep,
    /// The reminder has rung for this occurrence, or is due at the same instant. Only its zone may change.
    Stay,
}

/// Sets the person's zone. If the zone was only guessed until now, reminders that were read off the guessed clock are
/// planned again in the same transaction. Reminders that were made when the zone was known keep their instants.
pub(super) fn set_zone(mut situation: Situation<'_>, zone: TimeZone) -> Decision {
    let Ok(zone) = Zone::try_from(zone) else { return situation.ask(&Question::Zone) };
    let corrections = situation.corrections(&zone);
    if let Err(refusal) = situation.plan_again(&corrections) {
        return situation.refuse(&refusal);
    }
    let keeps = |one: &&Correction| matches!(one.plan, Plan::Keep);
    let asked = corrections.iter().find(keeps).map(|one| Question::Move { number: Some(one.reminder.number) });
    situation.profile.question = asked.map(|question| Asked { question, at: situation.received_at });
    situation.profile.zone = zone.clone();
    situation.profile.zone_source = ZoneSource::Said;
    let now = situation.now;
    let events: Vec<(&Reminder, Event)> = corrections.iter().map(|one| (&one.reminder, one.event(&zone))).collect();
    let mut decision = situation.changes_of_each(&events);
    let changed: Vec<&Reminder> = decision.writes.iter().map(ReminderWrite::reminder).collect();
    let of = |keep: fn(&Plan) -> bool| {
        let chosen = corrections.iter().filter(|one| keep(&one.plan));
        let written = |one: &Correction| changed.iter().find(|next| next.key == one.reminder.key).copied();
        chosen.filter_map(written).collect::<Vec<&Reminder>>()
    };
    let (moved, kept) = (of(|plan| matches!(plan, Plan::Move(_))), of(|plan| matches!(plan, Plan::Keep)));
    let answer = match (&moved[..], &kept[..]) {
        ([], []) => Answer::Zone(zone.name()),
        (moved, kept) => Answer::ZoneCorrected { zone: zone.name(), moved, kept },
    };
    let answer = answer.render(now);
    decision.answer = answer;
    decision
}

impl Correction {
    fn event(&self, zone: &Zone) -> Event {
        let due = match self.plan {
            Plan::Move(due) => due,
            Plan::Keep | Plan::Stay => self.reminder.due,
        };
        Event::ZoneCorrected { zone: zone.clone(), due }
    }
}

impl Situation<'_> {
    /// Returns a correction for each reminder that was read off the wrong clock. Reminders made since this text was received
    /// are included, because they were read off the same clock.
    fn corrections(&self, zone: &Zone) -> Vec<Correction> {
        if self.profile.zone_source == ZoneSource::Said || self.profile.zone == *zone {
            return Vec::new();
        }
        let all =
            self.reminders.known().iter().chain(self.reminders.made_since()).filter(|one| one.is_off_guessed_clock());
        let correction = |one: &Reminder| {
            let has_begun = one.state()?.has_begun();
            let plan = match one.corrected_due(&self.profile.zone, zone, self.now) {
                _ if has_begun => Plan::Stay,
                Some(due) if due == one.due => Plan::Stay,
                Some(due) => Plan::Move(due),
                None => Plan::Keep,
            };
            Some(Correction { reminder: one.clone(), plan })
        };
        all.filter_map(correction).collect()
    }

    /// Counts the new dues instead of the old ones, for the reminders whose dues are counted.
    fn plan_again(&mut self, corrections: &[Correction]) -> Result<(), Answer<'static>> {
        let counted = corrections.iter().filter(|one| limits::is_counted(&one.reminder));
        let moves = counted.filter_map(|one| match one.plan {
            Plan::Move(due) => Some((due, &one.reminder)),
            Plan::Keep | Plan::Stay => None,
        });
        let (dues, in_place_of): (Vec<Timestamp>, Vec<&Reminder>) = moves.unzip();
        if dues.is_empty() { Ok(()) } else { self.plan(&dues, &in_place_of) }
    }
}
