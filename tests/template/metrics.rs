//! Rule: each metric is emitted by a function, shown on the dashboard, and named the same everywhere.

use std::collections::BTreeSet;
use std::path::Path;

use reminder::metrics::Metric;
use serde_json::{Value, json};

use super::alarms::watched;
use super::reading::Template;

/// The metrics that CloudWatch itself counts, by filters on the logs.
const FILTER_METRICS: [&str; 2] = ["ErrorLines", "WebhooksThrottled"];

/// Namespace of the stack's own metrics on the dashboard.
const OWN: &str = "${AWS::StackName}";

fn dashboard() -> Value {
    let template = Template::read();
    let body = template.properties("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    serde_json::from_str(body).unwrap()
}

/// The names of the stack's own metrics on the dashboard.
fn shown() -> BTreeSet<String> {
    let dashboard = dashboard();
    let rows = dashboard["widgets"].as_array().unwrap().iter();
    let rows = rows.flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap());
    rows.filter(|row| row[0] == OWN).map(|row| row[1].as_str().unwrap().to_owned()).collect()
}

fn known() -> BTreeSet<String> {
    Metric::ALL.iter().map(|metric| metric.name().to_owned()).chain(FILTER_METRICS.map(str::to_owned)).collect()
}

/// Returns the source of the functions and of the crates that they link, without tests and without the list of metrics.
fn sources() -> String {
    fn read(folder: &Path, sources: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("src/metrics.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push_str(text.split("\n#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }
    let root = local::local_paths::LocalPaths::here().root().to_owned();
    let mut sources = String::new();
    read(&root.join("functions"), &mut sources);
    read(&root.join("crates"), &mut sources);
    sources
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other() {
    assert_eq!(shown(), known());
}

#[test]
fn an_alarm_watches_only_metrics_that_exist() {
    let (template, known) = (Template::read(), known());
    let own = json!({ "Ref": "AWS::StackName" });
    let mut of_stack = 0;
    for (name, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        let watched = watched(alarm);
        assert!(!watched.is_empty(), "{name}");
        for (namespace, metric, _) in watched {
            if *namespace == own {
                of_stack += 1;
                assert!(known.contains(metric), "{name}: no function emits {metric}");
            } else {
                assert!(["AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"].contains(&namespace.as_str().unwrap()), "{name}");
            }
        }
    }
    assert!(of_stack > 10, "{of_stack}");
}

#[test]
fn a_function_emits_every_metric() {
    let sources = sources();
    for metric in Metric::ALL {
        let name = format!("Metric::{}", metric.name());
        let is_used = sources
            .match_indices(&name)
            .any(|(at, found)| !sources[at + found.len()..].starts_with(|next: char| next.is_ascii_alphanumeric()));
        assert!(is_used, "no function emits {name}");
    }
}

#[test]
fn each_filter_counts_its_metric_in_the_namespace_of_the_stack() {
    let template = Template::read();
    let transformations =
        template.of_type("AWS::Logs::MetricFilter").map(|(_, filter)| &filter["MetricTransformations"]);
    let mut counted = BTreeSet::new();
    for transformation in transformations.flat_map(Value::as_array).flatten() {
        assert_eq!(transformation["MetricNamespace"], json!({ "Ref": "AWS::StackName" }));
        counted.insert(transformation["MetricName"].as_str().unwrap());
    }
    assert_eq!(counted, BTreeSet::from(FILTER_METRICS));
}

#[test]
fn the_functions_use_the_namespace_that_the_alarms_watch() {
    let template = Template::read();
    assert_eq!(template.globals()["Environment"]["Variables"]["METRICS_NAMESPACE"], json!({ "Ref": "AWS::StackName" }));
}

/// A saved query that names a metric wrongly finds nothing, without an error.
#[test]
fn a_saved_query_names_only_metrics_that_exist_and_reads_the_logs_of_all_functions() {
    let template = Template::read();
    let logs: Vec<Value> =
        template.functions().iter().map(|f| template.properties(f)["LoggingConfig"]["LogGroup"].clone()).collect();
    let known = known();
    let mut metrics = 0;
    for (name, query) in template.of_type("AWS::Logs::QueryDefinition") {
        assert_eq!(template.resource(name)["Condition"], "IsAws", "{name}");
        for group in &logs {
            assert!(query["LogGroupNames"].as_array().unwrap().contains(group), "{name}: {group}");
        }
        let text = query["QueryString"].as_str().unwrap();
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let is_camel = |word: &&str| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
        for word in words.filter(is_camel) {
            metrics += 1;
            assert!(known.contains(word), "{name}: no function emits {word}");
        }
    }
    assert!(metrics > 3, "{metrics}");
}

#[test]
fn the_widgets_fill_the_rows_of_the_dashboard_without_overlapping() {
    let dashboard = dashboard();
    let mut cells = BTreeSet::new();
    for widget in dashboard["widgets"].as_array().unwrap() {
        let place = |name: &str| widget[name].as_u64().unwrap();
        let (x, y, width, height) = (place("x"), place("y"), place("width"), place("height"));
        for cell in (x..x + width).flat_map(|column| (y..y + height).map(move |row| (column, row))) {
            assert!(cells.insert(cell) && cell.0 < 24, "{}: {cell:?}", widget["properties"]["title"]);
        }
    }
    assert_eq!(cells.len() % 24, 0);
}
