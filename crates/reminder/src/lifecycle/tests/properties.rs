//! What holds after any events in any order, with claims and generations that are current, old or somebody else's, and
//! clocks that jump.

mod throws;
mod world;

use proptest::prelude::*;

use super::*;
use throws::{Throw, throws};
use world::World;

const RULES: [Option<&str>; 4] =
    [None, Some("FREQ=DAILY"), Some("FREQ=DAILY;COUNT=3"), Some("FREQ=MINUTELY;INTERVAL=15")];

/// A reminder due in `ahead_s` seconds, as it is made.
fn made(rule: Option<&str>, ahead_s: i64) -> Reminder {
    let given = Reminder { last_claim: None, generation: 1, due_source: DueSource::GuessedClock, ..due_now() };
    let life = waiting(1, given.due, None, after(given.due, -ahead_s), &policy());
    let given = Reminder { life, ..given };
    match rule {
        Some(rule) => every(rule, given),
        None => given,
    }
}

fn lived(rule: Option<&str>, ahead_s: i64, throws: &[Throw]) -> World {
    let mut world = World::new(made(rule, ahead_s), t(-ahead_s));
    throws.iter().for_each(|throw| world.step(throw));
    world
}

proptest! {
    /// The checks are the world's, after each step.
    #[test]
    fn no_sequence_of_events_breaks_a_guarantee(
        rule in prop::sample::select(&RULES[..]), ahead_s in 0_i64..4000, throws in throws(),
    ) {
        lived(rule, ahead_s, &throws);
    }

    #[test]
    fn without_another_word_from_anybody_the_sweeper_alone_brings_an_occurrence_to_its_end(
        rule in prop::sample::select(&RULES[..]), ahead_s in 0_i64..4000, throws in throws(),
    ) {
        lived(rule, ahead_s, &throws).sweep_to_the_end();
    }

    #[test]
    fn nothing_revives_what_was_deleted(
        rule in prop::sample::select(&RULES[..]), before in throws(), after in throws(),
    ) {
        let mut world = lived(rule, 60, &before);
        world.learn(&Event::Deleted);
        after.iter().for_each(|throw| world.step(throw));
        prop_assert!(world.reminder.state().is_none());
    }
}
