//! Makes new reminders.

use crate::event::Effect;
use crate::ids::ReminderKey;
use crate::incoming_text::PlannedWakeUp;
use crate::lifecycle;
use crate::policy::TASK_MAX;
use crate::profile::ZoneSource;
use crate::record::{DueSource, Lifecycle, Reminder, State, Zone};
use crate::words::{Answer, Refused, ZoneNote};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{DueBasis, NewReminder, Rule};

use super::{Decision, ReminderWrite, Situation};

/// The generation of a reminder that is planned for the first time.
pub(super) const FIRST_GENERATION: u32 = 1;

/// Makes the reminders that were asked for: all of them, or no reminder if one is refused.
pub(super) fn reminders(mut situation: Situation<'_>, wanted: &[NewReminder]) -> Decision {
    if wanted.iter().any(|one| one.task.chars().count() > TASK_MAX) {
        return situation.say(&Answer::Refused(Refused::TooLong));
    }
    let dues: Vec<Timestamp> = wanted.iter().map(|one| one.due).collect();
    let refusal = situation.no_room_for(wanted.len()).or_else(|| situation.rings_too_often(wanted));
    if let Some(refusal) = refusal.or_else(|| situation.plan(&dues, &[]).err()) {
        return situation.say(&refusal);
    }
    let made: Vec<Reminder> = wanted
        .iter()
        .map(|one| {
            let source = situation.due_source(one.basis);
            situation.new_reminder(&one.task, one.due, source, one.zone.clone(), one.rule.clone())
        })
        .collect();
    if let Some(last) = made.last() {
        situation.about(last);
    }
    let note = situation.zone_note();
    let left = situation.calls_left();
    let answer = Answer::Created(&made.iter().collect::<Vec<_>>(), note).render_for(left, situation.now);
    let mut decision = situation.silence();
    decision.answer = answer;
    made.into_iter().for_each(|one| decision.create(one));
    decision
}

impl<'a> Situation<'a> {
    pub(super) fn new_reminder(
        &mut self,
        task: &str,
        due: Timestamp,
        due_source: DueSource,
        zone: Option<TimeZone>,
        rule: Option<Rule>,
    ) -> Reminder {
        // An offset in the text ("6pm GMT+2") is not a named zone, and the due already contains it.
        let zone = zone.and_then(|zone| Zone::try_from(zone).ok()).unwrap_or_else(|| self.profile.zone.clone());
        Reminder {
            key: ReminderKey { person: self.profile.person.clone(), reminder: self.ids.reminder() },
            number: self.profile.numbers.give(self.now, self.reminders.open()),
            task: task.to_owned(),
            zone,
            rule,
            due,
            due_source,
            created_at: self.received_at,
            generation: FIRST_GENERATION,
            epoch: self.profile.consent.epoch,
            last_claim: None,
            last_end: None,
            cancelled_claim: None,
            missed_in_row: 0,
            code: None,
            life: lifecycle::waiting(due, self.now, self.policy),
            write_id: self.ids.write_id(),
        }
    }

    /// Returns the source of a due with this basis.
    pub(super) fn due_source(&self, basis: DueBasis) -> DueSource {
        match (basis, self.profile.zone_source) {
            (DueBasis::LocalClock, ZoneSource::Guessed | ZoneSource::GuessTold) => DueSource::GuessedClock,
            (DueBasis::LocalEnd, ZoneSource::Guessed | ZoneSource::GuessTold) => DueSource::GuessedEnd,
            (DueBasis::LocalClock | DueBasis::LocalEnd, ZoneSource::Said) | (DueBasis::Fixed, _) => DueSource::Fixed,
        }
    }

    /// Returns the note about the zone for the answer. Only the first answer names the guessed zone.
    fn zone_note(&mut self) -> ZoneNote<'a> {
        match self.profile.zone_source {
            ZoneSource::Guessed => {
                self.profile.zone_source = ZoneSource::GuessTold;
                ZoneNote::Guessed(self.service_name)
            }
            ZoneSource::GuessTold | ZoneSource::Said => ZoneNote::Known,
        }
    }
}

impl Decision {
    /// Adds a new reminder and its wake-up.
    pub(super) fn create(&mut self, reminder: Reminder) {
        if let Lifecycle::Live { state: State::Waiting { wake_at, .. }, .. } = reminder.life {
            self.effects.push(Effect::SendWakeUp(lifecycle::wake(&reminder, wake_at)));
        }
        self.planned.push(PlannedWakeUp { reminder: reminder.key.reminder.clone(), generation: reminder.generation });
        self.writes.push(ReminderWrite::Create(reminder));
    }
}
