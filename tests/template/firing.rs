//! Rule: each alarm can be raised. CloudWatch has no values of a metric that was never emitted, and may have none of an
//! expression over it, so an alarm on that expression stays silent. `docs/decisions.md` has the sources.

use reminder::metrics::Metric;
use serde_json::{Value, json};

use super::alarms::{alarms, queue_name, rules, watched};
use super::reading::{Template, list};

/// The metric that an expression may watch: SQS emits it every minute as long as the queue has messages.
const VISIBLE: &str = "ApproximateNumberOfMessagesVisible";

/// Returns why an alarm may stay silent although what it watches has happened. `None` if it is raised.
fn silence(alarm: &Value) -> Option<String> {
    let queries = list(&alarm["Metrics"]).into_iter();
    let expressions: Vec<&str> = queries.filter_map(|query| query["Expression"].as_str()).collect();
    // FILL also replaces the newest value while that value is on its way, which keeps the alarm in one state.
    if let Some(filled) = expressions.iter().find(|expression| expression.contains("FILL")) {
        return Some(format!("{filled} invents values"));
    }
    let (_, absent, _) = watched(alarm).into_iter().find(|(_, metric, _)| *metric != VISIBLE)?;
    expressions.first().map(|expression| format!("{expression} has no value before the first one of {absent}"))
}

fn on_expression(expression: &str, metrics: &[&str]) -> Value {
    let query = |metric: &&str| json!({ "MetricStat": { "Metric": { "Namespace": "N", "MetricName": metric } } });
    let queries = std::iter::once(json!({ "Expression": expression })).chain(metrics.iter().map(query));
    json!({ "Metrics": queries.collect::<Vec<_>>() })
}

#[test]
fn each_alarm_can_be_raised() {
    let template = Template::read();
    for (name, alarm) in alarms(&template) {
        assert_eq!(silence(alarm), None, "{name}");
    }
}

#[test]
fn an_expression_over_a_metric_that_only_a_failure_emits_is_refused() {
    for (expression, metrics) in [
        ("FILL(failed, 0) - FILL(missing, 0)", &["5xx", "CredentialsMissing"][..]),
        ("FILL(inbound, 0) + FILL(dialer, 0)", &["Throttles", "Throttles"]),
        ("DIFF(FILL(dead, 0))", &[VISIBLE]),
        ("failed - missing", &["5xx", "CredentialsMissing"]),
        ("IF(visible > 0 AND deleted < 1, 1, 0)", &[VISIBLE, "NumberOfMessagesDeleted"]),
    ] {
        assert!(silence(&on_expression(expression, metrics)).is_some(), "{expression}");
    }
    assert_eq!(silence(&on_expression("DIFF(dead)", &[VISIBLE])), None);
    assert_eq!(silence(&json!({ "Namespace": "AWS/Lambda", "MetricName": "Throttles" })), None);
}

/// The first dead letter is also the first value of its queue, which has not grown. Later ones must not be hidden by old
/// ones that were never handled.
#[test]
fn the_first_dead_letter_and_each_growth_of_dead_letters_raise_an_alarm() {
    let template = Template::read();
    for queue in template.dead_letter_queues() {
        let name = queue_name(&queue);
        let on_queue = |alarm: &Value| watched(alarm).iter().any(|(_, _, value)| *value == &name);
        let found: Vec<&Value> =
            alarms(&template).into_iter().map(|(_, alarm)| alarm).filter(|alarm| on_queue(alarm)).collect();
        let [first, growth] = found[..] else { panic!("expected two alarms on {queue}, found {}", found.len()) };
        assert_eq!((&first["MetricName"], &first["Statistic"]), (&json!(VISIBLE), &json!("Maximum")), "{queue}");
        assert_eq!(growth["Metrics"][0]["Expression"], "DIFF(dead)", "{queue}");
        for alarm in [first, growth] {
            assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{queue}");
            assert_eq!(alarm["Threshold"], 0, "{queue}");
        }
    }
}

/// An average is a share only if the metric has a value for each thing that is counted. The simulation tests that
/// `RemindersLate` has one for each occurrence.
#[test]
fn only_a_metric_that_is_zero_or_one_for_each_occurrence_is_averaged() {
    let template = Template::read();
    let averaged = alarms(&template).into_iter().filter(|(_, alarm)| alarm["Statistic"] == "Average");
    let averaged: Vec<&Value> = averaged.map(|(_, alarm)| &alarm["MetricName"]).collect();
    assert_eq!(averaged, [Metric::RemindersLate.name(); 4]);
}

/// A new stack has no values. They must neither raise an alarm, nor look like a stack that has had its credentials.
#[test]
fn missing_values_raise_no_alarm() {
    let template = Template::read();
    let rules = rules(&template).concat();
    for (name, alarm) in alarms(&template) {
        let missing = alarm["TreatMissingData"].as_str().unwrap();
        let must_not_be_ok = rules.contains(&format!("OK(\"${{{name}}}\")"));
        let accepted = if must_not_be_ok { &["breaching"][..] } else { &["notBreaching", "missing"] };
        assert!(accepted.contains(&missing), "{name}: {missing}");
        assert!(!must_not_be_ok || alarm["AlarmActions"].is_null(), "{name}");
    }
}
