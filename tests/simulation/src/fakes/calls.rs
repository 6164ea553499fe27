//! The calls that the carriers have accepted.

use std::collections::BTreeMap;

use reminder::ids::{CallId, Number};
use reminder::wire::CallRoute;

use crate::history::CallEnd;

/// State of a call at the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// The call waits in the carrier's own queue.
    Queued,
    /// The phone rings.
    Ringing,
    /// The call was picked up, by the person or by a machine.
    Talking,
    /// The call has ended.
    Over(CallEnd),
}

/// A call that the carrier accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Number that is called.
    pub to: Number,
    /// Path of the call's callbacks.
    pub route: CallRoute,
    /// State of the call now.
    pub state: CallState,
}

/// The calls that the carriers have accepted.
#[derive(Debug, Default)]
pub struct Phone {
    pub(super) calls: BTreeMap<CallId, Call>,
}

impl Phone {
    /// Returns the call with this id.
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    /// Changes the state of a call.
    pub fn put(&mut self, id: &CallId, state: CallState) {
        if let Some(call) = self.calls.get_mut(id) {
            call.state = state;
        }
    }
}
