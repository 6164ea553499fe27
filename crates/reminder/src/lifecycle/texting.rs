//! The transitions of `Texting`: the reminder is texted instead of called.

use jiff::Timestamp;

use super::step::{Step, Transition};
use crate::channel::Slot;
use crate::event::{Effect, Event, Report};
use crate::policy::{Policy, TEXT_TRIES};
use crate::record::{End, Lifecycle, State, TextReason, is_untexted};

/// The text that the reminder owes.
#[derive(Clone, Copy)]
pub(super) struct Texting<'a> {
    pub(super) why: TextReason,
    pub(super) tries: u8,
    pub(super) since: Timestamp,
    pub(super) slot: Option<&'a Slot>,
}

impl Step<'_> {
    pub(super) fn texting(&self, event: &Event, texting: Texting, deadline: Timestamp) -> Transition {
        let Texting { why, tries, since, slot: reserved } = texting;
        match event {
            Event::DeadlinePassed if may_text_again(tries, since, self.policy, self.now) => {
                let wait = self.policy.text_deadline(u32::from(tries + 1), self.now);
                // The slot is for this try alone.
                let tried = Texting { tries: tries + 1, slot: None, ..texting };
                self.record_tries(tried, wait, vec![Effect::SendText(reserved.cloned())])
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
            Event::TextRefusedForGood { .. } => self.fail_series(),
            Event::TextRefusedForNow { retry_at, .. } => {
                let not_sent = Texting { tries: tries.saturating_sub(1), slot: None, ..texting };
                self.record_tries(not_sent, *retry_at, vec![])
            }
            Event::TextSlotAssigned { slot, .. } => {
                let not_sent = Texting { tries: tries.saturating_sub(1), slot: Some(slot), ..texting };
                self.record_tries(not_sent, slot.at, vec![])
            }

            Event::CallReported { claim, report: Report::PickedUp, .. }
                if self.reminder.is_last_claim(claim) && is_untexted(tries) =>
            {
                self.text_after_late_pickup(since, deadline)
            }
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::KeyPressed { claim } if self.reminder.is_last_claim(claim) => self.end(End::Heard, None, vec![]),
            Event::Accepted { claim, call } => self.accepted_without_claim(claim, call),

            Event::Acknowledged => self.acknowledge(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::SeriesReplanned { zone, due } => self.replan_series(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.opt_out(*epoch),

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

    /// Counts a try before the text is sent, or takes the count back if the text was certainly not sent.
    fn record_tries(&self, texting: Texting, deadline: Timestamp, effects: Vec<Effect>) -> Transition {
        let Texting { why, tries, since, slot } = texting;
        self.change(State::Texting { why, tries, since, slot: slot.cloned() }, deadline, effects)
    }

    /// The carrier refuses to text the number. A series ends too, since it would only fail again.
    fn fail_series(&self) -> Transition {
        let mut next = self.reminder.clone();
        next.life = Lifecycle::Ended { end: End::Failed, at: self.now };
        Transition::Change(Box::new(next), vec![Effect::RaiseAlarm])
    }
}

/// Whether another text may be tried. The number of tries is limited, since each text without an answer may have
/// arrived.
// guard: may_text_again
fn may_text_again(tries: u8, since: Timestamp, policy: &Policy, now: Timestamp) -> bool {
    tries < TEXT_TRIES && now < policy.text_give_up(since)
}
