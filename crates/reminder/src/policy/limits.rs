//! The limits that nobody sets: how often, how many, how long.

/// Calls of one occurrence, at most: the first and two more. More would be a nuisance, and each costs money.
pub const ATTEMPTS: u8 = 3;

/// Texts tried for one end, at most, when the carrier's answers stay unknown: each may have arrived.
pub const TEXT_TRIES: u8 = 3;

/// Nudges after which the sweeper gives a record up, counted from when it could have acted.
pub const RECOVERIES_MAX: u32 = 5;

/// The longest backoff of the sweeper and of texts, in seconds: what is put right is seen within a quarter of an hour.
pub const BACKOFF_MAX_S: i64 = 900;

/// The longest wait between two requests for a call that the carrier refused, in seconds: when it is back, the phone
/// rings soon.
pub const REFUSED_BACKOFF_MAX_S: i64 = 120;

/// The longest delay of a queue message, in seconds: SQS takes no more than 900.
pub const QUEUE_DELAY_MAX_S: i64 = 900;

/// How near a wake-up must be to go straight to the queue, in seconds: a minute under SQS's limit, for what passes
/// between deciding and sending.
pub const NEAR_S: i64 = 840;

/// How long before its wake-up a nudged record is looked at again at the latest, in seconds: a schedule that is gone
/// is then seen while there is time to send the wake-up again.
pub const LOOK_AHEAD_S: i64 = 600;

/// A deadline by `initiated` is written only where it moves by more than this, in seconds: a write saved on each call.
pub const DEADLINE_SLACK_S: i64 = 30;

/// How long "the last one" is known, in seconds.
pub const MENTION_VALID_S: i64 = 600;

/// Open reminders of a person, at most: with the profile and the message they fit one transaction of 100 actions.
pub const OPEN_MAX: usize = 80;

/// Open reminders of a person who has not pressed a key yet, at most: the number may be forged.
pub const OPEN_MAX_UNCONFIRMED: usize = 3;

/// Calls due within [`SOON_S`] for such a number, at most: whoever forges it can't have its phone ring all the time.
pub const SOON_MAX: usize = 5;

/// How near dues are that count together for such a number, in seconds.
pub const SOON_S: i64 = 900;

/// How far apart the calls of such a number's series are, at least, in seconds: a series then adds one call to those of
/// [`SOON_S`].
pub const REPEAT_UNCONFIRMED_MIN_S: i64 = 900;

/// How far apart the calls of anybody's series are, at least, in seconds. Nearer ones ring while the one before is still
/// being tried, and a phone that rings each minute for days is nobody's wish, though it is our cost. "Every ten minutes
/// for the next hour" is somebody's at the stove.
pub const REPEAT_MIN_S: i64 = 300;

const _: () = assert!(REPEAT_UNCONFIRMED_MIN_S >= SOON_S, "a series must add no more than one call within SOON_S");
const _: () = assert!(REPEAT_MIN_S <= REPEAT_UNCONFIRMED_MIN_S, "who is known must be allowed no less");

/// The window in which answers to texts that lead nowhere are counted, in seconds.
pub const HOUR_S: i64 = 3600;

/// The length of a task, at most, in characters: what is spoken stays under half a minute.
pub const TASK_MAX: usize = 300;

/// How long a small number is not given out again, in seconds: a person who says "delete 3" means the 3 they know.
pub const NUMBER_REST_S: i64 = 30 * 24 * 3600;

/// The longest time an operator may set, in seconds: no deadline lies farther ahead, and no sum of times overflows.
pub const TIME_MAX_S: i64 = 7 * 24 * 3600;
