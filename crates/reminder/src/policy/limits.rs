//! The limits that an operator can't set.

/// Maximum number of retry delays that an operator may set. More than five calls would be a nuisance, and each call
/// costs money.
pub const RETRY_DELAYS_MAX: usize = 4;

/// Maximum number of tries of one text. A try that was not sent, or was refused for now, does not count. After each
/// counted try, the text may have arrived.
pub const TEXT_TRIES: u8 = 3;

/// Number of recoveries after which a reminder ends its occurrence with a text, and number of inquiries after which an
/// accepted text ends as sent. Recoveries before the planned instant of a call do not count.
pub const RECOVERIES_MAX: u32 = 5;

/// Longest backoff of the sweeper and of texts, in seconds: after a fault is repaired, the next try follows within a
/// quarter of an hour. Only a text that is refused for now may wait longer, if the operator sets a long backoff for texts.
pub const BACKOFF_MAX_S: i64 = 900;

/// Longest random wait before a refused call is requested again, in seconds, so that the phone rings soon once the
/// carrier works again. The wait is longer if the operator sets a longer first backoff, or if the carrier asks for it.
pub const REFUSED_BACKOFF_MAX_S: i64 = 120;

/// Longest random wait before a refused text is sent again in its first hour, in seconds. The wait is longer if the
/// operator sets a longer first backoff, or if the carrier asks for it.
pub const TEXT_REFUSED_BACKOFF_MAX_S: i64 = 300;

/// How long it may take to read the carriers' credentials again while a function handles a request, in seconds.
pub const CREDENTIALS_READ_MAX_S: i64 = 2;

/// Longest delay of a queue message, in seconds: SQS accepts at most 900.
pub const QUEUE_DELAY_MAX_S: i64 = 900;

/// How near a wake-up must be to go straight to the queue, in seconds. It is a minute below SQS's limit, because some
/// time passes between the decision and the request.
pub const NEAR_S: i64 = 840;

/// If a record is recovered long before its wake-up, its next deadline comes at least this long before the wake-up, in
/// seconds. Then a lost schedule is noticed while there is time to send the wake-up again.
pub const LOOK_AHEAD_S: i64 = 600;

/// How much longer than requested a phone may ring, in seconds. Twilio adds up to 5 s
/// (<https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource>, `Timeout`).
pub const RING_STRETCH_S: i64 = 5;

/// Once a call is `Ringing`, `initiated` or a pickup is written only if it moves the deadline by more than this, in
/// seconds. That saves a write on most calls.
pub const DEADLINE_SLACK_S: i64 = 30;

/// How long "it" can mean the reminder that was mentioned last, in seconds. A question stays open, and a change can be
/// undone, for the same time.
pub const MENTION_VALID_S: i64 = 600;

/// How much the clocks of two functions may differ, in seconds. If the recorded times of two texts differ by no more than
/// this, their order is unknown. AWS keeps the clocks of its machines within milliseconds; this is far more.
pub const CLOCKS_S: i64 = 1;

/// How long after an opt-out the reminders that it ended can be restored, in seconds.
pub const RESTORE_WITHIN_S: i64 = 30 * 24 * 3600;

/// Maximum number of open reminders of a person. Together with the profile, the incoming text and its answer, they fit
/// into one transaction of 100 actions.
pub const OPEN_MAX: usize = 80;

/// Maximum number of ended reminders that [`Scope::Kept`](crate::ports::Scope::Kept) returns. Requests are about the
/// reminders that ended last, and the cost of a read must not grow with the number of reminders that are kept.
pub const ENDED_READ_MAX: u8 = 100;

/// Maximum number of open reminders of a person with an unconfirmed number, which may be forged.
pub const OPEN_MAX_UNCONFIRMED: usize = 3;

/// Maximum number of calls to an unconfirmed number ever. Calls never expire from this count: a person whose number a
/// forger has texted from may have no way to make the calls stop, for example at a landline, which can't text STOP.
pub const UNCONFIRMED_CALLS_MAX: u32 = 3;

/// Maximum number of calls to an unconfirmed number that are due within [`SOON_S`], without the further calls of its
/// series. Otherwise a forger could make its phone ring all the time.
pub const SOON_MAX: usize = 5;

/// The span in which the dues of an unconfirmed number count together, in seconds.
pub const SOON_S: i64 = 900;

/// Shortest interval of an unconfirmed number's series, in seconds. A series then adds at most one call to the calls
/// within [`SOON_S`].
pub const REPEAT_UNCONFIRMED_MIN_S: i64 = 900;

/// Shortest interval of any series, in seconds. With a shorter interval, an occurrence would ring while the previous
/// one is still being tried. Also, each call costs money. "Every ten minutes for the next hour" must work: a person may
/// be cooking.
pub const REPEAT_MIN_S: i64 = 300;

const _: () = assert!(REPEAT_UNCONFIRMED_MIN_S >= SOON_S, "a series must add at most one call within SOON_S");
const _: () =
    assert!(REPEAT_MIN_S <= REPEAT_UNCONFIRMED_MIN_S, "a confirmed number must be allowed at least as short intervals");

/// One hour, in seconds. Among others, it is the span within which answers and the calls to one person are counted.
pub const HOUR_S: i64 = 3600;

/// One day, in seconds. It is the span within which wrong codes are counted, and the span of the second limit of the calls
/// to one person.
pub const DAY_S: i64 = 24 * HOUR_S;

/// Longest task, in characters. Speaking it takes less than half a minute.
pub const TASK_MAX: usize = 300;

/// How long a person must have made no reminder before their reminders are numbered from 1 again, in seconds. A person
/// who texts "delete 3" means the 3 they know.
pub const NUMBER_REST_S: i64 = 30 * 24 * 3600;

/// Longest time that an operator may set, in seconds. It bounds every deadline, so that no sum of times overflows.
pub const TIME_MAX_S: i64 = 7 * 24 * 3600;

/// Number of missed occurrences in a row after which a series is paused. A person who has changed their number or lost
/// interest must not be called forever, and each call costs money.
pub const MISSED_IN_ROW_MAX: u8 = 5;

/// Time until the next deadline of a paused series, in seconds. The deadline has no purpose, but every live record
/// needs one.
pub const PAUSED_CHECK_S: i64 = 365 * 24 * 3600;

/// How long the carrier may take to report the delivery of a text, in seconds. Then it is asked for the status.
pub const TEXT_STATUS_WITHIN_S: i64 = 3600;

/// Shortest time between the starts of two calls to one person for two reminders, in seconds. After a short call, the
/// person needs time to put the phone down.
pub const CALL_SPACING_S: i64 = 60;

/// How long a call may go on after the key that acknowledges the reminder, in seconds. The carrier waits up to 15 s in
/// all for our reply, and then speaks the words.
pub const GOODBYE_S: i64 = 40;

/// How long after the key that snoozes a reminder the phone rings again, in seconds.
pub const KEY_SNOOZE_S: i64 = 600;

/// Longest random delay before a reminder whose person is in another call asks for the turn again, in seconds. The
/// delay starts now, or [`CALL_SPACING_S`] after the other call took the turn if that is later.
pub const TURN_RETRY_S: i64 = 20;

/// Delay until a parked text is delivered for the first time, in seconds. Most failures of a store are over by then.
pub const PARKED_FIRST_S: u32 = 15;
