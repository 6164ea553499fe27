//! Every event of a reminder, about every call that the record may know.

use reminder::call_limits::ReachedLimit;
use reminder::channel::Slot;
use reminder::event::{Event, Report, Verdict};
use reminder::record::{DueSource, Zone};

use super::every_record::{GENERATION, call, claim, t};

/// Number of kinds of events.
pub(super) const EVENTS: usize = 21;

/// The place of an event in the list of all events. A new event must be added here and to [`every_event`].
pub(super) fn place_of(event: &Event) -> usize {
    match event {
        Event::WakeUpSent { .. } => 0,
        Event::Woken { .. } => 1,
        Event::SlotAssigned { .. } => 2,
        Event::NoSlotInTime { .. } => 3,
        Event::CallLimitReached { .. } => 4,
        Event::Postponed { .. } => 5,
        Event::Accepted { .. } => 6,
        Event::RefusedForNow { .. } => 7,
        Event::RefusedForGood { .. } => 8,
        Event::CallReported { .. } => 9,
        Event::AnswererDetected { .. } => 10,
        Event::KeyPressed { .. } => 11,
        Event::DeadlinePassed => 12,
        Event::Acknowledged { .. } => 13,
        Event::Deleted => 14,
        Event::Rescheduled { .. } => 15,
        Event::ZoneCorrected { .. } => 16,
        Event::SeriesReplanned { .. } => 17,
        Event::Skipped => 18,
        Event::Resumed => 19,
        Event::OptedOut { .. } => 20,
    }
}

/// Whether a text of the person makes the event.
pub(super) fn is_request(event: &Event) -> bool {
    place_of(event) >= 13
}

/// All events. Each event about a call comes with the claims of all calls that a record knows, and an unknown claim.
pub(super) fn every_event() -> Vec<Event> {
    let mut events = vec![
        Event::DeadlinePassed,
        Event::Deleted,
        Event::Skipped,
        Event::Resumed,
        Event::OptedOut { epoch: 2 },
        Event::OptedOut { epoch: 3 },
    ];
    for at in [-60, 0, 60, 90_000] {
        events.push(Event::Acknowledged { received_at: t(at) });
        events.push(Event::Rescheduled { due: t(at), source: DueSource::Fixed });
        for zone in ["America/New_York", "Europe/Berlin"].map(|name| Zone::named(name).unwrap()) {
            events.push(Event::ZoneCorrected { zone: zone.clone(), due: t(at) });
            events.push(Event::SeriesReplanned { zone, due: t(at) });
        }
    }
    for generation in [GENERATION, GENERATION - 1] {
        events.push(Event::WakeUpSent { generation });
        events.push(Event::Woken { generation, claim: claim(1), code: None });
        events.push(Event::NoSlotInTime { generation });
        for limit in [ReachedLimit::SaidBefore, ReachedLimit::Unconfirmed(None)] {
            events.push(Event::CallLimitReached { generation, limit });
        }
        for until in [t(50), t(90_000)] {
            events.push(Event::Postponed { generation, until });
            let slot = Slot { at: until, carrier: "twilio".parse().unwrap() };
            events.push(Event::SlotAssigned { generation, slot });
        }
    }
    for number in [0, 1, 2, 3, 9] {
        events.extend(of_call(number));
    }
    events
}

fn of_call(number: u32) -> Vec<Event> {
    let (claim, call) = (claim(number), call(number));
    let mut events = vec![
        Event::Accepted { claim: claim.clone(), call: call.clone() },
        Event::RefusedForNow { claim: claim.clone(), retry_at: t(50) },
        Event::RefusedForNow { claim: claim.clone(), retry_at: t(90_000) },
        Event::RefusedForGood { claim: claim.clone() },
        Event::KeyPressed { claim: claim.clone() },
    ];
    for report in [Report::Initiated, Report::PickedUp, Report::Completed, Report::NotReached] {
        events.push(Event::CallReported { claim: claim.clone(), call: call.clone(), report });
    }
    let verdicts = [Verdict::Person, Verdict::MachineStarted, Verdict::MachineEnded, Verdict::Fax, Verdict::Unknown];
    for verdict in verdicts {
        events.push(Event::AnswererDetected { claim: claim.clone(), call: call.clone(), verdict });
    }
    events
}
