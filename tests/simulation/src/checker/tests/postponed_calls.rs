//! The costs of a call that is postponed and is then moved by a text before it rings, and how late a call may be
//! because of slots.

use jiff::tz::TimeZone;

use super::*;
use crate::functions::Functions;
use crate::people::{Habit, Machine, Manners, Phone, Reply};
use crate::world::ZONE;
use crate::world::script::{Script, act};

const MILK_S: i64 = 60;

/// Pills and milk are due at the same second. The call about the milk comes `ahead_s` before that second. The call
/// about the pills is postponed once for each entry of `postponed`, then a text moves it.
fn story(ahead_s: i64, postponed: &[bool], costs: Costs) -> Story {
    let mut story = asked();
    let milk = Meaning::Remind { task: "milk".to_owned(), due: Due::In(29) };
    story.text(MILK_S, milk, "OK, I'll call you in 29 minutes (12:30 PM): milk (#2).");
    story.call(1800 - ahead_s, MILK_S, "milk", Talk::Keys(&['1']));
    for has_slot in postponed {
        let from_ms = story.start_ms + 1_800_000;
        let postponed = PostponedCall { from_ms, to_ms: from_ms + 61_000, has_slot: *has_slot };
        story.postponed_calls.push((story.reminder(0).to_string(), postponed));
    }
    story.text(1830, Meaning::Move(1, 20), "Moved: I'll call you in 20 minutes (12:50:30 PM): pills (#1).");
    story.call(3030, 0, "pills", Talk::Keys(&['1']));
    story.costs.push((story.reminder(0).to_string(), costs));
    story
}

fn moved(ahead_s: i64, postponed: &[bool], costs: Costs) -> Judgement {
    story(ahead_s, postponed, costs).judge(3)
}

/// Maximum costs of the whole life of a reminder that one text changed.
const MOVED: Costs = Costs { by_texts: 2, writes: 7, schedules: 2, messages: 4, ..LIFE };

#[test]
fn a_moved_call_that_waited_for_the_phone_costs_one_more_write_and_message() {
    let more = Costs { writes: 8, messages: 5, ..MOVED };
    keeps(&moved(0, &[], MOVED), "cost");
    keeps(&moved(0, &[false], more), "cost");
    breaks(&moved(0, &[], more), "9 writes");
    breaks(&moved(0, &[], more), "5 dial messages");
    breaks(&moved(0, &[false], Costs { writes: 9, ..more }), "10 writes");
    breaks(&moved(0, &[false], Costs { messages: 6, ..more }), "6 dial messages");
    breaks(&moved(0, &[false], Costs { turns_given_back: 1, ..more }), "1 turns given back");
    // A call that began more than 233 s earlier is certainly over, so it is no reason to wait.
    keeps(&moved(233, &[false], more), "cost");
    breaks(&moved(234, &[false], more), "5 dial messages");
}

#[test]
fn a_moved_call_that_waited_for_a_slot_also_costs_one_more_turn_and_one_more_slot() {
    let more = Costs { writes: 8, messages: 5, turns: 2, turns_given_back: 1, ..MOVED };
    keeps(&moved(0, &[true], more), "cost");
    breaks(&moved(0, &[true], Costs { turns: 3, ..more }), "11 writes");
    breaks(&moved(0, &[true], Costs { turns_given_back: 2, ..more }), "2 turns given back");
    // A call that was requested 11 s earlier did not compete for a slot.
    breaks(&moved(11, &[true], more), "5 dial messages");

    let slots = |postponed: &[bool]| {
        let mut story = story(0, postponed, more);
        for second in [1800, 1861, 3030] {
            story.reserve(second);
        }
        story.judge(3)
    };
    keeps(&slots(&[true]), "slots");
    breaks(&slots(&[false]), "3 slots");
}

#[test]
fn a_reminder_that_is_moved_while_it_waits_for_the_phone_breaks_no_bound() {
    let (functions, zone) = (Functions::new().unwrap(), TimeZone::get(ZONE).unwrap());
    let remind = |task: &str| Meaning::Remind { task: task.to_owned(), due: Due::In(5) };
    let manners = Manners::Same(Reply::Press('1', 4000));
    let script = Script {
        start: START.parse().unwrap(),
        phone: Phone { machine: Machine::None, habit: Habit::Always(3000), manners },
        by_queue: false,
        texts: vec![(0, remind("take the pills")), (5, remind("feed rabbit")), (315, Meaning::Move(2, 12))],
        calls_to_service: Vec::new(),
        days: 0,
    };
    let remains = act(1, &script, &functions, &zone, |_| ());
    let postponed: Vec<bool> = remains.postponed_calls.iter().map(|(_, postponed)| postponed.has_slot).collect();
    assert_eq!(postponed, [false]);
    let costs = remains.costs.iter().find(|(reminder, _)| *reminder == remains.postponed_calls[0].0);
    assert_eq!(costs.map(|(_, costs)| costs.messages), Some(3));
    held(&judge(&remains));
}

#[test]
fn a_call_may_be_late_by_the_slots_that_repeated_deliveries_of_its_wake_up_took() {
    let called = |is_confirmed, lost, has_slot, postponed_ms| {
        let mut story = asked();
        // A call that comes up to 5 s after its due is on time.
        story.call(1809, 0, "pills", Talk::Keys(&['1']));
        if is_confirmed {
            story.confirm(0);
        }
        let from_ms = story.start_ms + 1_800_000;
        let postponed = PostponedCall { from_ms, to_ms: from_ms + postponed_ms, has_slot };
        story.postponed_calls.push((story.reminder(0).to_string(), postponed));
        story.costs.push((story.reminder(0).to_string(), Costs { lost, ..LIFE }));
        story.judge(3)
    };
    // Each slot delays an unconfirmed number by two seconds.
    keeps(&called(false, 2, true, 4000), "ms late");
    breaks(&called(false, 1, true, 4000), "9000 ms late, without any fault");
    breaks(&called(false, 1, true, 4000), "expected at most 7000 ms after these faults");
    breaks(&called(false, 2, true, 3999), "9000 ms late");
    breaks(&called(false, 2, false, 4000), "9000 ms late");
    // Each slot delays a confirmed number by one second, and the first one by less than another.
    keeps(&called(true, 3, true, 3000), "ms late");
    breaks(&called(true, 2, true, 3000), "expected at most 8000 ms after these faults");
    breaks(&called(true, 3, true, 2999), "9000 ms late");
    breaks(&called(true, 3, false, 3000), "expected at most 5000 ms after these faults");
}

#[test]
fn a_call_may_be_late_by_the_slots_that_other_reminders_reserved_and_did_not_use() {
    let called = |is_confirmed, slots: &[i64], has_slot, used: &[i64]| {
        let mut story = asked();
        if is_confirmed {
            story.confirm(0);
        }
        let made = story.reminder(120);
        for slot in slots {
            let to_ms = story.start_ms + slot * 1000;
            story.postponed_calls.push((made.to_string(), PostponedCall { from_ms: to_ms - 60_000, to_ms, has_slot }));
        }
        // The reminder about tea belongs to another person.
        let id = MessageId::new("twilio", "SMtea").unwrap();
        story.at(120, 0, Observation::TextSent { id, person: 1, meaning: tea(), route: AnswerRoute::Reply });
        for second in used {
            let person = "fedcba9876543210fedcba9876543210".parse().unwrap();
            let claim = story.reminder(*second).to_string().parse().unwrap();
            let route = CallRoute { key: ReminderKey { person, reminder: made.clone() }, claim };
            let (carrier, to) = ("twilio".parse().unwrap(), number(1));
            story.at(*second, 0, Observation::CallRequested { carrier, to, route });
        }
        // A call that comes up to 5 s after its due is on time.
        story.call(1809, 0, "pills", Talk::Keys(&['1'])).judge(3)
    };
    // Each slot delays an unconfirmed number by two seconds.
    keeps(&called(false, &[1801, 1802], true, &[]), "ms late");
    breaks(&called(false, &[1801, 1802], false, &[]), "9000 ms late, without any fault");
    breaks(&called(false, &[1801], true, &[]), "expected at most 7000 ms after these faults");
    breaks(&called(false, &[1799, 1802, 1810], true, &[]), "expected at most 7000 ms after these faults");
    // A slot that was reserved and then used counts once, not twice.
    breaks(&called(false, &[1801], true, &[1801]), "expected at most 7000 ms after these faults");
    // Each slot delays a confirmed number by one second, and the first one by less than another.
    keeps(&called(true, &[1801, 1802, 1803], true, &[]), "ms late");
    breaks(&called(true, &[1801, 1802], true, &[]), "expected at most 8000 ms after these faults");
}
