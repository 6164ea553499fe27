//! The events that can be observed from outside the service.

use reminder::ids::{CallId, CarrierName, MessageId, Number};
use reminder::ports::UndeliveredCause;
use reminder::wire::{CallRoute, TextRoute};

use super::kinds::{AnswerRoute, CallEnd, DeadLetterCause, PickedUpBy, Recorded, RequestOutcome, SentText, Speech};
use crate::people::Meaning;

/// One event that can be observed from outside the service.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A person sent a text. The carrier repeats the delivery until the service takes the text or the carrier gives up.
    TextSent {
        /// Id of the text at its carrier.
        id: MessageId,
        /// Index of the person who sent it.
        person: usize,
        /// The request that the text makes.
        meaning: Meaning,
        /// How its answer is delivered.
        route: AnswerRoute,
    },
    /// The service took the text: it replied 2xx, or the text is in the inbound queue.
    TextTaken {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The text was delivered to the service: its webhook was posted, or the SNS topic published it.
    TextDelivered {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The carrier gave up: the service did not take the text.
    TextNotTaken {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The service replied to a text's webhook.
    Reply {
        /// Id of the text at its carrier.
        id: MessageId,
        /// Words that the person reads. Empty if the reply has no words.
        body: String,
    },
    /// A function sent a request for a call.
    CallRequested {
        /// Carrier that was asked.
        carrier: CarrierName,
        /// Number to call.
        to: Number,
        /// Path of its callbacks, which names the person, the reminder and the claim.
        route: CallRoute,
    },
    /// A function learned the outcome of its request for a call.
    CallRequestOutcome {
        /// Path of the call's callbacks.
        route: CallRoute,
        /// Outcome of the request.
        heard: RequestOutcome,
    },
    /// The carrier accepted a request for a call.
    CallAccepted {
        /// Id of the call at the carrier.
        call: CallId,
        /// Number that is called.
        to: Number,
        /// Path of its callbacks.
        route: CallRoute,
    },
    /// The carrier dials the person's phone, which rings unless the person's line is busy.
    Rings {
        /// Id of the call.
        call: CallId,
    },
    /// The person's line was busy with another call from or to the service.
    LineBusy {
        /// Id of the call.
        call: CallId,
    },
    /// The call was picked up.
    PickedUp {
        /// Id of the call.
        call: CallId,
        /// Who or what picked up.
        by: PickedUpBy,
    },
    /// The person joined a call that their phone had answered to screen it.
    Joined {
        /// Id of the call.
        call: CallId,
    },
    /// A person heard these words on a call, from the first word to the last word.
    Heard {
        /// Id of the call.
        call: CallId,
        /// The words that were heard.
        words: String,
    },
    /// A mailbox recorded one utterance of the service, or a part of it.
    MessageLeft {
        /// Id of the call.
        call: CallId,
        /// All words of the utterance.
        words: String,
        /// How much of the utterance was recorded.
        recorded: Recorded,
    },
    /// The carrier posted a verdict about who or what picked up.
    VerdictPosted {
        /// Id of the call.
        call: CallId,
        /// The verdict, in the carrier's words.
        verdict: &'static str,
    },
    /// The service received a verdict: it replied 2xx in time.
    VerdictTaken {
        /// Id of the call.
        call: CallId,
        /// The verdict, in the carrier's words.
        verdict: &'static str,
    },
    /// A person called the service's number.
    ServiceCalled {
        /// Id of the call.
        call: CallId,
        /// Index of the person.
        person: usize,
    },
    /// The service answered a person's call, or the carrier did because the service gave no instructions.
    CallToServiceAnswered {
        /// Id of the call.
        call: CallId,
        /// The speech that the person heard. `Nothing` stands for the carrier's own announcement.
        speech: Speech,
    },
    /// The service spoke on the call.
    Spoke {
        /// Id of the call.
        call: CallId,
        /// The spoken words, if any.
        speech: Speech,
    },
    /// The person pressed a key while the carrier waited for one.
    KeyPressed {
        /// Id of the call.
        call: CallId,
        /// Digit on the key.
        digit: char,
    },
    /// The service answered a pressed key, and its words were spoken.
    KeyAnswered {
        /// Id of the call.
        call: CallId,
        /// Digit on the key.
        digit: char,
        /// The spoken words.
        words: String,
    },
    /// The carrier posted a callback of this call to the service.
    CallbackPosted {
        /// Id of the call.
        call: CallId,
    },
    /// The call has ended.
    CallEnded {
        /// Id of the call.
        call: CallId,
        /// How it ended.
        end: CallEnd,
    },
    /// A function sent a request for a text.
    TextRequested {
        /// The text and the number of its try.
        route: TextRoute,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// The carrier accepted a text.
    TextAccepted {
        /// Id of the text.
        text: SentText,
        /// The text and the number of its try, as the URL for its status names them.
        route: TextRoute,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// A function learned the outcome of its request for a text.
    TextRequestOutcome {
        /// The text and the number of its try.
        route: TextRoute,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
        /// Outcome of the request.
        heard: RequestOutcome,
    },
    /// A text reached the person's phone.
    TextArrived {
        /// Id of the text.
        text: SentText,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// A text that the carrier had accepted did not reach the person's phone, and never will.
    TextUndelivered {
        /// Id of the text.
        text: SentText,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
        /// The carrier's code.
        code: u32,
        /// The cause that the code stands for. It decides about the next try.
        cause: UndeliveredCause,
    },
    /// The carrier posted the status of a text to the service.
    TextStatusPosted {
        /// Id of the text.
        text: SentText,
        /// The status, in the carrier's words.
        status: &'static str,
    },
    /// The service received the status of a text: it replied 2xx in time.
    TextStatusTaken {
        /// Id of the text.
        text: SentText,
        /// The status, in the carrier's words.
        status: &'static str,
    },
    /// The person opted out at the carrier.
    OptedOutAtCarrier {
        /// Index of the person.
        person: usize,
    },
    /// The person opted out at the second carrier only.
    OptedOutAtSecondCarrier {
        /// Index of the person.
        person: usize,
    },
    /// The person opted in again at the carrier.
    OptedInAtCarrier {
        /// Index of the person.
        person: usize,
    },
    /// From now on an item of the store can't be read.
    ItemSpoiled {
        /// Id of the reminder; absent if the item is a person's profile.
        reminder: Option<String>,
    },
    /// The functions were rolled back to an older release, which can't read some items of the later release.
    RolledBack,
    /// The later release was deployed again.
    RolledForward,
    /// An invocation was throttled, so it never ran. Messages of its batch have used up a receive.
    Throttled {
        /// Bodies of the batch's messages; empty if a webhook or the clock triggered the invocation.
        messages: Vec<String>,
    },
    /// A function logged an error, which raises an alarm for the operator.
    Alarm {
        /// Id of the reminder that the alarm is about. Absent if the log record names no reminder.
        reminder: Option<String>,
        /// Id of the outgoing text that the alarm is about. Absent if the log record has no such id.
        outgoing: Option<String>,
        /// Id of the incoming text that the alarm is about. Absent if the log record has no such id.
        message: Option<String>,
        /// Message of the log record.
        words: String,
    },
    /// A message was moved to the dead letters of its queue.
    DeadLetter {
        /// Body of the message.
        body: String,
        /// Why it was moved.
        cause: DeadLetterCause,
    },
}
