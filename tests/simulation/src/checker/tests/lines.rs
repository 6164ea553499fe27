//! One call at a time, and what a carrier's own queue makes of it.

use super::*;
use crate::faults::Fault;

/// A call that its carrier queues until the end, although its reminder was deleted. Another call follows.
fn queued(deleted: bool, fault: Option<Fault>) -> Judgement {
    let mut story = asked();
    story.text(120, Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) }, TEA);
    story.call(1800, 0, "pills", Talk::NotPickedUp);
    story.entries.retain(|entry| !matches!(entry.seen, Observation::CallEnded { .. }));
    if deleted {
        story.text(1840, Meaning::Delete(1), "Deleted #1 pills. Your phone may still ring once.");
    }
    if let Some(fault) = fault {
        story.cloud.faults.record(fault, story.start_ms + 1_840_100);
    }
    story.call(1920, 120, "tea", Talk::Keys(&['1'])).judge(3)
}

#[test]
fn a_call_that_could_not_be_ended_may_be_left_in_the_carriers_queue() {
    keeps(&queued(true, Some(Fault::CarrierLate)), "call the same phone");
    breaks(&queued(false, Some(Fault::CarrierLate)), "call the same phone");
    breaks(&queued(true, None), "call the same phone");
    breaks(&queued(true, Some(Fault::VerdictLate)), "call the same phone");
}
