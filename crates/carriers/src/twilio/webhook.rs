//! What Twilio's webhooks say: a text came in, a call wants to know what to say, has moved on, or a key was pressed.
//! Called only on what is signed.

use reminder::event::Report;
use reminder::ids::{CallId, MessageId};
use reminder::ports::CallStatus;

use super::form;
use super::{NAME, TEXT_MAX, WEBHOOK_MAX};

/// A text that somebody sent to the service.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingText {
    /// Its name, the same at each delivery.
    pub id: MessageId,
    /// Who sent it, as Twilio spells it: a number, a short code, or letters.
    pub from: String,
    /// The service's number it was sent to.
    pub to: String,
    /// Its words, whole. Empty if it is only a picture.
    pub body: String,
    /// What Twilio has already done about the sender's consent.
    pub opt_out: Option<OptOut>,
}

/// What Advanced Opt-Out made of a text. Twilio has answered it, and after `Stop` blocks our texts to that number
/// (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOut {
    /// The sender wants no more texts.
    Stop,
    /// The sender wants them again.
    Start,
    /// The sender asked what this number is.
    Help,
}

/// What a webhook of a call says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCallback {
    /// Which call.
    pub call: CallId,
    /// How it stands.
    pub progress: Progress,
    /// The keys that were pressed, if it was about keys.
    pub digits: Option<String>,
}

/// `CallStatus` (<https://www.twilio.com/docs/voice/api/call-resource#call-status-values>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Twilio has not dialed it yet.
    Queued,
    /// Twilio dials it.
    Initiated,
    /// The phone rings.
    Ringing,
    /// Somebody picked up.
    InProgress,
    /// It was picked up, and is over.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody picked up.
    NoAnswer,
    /// It could not be connected, most likely because the number does not exist.
    Failed,
    /// It was cancelled before somebody picked up.
    Canceled,
}

impl Progress {
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

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(progress, _)| progress)
    }

    /// What it means for the reminder; nothing while Twilio has not begun to dial.
    #[must_use]
    pub fn report(self) -> Option<Report> {
        match self {
            Self::Queued => None,
            Self::Initiated | Self::Ringing => Some(Report::Initiated),
            Self::InProgress => Some(Report::PickedUp),
            Self::Completed => Some(Report::Completed),
            Self::Busy | Self::NoAnswer | Self::Failed | Self::Canceled => Some(Report::NotReached),
        }
    }
}

impl From<Progress> for CallStatus {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Queued => Self::Queued,
            Progress::Initiated | Progress::Ringing | Progress::InProgress => Self::UnderWay,
            Progress::Completed => Self::Completed,
            Progress::Busy | Progress::NoAnswer | Progress::Failed | Progress::Canceled => Self::NotReached,
        }
    }
}

/// Why a webhook can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    /// It is not what Twilio sends. The answer is 400.
    #[error("expected {expected}, found {found}")]
    Malformed {
        /// What was expected.
        expected: &'static str,
        /// What was found; no number and no words of a text.
        found: &'static str,
    },
    /// It is longer than anything Twilio sends. The answer is 413.
    #[error("expected at most {expected} {unit}, found {found}")]
    TooLong {
        /// How much is read.
        expected: usize,
        /// Of what.
        unit: &'static str,
        /// How much there was.
        found: usize,
    },
}

impl IncomingText {
    /// Reads the form of an incoming text
    /// (<https://www.twilio.com/docs/messaging/guides/webhook-request>).
    ///
    /// # Errors
    /// It is not such a form.
    pub fn parse(raw: &[u8]) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(raw)?;
        let sid = fields.required("MessageSid", "one MessageSid")?;
        let id = MessageId::new(NAME, sid).map_err(|_| malformed("a MessageSid of up to 100 letters", "another"))?;
        let body = fields.required("Body", "one Body")?;
        let length = body.encode_utf16().count();
        if length > TEXT_MAX {
            return Err(BadWebhook::TooLong { expected: TEXT_MAX, unit: "UTF-16 units of Body", found: length });
        }
        Ok(Self {
            id,
            from: fields.required("From", "one From")?.to_owned(),
            to: fields.required("To", "one To")?.to_owned(),
            body: body.to_owned(),
            opt_out: fields.optional("OptOutType", "at most one OptOutType")?.and_then(opt_out),
        })
    }
}

impl CallCallback {
    /// Reads the form that comes with each webhook of a call: when it is answered, when a key was pressed, and at each
    /// status (<https://www.twilio.com/docs/voice/twiml#request-parameters>).
    ///
    /// # Errors
    /// It is not such a form.
    pub fn parse(raw: &[u8]) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(raw)?;
        let call = fields.required("CallSid", "one CallSid")?;
        let status = fields.required("CallStatus", "one CallStatus")?;
        Ok(Self {
            call: call.parse().map_err(|_| malformed("a CallSid of up to 64 letters and digits", "another"))?,
            progress: Progress::named(status)
                .ok_or_else(|| malformed("a CallStatus that Twilio documents", "another"))?,
            digits: fields.optional("Digits", "at most one Digits")?.map(str::to_owned),
        })
    }
}

/// A type that Twilio adds one day is none to us: the words of the text still say what is wanted.
fn opt_out(name: &str) -> Option<OptOut> {
    match name {
        "STOP" => Some(OptOut::Stop),
        "START" => Some(OptOut::Start),
        "HELP" => Some(OptOut::Help),
        _ => None,
    }
}

fn malformed(expected: &'static str, found: &'static str) -> BadWebhook {
    BadWebhook::Malformed { expected, found }
}

/// The parameters of a form, as text.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(raw: &[u8]) -> Result<Self, BadWebhook> {
        if raw.len() > WEBHOOK_MAX {
            return Err(BadWebhook::TooLong { expected: WEBHOOK_MAX, unit: "bytes", found: raw.len() });
        }
        let text = |bytes| String::from_utf8(bytes).map_err(|_| malformed("a form in UTF-8", "other bytes"));
        form::pairs(raw).map(|(name, value)| Ok((text(name)?, text(value)?))).collect::<Result<_, _>>().map(Self)
    }

    fn required(&self, name: &str, expected: &'static str) -> Result<&str, BadWebhook> {
        self.optional(name, expected)?.ok_or_else(|| malformed(expected, "none"))
    }

    fn optional(&self, name: &str, expected: &'static str) -> Result<Option<&str>, BadWebhook> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = values.next();
        if values.next().is_some() { Err(malformed(expected, "several")) } else { Ok(value) }
    }
}
