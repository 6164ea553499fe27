//! Actions on a call in progress.

use super::call::Source;
use super::number::Key;

/// An action of the person or of the service on a call.
#[derive(Clone, Debug)]
pub(super) enum CallAction {
    /// The person answers.
    Answer,
    /// The person declines.
    Decline,
    /// The person presses a key.
    Press(Key),
    /// The person hangs up.
    HangUp,
    /// The service ended the call. The record of the call already has the end.
    End,
    /// The service redirects the call to another document.
    Redirect(Source),
}
