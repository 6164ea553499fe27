//! Reads the log lines of the functions.

use std::sync::Arc;

use anyhow::Result;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Service};
use crate::stack::Stack;

/// Maximum number of lines in one response.
const PAGE_LINES: usize = 1000;

/// Maximum number of responses that are read for one function at once.
const PAGES_MAX: usize = 20;

/// A function of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The function that takes texts.
    Inbound,
    /// The function that places calls.
    Dialer,
    /// The function that answers the carrier during a call.
    Callback,
    /// The function that takes over late records.
    Sweeper,
}

impl Function {
    /// All functions of the service.
    pub const ALL: [Self; 4] = [Self::Inbound, Self::Dialer, Self::Callback, Self::Sweeper];

    /// Returns the output of the template that names the function.
    #[must_use]
    pub const fn output(self) -> &'static str {
        match self {
            Self::Inbound => "InboundFunction",
            Self::Dialer => "DialerFunction",
            Self::Callback => "CallbackFunction",
            Self::Sweeper => "SweeperFunction",
        }
    }

    /// Returns the name of the function's folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Dialer => "dialer",
            Self::Callback => "callback",
            Self::Sweeper => "sweeper",
        }
    }
}

/// The logs of all functions of a stack.
#[derive(Debug, Clone)]
pub struct FunctionLogs {
    endpoint: Endpoint,
    groups: Arc<Vec<(String, Function)>>,
}

impl FunctionLogs {
    /// Returns the logs of a stack's functions.
    ///
    /// # Errors
    /// Fails if the template does not name a function.
    pub fn of(stack: &Stack) -> Result<Self> {
        let named = |function: Function| Ok((format!("/aws/lambda/{}", stack.output(function.output())?), function));
        let groups = Function::ALL.into_iter().map(named).collect::<Result<_>>()?;
        Ok(Self { endpoint: stack.endpoint().clone(), groups: Arc::new(groups) })
    }

    /// Returns the lines since an instant that are JSON objects, each with its function. Other lines are not from the
    /// functions, but from Lambda.
    ///
    /// # Errors
    /// Fails if the logs can't be read.
    pub async fn since(&self, from: Timestamp) -> Result<Vec<(Function, Value)>> {
        let found = try_join_all(self.groups.iter().map(|(group, function)| self.of_group(group, *function, from)));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn of_group(&self, group: &str, function: Function, from: Timestamp) -> Result<Vec<(Function, Value)>> {
        let mut input = json!({ "logGroupName": group, "startTime": from.as_millisecond(), "limit": PAGE_LINES });
        let mut lines = Vec::new();
        for _ in 0..PAGES_MAX {
            let mut page = self.endpoint.call(Service::Logs, "FilterLogEvents", &input).await?;
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(line).map(|line| (function, line)));
            match page["nextToken"].take() {
                Value::Null => break,
                token => input["nextToken"] = token,
            }
        }
        Ok(lines)
    }
}

/// Reads the line of an event of the log. Absent if the line is not JSON.
fn line(event: &Value) -> Option<Value> {
    serde_json::from_str(event["message"].as_str()?.trim()).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_json_are_lines_of_a_function() {
        let read = |message: &str| line(&json!({ "message": message }));
        assert_eq!(read("{\"message\":\"swept\"}\n"), Some(json!({ "message": "swept" })));
        assert_eq!(read("START RequestId: 1"), None);
        assert_eq!(read("7"), None);
        assert_eq!(line(&json!({})), None);
    }
}
