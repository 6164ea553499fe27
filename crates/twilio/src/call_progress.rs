//! The status of a call, in Twilio's terms and in the terms of the carrier port.

use reminder::event::Report;
use reminder::ports::CallStatus;

/// Twilio's `CallStatus` (<https://www.twilio.com/docs/voice/api/call-resource#call-status-values>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallProgress {
    /// Twilio has not dialed the number yet.
    Queued,
    /// Twilio is dialing the number.
    Initiated,
    /// The phone is ringing.
    Ringing,
    /// The call was answered and is not over.
    InProgress,
    /// The call was answered and is over.
    Completed,
    /// The number was busy.
    Busy,
    /// The call was not answered.
    NoAnswer,
    /// The call could not be connected, most likely because the number does not exist.
    Failed,
    /// The call was canceled before it was answered.
    Canceled,
}

impl CallProgress {
    const ALL: [(Self, &str); 9] = [
        (Self::Queued, "queued"),
        (Self::Initiated, "initiated"),
        (Self::Ringing, "ringing"),
        (Self::InProgress, "in-progress"),
        (Self::Completed, "completed"),
        (Self::Busy, "busy"),
        (Self::NoAnswer, "no-answer"),
        (Self::Failed, "failed"),
        (Self::Canceled, "canceled"),
    ];

    /// Returns the progress that Twilio calls `name`, or `None` if Twilio documents no such status.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(progress, _)| progress)
    }

    /// Returns the report for the reminder, or `None` while Twilio has not started to dial.
    pub(crate) fn report(self) -> Option<Report> {
        match self {
            Self::Queued => None,
            Self::Initiated | Self::Ringing => Some(Report::Initiated),
            Self::InProgress => Some(Report::PickedUp),
            Self::Completed => Some(Report::Completed),
            Self::Busy | Self::NoAnswer | Self::Failed | Self::Canceled => Some(Report::NotReached),
        }
    }
}

impl From<CallProgress> for CallStatus {
    fn from(progress: CallProgress) -> Self {
        match progress {
            CallProgress::Queued => Self::Queued,
            CallProgress::Initiated | CallProgress::Ringing | CallProgress::InProgress => Self::UnderWay,
            CallProgress::Completed => Self::Completed,
            CallProgress::Busy | CallProgress::NoAnswer | CallProgress::Failed | CallProgress::Canceled => {
                Self::NotReached
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_twilios_statuses_has_one_meaning() {
        for (name, status, report) in [
            ("queued", CallStatus::Queued, None),
            ("initiated", CallStatus::UnderWay, Some(Report::Initiated)),
            ("ringing", CallStatus::UnderWay, Some(Report::Initiated)),
            ("in-progress", CallStatus::UnderWay, Some(Report::PickedUp)),
            ("completed", CallStatus::Completed, Some(Report::Completed)),
            ("busy", CallStatus::NotReached, Some(Report::NotReached)),
            ("no-answer", CallStatus::NotReached, Some(Report::NotReached)),
            ("failed", CallStatus::NotReached, Some(Report::NotReached)),
            ("canceled", CallStatus::NotReached, Some(Report::NotReached)),
        ] {
            let progress = CallProgress::named(name).unwrap();
            assert_eq!((CallStatus::from(progress), progress.report()), (status, report), "{name}");
        }
    }
}
