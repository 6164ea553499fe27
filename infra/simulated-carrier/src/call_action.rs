//! Actions on a call that goes on.

use super::call::Source;
use super::number::Key;

/// An action of the person or of the service on a call.
#[derive(Clone, Debug)]
pub(super) enum CallAction {
    /// The person picks up.
    Answer,
    /// The person declines.
    Decline,
    /// The person presses a key.
    Press(Key),
    /// The person hangs up.
    HangUp,
    /// The service ended the call; its record says so already.
    End,
    /// The service gives the call other words.
    Redirect(Source),
}
