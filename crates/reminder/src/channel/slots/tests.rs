//! Properties of the slots, for any order of the requests of several processes that know outdated slots.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

/// When the requests of a test begin, in milliseconds since 1970.
const START_MS: i64 = 1_800_000_000_000;

/// The interval of the tests, in milliseconds.
const INTERVAL_MS: i64 = 250;

/// Number of processes that request slots.
const PROCESSES: usize = 4;

fn request(now_ms: i64, interval_ms: i64, priority: Priority) -> SlotRequest {
    let at = |ms| Timestamp::from_millisecond(START_MS + ms).unwrap();
    let interval = SignedDuration::from_millis(interval_ms);
    SlotRequest { now: at(now_ms), latest: at(now_ms + 20_000), interval, priority, budget: None }
}

/// Reserves the slot of a request that sees the stored slots. The slot is in milliseconds after the start.
fn reserve(stored: &mut Option<Slots>, now_ms: i64, interval_ms: i64, priority: Priority) -> Option<i64> {
    let step = Step::choose(*stored, &request(now_ms, interval_ms, priority))?;
    let reserved = step.reserve(*stored).unwrap_or_else(|| panic!("expected {step:?} to fit {stored:?}"));
    *stored = Some(reserved.1);
    Some(reserved.0 - START_MS)
}

/// One action of a process.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// A request begins: the process chooses its step by the slots that it knows.
    Begin { process: usize, priority: Priority, skew_ms: i64, interval_ms: i64 },
    /// The step of the process arrives at the store.
    Arrive { process: usize },
    /// This much time passes.
    Pass { ms: i64 },
}

fn actions(intervals_ms: &'static [i64]) -> impl Strategy<Value = Vec<Action>> {
    let priority = prop_oneof![3 => Just(Priority::Unconfirmed), 1 => Just(Priority::Confirmed)];
    let begin = (0..PROCESSES, priority, -30..30_i64, prop::sample::select(intervals_ms));
    let begin = begin.prop_map(|(process, priority, skew_ms, interval_ms)| Action::Begin {
        process,
        priority,
        skew_ms,
        interval_ms,
    });
    let arrive = (0..PROCESSES).prop_map(|process| Action::Arrive { process });
    let pass = prop_oneof![5 => 0..3 * INTERVAL_MS, 1 => 0..40 * INTERVAL_MS].prop_map(|ms| Action::Pass { ms });
    prop::collection::vec(prop_oneof![5 => begin, 5 => arrive, 1 => pass], 1..200)
}

/// The state of one process.
#[derive(Debug, Clone, Copy, Default)]
struct Process {
    known: Option<Slots>,
    /// The request that waits for the answer of the store, with the step that was chosen for it.
    waiting: Option<(Step, SlotRequest)>,
}

/// The reserved slots, with the number that each is for.
#[derive(Default)]
struct World {
    now_ms: i64,
    stored: Option<Slots>,
    processes: [Process; PROCESSES],
    slots: BTreeMap<i64, Priority>,
    /// The current instant of the request that was furthest ahead, among those that have arrived.
    newest_ms: i64,
}

impl World {
    /// Carries out an action. Calls `check` with the request, its slot and the world before it.
    fn act(&mut self, action: Action, check: &impl Fn(&SlotRequest, i64, &Self)) {
        match action {
            Action::Begin { process, priority, skew_ms, interval_ms } => {
                let process = &mut self.processes[process];
                let request = request(self.now_ms + skew_ms, interval_ms, priority);
                process.waiting = Step::choose(process.known, &request).map(|step| (step, request));
            }
            Action::Arrive { process } => {
                let Some((step, request)) = self.processes[process].waiting.take() else { return };
                self.newest_ms = self.newest_ms.max(request.now_ms());
                if let Some((slot_ms, slots)) = step.reserve(self.stored) {
                    check(&request, slot_ms, self);
                    let before = self.slots.insert(slot_ms, request.priority);
                    assert_eq!(before, None, "the slot {slot_ms} was reserved twice");
                    self.stored = Some(slots);
                } else {
                    let step = Step::choose(self.stored, &request);
                    self.processes[process].waiting = step.map(|step| (step, request));
                }
                let known = &mut self.processes[process].known;
                *known = self.stored.map(|seen| known.map_or(seen, |known| known.newer(seen)));
            }
            Action::Pass { ms } => self.now_ms += ms,
        }
    }
}

fn count(slots: &BTreeMap<i64, Priority>, from_ms: i64, wanted: Priority) -> i64 {
    i64::try_from(slots.range(from_ms..).filter(|(_, priority)| **priority == wanted).count()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn no_two_slots_are_closer_than_the_interval_and_each_is_within_its_bounds(actions in actions(&[INTERVAL_MS])) {
        let mut world = World::default();
        for action in actions {
            world.act(action, &|request, slot_ms, world| {
                assert!(slot_ms >= request.now_ms() && slot_ms <= request.latest.as_millisecond(), "{slot_ms}");
                let near = world.slots.range(slot_ms - INTERVAL_MS + 1..slot_ms + INTERVAL_MS).next();
                assert_eq!(near, None, "the slot {slot_ms}");
            });
        }
    }

    #[test]
    fn a_confirmed_number_waits_two_intervals_and_two_for_each_confirmed_number_before_it(
        actions in actions(&[INTERVAL_MS]),
    ) {
        let mut world = World::default();
        for action in actions {
            world.act(action, &|request, slot_ms, world| {
                let before = count(&world.slots, request.now_ms(), Priority::Confirmed);
                // Requests that began later may have arrived before.
                let latest_ms = world.newest_ms + 2 * INTERVAL_MS * (before + 1);
                assert!(request.priority == Priority::Unconfirmed || slot_ms <= latest_ms, "{slot_ms} > {latest_ms}");
            });
        }
    }

    #[test]
    fn an_unconfirmed_number_that_waits_leaves_a_slot_between_its_own_and_all_slots_before(
        actions in actions(&[INTERVAL_MS]),
    ) {
        let mut world = World::default();
        for action in actions {
            world.act(action, &|request, slot_ms, world| {
                let last_ms = world.slots.last_key_value().map_or(0, |(slot_ms, _)| *slot_ms);
                let is_apart = slot_ms == request.now_ms() || slot_ms >= last_ms + 2 * INTERVAL_MS;
                assert!(request.priority == Priority::Confirmed || is_apart, "{slot_ms} is near {last_ms}");
            });
        }
    }

    #[test]
    fn while_the_rate_changes_no_two_slots_are_closer_than_the_shorter_interval(actions in actions(&[100, 250, 400])) {
        let mut world = World::default();
        for action in actions {
            world.act(action, &|_, slot_ms, world| {
                assert_eq!(world.slots.range(slot_ms - 99..slot_ms + 100).next(), None, "the slot {slot_ms}");
            });
        }
    }
}

use Priority::{Confirmed, Unconfirmed};

/// Checks the slots of these requests: the instant and the priority of each, and its slot.
fn check(requests: &[(i64, Priority, i64)]) {
    let mut stored = None;
    for (row, (now_ms, priority, slot_ms)) in requests.iter().enumerate() {
        let found = reserve(&mut stored, *now_ms, INTERVAL_MS, *priority);
        assert_eq!(found, Some(*slot_ms), "row {row}, {stored:?}");
    }
}

#[test]
fn the_next_slot_of_an_idle_channel_is_now_for_any_number() {
    check(&[(0, Unconfirmed, 0), (250, Unconfirmed, 250), (600, Confirmed, 600), (900, Unconfirmed, 900)]);
}

#[test]
fn confirmed_numbers_alone_use_every_slot() {
    check(&[(0, Confirmed, 0), (10, Confirmed, 250), (10, Confirmed, 500), (10, Confirmed, 750)]);
}

#[test]
fn confirmed_numbers_take_the_slots_between_those_of_unconfirmed_ones() {
    check(&[
        (0, Unconfirmed, 0),
        (10, Unconfirmed, 500),
        (10, Unconfirmed, 1000),
        (10, Confirmed, 250),
        (10, Confirmed, 750),
        (10, Confirmed, 1250),
        (10, Unconfirmed, 1750),
        (10, Confirmed, 1500),
    ]);
}

#[test]
fn a_free_slot_that_has_passed_is_not_reserved() {
    check(&[(0, Unconfirmed, 0), (10, Unconfirmed, 500), (10, Unconfirmed, 1000), (300, Confirmed, 750)]);
    // The free slot has passed, and the next slot is the one after the last reserved one.
    check(&[(0, Unconfirmed, 0), (10, Unconfirmed, 500), (300, Confirmed, 750), (310, Confirmed, 1000)]);
    check(&[(0, Unconfirmed, 0), (10, Unconfirmed, 500), (300, Unconfirmed, 1000), (300, Confirmed, 750)]);
}

#[test]
fn slots_of_a_release_without_lanes_are_all_reserved() {
    for (priority, expected_ms) in [(Confirmed, 400), (Unconfirmed, 650)] {
        let mut stored = Some(Slots::in_one_lane(START_MS + 400));
        assert_eq!(reserve(&mut stored, 10, INTERVAL_MS, priority), Some(expected_ms));
        assert_eq!(reserve(&mut stored, 10, INTERVAL_MS, Confirmed), Some(if expected_ms == 400 { 650 } else { 400 }));
    }
}

#[test]
fn another_interval_is_used_as_soon_as_no_slot_is_left_free() {
    let mut stored = None;
    for (now_ms, interval_ms, priority, expected_ms) in [
        (0, 250, Unconfirmed, 0),
        (10, 250, Unconfirmed, 500),
        // The slot at 250 is still free.
        (10, 100, Unconfirmed, 1000),
        (10, 100, Confirmed, 250),
        (10, 100, Confirmed, 750),
        (10, 100, Confirmed, 1250),
        (10, 100, Confirmed, 1350),
        (10, 400, Unconfirmed, 1850),
        (10, 400, Confirmed, 1450),
    ] {
        assert_eq!(reserve(&mut stored, now_ms, interval_ms, priority), Some(expected_ms), "{stored:?}");
    }
}

#[test]
fn a_slot_after_the_latest_instant_is_refused() {
    for (latest_ms, confirmed, unconfirmed) in
        [(249, None, None), (250, Some(250), None), (499, Some(250), None), (500, Some(250), Some(500))]
    {
        for (priority, expected) in [(Confirmed, confirmed), (Unconfirmed, unconfirmed)] {
            let mut stored = None;
            reserve(&mut stored, 0, INTERVAL_MS, Unconfirmed);
            let wanted = request(10, INTERVAL_MS, priority);
            let latest = Timestamp::from_millisecond(START_MS + latest_ms).unwrap();
            let step = Step::choose(stored, &SlotRequest { latest, ..wanted });
            let slot_ms = step.and_then(|step| step.reserve(stored)).map(|(slot_ms, _)| slot_ms - START_MS);
            assert_eq!(slot_ms, expected, "{priority:?}, latest {latest_ms}");
            // The condition of the write refuses such a slot too, if other processes have reserved slots meanwhile.
            let mut later = stored;
            while reserve(&mut later, 10, INTERVAL_MS, priority).is_some() {}
            assert_eq!(step.and_then(|step| step.reserve(later)), None, "{priority:?}, latest {latest_ms}");
        }
    }
}

#[test]
fn three_hundred_forged_numbers_delay_confirmed_ones_by_two_intervals() {
    let mut stored = None;
    for _ in 0..300 {
        // Those that find no slot in time are refused.
        reserve(&mut stored, 0, INTERVAL_MS, Unconfirmed);
    }
    for now_ms in (0..15_000).step_by(501) {
        let slot_ms = reserve(&mut stored, now_ms, INTERVAL_MS, Confirmed).unwrap();
        assert!(slot_ms <= now_ms + 2 * INTERVAL_MS, "{slot_ms} for a request at {now_ms}");
    }
}

#[test]
fn a_budget_counts_the_slots_of_each_hour_and_refuses_more() {
    let mut stored = None;
    let at = |minute: i64| Timestamp::from_millisecond(START_MS + minute * 60_000).unwrap();
    let mut reserve = |minute, budget| {
        let (now, latest) = (at(minute), at(minute + 1));
        let request = SlotRequest { now, latest, budget, ..request(0, INTERVAL_MS, Confirmed) };
        let reserved = Reservation::choose(stored, &request)?.reserve(stored).unwrap();
        stored = Some(reserved.state);
        Ok(reserved.state.spent.slots)
    };
    // The tests begin at a full hour.
    for (minute, expected) in [
        (0, Ok(1)),
        (30, Ok(2)),
        (59, Err(NoSlot::OverBudget)),
        (60, Ok(1)),
        (61, Ok(2)),
        (62, Err(NoSlot::OverBudget)),
    ] {
        assert_eq!(reserve(minute, Some(2)), expected, "minute {minute}");
    }
    // A clock that is behind does not bring back the budget of the hour before.
    assert_eq!(reserve(59, Some(2)), Err(NoSlot::OverBudget));
    assert_eq!(reserve(63, None), Ok(2), "nothing is counted without a budget");
}

#[test]
fn a_write_that_was_chosen_by_outdated_counts_does_not_exceed_the_budget() {
    let request = SlotRequest { budget: Some(1), ..request(0, INTERVAL_MS, Confirmed) };
    let first = Reservation::choose(None, &request).unwrap();
    let stored = Some(first.reserve(None).unwrap().state);
    let further = Reservation { count: Count::Further { hour: request.hour(), budget: 1 }, ..first };
    let later = Reservation { count: Count::Uncounted, ..first };
    assert_eq!(first.reserve(stored), None);
    assert_eq!(further.reserve(stored), None);
    // Only the count refuses the second write: the slot of this one is idle again.
    let idle = stored.map(|state| ChannelState { slots: Slots::in_one_lane(START_MS), ..state });
    assert_eq!((first.reserve(idle), further.reserve(idle)), (None, None));
    assert!(later.reserve(idle).is_some());
}
