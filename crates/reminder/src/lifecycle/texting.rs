//! What each event means for a reminder that is texted in the place of a call.

use jiff::Timestamp;

use super::step::{Step, Transition};
use crate::channel::Slot;
use crate::event::{Effect, Event, Report};
use crate::policy::{Policy, TEXT_TRIES};
use crate::record::{End, Lifecycle, State, TextReason, is_untexted};

/// The text that a reminder owes.
#[derive(Clone, Copy)]
pub(super) struct Texting<'a> {
    pub(super) why: TextReason,
    pub(super) tries: u8,
    pub(super) since: Timestamp,
    pub(super) slot: Option<&'a Slot>,
}

impl Step<'_> {
    pub(super) fn texting(&self, event: &Event, texting: Texting, deadline: Timestamp) -> Transition {
        let Texting { why, tries, since, slot: held } = texting;
        match event {
            Event::DeadlinePassed if may_text_again(tries, since, self.policy, self.now) => {
                let wait = self.policy.text_deadline(u32::from(tries + 1), self.now);
                // The slot is for this try alone.
                let tried = Texting { tries: tries + 1, slot: None, ..texting };
                self.try_text(tried, wait, vec![Effect::SendText(held.cloned())])
            }
            Event::DeadlinePassed => self.end(End::Failed, None, vec![Effect::RaiseAlarm]),
            Event::TextAccepted { generation }
            | Event::TextRefusedForNow { generation, .. }
            | Event::TextSlotAssigned { generation, .. }
            | Event::TextRefusedForGood { generation }
                if !self.reminder.is_planned(*generation) =>
            {
                Transition::Ignore
            }
            Event::TextAccepted { .. } => self.end(why.end(), None, vec![]),
            Event::TextRefusedForGood { .. } => self.fail_for_good(),
            Event::TextRefusedForNow { retry_at, .. } => {
                let taken_back = Texting { tries: tries.saturating_sub(1), slot: None, ..texting };
                self.try_text(taken_back, *retry_at, vec![])
            }
            Event::TextSlotAssigned { slot, .. } => {
                let taken_back = Texting { tries: tries.saturating_sub(1), slot: Some(slot), ..texting };
                self.try_text(taken_back, slot.at, vec![])
            }

            Event::CallReported { claim, report: Report::PickedUp, .. }
                if self.reminder.held_last(claim) && is_untexted(tries) =>
            {
                self.talk(since, deadline)
            }
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            Event::KeyPressed { claim } if self.reminder.held_last(claim) => self.end(End::Heard, None, vec![]),
            Event::Accepted { claim, call } => self.unheld(claim, call),

            Event::Acknowledged => self.settle(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.leave(*epoch),

            Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. } => Transition::Ignore,
        }
    }

    /// Counts a text's try before it is sent, or takes it back when it certainly was not.
    fn try_text(&self, texting: Texting, deadline: Timestamp, effects: Vec<Effect>) -> Transition {
        let Texting { why, tries, since, slot } = texting;
        self.change(State::Texting { why, tries, since, slot: slot.cloned() }, deadline, effects)
    }

    /// The number itself is refused: a series would only fail again.
    fn fail_for_good(&self) -> Transition {
        let mut next = self.reminder.clone();
        next.life = Lifecycle::Ended { end: End::Failed, at: self.now };
        Transition::Change(Box::new(next), vec![Effect::RaiseAlarm])
    }
}

/// A text whose answers stay unknown is not sent for ever, since each may have arrived.
// guard: may_text_again
fn may_text_again(tries: u8, since: Timestamp, policy: &Policy, now: Timestamp) -> bool {
    tries < TEXT_TRIES && now < policy.text_give_up(since)
}
