//! The status of a text, in Twilio's terms and in the terms of the carrier port.

use reminder::ports::{TextStatus, Undelivered};

use crate::codes::Meaning;

/// Twilio's `MessageStatus` (<https://www.twilio.com/docs/messaging/api/message-resource#message-status-values>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageProgress {
    /// Twilio still holds the text: accepted, scheduled, queued, or sending.
    Held,
    /// Twilio has passed the text on to the recipient's carrier.
    Sent,
    /// The recipient's carrier has confirmed the delivery.
    Delivered,
    /// The text was not delivered: undelivered, failed, or canceled.
    Undelivered,
}

impl MessageProgress {
    const ALL: [(Self, &str); 10] = [
        (Self::Held, "accepted"),
        (Self::Held, "scheduled"),
        (Self::Held, "queued"),
        (Self::Held, "sending"),
        (Self::Sent, "sent"),
        (Self::Delivered, "delivered"),
        // The recipient has opened the text, so it was delivered.
        (Self::Delivered, "read"),
        (Self::Undelivered, "undelivered"),
        (Self::Undelivered, "failed"),
        (Self::Undelivered, "canceled"),
    ];

    /// Returns the progress that Twilio calls `name`, or `None` if the name is not in the list.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(progress, _)| progress)
    }

    /// Returns the status of a text with this progress and error code.
    pub(crate) fn status(self, code: Option<u32>) -> TextStatus {
        match self {
            Self::Held => TextStatus::Pending,
            Self::Sent => TextStatus::Sent,
            Self::Delivered => TextStatus::Delivered,
            Self::Undelivered => {
                let code = code.unwrap_or_default();
                TextStatus::Undelivered(Undelivered { code, cause: Meaning::of(code).into() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reminder::ports::UndeliveredCause;

    use super::*;

    fn status(name: &str, code: Option<u32>) -> TextStatus {
        MessageProgress::named(name).unwrap().status(code)
    }

    #[test]
    fn each_of_twilios_statuses_has_one_meaning() {
        for pending in ["accepted", "scheduled", "queued", "sending"] {
            assert_eq!(status(pending, None), TextStatus::Pending, "{pending}");
        }
        assert_eq!(status("sent", None), TextStatus::Sent);
        for delivered in ["delivered", "read"] {
            assert_eq!(status(delivered, None), TextStatus::Delivered, "{delivered}");
        }
        for name in ["undelivered", "failed", "canceled"] {
            for (code, cause) in [
                (None, UndeliveredCause::Passing),
                (Some(30_003), UndeliveredCause::Passing),
                (Some(30_006), UndeliveredCause::Number),
                (Some(30_034), UndeliveredCause::Operator),
                (Some(21_610), UndeliveredCause::OptedOut),
            ] {
                let expected = Undelivered { code: code.unwrap_or_default(), cause };
                assert_eq!(status(name, code), TextStatus::Undelivered(expected), "{name} {code:?}");
            }
        }
        assert_eq!(MessageProgress::named("dreaming"), None);
    }
}
