//! The guarantees that hold after any events in any order, under a clock that jumps. The events name current, older
//! and unknown claims, and current, older and newer generations.

mod random_events;
mod world;

use proptest::prelude::*;

use super::*;
use random_events::{RandomEvent, random_events};
use world::World;

const RULES: [Option<&str>; 4] =
    [None, Some("FREQ=DAILY"), Some("FREQ=DAILY;COUNT=3"), Some("FREQ=MINUTELY;INTERVAL=15")];

/// A fresh reminder that is due in `ahead_s` seconds.
fn fresh_reminder(rule: Option<&str>, ahead_s: i64) -> Reminder {
    let given = Reminder {
        last_claim: None,
        generation: 1,
        due_source: DueSource::GuessedClock,
        cancelled_claim: None,
        code: None,
        missed_in_row: 0,
        ..due_now()
    };
    let life = waiting(given.due, after(given.due, -ahead_s), &policy());
    let given = Reminder { life, ..given };
    match rule {
        Some(rule) => every(rule, given),
        None => given,
    }
}

fn world_after(rule: Option<&str>, ahead_s: i64, events: &[RandomEvent]) -> World {
    let mut world = World::new(fresh_reminder(rule, ahead_s), t(-ahead_s));
    events.iter().for_each(|event| world.step(event));
    world
}

proptest! {
    /// The world checks the guarantees after each step.
    #[test]
    fn no_sequence_of_events_breaks_a_guarantee(
        rule in prop::sample::select(&RULES[..]), ahead_s in 0_i64..4000, events in random_events(),
    ) {
        world_after(rule, ahead_s, &events);
    }

    #[test]
    fn the_sweeper_alone_brings_every_occurrence_to_its_end(
        rule in prop::sample::select(&RULES[..]), ahead_s in 0_i64..4000, events in random_events(),
    ) {
        world_after(rule, ahead_s, &events).sweep_to_the_end();
    }

    #[test]
    fn no_event_revives_a_deleted_reminder(
        rule in prop::sample::select(&RULES[..]), before in random_events(), after in random_events(),
    ) {
        let mut world = world_after(rule, 60, &before);
        world.apply(&Event::Deleted);
        after.iter().for_each(|event| world.step(event));
        prop_assert!(world.reminder.state().is_none());
    }
}
