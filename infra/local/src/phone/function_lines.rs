//! The lines that the functions log, which the drawing and the timelines read.

use std::sync::Arc;

use anyhow::Result;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::place::Place;
use crate::endpoint::{Endpoint, Service};
use crate::stack::Stack;

/// Maximum number of lines in one response.
const PAGE_LINES: usize = 1000;
/// Maximum number of responses that are read for one function at once.
const PAGES_MAX: usize = 20;

/// The functions, by the outputs of the template that name them.
const FUNCTIONS: [(&str, Place); 4] = [
    ("InboundFunction", Place::Inbound),
    ("DialerFunction", Place::Dialer),
    ("CallbackFunction", Place::Callback),
    ("SweeperFunction", Place::Sweeper),
];

/// Reads the functions' lines from a stack.
#[derive(Clone)]
pub(super) struct FunctionLines {
    endpoint: Endpoint,
    groups: Arc<Vec<(String, Place)>>,
}

impl FunctionLines {
    /// Returns the reader of a stack.
    ///
    /// # Errors
    /// Fails if the template does not name a function.
    pub(super) fn of(stack: &Stack) -> Result<Self> {
        let named = |(output, place): &(&str, Place)| Ok((format!("/aws/lambda/{}", stack.output(output)?), *place));
        let groups = FUNCTIONS.iter().map(named).collect::<Result<_>>()?;
        Ok(Self { endpoint: stack.endpoint().clone(), groups: Arc::new(groups) })
    }

    /// Reads all lines that are JSON, from an instant on, each with its function.
    pub(super) async fn since(&self, from: Timestamp) -> Result<Vec<(Place, Value)>> {
        let found = try_join_all(self.groups.iter().map(|(group, place)| self.of_group(group, *place, from)));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn of_group(&self, group: &str, place: Place, from: Timestamp) -> Result<Vec<(Place, Value)>> {
        let mut input = json!({ "logGroupName": group, "startTime": from.as_millisecond(), "limit": PAGE_LINES });
        let mut lines = Vec::new();
        for _ in 0..PAGES_MAX {
            let mut page = self.endpoint.call(Service::Logs, "FilterLogEvents", &input).await?;
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(read).map(|line| (place, line)));
            match page["nextToken"].take() {
                Value::Null => break,
                token => input["nextToken"] = token,
            }
        }
        Ok(lines)
    }
}

/// Reads a line of a function. The lines of the runtime are no JSON.
fn read(event: &Value) -> Option<Value> {
    serde_json::from_str(event["message"].as_str()?.trim()).ok()
}
