//! Alarms: each one needs a reason before it. How long before depends on the alarm and on the reason.

use super::*;

/// A history with this fault at second 100 and an alarm with these words 15 minutes later.
fn alarmed(fault: Fault, words: &str) -> Judgement {
    let mut story = Story::new();
    story.text(0, Meaning::List, "You have no reminders.");
    story.fault(100, fault);
    let (outgoing, words) = (Some("text-1".to_owned()), words.to_owned());
    story.at(1000, 0, Observation::Alarm { reminder: None, outgoing, message: None, words });
    story.judge(1)
}

#[test]
fn an_answer_that_is_not_delivered_alarms_only_if_the_operator_must_act() {
    let words = "answer not delivered: the carrier delivers no answers until the operator acts; look up the error code";
    for fault in [Fault::TextUndeliveredOperator, Fault::TextFailsLate] {
        held(&alarmed(fault, words));
    }
    for fault in [Fault::TextUndeliveredPassing, Fault::TextUndeliveredNumber, Fault::TextUndeliveredOptedOut] {
        breaks(&alarmed(fault, words), "alarm without a fault");
    }
    // These words are only a warning.
    breaks(&alarmed(Fault::TextUndeliveredOperator, "answer not delivered"), "alarm without a fault");
}

#[test]
fn after_a_refusal_only_the_alarm_about_a_failed_reminder_may_come_late() {
    held(&alarmed(Fault::RefusedForNow, "reminder failed: neither a call nor a text reached its person"));
    for words in ["an answer could not be sent", "a text has no profile, so there is no number to send it to"] {
        breaks(&alarmed(Fault::RefusedForNow, words), "alarm without a fault");
    }
}
