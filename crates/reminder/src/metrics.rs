//! The metrics of the service: their names and units. The functions log their values, and CloudWatch counts them.
//!
//! A metric has no dimensions, because each combination of values would cost as much as a metric. Causes that an
//! operator must tell apart have a metric each.
//!
//! `RemindersAccepted` counts reminders. The other names with `Reminders` count occurrences: a series counts at each of
//! its dues.

/// Log target of the lines that hold values of metrics.
pub const TARGET: &str = "metrics";

/// Name of the field that holds the values of metrics in such a line, for example `CallsPlaced=1 Lateness=1500`.
pub const FIELD: &str = "metrics";

/// How long after its due an occurrence may ring or be texted to be on time, in seconds. A person who waits for a call
/// hardly notices a minute.
pub const ON_TIME_S: i64 = 60;

/// The unit of a metric's values, in CloudWatch's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many there are.
    Count,
    /// A duration in milliseconds.
    Milliseconds,
    /// A duration in seconds.
    Seconds,
}

impl Unit {
    /// Returns the name by which CloudWatch knows the unit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        }
    }
}

/// Defines [`Metric`], its list and its names from one table.
macro_rules! metrics {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:ident,)+) => {
        /// A metric. Its name in CloudWatch is the name of the variant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Metric {
            /// All metrics, in the order in which a reminder meets them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the name of the metric in CloudWatch.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// Returns the unit of the metric's values.
            pub fn unit(self) -> Unit {
                match self {
                    $(Self::$name => Unit::$unit,)+
                }
            }
        }
    };
}

metrics! {
    /// Texts from people that were stored.
    TextsStored: Count,
    /// Texts whose request was not understood.
    TextsNotUnderstood: Count,
    /// Requests that were refused because of a limit, such as the number of open reminders.
    RequestsRefusedByLimit: Count,
    /// Requests that were refused because the number's country or kind is not served.
    RequestsRefusedNotServed: Count,
    /// Requests that were refused because the date does not exist or is too far away, or the text is too long.
    RequestsRefusedInvalid: Count,
    /// Texts and wake-ups that came again, or that a newer plan has replaced, and that changed nothing.
    DuplicatesAbsorbed: Count,
    /// Times that a text could not be stored and went on waiting on the inbound queue.
    TextsParked: Count,
    /// Reminders that texts and keys made. A series counts once.
    RemindersAccepted: Count,
    /// Occurrences that rang, or that a text replaced, at most [`ON_TIME_S`] after their due.
    RemindersOnTime: Count,
    /// Occurrences that rang, or that a text replaced, later than [`ON_TIME_S`] after their due. Each occurrence has a
    /// value, 0 or 1, so that the average is the share of late ones.
    RemindersLate: Count,
    /// Time from the due of an occurrence until the carrier had accepted its first call.
    Lateness: Milliseconds,
    /// Occurrences that their person acknowledged. One that had ended as missed or unconfirmed
    /// is counted in that metric too.
    RemindersHeard: Count,
    /// Occurrences that ended after somebody may have picked up, without a key.
    RemindersUnconfirmed: Count,
    /// Occurrences that a text replaced, and that no person is known to have picked up: unanswered, answered by a
    /// machine, refused, too late, or without a call.
    RemindersMissed: Count,
    /// Occurrences of which neither a call nor a text reached the person, although their number may be good.
    RemindersFailed: Count,
    /// Occurrences of which neither a call nor a text reached the person, because their number can't be texted.
    RemindersUnreachable: Count,
    /// Calls that the carrier accepted.
    CallsPlaced: Count,
    /// Calls that somebody or a machine picked up.
    CallsPickedUp: Count,
    /// Calls that a person answered, as machine detection or a key showed.
    AnsweredByPerson: Count,
    /// Calls that a machine answered.
    AnsweredByMachine: Count,
    /// Calls that were picked up without a verdict or a key.
    AnsweredByUnknown: Count,
    /// Calls that were replaced by texts because no call of the hour was left for the number.
    CallsOverBudget: Count,
    /// Times that the last call of an hour's budget was reserved: at most once an hour for each account.
    CallBudgetsUsedUp: Count,
    /// Calls that were replaced by texts because the person had had as many calls as a limit allows.
    CallsOverPersonLimit: Count,
    /// Texts that the carrier accepted.
    TextsAccepted: Count,
    /// Time from the write that owes a text until the carrier had accepted it.
    TextLateness: Milliseconds,
    /// Texts that the carrier reported as delivered. Answers in the response to a webhook are left out.
    TextsDelivered: Count,
    /// Texts that were not delivered because the number can't receive them.
    TextsUndeliveredNumber: Count,
    /// Texts that were not delivered because the person has opted out at the carrier.
    TextsUndeliveredOptedOut: Count,
    /// Texts that were not delivered because the operator's account or number can't send them.
    TextsUndeliveredOperator: Count,
    /// Texts that were not delivered for a reason that may pass, such as a phone that is off.
    TextsUndeliveredPassing: Count,
    /// Requests that the carrier refused because of the number.
    CarrierRefusedNumber: Count,
    /// Requests that the carrier refused for now, or that did not reach it.
    CarrierRefusedForNow: Count,
    /// Requests that the carrier refuses until the operator acts.
    CarrierRefusedOperator: Count,
    /// Requests of which it is unknown whether the carrier carried them out.
    OutcomesUnknown: Count,
    /// Times that a circuit breaker opened or stayed open after a probe.
    BreakersOpened: Count,
    /// Times that a circuit breaker closed.
    BreakersClosed: Count,
    /// Webhooks whose signature did not match: a wrong token, a wrong public URL, or a forgery.
    SignaturesRefused: Count,
    /// Requests to a webhook without a signature, or too long to be checked.
    RequestsUnsigned: Count,
    /// Overdue records that the sweeper recovered.
    RecordsRecovered: Count,
    /// Times that the sweeper found a record that it can't handle, which it then removes from the deadline index.
    RecordsSetAside: Count,
    /// Shards of the deadline index that a sweep did not read.
    ShardsUnread: Count,
    /// Time since the due of the oldest overdue reminder that has not rung yet, as the sweeper found it.
    OldestDueAge: Seconds,
    /// Invocations of a function whose carrier credentials are not written yet. 0 for a sweep that has them.
    CredentialsMissing: Count,
}

impl Metric {
    /// Returns the metric of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_is_found_by_its_name() {
        for metric in Metric::ALL {
            assert_eq!(Metric::named(metric.name()), Some(*metric));
        }
        assert_eq!(Metric::named("callsplaced"), None);
    }
}
