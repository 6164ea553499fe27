//! The log of a function: one line of JSON on its standard output for each event. Lines with values of metrics are in
//! CloudWatch's embedded metric format.

mod embedded_metrics;

use anyhow::Context;
use embedded_metrics::EmbeddedMetrics;
use reminder::metrics::TARGET;
use tracing::{Level, Span, error_span};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::Variables;

/// The packages whose events are logged from the level in `LOG_LEVEL` on. Events of libraries are logged from `warn`
/// on, or from `error` on if `LOG_LEVEL` is `error`. At a finer level they would include requests and responses, and
/// with them phone numbers and texts.
const OURS: [&str; 10] =
    ["aws", "callback", "dialer", "executor", "inbound", "lambda", "language", "reminder", "sweeper", "twilio"];

/// The namespace of the metrics if `METRICS_NAMESPACE` is not set.
const NAMESPACE: &str = "sixthirty";

/// Starts logging from the level in `LOG_LEVEL` on, or from `info` on if the variable is not set. Lines with values of
/// metrics are always logged, with `METRICS_NAMESPACE` as the namespace of the metrics.
///
/// # Errors
/// Fails if `LOG_LEVEL` is not a level, or if the process already has a subscriber.
pub fn start(variables: &Variables) -> anyhow::Result<()> {
    let level = level(variables)?;
    let filter = filter_fn(move |event| is_logged(event.target(), level, *event.level()));
    let filter = filter.with_max_level_hint(LevelFilter::from_level(level.max(Level::INFO)));
    let format = EmbeddedMetrics::new(variables.optional("METRICS_NAMESPACE").unwrap_or(NAMESPACE));
    let lines = fmt::layer().event_format(format).fmt_fields(JsonFields::new());
    // The panic's own message is not logged: it may quote a person's text.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!(place, "panicked");
    }));
    tracing::subscriber::set_global_default(Registry::default().with(lines.with_filter(filter)))
        .context("expected a process without a subscriber of events")
}

/// Returns the span of one invocation. Every event inside the span has the id of the invocation's request. The span's
/// level is `error`, so that no `LOG_LEVEL` removes it.
pub fn request(id: &str) -> Span {
    error_span!("request", id)
}

/// Whether an event of this target and level is logged if logging starts at the level `from`. The alarms need the values
/// of metrics at every level.
fn is_logged(target: &str, from: Level, level: Level) -> bool {
    if target == TARGET {
        return true;
    }
    let package = target.split("::").next().unwrap_or("");
    level <= if OURS.contains(&package) { from } else { from.min(Level::WARN) }
}

fn level(variables: &Variables) -> anyhow::Result<Level> {
    const EXPECTED: &str = "error, warn, info, debug or trace";
    let Some(value) = variables.optional("LOG_LEVEL") else { return Ok(Level::INFO) };
    value.parse().ok().with_context(|| format!("LOG_LEVEL: expected {EXPECTED}, found {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(value: &str) -> anyhow::Result<Level> {
        level(&[("LOG_LEVEL".to_owned(), value.to_owned())].into_iter().collect())
    }

    #[test]
    fn a_level_is_read_by_its_name_and_is_info_if_it_is_not_set() {
        assert_eq!(level_of("debug").unwrap(), Level::DEBUG);
        assert_eq!(level_of("error").unwrap(), Level::ERROR);
        assert_eq!(level_of("").unwrap(), Level::INFO);
    }

    #[test]
    fn an_unknown_level_is_named_in_the_error() {
        let error = format!("{:#}", level_of("loud").unwrap_err());
        assert_eq!(error, r#"LOG_LEVEL: expected error, warn, info, debug or trace, found "loud""#);
    }

    #[test]
    fn every_crate_and_function_of_the_workspace_is_listed_as_ours() {
        let mut packages: Vec<String> = ["../../crates", "../../functions"]
            .into_iter()
            // The path is absolute, because `cargo guards` runs this test from another working directory.
            .map(|folder| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
            .flat_map(|folder| std::fs::read_dir(folder).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        packages.sort();
        assert_eq!(packages, OURS);
    }

    #[test]
    fn events_of_libraries_are_logged_from_warnings_on_and_our_events_from_the_level_that_is_set() {
        assert!(is_logged("dialer", Level::DEBUG, Level::DEBUG));
        assert!(is_logged("aws::store", Level::INFO, Level::INFO));
        assert!(!is_logged("dialer", Level::INFO, Level::DEBUG));
        assert!(is_logged("aws_smithy_runtime::client", Level::TRACE, Level::WARN));
        assert!(!is_logged("aws_smithy_runtime::client", Level::TRACE, Level::INFO));
        assert!(!is_logged("hyper_util::client", Level::ERROR, Level::WARN));
    }

    #[test]
    fn values_of_metrics_are_logged_at_every_level() {
        for from in [Level::ERROR, Level::WARN, Level::TRACE] {
            assert!(is_logged(TARGET, from, Level::INFO), "{from}");
        }
    }
}
