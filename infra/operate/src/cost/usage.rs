//! What one reminder and one month use, counted in the units that are paid for.

use super::Kind;
use super::prices::{self, Price};

/// Size of a function's memory, in GB, as in the template.
const MEMORY_GB: f64 = 0.25;
/// Mean duration of an invocation in seconds. It waits for the table, and a dialer also for the carrier.
const INVOCATION_S: f64 = 0.05;
/// Size of the log of an invocation, in GB: about 1 KB.
const INVOCATION_LOG_GB: f64 = 1e-6;

/// Write units of a written reminder or outgoing text: the item, its copy in the index `reminders`, and in the index
/// `deadlines` the old and the new deadline. An end also changes the key of the copy, and leaves only the old deadline.
const WRITE: f64 = 4.0;
/// Write units of a turn or a slot, which are in no index.
const UPDATE: f64 = 1.0;
/// Write units of a text's transaction, which count twice: the text's record, the profile and a new reminder with its
/// entries in both indexes.
const TEXT_TRANSACTION: f64 = 2.0 * (1.0 + 1.0 + 3.0);
/// Write units of the transaction that ends an occurrence and creates the text that replaces the call.
const REPLACEMENT_TRANSACTION: f64 = 2.0 * (WRITE + 2.0);
/// Metrics that the alarms of the template watch, and its combined alarms. A test of the template checks both.
const ALARMED_METRICS: f64 = 40.0;
const COMBINED_ALARMS: f64 = 4.0;
/// Metrics that have a value for every sweep.
const METRICS_OF_A_SWEEP: f64 = 3.0;
/// Requests of one message through a queue: send, receive, delete.
const MESSAGE: f64 = 3.0;

/// Numbers of units, each with its price.
pub(super) type Usage = Vec<(Price, f64)>;

/// What one reminder uses at the carrier.
struct AtCarrier {
    /// Texts from the person.
    texts: f64,
    /// Segments of answers and of texts that replace calls.
    segments: f64,
    /// Calls that are picked up. A call that nobody picks up costs nothing.
    heard_calls: f64,
}

impl Kind {
    /// Returns what one such reminder uses.
    pub(super) fn usage(self) -> Usage {
        let requests = self.requests();
        let count = f64::from;
        let carrier = self.at_carrier();
        // Every transaction of a reminder except the one with its person's text ends an occurrence.
        let replacements = count(requests.transactions) - carrier.texts;
        let units = [
            (prices::WRITE, TEXT_TRANSACTION * carrier.texts + REPLACEMENT_TRANSACTION * replacements),
            (prices::WRITE, WRITE * count(requests.writes) + UPDATE * count(requests.updates)),
            // Each read counts as a consistent one. Those of breakers are not, and cost half as much.
            (prices::READ, count(requests.reads + requests.queries)),
            (prices::QUEUE_REQUEST, MESSAGE * count(requests.messages)),
            (prices::SCHEDULE, count(requests.schedules)),
            (prices::HTTP_REQUEST, count(requests.webhooks)),
            (prices::TEXT_IN, carrier.texts),
            (prices::TEXT_OUT, carrier.segments),
            (prices::CALL_MINUTE, carrier.heard_calls),
            (prices::DETECTION, carrier.heard_calls),
        ];
        units.into_iter().chain(invocations(count(requests.webhooks + requests.messages))).collect()
    }

    fn at_carrier(self) -> AtCarrier {
        match self {
            Self::Near | Self::Far => AtCarrier { texts: 1.0, segments: 1.0, heard_calls: 1.0 },
            Self::Occurrence => AtCarrier { texts: 0.0, segments: 0.0, heard_calls: 1.0 },
            // The answer, and a replacement of two segments.
            Self::Missed => AtCarrier { texts: 1.0, segments: 3.0, heard_calls: 0.0 },
        }
    }
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
