//! The queues that invoke functions, and their dead letters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::capacity::of_capacity;
use super::reading::{Template, target};

#[test]
fn functions_time_out_before_their_messages_become_visible_again() {
    let template = Template::read();
    let timeout: u32 = template.default_of_variable("FUNCTION_TIMEOUT_S").parse().unwrap();
    let visibility: u32 = template.default_of_variable("VISIBILITY_S").parse().unwrap();
    assert!(6 * timeout <= visibility);
    let chosen = |name: &str| json!({ "Fn::FindInMap": ["Timeouts", { "Ref": "Timeouts" }, name] });
    assert_eq!(template.globals()["Timeout"], chosen("Function"));
    for (_, mapping) in template.queue_mappings() {
        let queue = template.properties(target(&mapping["EventSourceArn"]));
        assert_eq!(queue["VisibilityTimeout"], chosen("Visibility"));
    }
}

#[test]
fn only_the_failed_message_of_a_batch_is_retried_and_then_goes_to_a_dead_letter_queue() {
    let template = Template::read();
    let mappings = template.queue_mappings();
    let functions: BTreeSet<&str> = mappings.iter().map(|(function, _)| function.as_str()).collect();
    assert_eq!(functions, BTreeSet::from(["Dialer", "Inbound"]));
    for (function, mapping) in &mappings {
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{function}");
        assert_eq!(mapping["ScalingConfig"]["MaximumConcurrency"], of_capacity("Queue"), "{function}");
        let queue = template.properties(target(&mapping["EventSourceArn"]));
        let dead_letters = target(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        assert!(
            template.may_send(function, dead_letters),
            "{function} must be allowed to send to its dead-letter queue: it moves messages there that it can't read"
        );
        let dead = template.properties(dead_letters);
        let kept = |queue: &Value| queue["MessageRetentionPeriod"].as_u64().unwrap();
        assert_eq!(kept(dead), 14 * 24 * 3600, "{function}");
        assert!(
            kept(queue) < kept(dead),
            "{function}: the dead-letter queue must keep messages longer, because their age is not reset when they move"
        );
    }
}

/// Lambda stops a function after about 16 invocations in one chain of messages, unless recursive loops are allowed
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).
#[test]
fn recursive_loops_are_allowed_only_for_functions_that_send_to_the_queue_that_invokes_them() {
    let template = Template::read();
    let mappings = template.queue_mappings();
    let sends =
        |(function, mapping): &&(String, &Value)| template.may_send(function, target(&mapping["EventSourceArn"]));
    let loops = mappings.iter().filter(sends);
    let loops: BTreeSet<&str> = loops.map(|(function, _)| function.as_str()).collect();
    assert_eq!(loops, BTreeSet::from(["Dialer", "Inbound"]));
    assert_eq!(template.globals()["RecursiveLoop"], Value::Null, "recursive loops would be allowed for every function");
    for function in template.functions() {
        let expected = if loops.contains(function.as_str()) { json!("Allow") } else { Value::Null };
        assert_eq!(template.properties(&function)["RecursiveLoop"], expected, "{function}");
    }
}
