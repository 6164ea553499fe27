//! How long an occurrence may take: with and without faults, and after each fault.

use super::*;

const LOST: &str = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";

/// A one-off that is due at second 1800 and neither called nor texted, with these faults. Its person deletes it, or
/// opts out, at the second `ended`.
fn lost(faults: &[(i64, Fault)], ended: i64, meaning: Meaning) -> Judgement {
    let mut story = asked();
    for (second, fault) in faults {
        story.fault(*second, *fault);
        if *fault == Fault::RolledBack {
            story.at(*second, 0, Observation::RolledBack);
            story.at(*second + 6000, 0, Observation::RolledForward);
        }
    }
    let answer = if meaning.opts_out() { "" } else { "Deleted #1 pills." };
    story.text(ended, meaning, answer).judge(8)
}

#[test]
fn without_faults_a_text_excuses_only_an_occurrence_of_the_last_twenty_minutes() {
    for meaning in [Meaning::Delete(1), Meaning::OptOut] {
        keeps(&lost(&[], 2990, meaning.clone()), LOST);
        breaks(&lost(&[], 3010, meaning), LOST);
    }
}

#[test]
fn a_fault_excuses_an_occurrence_for_forty_five_minutes_after_its_end() {
    let deleted = |faults: &[(i64, Fault)], ended: i64| lost(faults, ended, Meaning::Delete(1));
    for (fault, longer) in [(Fault::TextStatusTwice, 0), (Fault::Freeze, 3600), (Fault::CarrierLate, 1800)] {
        keeps(&deleted(&[(1810, fault)], 1800 + longer + 2700), LOST);
        breaks(&deleted(&[(1810, fault)], 1820 + longer + 2700), LOST);
    }
    keeps(&deleted(&[(1810, Fault::RolledBack)], 7800 + 2700), LOST);
    breaks(&deleted(&[(1810, Fault::RolledBack)], 7820 + 2700), LOST);
}

#[test]
fn faults_form_a_chain_only_if_each_comes_while_the_fault_before_it_lasts() {
    let chain = |second: i64| {
        let faults = [(1810, Fault::QueueLate), (second, Fault::QueueLate)];
        lost(&faults, second + 2000, Meaning::Delete(1))
    };
    keeps(&chain(4400), LOST);
    breaks(&chain(4600), LOST);
}

#[test]
fn a_failed_text_can_be_acknowledged_until_the_service_asks_for_its_status() {
    let story = |done: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        // The carrier's report that the text failed is lost.
        story.sends(
            1900,
            "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.",
            Some(UndeliveredCause::Operator),
        );
        story.text(done, Meaning::DoneWith(1), "Done: #1 pills.").judge(6)
    };
    keeps(&story(1900 + 3500), "without call, text or alarm");
    breaks(&story(1900 + 3600 + 1300), "without call, text or alarm");
}
