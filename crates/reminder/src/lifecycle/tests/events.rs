//! The events under test. A claim and its call have the same number.

use super::*;

pub(super) fn woken(generation: u32) -> Event {
    Event::Woken { generation, claim: claim(1), code: None }
}

pub(super) fn accepted(n: u32) -> Event {
    Event::Accepted { claim: claim(n), call: call(n) }
}

pub(super) fn reported(n: u32, report: Report) -> Event {
    Event::CallReported { claim: claim(n), call: call(n), report }
}

pub(super) fn pressed(n: u32) -> Event {
    Event::KeyPressed { claim: claim(n) }
}

pub(super) fn detected(n: u32, verdict: Verdict) -> Event {
    Event::AnswererDetected { claim: claim(n), call: call(n), verdict }
}

pub(super) fn refused_for_now(n: u32, retry_at_s: i64) -> Event {
    Event::RefusedForNow { claim: claim(n), retry_at: t(retry_at_s) }
}

pub(super) fn refused_for_good(n: u32) -> Event {
    Event::RefusedForGood { claim: claim(n) }
}

pub(super) fn limit_reached(generation: u32) -> Event {
    Event::CallLimitReached { generation, limit: ReachedLimit::SaidBefore }
}

/// The events of a wake-up.
pub(super) fn wake_up_events(generation: u32) -> [Event; 6] {
    [
        Event::WakeUpSent { generation },
        woken(generation),
        Event::SlotAssigned { generation, slot: slot(50) },
        Event::NoSlotInTime { generation },
        limit_reached(generation),
        Event::Postponed { generation, until: t(50) },
    ]
}

pub(super) const VERDICTS: [Verdict; 5] =
    [Verdict::Person, Verdict::MachineStarted, Verdict::MachineEnded, Verdict::Fax, Verdict::Unknown];
