//! What a function says about itself: one line of JSON on its standard output for each event.

use anyhow::Context;
use tracing::{Level, Span, info_span};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::Variables;

/// Whose events are told from `LOG_LEVEL` on. Of the libraries only warnings are: at a finer level they would tell
/// requests and responses, and with them numbers and texts.
const OURS: [&str; 9] =
    ["aws", "callback", "carriers", "dialer", "inbound", "language", "perform", "reminder", "sweeper"];

/// Starts telling, from the level in `LOG_LEVEL` on, or from `info`.
///
/// # Errors
/// `LOG_LEVEL` is not a level, or somebody else is telling already.
pub fn start(variables: &Variables) -> anyhow::Result<()> {
    let level = level(variables)?;
    let told = filter_fn(move |event| {
        let krate = event.target().split("::").next().unwrap_or("");
        *event.level() <= if OURS.contains(&krate) { level } else { level.min(Level::WARN) }
    });
    let told = told.with_max_level_hint(LevelFilter::from_level(level));
    let lines = fmt::layer().json().flatten_event(true).with_ansi(false).with_span_list(false);
    tracing::subscriber::set_global_default(Registry::default().with(lines.with_filter(told)))
        .context("the subscriber of events")
}

/// The span of one invocation: every event inside it names the request.
pub fn request(id: &str) -> Span {
    info_span!("request", id)
}

fn level(variables: &Variables) -> anyhow::Result<Level> {
    const EXPECTED: &str = "error, warn, info, debug or trace";
    let Some(value) = variables.optional("LOG_LEVEL") else { return Ok(Level::INFO) };
    value.parse().ok().with_context(|| format!("LOG_LEVEL: expected {EXPECTED}, found {value:?}"))
}
