//! The phone carrier: calls and texts, and how requests for them fail.

use std::future::Future;

use jiff::SignedDuration;

use crate::ids::{CallId, CarrierName, Number, SentTextId};
use crate::wire::{CallRoute, TextRoute};

/// A request to a carrier for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The number to call.
    pub to: Number,
    /// The callbacks from which the carrier gets the speech and to which it reports the call's status.
    pub route: CallRoute,
}

/// Whether the carrier is asked to tell people from answering machines. This may cost extra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineDetection {
    /// The carrier is asked, and reports its verdict to [`CallStep::AnsweredBy`](crate::wire::CallStep::AnsweredBy).
    Enabled,
    /// The carrier is not asked. Then there is no verdict.
    Disabled,
}

/// Why a carrier did not carry out a request, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The carrier certainly did nothing, because of this number. Asking again is pointless.
    #[error("the carrier refused this number (code {code})")]
    NumberRefused {
        /// The carrier's own error code.
        code: u32,
    },
    /// The carrier certainly did nothing, because the person has opted out of our texts at the carrier.
    #[error("the person has opted out at the carrier (code {code})")]
    OptedOut {
        /// The carrier's own error code.
        code: u32,
    },
    /// The carrier certainly did nothing, for a reason that is not about the number. It may be asked again.
    #[error("the carrier refused for now: {reason}")]
    RefusedForNow {
        /// The carrier's reason, or why it was not reached.
        reason: String,
        /// How long the carrier asks us to wait. `None` if it doesn't say.
        retry_after: Option<SignedDuration>,
        /// Which requests the refusal is about.
        scope: RefusalScope,
        /// Who or what can end the refusal.
        remedy: Remedy,
    },
    /// The carrier may have carried out the request. A call MUST NOT be requested again. A text may be sent again, and
    /// may then arrive twice.
    #[error("the carrier may have carried out the request: {0}")]
    Unknown(String),
}

/// Which requests a refusal for now is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalScope {
    /// Every request of the account: wrong credentials, too many requests, carrier out of reach.
    Account,
    /// Perhaps this request alone: a country that the account does not call, a pair of numbers. The refusal MUST NOT
    /// keep other people from being called.
    Request,
}

/// Who or what can end a refusal for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Time: too many requests, or the carrier was not reached.
    Wait,
    /// The operator: wrong credentials, a number that is not registered, a country that the account does not serve.
    /// Until the operator acts, every request like it is refused.
    Operator,
}

/// The status of a call, as the carrier states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// The call waits in the carrier's queue.
    Queued,
    /// The phone rings, or the call has been picked up.
    UnderWay,
    /// The call is over, and was picked up.
    Completed,
    /// The call is over, and was not picked up.
    NotReached,
}

/// The status of a text that the carrier accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStatus {
    /// The carrier still holds the text.
    Pending,
    /// The carrier has passed the text on. Whether the text is delivered may be reported hours later, or never.
    Sent,
    /// The text was delivered to the phone.
    Delivered,
    /// The text was not delivered, and the carrier does not try again.
    Undelivered(Undelivered),
}

/// Why a text that the carrier accepted was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// The carrier's own error code, or 0 if it gave none.
    pub code: u32,
    /// The cause that the code stands for.
    pub cause: UndeliveredCause,
}

/// The cause of a failed delivery. It decides whether the text is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndeliveredCause {
    /// The failure may pass: the phone is off, or the reason is unknown.
    Passing,
    /// The number can't receive texts. Another try is pointless.
    Number,
    /// The operator's account or number can't send the text. Every text like it fails until the operator acts.
    Operator,
    /// The person has opted out of our texts at the carrier.
    OptedOut,
}

/// The API of a phone carrier.
///
/// Each use of a method MUST make at most one request, on a connection of its own, and MUST NOT repeat it. Once the
/// first byte of a request is sent, every outcome except a readable response is `Unknown`. Every 5xx is `Unknown` too.
pub trait Carrier {
    /// The carrier's name, which is the prefix of the ids of its calls and texts.
    fn name(&self) -> &CarrierName;

    /// Asks for a call. `Ok` means that the carrier has accepted the call, not that the phone rings.
    fn place(&self, dial: &Dial) -> impl Future<Output = Result<CallId, CarrierError>>;

    /// Sends a text to `to`. `Ok` means that the carrier has accepted the text, not that it is delivered. The carrier
    /// reports the delivery to the callback of `route`.
    fn send_text(
        &self,
        to: &Number,
        body: &str,
        route: &TextRoute,
    ) -> impl Future<Output = Result<SentTextId, CarrierError>>;

    /// Asks for the status of a text.
    fn text_status(&self, text: &SentTextId) -> impl Future<Output = Result<TextStatus, CarrierError>>;

    /// Redirects a call under way, so that the carrier asks [`CallStep::Message`](crate::wire::CallStep::Message) of
    /// `route` for the words to say next. Fails with [`CarrierError::RefusedForNow`] if the call is over.
    fn leave_message(&self, call: &CallId, route: &CallRoute) -> impl Future<Output = Result<(), CarrierError>>;

    /// Asks for the status of a call.
    fn status(&self, call: &CallId) -> impl Future<Output = Result<CallStatus, CarrierError>>;

    /// Ends a call whose last known status is `status`: cancels it if it waits in the carrier's queue, hangs up if it
    /// is under way, and does nothing if it is over.
    fn end(&self, call: &CallId, status: CallStatus) -> impl Future<Output = Result<(), CarrierError>>;
}
