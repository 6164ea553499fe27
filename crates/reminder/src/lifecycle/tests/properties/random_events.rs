//! Random events.

use proptest::prelude::*;

use super::*;

/// One event, and how the clock moves before it.
#[derive(Debug, Clone)]
pub(super) struct RandomEvent {
    pub(super) elapse: Elapse,
    pub(super) kind: Kind,
    pub(super) claim: NamedClaim,
    pub(super) generation: NamedGeneration,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Elapse {
    Seconds(i64),
    ToWake,
    ToDeadline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WakeUpSent,
    Woken,
    SlotAssigned(i64),
    NoSlotInTime,
    CallLimitReached,
    Postponed(i64),
    Accepted,
    RefusedForNow(i64),
    RefusedForGood,
    Reported(Report),
    KeyPressed,
    DeadlinePassed,
    Detected(Verdict),
    Resumed,
    Acknowledged,
    Deleted,
    Rescheduled(i64),
    ZoneCorrected(i64),
    SeriesReplanned(i64),
    Skipped,
    OptedOut(u32),
}

/// The claim that an event names.
#[derive(Debug, Clone, Copy)]
pub(super) enum NamedClaim {
    /// The live claim, or the last claim if no claim is live.
    Current,
    Last,
    Older(usize),
    Unknown,
}

/// The generation that an event names.
#[derive(Debug, Clone, Copy)]
pub(super) enum NamedGeneration {
    Current,
    Older,
    Newer,
}

pub(super) fn random_events() -> impl Strategy<Value = Vec<RandomEvent>> {
    prop::collection::vec(random_event(), 0..60)
}

fn random_event() -> impl Strategy<Value = RandomEvent> {
    (elapse(), kind(), named_claim(), named_generation()).prop_map(|(elapse, kind, claim, generation)| RandomEvent {
        elapse,
        kind,
        claim,
        generation,
    })
}

fn elapse() -> impl Strategy<Value = Elapse> {
    prop_oneof![
        6 => (0_i64..5).prop_map(Elapse::Seconds),
        3 => (5_i64..130).prop_map(Elapse::Seconds),
        1 => (130_i64..2000).prop_map(Elapse::Seconds),
        1 => (-400_i64..0).prop_map(Elapse::Seconds),
        1 => Just(Elapse::Seconds(90_000)),
        6 => Just(Elapse::ToWake),
        3 => Just(Elapse::ToDeadline),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        20 => Just(Kind::Woken),
        8 => Just(Kind::Accepted),
        8 => Just(Kind::Reported(Report::NotReached)),
        4 => Just(Kind::Reported(Report::Initiated)),
        3 => Just(Kind::Reported(Report::PickedUp)),
        3 => Just(Kind::Reported(Report::Completed)),
        8 => Just(Kind::DeadlinePassed),
        4 => (0_i64..200).prop_map(Kind::RefusedForNow),
        2 => (0_i64..1200).prop_map(Kind::SlotAssigned),
        2 => Just(Kind::WakeUpSent),
        2 => Just(Kind::KeyPressed),
        3 => prop::sample::select(&VERDICTS[..]).prop_map(Kind::Detected),
        1 => Just(Kind::Resumed),
        2 => (1_i64..900).prop_map(Kind::Postponed),
        1 => prop_oneof![Just(Kind::NoSlotInTime), Just(Kind::CallLimitReached), Just(Kind::RefusedForGood)],
        2 => prop_oneof![Just(Kind::Acknowledged), Just(Kind::Skipped), (60_i64..4000).prop_map(Kind::Rescheduled)],
        1 => (60_i64..4000).prop_map(Kind::ZoneCorrected),
        1 => (60_i64..4000).prop_map(Kind::SeriesReplanned),
        1 => prop_oneof![3 => (0_u32..3).prop_map(Kind::OptedOut), 1 => Just(Kind::OptedOut(3)), 1 => Just(Kind::Deleted)],
    ]
}

fn named_claim() -> impl Strategy<Value = NamedClaim> {
    prop_oneof![
        8 => Just(NamedClaim::Current),
        2 => Just(NamedClaim::Last),
        2 => (0_usize..9).prop_map(NamedClaim::Older),
        1 => Just(NamedClaim::Unknown),
    ]
}

fn named_generation() -> impl Strategy<Value = NamedGeneration> {
    prop_oneof![8 => Just(NamedGeneration::Current), 2 => Just(NamedGeneration::Older), 1 => Just(NamedGeneration::Newer)]
}
