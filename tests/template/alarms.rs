//! Rule: an alarm watches something that exists, is explained to the operator, and is raised by nothing that needs nobody.

use std::collections::BTreeSet;

use reminder::metrics::{Metric, ON_TIME_S};
use reminder::policy::QUEUE_DELAY_MAX_S;
use serde_json::{Value, json};

use super::reading::{Template, list, target};

/// Age of the oldest message of a queue.
const OLDEST: &str = "ApproximateAgeOfOldestMessage";

/// Alarms on one metric or on an expression.
pub(crate) fn alarms(template: &Template) -> Vec<(&str, &Value)> {
    template.of_type("AWS::CloudWatch::Alarm").collect()
}

/// Alarms on the states of other alarms.
fn composites(template: &Template) -> Vec<(&str, &Value)> {
    template.of_type("AWS::CloudWatch::CompositeAlarm").collect()
}

/// The rules of the alarms on the states of other alarms.
pub(crate) fn rules(template: &Template) -> Vec<&str> {
    let rules = composites(template).into_iter();
    rules.map(|(_, alarm)| alarm["AlarmRule"]["Fn::Sub"].as_str().unwrap()).collect()
}

/// Returns each metric that an alarm watches, with its namespace and its dimensions.
pub(crate) fn watched(alarm: &Value) -> Vec<(&Value, &str, &Value)> {
    if let Some(name) = alarm["MetricName"].as_str() {
        return vec![(&alarm["Namespace"], name, &alarm["Dimensions"][0]["Value"])];
    }
    let metrics = list(&alarm["Metrics"]).into_iter().map(|query| &query["MetricStat"]["Metric"]);
    metrics
        .filter(|metric| metric.is_object())
        .map(|metric| (&metric["Namespace"], metric["MetricName"].as_str().unwrap(), &metric["Dimensions"][0]["Value"]))
        .collect()
}

pub(crate) fn queue_name(queue: &str) -> Value {
    json!({ "Fn::GetAtt": format!("{queue}.QueueName") })
}

fn count_on(template: &Template, metric: &str, of: &Value) -> usize {
    let watches = |alarm: &Value| watched(alarm).iter().any(|(_, name, value)| *name == metric && *value == of);
    alarms(template).iter().filter(|(_, alarm)| watches(alarm)).count()
}

#[test]
fn every_queue_and_every_function_raises_an_alarm() {
    let template = Template::read();
    let dead = template.dead_letter_queues();
    assert_eq!(dead.len(), 3, "{dead:?}");
    for queue in dead {
        assert_eq!(count_on(&template, "ApproximateNumberOfMessagesVisible", &queue_name(&queue)), 2, "{queue}");
    }
    for (_, mapping) in template.queue_mappings() {
        let queue = target(&mapping["EventSourceArn"]);
        assert_eq!(count_on(&template, OLDEST, &queue_name(queue)), 1, "{queue}");
    }
    for function in template.functions() {
        for metric in ["Errors", "Throttles"] {
            assert_eq!(count_on(&template, metric, &json!({ "Ref": function })), 1, "{metric} of {function}");
        }
        let allows_loops = template.properties(&function)["RecursiveLoop"] == "Allow";
        let alarms_of_loops = count_on(&template, "RecursiveInvocationsDropped", &json!({ "Ref": function }));
        assert_eq!(alarms_of_loops, usize::from(allows_loops), "{function}");
    }
}

/// SQS counts the age of a message until it was received three times, and does not say whether the delay is part of it.
/// So this is the greatest age on a queue whose messages are taken in time, even if they fail.
#[test]
fn the_alarm_on_a_waiting_queue_is_not_raised_while_functions_take_its_messages() {
    let template = Template::read();
    for choice in list(&template.parameter("Timeouts")["AllowedValues"]) {
        let visibility_s = template.mapped("Timeouts", choice.as_str().unwrap(), "Visibility");
        let greatest_s = QUEUE_DELAY_MAX_S.unsigned_abs() + 2 * visibility_s + ON_TIME_S.unsigned_abs();
        for (name, alarm) in alarms(&template).into_iter().filter(|(_, alarm)| alarm["MetricName"] == OLDEST) {
            let threshold_s = alarm["Threshold"].as_u64().unwrap();
            assert!(threshold_s >= greatest_s, "{name}: {threshold_s} s, expected {greatest_s} s");
            // Not later than needed: the standard timeouts are the longest ones.
            assert!(choice != "standard" || threshold_s == greatest_s, "{name}");
            assert_eq!(
                (&alarm["Statistic"], &alarm["ComparisonOperator"]),
                (&json!("Maximum"), &json!("GreaterThanThreshold"))
            );
        }
    }
}

/// The emulator refuses the other alarms, and a stack with a resource that it refuses is not created.
#[test]
fn alarms_on_expressions_and_composite_alarms_are_made_on_aws_only() {
    let template = Template::read();
    let on_expressions = alarms(&template).into_iter().filter(|(_, alarm)| alarm["Metrics"].is_array());
    for (name, _) in on_expressions.chain(composites(&template)) {
        assert_eq!(template.resource(name)["Condition"], "IsAws", "{name}");
    }
    // A pseudo parameter such as AWS::AccountId would not do, because the emulator does not resolve it in a condition.
    assert_eq!(template.conditions()["IsAws"], json!({ "Fn::Equals": [{ "Ref": "Platform" }, "AWS"] }));
    assert_eq!(template.parameter("Platform")["Default"], "AWS");
}

/// An alarm without actions is a part of a composite alarm.
#[test]
fn each_alarm_notifies_or_is_part_of_an_alarm_that_does() {
    let template = Template::read();
    let rules = rules(&template).concat();
    let notifies = json!([{ "Ref": "Alarms" }]);
    for (name, alarm) in alarms(&template) {
        let is_part = rules.contains(&format!("${{{name}}}"));
        assert_eq!(alarm["AlarmActions"] == notifies, !is_part, "{name}");
    }
    for (name, alarm) in composites(&template) {
        assert_eq!(alarm["AlarmActions"], notifies, "{name}");
    }
}

/// Returns the anchor that GitHub gives to a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase().replace(' ', "-");
    kept.chars().filter(|letter| letter.is_alphanumeric() || *letter == '-').collect()
}

#[test]
fn each_alarm_names_its_paragraph_in_the_runbook_and_each_paragraph_has_an_alarm() {
    const BEGIN: &str = "See docs/operating.md#";
    let template = Template::read();
    let file = local::local_paths::LocalPaths::here().root().join("docs/operating.md");
    let runbook = std::fs::read_to_string(file).unwrap();
    let (_, runbook) = runbook.split_once("\n## Alarms\n").unwrap();
    let runbook = runbook.split("\n## ").next().unwrap();
    let paragraphs: Vec<(String, &str)> = runbook
        .split("\n### ")
        .skip(1)
        .map(|text| text.split_once('\n').unwrap())
        .map(|(h, t)| (anchor(h), t))
        .collect();
    let mut named = BTreeSet::new();
    for (name, alarm) in alarms(&template).into_iter().chain(composites(&template)) {
        let description = alarm["AlarmDescription"].as_str().unwrap();
        let (meaning, anchor) = description.split_once(BEGIN).unwrap_or_else(|| panic!("{name}: {description}"));
        assert!(!meaning.is_empty() && description.len() <= 1024, "{name}");
        assert!(paragraphs.iter().any(|(found, _)| found == anchor), "{name}: no paragraph {anchor}");
        named.insert(anchor.to_owned());
    }
    for (anchor, text) in paragraphs {
        assert!(named.contains(&anchor), "no alarm names the paragraph {anchor}");
        for part in ["- **Meaning:** ", "- **People notice:** ", "- **Do:** First", "- **Over:** "] {
            assert!(text.contains(part), "{anchor}: expected {part:?}");
        }
        // Whoever is woken begins with a command, not with a search.
        let first = text.split("- **Do:** First").nth(1).unwrap().split("- **Over:**").next().unwrap();
        assert!(["aws ", "cargo operate "].iter().any(|tool| first.contains(tool)), "{anchor}: expected a command");
    }
}

/// The table tells which alarm can wait until tomorrow, so it must know each alarm, and the price follows from their number.
#[test]
fn the_runbook_lists_each_alarm_with_its_paragraph_and_states_what_all_cost() {
    let template = Template::read();
    let file = local::local_paths::LocalPaths::here().root().join("docs/operating.md");
    let runbook = std::fs::read_to_string(file).unwrap();
    let rows: Vec<&str> = runbook.lines().filter(|line| line.starts_with("| `") && line.contains("Alarm`")).collect();
    let (single, combined) = (alarms(&template), composites(&template));
    let notifying = |(_, alarm): &&(&str, &Value)| !alarm["AlarmActions"].is_null();
    for (name, alarm) in single.iter().chain(&combined).filter(notifying) {
        let (_, anchor) = alarm["AlarmDescription"].as_str().unwrap().split_once('#').unwrap();
        let is_its = |row: &&&str| row.contains(&format!("`{name}`")) && row.contains(&format!("(#{anchor})"));
        assert_eq!(rows.iter().filter(is_its).count(), 1, "{name}");
    }
    let listed: usize = rows.iter().map(|row| row.matches("Alarm`").count()).sum();
    assert_eq!(listed, single.iter().chain(&combined).filter(notifying).count());
    let metrics: usize = single.iter().map(|(_, alarm)| watched(alarm).len()).sum();
    let cents = 10 * metrics + 50 * combined.len();
    let price = format!("${}.{:02} a month in us-east-1", cents / 100, cents % 100);
    let costs = operate::cost::costs(&[]);
    let idle = costs.rows.iter().find(|row| row.what == "a month without reminders").unwrap();
    let counted = |unit: &str| idle.units.iter().find(|(name, _)| *name == unit).map(|(_, count)| *count);
    let all = |count: usize| u32::try_from(count).ok().map(f64::from);
    assert_eq!(counted("alarmed metric"), all(metrics), "expected this number in the costs of `cargo operate cost`");
    assert_eq!(counted("combined alarm"), all(combined.len()), "expected this number in the costs");
    let counts = format!("The {} alarms watch {metrics} metrics at $0.10 each", single.len());
    assert!(runbook.contains(&counts) && runbook.contains(&price), "expected: {counts}, {price}");
}

#[test]
fn it_is_known_whether_a_sweep_of_the_last_day_had_the_credentials() {
    let template = Template::read();
    let had = template.properties("NoCredentialsInDay");
    assert_eq!(had["MetricName"], Metric::CredentialsMissing.name());
    assert_eq!((&had["Statistic"], &had["Threshold"]), (&json!("Minimum"), &json!(1)));
    assert_eq!(had["ComparisonOperator"], "GreaterThanOrEqualToThreshold");
    assert_eq!((&had["Period"], &had["EvaluationPeriods"]), (&json!(3600), &json!(24)));
}

/// A deploy or a rotation may leave the secret incomplete for some minutes.
#[test]
fn credentials_that_are_missing_for_an_hour_raise_an_alarm_on_a_stack_that_had_them() {
    let template = Template::read();
    let rule = &template.properties("CredentialsAlarm")["AlarmRule"]["Fn::Sub"];
    assert_eq!(rule, "ALARM(\"${CredentialsMissingForHour}\") AND OK(\"${NoCredentialsInDay}\")");
    let missing = template.properties("CredentialsMissingForHour");
    assert_eq!(missing["MetricName"], Metric::CredentialsMissing.name());
    assert_eq!((&missing["Statistic"], &missing["Threshold"]), (&json!("Maximum"), &json!(1)));
    assert_eq!(missing["ComparisonOperator"], "GreaterThanOrEqualToThreshold");
    let (period_s, periods) = (missing["Period"].as_u64().unwrap(), missing["EvaluationPeriods"].as_u64().unwrap());
    assert_eq!(period_s * periods, 3600);
    // Each period must have a sweep, or its value would be missing.
    let longest_min = period_s / 60 - 1;
    assert_eq!(template.parameter("SweepEvery")["AllowedPattern"], format!("^(1 minute|[2-{longest_min}] minutes)$"));
}

/// The operator can't change one person's number, and before the first deploy is finished there is nothing to repair.
#[test]
fn no_alarm_is_raised_by_one_number_or_before_the_credentials_are_written() {
    let nobody = [
        Metric::RemindersUnreachable,
        Metric::TextsUndeliveredNumber,
        Metric::TextsUndeliveredOptedOut,
        Metric::TextsUndeliveredPassing,
        Metric::CarrierRefusedNumber,
        Metric::RequestsUnsigned,
        Metric::RemindersMissed,
    ];
    let template = Template::read();
    for (name, alarm) in alarms(&template) {
        let metrics: Vec<&str> = watched(alarm).iter().map(|(_, metric, _)| *metric).collect();
        assert!(!nobody.iter().any(|metric| metrics.contains(&metric.name())), "{name}: {metrics:?}");
        // Without credentials, webhooks are answered with a 503. An alarm about either needs a sweep that had them.
        if metrics.iter().any(|metric| ["5xx", Metric::CredentialsMissing.name()].contains(metric)) {
            assert!(alarm["AlarmActions"].is_null(), "{name}");
            for rule in rules(&template).into_iter().filter(|rule| rule.contains(&format!("ALARM(\"${{{name}}}\")"))) {
                assert!(rule.contains("AND OK(\"${NoCredentialsInDay}\")"), "{name}: {rule}");
            }
        }
    }
    let secret = &template.outputs()["SecretId"]["Description"];
    assert!(secret.as_str().unwrap().contains(Metric::CredentialsMissing.name()), "{secret}");
}

#[test]
fn an_error_line_in_the_log_of_any_function_raises_an_alarm_unless_it_names_another() {
    let template = Template::read();
    let filters: Vec<&Value> = template.of_type("AWS::Logs::MetricFilter").map(|(_, filter)| filter).collect();
    let alarm = template.properties("ErrorLinesAlarm");
    for function in template.functions() {
        let logs = &template.properties(&function)["LoggingConfig"]["LogGroup"];
        let filter = filters.iter().find(|filter| filter["LogGroupName"] == *logs);
        let filter = filter.unwrap_or_else(|| panic!("expected a metric filter on the log of {function}, found none"));
        assert_eq!(filter["FilterPattern"], r#"{ ($.level = "ERROR") && ($.alarm NOT EXISTS) }"#);
        let metric = &filter["MetricTransformations"][0];
        assert_eq!((&metric["MetricNamespace"], &metric["MetricName"]), (&alarm["Namespace"], &alarm["MetricName"]));
        let group = template.properties(logs["Ref"].as_str().unwrap());
        assert_eq!(group["RetentionInDays"], json!({ "Ref": "LogRetentionDays" }));
        let name = template.properties(&function)["FunctionName"]["Fn::Sub"].as_str().unwrap();
        assert_eq!(group["LogGroupName"]["Fn::Sub"], format!("/aws/lambda/{name}"));
    }
}

/// A flood of requests is refused before a function runs, so no function can log it.
#[test]
fn webhooks_that_a_throttle_refuses_raise_an_alarm() {
    let template = Template::read();
    let filter = template.properties("ThrottledWebhooks");
    let logs = template.properties("ApiStage")["AccessLogSettings"].clone();
    assert_eq!(logs["DestinationArn"], json!({ "Fn::GetAtt": format!("{}.Arn", target(&filter["LogGroupName"])) }));
    // The pattern compares a text, so the log must write the status in quotation marks.
    let line: Value = serde_json::from_str(logs["Format"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&line["status"], &filter["FilterPattern"]),
        (&json!("$context.status"), &json!(r#"{ $.status = "429" }"#))
    );
    let metric = &filter["MetricTransformations"][0]["MetricName"];
    let alarm = template.properties("WebhooksThrottledAlarm");
    assert_eq!((&alarm["MetricName"], &alarm["Statistic"]), (metric, &json!("Sum")));
    // Any refused webhook in three of five minutes.
    assert_eq!((&alarm["ComparisonOperator"], &alarm["Threshold"]), (&json!("GreaterThanThreshold"), &json!(0)));
    let (period, of, least) = (&alarm["Period"], &alarm["EvaluationPeriods"], &alarm["DatapointsToAlarm"]);
    assert_eq!((period, of, least), (&json!(60), &json!(5), &json!(3)));
}

/// An ERROR line with the field `alarm` is not counted as an ERROR, so the metric that it names must raise an alarm. The
/// exception is a number that can't be texted.
#[test]
fn each_metric_that_an_error_line_names_raises_an_alarm() {
    let template = Template::read();
    let own = json!({ "Ref": "AWS::StackName" });
    for metric in [
        Metric::RemindersFailed,
        Metric::CarrierRefusedOperator,
        Metric::TextsUndeliveredOperator,
        Metric::CallsOverBudget,
        Metric::BreakersOpened,
        Metric::RecordsSetAside,
    ] {
        let watches = |alarm: &Value| watched(alarm).iter().any(|(space, m, _)| **space == own && *m == metric.name());
        assert!(alarms(&template).iter().any(|(_, alarm)| watches(alarm)), "{}", metric.name());
    }
}

/// If `CallsPerHour` is lowered below the calls that the hour already has, no call is the last one of the hour.
#[test]
fn calls_that_texts_replace_raise_an_alarm_although_no_call_was_the_last_of_its_hour() {
    let template = Template::read();
    let alarm = template.properties("CallBudgetAlarm");
    assert_eq!(alarm["MetricName"], Metric::CallsOverBudget.name());
    assert_eq!((&alarm["Statistic"], &alarm["Threshold"]), (&json!("Sum"), &json!(1)));
    // Texts replace calls until the next hour, and one mail is enough for them.
    let period_s = alarm["Period"].as_u64().unwrap();
    assert_eq!((period_s, &alarm["DatapointsToAlarm"]), (60, &json!(1)));
    assert_eq!(period_s * alarm["EvaluationPeriods"].as_u64().unwrap(), 3600);
}

/// If reminders can be read but not written, no shard is unread and nothing is late yet, because nothing rings.
#[test]
fn reminders_that_stay_due_raise_an_alarm() {
    let template = Template::read();
    let age = Metric::OldestDueAge.name();
    let watches = |alarm: &Value| watched(alarm).iter().any(|(_, metric, _)| *metric == age);
    let (_, alarm) = alarms(&template).into_iter().find(|(_, alarm)| watches(alarm)).unwrap();
    assert_eq!(
        (&alarm["Statistic"], &alarm["Threshold"], &alarm["EvaluationPeriods"]),
        (&json!("Maximum"), &json!(300), &json!(2))
    );
}

/// If two sweeps could be as far apart as the alarm's window, the alarm would report a sweeper that works.
#[test]
fn the_longest_interval_of_the_sweeper_is_shorter_than_the_windows_of_its_alarms() {
    let template = Template::read();
    let window_min = |name: &str| {
        let alarm = template.properties(name);
        alarm["Period"].as_u64().unwrap() * alarm["EvaluationPeriods"].as_u64().unwrap() / 60
    };
    let longest_min = window_min("SweeperSilentAlarm") - 1;
    assert_eq!(window_min("SweeperBlindAlarm"), window_min("SweeperSilentAlarm"));
    assert_eq!(template.parameter("SweepEvery")["AllowedPattern"], format!("^(1 minute|[2-{longest_min}] minutes)$"));
    // Without values, this alarm changes to insufficient data, which must notify too.
    let silent = template.properties("SweeperSilentAlarm");
    assert_eq!(silent["InsufficientDataActions"], silent["AlarmActions"]);
    assert_eq!(silent["TreatMissingData"], "missing");
}

/// The shares of the SRE workbook: the budget of 0.5 % is used 14.4 times too fast, or 6 times too fast.
#[test]
fn the_objective_raises_an_alarm_by_three_in_a_long_window_and_one_in_a_short_window() {
    let template = Template::read();
    for (name, long_s, short_s, threshold) in
        [("LateFastAlarm", 3600, 300, 0.072), ("LateSlowAlarm", 6 * 3600, 1800, 0.03)]
    {
        let rule = template.properties(name)["AlarmRule"]["Fn::Sub"].as_str().unwrap();
        let parts: Vec<&str> = rule.split("${").skip(1).map(|part| part.split('}').next().unwrap()).collect();
        let all: Vec<String> = parts.iter().map(|part| format!("ALARM(\"${{{part}}}\")")).collect();
        assert_eq!(rule, all.join(" AND "));
        let [long, three, short] = parts[..] else { panic!("expected three parts of {name}, found {parts:?}") };
        for (part, statistic, period_s, threshold) in [
            (long, "Average", long_s, json!(threshold)),
            (three, "Sum", long_s, json!(3)),
            (short, "Average", short_s, json!(threshold)),
        ] {
            let alarm = template.properties(part);
            assert_eq!(alarm["MetricName"], Metric::RemindersLate.name(), "{part}");
            assert_eq!((&alarm["Statistic"], &alarm["Threshold"]), (&json!(statistic), &threshold), "{part}");
            assert_eq!((&alarm["Period"], &alarm["EvaluationPeriods"]), (&json!(period_s), &json!(1)), "{part}");
        }
    }
}
