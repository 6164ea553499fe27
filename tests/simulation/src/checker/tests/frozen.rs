//! Functions that freeze, and send their one request when they thaw.

use super::*;

/// A call about the reminder of the second 0, that is claimed at the second `claimed` and requested at the second
/// `requested`.
fn claimed_before(story: &mut Story, claimed: i64, requested: i64, talk: Talk) {
    let others = story.entries.len();
    story.call(claimed, 0, "pills", talk);
    story.entries[others..].iter_mut().for_each(|entry| entry.at_ms += (requested - claimed) * 1000);
}

#[test]
fn a_call_is_too_late_unless_the_function_that_claimed_it_in_time_froze() {
    let story = |claimed: i64, requested: i64, frozen: i64| {
        let mut story = asked();
        story.fault(frozen, Fault::Freeze);
        claimed_before(&mut story, claimed, requested, Talk::NotPickedUp);
        story.judge(6)
    };
    keeps(&story(1800, 5000, 1799), "was called 3200000 ms late");
    // Another function froze.
    breaks(&story(1800, 5000, 1700), "was called 3200000 ms late");
    breaks(&story(5000, 5000, 1799), "was called 3200000 ms late");
    // The claim was too late.
    breaks(&story(3000, 5000, 2999), "was called 3200000 ms late");
}

#[test]
fn a_call_after_a_deletion_comes_from_a_function_that_froze_with_its_claim() {
    let story = |freezes: &[i64], requests: &[i64]| {
        let mut story = asked();
        story.text(1802, Meaning::Delete(1), "Deleted #1 pills. Your phone may still ring once.");
        freezes.iter().for_each(|second| story.fault(*second, Fault::Freeze));
        for second in requests {
            claimed_before(&mut story, 1800, *second, Talk::NotPickedUp);
        }
        story.judge(3)
    };
    let dialed = "after a confirmed cancellation";
    keeps(&story(&[1799], &[3000]), dialed);
    breaks(&story(&[900], &[3000]), dialed);
    breaks(&story(&[900, 901], &[1803, 1804]), dialed);
    keeps(&story(&[1799, 1800], &[3000, 3001]), dialed);
    breaks(&story(&[1799], &[3000, 3001]), dialed);
}

#[test]
fn a_text_whose_acceptance_was_written_is_not_sent_again() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |fault: Fault, at: i64, again: &[(i64, RequestOutcome)]| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp).sends(1900, texted, None);
        story.fault(at, fault);
        for (second, heard) in again {
            story.requests(*second, texted, *heard);
        }
        story.judge(6)
    };
    let again = [(6000, RequestOutcome::Unknown)];
    keeps(&story(Fault::StoreThrottled, 1901, &again), "texted again");
    breaks(&story(Fault::StoreThrottled, 3600, &again), "texted again");
    breaks(&story(Fault::StoreThrottled, 1850, &again), "texted again");
    // Each earlier acceptance counts, not only that of the previous request.
    let (thawed, later) = ((3000, RequestOutcome::Unknown), (7000, RequestOutcome::Unknown));
    keeps(&story(Fault::Freeze, 2950, &[thawed]), "texted again");
    breaks(&story(Fault::Freeze, 2950, &[thawed, later]), "texted again");
}
