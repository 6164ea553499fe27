//! Adds the metadata of CloudWatch's embedded metric format to log lines that hold values of metrics:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! CloudWatch reads the values from such a line of a function's log, so that counting needs no request.

use std::fmt;

use jiff::Timestamp;
use reminder::metrics::{FIELD, Metric, TARGET};
use serde_json::{Map, Value, json};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{Format, FormatEvent, FormatFields, Json, Writer};
use tracing_subscriber::registry::LookupSpan;

/// Formats each event as a line of JSON, and the events of [`TARGET`] in the embedded metric format.
pub(super) struct EmbeddedMetrics {
    /// The namespace of the metrics.
    namespace: String,
    json: Format<Json>,
}

impl EmbeddedMetrics {
    /// Formats lines for metrics of this namespace.
    pub(super) fn new(namespace: &str) -> Self {
        let json = tracing_subscriber::fmt::format().json().flatten_event(true).with_span_list(false);
        Self { namespace: namespace.to_owned(), json: json.with_ansi(false) }
    }
}

impl<S, N> FormatEvent<S, N> for EmbeddedMetrics
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if event.metadata().target() != TARGET {
            return self.json.format_event(context, writer, event);
        }
        let mut line = String::new();
        self.json.format_event(context, Writer::new(&mut line), event)?;
        let fields: Map<String, Value> = serde_json::from_str(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{}", Value::Object(embedded(fields, &self.namespace)))
    }
}

/// Turns the field with the values into one field for each metric, and adds the metadata that names these metrics. The
/// metrics have no dimensions.
fn embedded(mut fields: Map<String, Value>, namespace: &str) -> Map<String, Value> {
    let values = fields.remove(FIELD);
    let values = values.as_ref().and_then(Value::as_str).unwrap_or_default();
    let mut directives = Vec::new();
    for (name, value) in values.split(' ').filter_map(|pair| pair.split_once('=')) {
        let (Some(metric), Ok(value)) = (Metric::named(name), value.parse::<i64>()) else { continue };
        directives.push(json!({ "Name": name, "Unit": metric.unit().name() }));
        fields.insert(name.to_owned(), value.into());
    }
    let logged_at = fields.get("timestamp").and_then(Value::as_str).and_then(|at| at.parse::<Timestamp>().ok());
    if let Some(logged_at) = logged_at.filter(|_| !directives.is_empty()) {
        let directive = json!({ "Namespace": namespace, "Dimensions": [[]], "Metrics": directives });
        let metadata = json!({ "Timestamp": logged_at.as_millisecond(), "CloudWatchMetrics": [directive] });
        fields.insert("_aws".to_owned(), metadata);
    }
    fields
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex, PoisonError};

    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::fmt::format::JsonFields;

    use super::*;

    /// Collects the lines that are logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// Returns the lines that are logged within a request.
    fn lines(logs: impl FnOnce()) -> Vec<Value> {
        let log = Log::default();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(EmbeddedMetrics::new("sixthirty"))
            .fmt_fields(JsonFields::new())
            .with_writer(log.clone());
        let subscriber = tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::Registry::default(), layer);
        tracing::subscriber::with_default(subscriber, || super::super::request("r1").in_scope(logs));
        let bytes = std::mem::take(&mut *log.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_with_values_has_the_metadata_that_cloudwatch_needs() {
        let [line] = &lines(|| {
            tracing::info!(target: TARGET, metrics = "CallsPlaced=1 Lateness=1500", attempt = 2, "transition");
        })[..] else {
            panic!("expected one line")
        };
        assert_eq!((&line["CallsPlaced"], &line["Lateness"]), (&json!(1), &json!(1500)));
        assert_eq!((&line["attempt"], &line["message"]), (&json!(2), &json!("transition")));
        assert_eq!(line["span"]["id"], "r1");
        assert_eq!(line[FIELD], Value::Null);
        let logged_at: Timestamp = line["timestamp"].as_str().unwrap().parse().unwrap();
        let expected = json!({
            "Timestamp": logged_at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "sixthirty",
                "Dimensions": [[]],
                "Metrics": [{ "Name": "CallsPlaced", "Unit": "Count" }, { "Name": "Lateness", "Unit": "Milliseconds" }],
            }],
        });
        assert_eq!(line["_aws"], expected);
    }

    #[test]
    fn a_transition_that_no_metric_counts_and_any_other_event_have_no_metadata() {
        let lines = lines(|| {
            tracing::info!(target: TARGET, metrics = "", state = "Waiting", "transition");
            tracing::info!(target: TARGET, metrics = "NoMetric=1 CallsPlaced=many", "transition");
            tracing::warn!(metrics = "CallsPlaced=1", "call postponed");
        });
        assert_eq!(lines.len(), 3);
        for line in &lines {
            assert_eq!(line["_aws"], Value::Null, "{line}");
            assert_eq!(line["CallsPlaced"], Value::Null, "{line}");
        }
        assert_eq!(lines[0]["state"], "Waiting");
    }
}
