//! What one reminder and one month use, counted in requests. The counts of writes and messages are those of
//! ARCHITECTURE.md, "Limits and stages".

use super::prices::{self, Price};

/// Size of a function's memory, in GB, as in the template.
const MEMORY_GB: f64 = 0.25;
/// Mean duration of an invocation in seconds. It waits for the table, and a dialer also for the carrier.
const INVOCATION_S: f64 = 0.05;
/// Size of the log of an invocation, in GB: about 1 KB.
const INVOCATION_LOG_GB: f64 = 1e-6;

/// Write units of a changed reminder or outgoing text: the item, its copy in the index `reminders`, and in the index
/// `deadlines` the old and the new deadline.
const CHANGED: f64 = 4.0;
/// Write units of an ended reminder: its key in the index `reminders` changes too, and it leaves the index `deadlines`.
const ENDED: f64 = 4.0;
/// Write units of a turn or a slot, which are in no index.
const UPDATE: f64 = 1.0;
/// Write units of a text's transaction, which count twice: the text's record, the profile and a new reminder with its
/// entries in both indexes.
const TEXT_TRANSACTION: f64 = 2.0 * (1.0 + 1.0 + 3.0);
/// Write units of the transaction that ends an occurrence and creates the text that replaces the call.
const REPLACEMENT_TRANSACTION: f64 = 2.0 * (ENDED + 2.0);
/// Metrics that the alarms of the template watch, and its combined alarms. A test of the template checks both.
const ALARMED_METRICS: f64 = 39.0;
const COMBINED_ALARMS: f64 = 4.0;
/// Metrics that have a value for every sweep.
const METRICS_OF_A_SWEEP: f64 = 3.0;
/// Requests of one message through a queue: send, receive, delete.
const MESSAGE: f64 = 3.0;

/// Numbers of units, each with its price.
pub(super) type Usage = Vec<(Price, f64)>;

/// The kinds of reminders whose cost is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A one-off within 14 minutes, heard at the first call.
    Near,
    /// A one-off farther ahead, heard at the first call.
    Far,
    /// One occurrence of a series, heard at the first call. Its text was sent long ago.
    Occurrence,
    /// A far one-off that nobody picks up: three calls, then a text.
    Missed,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Near, Self::Far, Self::Occurrence, Self::Missed];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Near => "near, heard",
            Self::Far => "far, heard",
            Self::Occurrence => "of a series, heard",
            Self::Missed => "far, missed",
        }
    }

    /// Returns what one such reminder uses.
    pub(super) fn usage(self) -> Usage {
        let mut usage = Usage::new();
        match self {
            Self::Near => {
                usage.extend(text_and_answer());
                usage.extend(wake_up(1.0, 0.0));
                usage.extend(heard_call());
            }
            Self::Far => {
                usage.extend(text_and_answer());
                // The sent schedule is confirmed by a write.
                usage.push((prices::WRITE, CHANGED));
                usage.extend(wake_up(2.0, 1.0));
                usage.extend(heard_call());
            }
            Self::Occurrence => {
                usage.push((prices::WRITE, CHANGED));
                usage.extend(wake_up(2.0, 1.0));
                usage.extend(heard_call());
            }
            Self::Missed => {
                usage.extend(text_and_answer());
                usage.push((prices::WRITE, CHANGED));
                usage.extend(wake_up(4.0, 1.0));
                // Two calls after which the reminder waits again, and a last one that ends in the replacement.
                for changes in [3.0, 3.0, 2.0] {
                    usage.extend(unanswered_call(changes));
                }
                usage.extend(replacement());
            }
        }
        usage
    }
}

/// A text from a person, and its answer in the response to the webhook.
fn text_and_answer() -> Usage {
    let mut usage = vec![
        (prices::WRITE, TEXT_TRANSACTION),
        // The text's record twice, the profile, and the query for open reminders.
        (prices::READ, 4.0),
        (prices::TEXT_IN, 1.0),
        (prices::TEXT_OUT, 1.0),
    ];
    // The webhook, and the reports that the answer was sent and delivered.
    usage.extend(webhooks(3.0));
    usage
}

/// Messages through the dial queue, and the schedules before them.
fn wake_up(messages: f64, schedules: f64) -> Usage {
    let mut usage = vec![(prices::QUEUE_REQUEST, MESSAGE * messages), (prices::SCHEDULE, schedules)];
    usage.extend(invocations(messages));
    usage
}

/// A call that a person picks up, with a key.
fn heard_call() -> Usage {
    let mut usage = vec![
        // Turn and slot; claim, acceptance and verdict; the key's end.
        (prices::WRITE, 2.0 * UPDATE + 3.0 * CHANGED + ENDED),
        // Reminder and profile for the dialer, and the reminder for each callback.
        (prices::READ, 2.0 + 5.0),
        (prices::CALL_MINUTE, 1.0),
        (prices::DETECTION, 1.0),
    ];
    // Initiated, speech, verdict, key, completed.
    usage.extend(webhooks(5.0));
    usage
}

/// A call that nobody picks up, with so many changes of the reminder. It costs nothing at the carrier.
fn unanswered_call(changes: f64) -> Usage {
    let mut usage = vec![(prices::WRITE, 2.0 * UPDATE + changes * CHANGED), (prices::READ, 2.0 + 2.0)];
    // Initiated, no answer.
    usage.extend(webhooks(2.0));
    usage
}

/// The text that replaces a call, of two segments, and its reports.
fn replacement() -> Usage {
    let mut usage = vec![
        (prices::WRITE, REPLACEMENT_TRANSACTION + 2.0 * CHANGED + UPDATE),
        (prices::READ, 4.0),
        (prices::TEXT_OUT, 2.0),
    ];
    usage.extend(webhooks(2.0));
    usage
}

fn webhooks(count: f64) -> Usage {
    let mut usage = vec![(prices::HTTP_REQUEST, count)];
    usage.extend(invocations(count));
    usage
}

fn invocations(count: f64) -> Usage {
    vec![
        (prices::INVOCATION, count),
        (prices::GB_SECOND, count * MEMORY_GB * INVOCATION_S),
        (prices::LOG_GB, count * INVOCATION_LOG_GB),
    ]
}

/// What a month without any reminder uses: the sweeper, the pollers of the queues, and what is kept.
pub(super) fn idle_month() -> Usage {
    let minutes = 30.0 * 24.0 * 60.0;
    let mut usage = invocations(minutes);
    usage.extend([
        // Each sweep reads eight shards, eventually consistently.
        (prices::READ, minutes * 8.0 * 0.5),
        // Lambda polls each of two queues with five pollers, which wait for 20 seconds.
        (prices::QUEUE_REQUEST, minutes * 2.0 * 5.0 * 3.0),
        (prices::ALARM, ALARMED_METRICS),
        (prices::COMBINED_ALARM, COMBINED_ALARMS),
        (prices::METRIC, METRICS_OF_A_SWEEP),
        (prices::SECRET, 1.0),
        (prices::NUMBER, 1.0),
        (prices::CAMPAIGN, 1.0),
    ]);
    usage
}
