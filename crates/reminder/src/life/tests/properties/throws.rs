//! What is thrown at a reminder.

use proptest::prelude::*;

use super::*;

/// One event, and how the clock moves before it.
#[derive(Debug, Clone)]
pub(super) struct Throw {
    pub(super) elapse: Elapse,
    pub(super) kind: Kind,
    pub(super) whose: Whose,
    pub(super) plan: Plan,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Elapse {
    Seconds(i64),
    ToWake,
    ToDeadline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WakeSent,
    Woken,
    Paced(i64),
    Crowded,
    PutOff(i64),
    Accepted,
    RefusedForNow(i64),
    RefusedForGood,
    Reported(Report),
    KeyPressed,
    DeadlinePassed,
    TextAccepted,
    TextRefusedForNow(i64),
    TextPaced(i64),
    TextRefusedForGood,
    Settled,
    Deleted,
    Rescheduled(i64),
    ZoneCorrected(i64),
    PassedOver,
    Left(u32),
}

/// Whose claim an event names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// The live one, or else the last one.
    Current,
    Last,
    Older(usize),
    Alien,
}

/// Which generation an event names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    Current,
    Older,
    Newer,
}

pub(super) fn throws() -> impl Strategy<Value = Vec<Throw>> {
    prop::collection::vec(throw(), 0..60)
}

fn throw() -> impl Strategy<Value = Throw> {
    (elapse(), kind(), whose(), plan()).prop_map(|(elapse, kind, whose, plan)| Throw { elapse, kind, whose, plan })
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
        2 => (0_i64..1200).prop_map(Kind::Paced),
        2 => Just(Kind::WakeSent),
        2 => Just(Kind::KeyPressed),
        2 => Just(Kind::TextAccepted),
        2 => (1_i64..900).prop_map(Kind::TextRefusedForNow),
        2 => (1_i64..900).prop_map(Kind::TextPaced),
        2 => (1_i64..900).prop_map(Kind::PutOff),
        1 => prop_oneof![Just(Kind::Crowded), Just(Kind::RefusedForGood), Just(Kind::TextRefusedForGood)],
        2 => prop_oneof![Just(Kind::Settled), Just(Kind::PassedOver), (60_i64..4000).prop_map(Kind::Rescheduled)],
        1 => (60_i64..4000).prop_map(Kind::ZoneCorrected),
        1 => prop_oneof![3 => (0_u32..3).prop_map(Kind::Left), 1 => Just(Kind::Left(3)), 1 => Just(Kind::Deleted)],
    ]
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![
        8 => Just(Whose::Current),
        2 => Just(Whose::Last),
        2 => (0_usize..9).prop_map(Whose::Older),
        1 => Just(Whose::Alien),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    prop_oneof![8 => Just(Plan::Current), 2 => Just(Plan::Older), 1 => Just(Plan::Newer)]
}
