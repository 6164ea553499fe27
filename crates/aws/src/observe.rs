//! What a function says about itself: one line of JSON on its standard output for each event.

use anyhow::Context;
use tracing::{Level, Span, error_span};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::Variables;

/// Whose events are told from `LOG_LEVEL` on. Of the libraries only warnings are: at a finer level they would tell
/// requests and responses, and with them numbers and texts.
const OURS: [&str; 11] = [
    "aws", "callback", "carriers", "dialer", "gateway", "inbound", "language", "perform", "reminder", "startup",
    "sweeper",
];

/// Starts telling, from the level in `LOG_LEVEL` on, or from `info`.
///
/// # Errors
/// `LOG_LEVEL` is not a level, or somebody else is telling already.
pub fn start(variables: &Variables) -> anyhow::Result<()> {
    let level = level(variables)?;
    let told = filter_fn(move |event| is_told(event.target(), level, *event.level()));
    let told = told.with_max_level_hint(LevelFilter::from_level(level));
    let lines = fmt::layer().json().flatten_event(true).with_ansi(false).with_span_list(false);
    // Rust's own words on a panic may quote the text it was about.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!(place, "panicked");
    }));
    tracing::subscriber::set_global_default(Registry::default().with(lines.with_filter(told)))
        .context("the subscriber of events")
}

/// The span of one invocation: every event inside it names the request. Its level is the highest, so that it is there
/// whatever `LOG_LEVEL` says.
pub fn request(id: &str) -> Span {
    error_span!("request", id)
}

/// Whether an event of this target and level is told, where telling starts from `from`.
fn is_told(target: &str, from: Level, level: Level) -> bool {
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
    fn a_level_is_read_by_its_name_and_is_info_unless_it_is_set() {
        assert_eq!(level_of("debug").unwrap(), Level::DEBUG);
        assert_eq!(level_of("error").unwrap(), Level::ERROR);
        assert_eq!(level_of("").unwrap(), Level::INFO);
    }

    #[test]
    fn what_is_no_level_is_named() {
        let error = format!("{:#}", level_of("loud").unwrap_err());
        assert_eq!(error, r#"LOG_LEVEL: expected error, warn, info, debug or trace, found "loud""#);
    }

    #[test]
    fn libraries_are_told_from_warnings_on_and_ours_as_set() {
        assert!(is_told("dialer", Level::DEBUG, Level::DEBUG));
        assert!(is_told("aws::store", Level::INFO, Level::INFO));
        assert!(!is_told("dialer", Level::INFO, Level::DEBUG));
        assert!(is_told("aws_smithy_runtime::client", Level::TRACE, Level::WARN));
        assert!(!is_told("aws_smithy_runtime::client", Level::TRACE, Level::INFO));
        assert!(!is_told("hyper_util::client", Level::ERROR, Level::WARN));
    }
}
