//! The event source mappings, with which a queue invokes a function.

use anyhow::{Context as _, Result};
use http::Method;
use serde_json::{Value, json};

use crate::access::Access;
use crate::api::Api;
use crate::stack::Stack;

/// A mapping of a queue to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventSource {
    pub(crate) id: String,
    /// Lambda's state: `Enabled`, `Disabled`, or one of the states in between, such as `Disabling`.
    pub(crate) state: String,
    /// How many invocations the queue may cause at the same time. Absent if the mapping does not limit them.
    pub(crate) maximum_concurrency: Option<u64>,
}

impl EventSource {
    fn read(found: &Value) -> Result<Self> {
        let text = |name: &str| found[name].as_str().map(str::to_owned).with_context(|| format!("expected a {name}"));
        let maximum_concurrency = found["ScalingConfig"]["MaximumConcurrency"].as_u64();
        Ok(Self { id: text("UUID")?, state: text("State")?, maximum_concurrency })
    }

    /// Whether the queue invokes the function, or soon will.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.state.as_str(), "Disabled" | "Disabling")
    }

    /// Enables or disables the mapping, and returns its new state. A change takes up to a minute.
    pub(crate) async fn set(&self, access: &Access, enabled: bool) -> Result<String> {
        let path = format!("/2015-03-31/event-source-mappings/{}", self.id);
        let changed = Api::new(access).lambda(Method::PUT, &path, Some(&json!({ "Enabled": enabled }))).await?;
        Ok(Self::read(&changed)?.state)
    }
}

/// Returns the mappings of the function that an output of the stack names. If deployments have a canary, the queues invoke
/// the function's alias `live`, and Lambda lists its mappings under that name.
pub(crate) async fn of(access: &Access, stack: &Stack, output: &str) -> Result<Vec<EventSource>> {
    let alias = if stack.parameter("Canary") == Some("ENABLED") { "%3Alive" } else { "" };
    let path = format!("/2015-03-31/event-source-mappings/?FunctionName={}{alias}", stack.output(output)?);
    let found = Api::new(access).lambda(Method::GET, &path, None).await?;
    let mappings = found["EventSourceMappings"].as_array().context("expected EventSourceMappings, found none")?;
    mappings.iter().map(EventSource::read).collect()
}
