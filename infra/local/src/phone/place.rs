//! The places in the drawing of the system.

use serde::Serialize;

use crate::function_logs::Function;

/// A place in the drawing of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The carrier of the calls and texts.
    Carrier,
    /// The function that takes texts.
    Inbound,
    /// The table of all records.
    Table,
    /// The queue, or a schedule, of wake-ups.
    Queue,
    /// The function that places calls.
    Dialer,
    /// The function that answers the carrier during a call.
    Callback,
    /// The function that takes over late records.
    Sweeper,
}

impl From<Function> for Place {
    fn from(function: Function) -> Self {
        match function {
            Function::Inbound => Self::Inbound,
            Function::Dialer => Self::Dialer,
            Function::Callback => Self::Callback,
            Function::Sweeper => Self::Sweeper,
        }
    }
}
