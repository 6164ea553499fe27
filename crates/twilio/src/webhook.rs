//! What Twilio's webhooks say: a text came in, a call wants to know what to say, has moved on, or a key was pressed.
//! Read only from what is signed.

use reminder::event::Report;
use reminder::ids::{CallId, MessageId};
use reminder::ports::CallStatus;

use super::form;
use super::signature::SignedForm;
use super::{Accounts, NAME, TEXT_MAX};

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
    /// A field is longer than Twilio sends it. The answer is 413.
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
    pub fn parse(form: &SignedForm) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
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
    /// It is not such a form, or of none of these accounts.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let account = fields.required("AccountSid", "one AccountSid")?;
        let carrier =
            accounts.carrier(account).ok_or_else(|| malformed("the AccountSid of an account of ours", "another"))?;
        let call = fields.required("CallSid", "one CallSid")?;
        let status = fields.required("CallStatus", "one CallStatus")?;
        Ok(Self {
            call: CallId::new(carrier.as_str(), call)
                .map_err(|_| malformed("a CallSid of up to 100 letters and digits", "another"))?,
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
    fn parse(signed: &SignedForm) -> Result<Self, BadWebhook> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| malformed("a form in UTF-8", "other bytes"));
        form::pairs(signed.raw())
            .map(|(name, value)| Ok((text(name)?, text(value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "ToCountry=US&SmsMessageSid=SM0123456789abcdef0123456789abcdef&NumMedia=0&FromZip=\
        &MessageSid=SM0123456789abcdef0123456789abcdef&Body=Remind+me+to+buy+milk+%26+%F0%9F%A5%9B+at+6%3A30+PM\
        &From=%2B12125550142&To=%2B12125550100&ApiVersion=2010-04-01";

    fn text(raw: &str) -> Result<IncomingText, String> {
        IncomingText::parse(&SignedForm::unchecked(raw.as_bytes())).map_err(|error| error.to_string())
    }

    const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

    fn accounts() -> Accounts {
        let second = "ACfedcba9876543210fedcba9876543210";
        let named = |sid: &str, name: &str| (sid.parse().unwrap(), name.parse().unwrap());
        Accounts(vec![named(ACCOUNT, "twilio"), named(second, "twilio2")])
    }

    fn call(raw: &str) -> Result<CallCallback, String> {
        CallCallback::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts()).map_err(|error| error.to_string())
    }

    fn mine(raw: &str) -> Result<CallCallback, String> {
        call(&format!("AccountSid={ACCOUNT}&{raw}"))
    }

    #[test]
    fn a_text_is_read_whole() {
        let text = text(TEXT).unwrap();
        assert_eq!(text.id.as_str(), "twilio#SM0123456789abcdef0123456789abcdef");
        assert_eq!((text.from.as_str(), text.to.as_str()), ("+12125550142", "+12125550100"));
        assert_eq!(text.body, "Remind me to buy milk & 🥛 at 6:30 PM");
        assert_eq!(text.opt_out, None);
    }

    #[test]
    fn senders_and_words_are_left_as_they_are() {
        for (raw, from, body) in [
            ("MessageSid=SM1&From=SIXTHIRTY&To=%2B12125550100&Body=", "SIXTHIRTY", ""),
            ("MessageSid=SM1&From=12345&To=%2B12125550100&Body=+a+%0D%0A", "12345", " a \r\n"),
            ("MessageSid=SM1&From=whatsapp%3A%2B12125550142&To=t&Body=%00", "whatsapp:+12125550142", "\0"),
        ] {
            let text = text(raw).unwrap();
            assert_eq!((text.from.as_str(), text.body.as_str()), (from, body));
        }
    }

    #[test]
    fn what_twilio_did_about_consent_is_read() {
        for (kind, expected) in [
            ("STOP", Some(OptOut::Stop)),
            ("START", Some(OptOut::Start)),
            ("HELP", Some(OptOut::Help)),
            ("SOMETHINGNEW", None),
        ] {
            assert_eq!(text(&format!("{TEXT}&OptOutType={kind}")).unwrap().opt_out, expected, "{kind}");
        }
    }

    #[test]
    fn what_is_not_a_text_is_refused_by_what_is_missing() {
        for (raw, expected) in [
            ("", "expected one MessageSid, found none"),
            ("{\"Body\":\"milk\"}", "expected one MessageSid, found none"),
            ("MessageSid=&From=a&To=b&Body=c", "expected a MessageSid of up to 100 letters, found another"),
            ("MessageSid=SM1&From=a&To=b", "expected one Body, found none"),
            ("MessageSid=SM1&To=b&Body=c", "expected one From, found none"),
            ("MessageSid=SM1&From=a&Body=c", "expected one To, found none"),
            ("MessageSid=SM1&From=a&From=z&To=b&Body=c", "expected one From, found several"),
            ("MessageSid=SM1&From=a&To=b&Body=%FF", "expected a form in UTF-8, found other bytes"),
        ] {
            assert_eq!(text(raw).err().as_deref(), Some(expected), "{raw}");
        }
    }

    #[test]
    fn the_longest_text_is_read_and_a_longer_one_is_not() {
        let of = |length| {
            let body = "%E2%82%AC".repeat(length);
            let form = format!("MessageSid=SM1&From=a&To=b&Body={body}");
            IncomingText::parse(&SignedForm::unchecked(form.as_bytes()))
        };
        assert_eq!(of(1600).map(|text| text.body.chars().count()), Ok(1600));
        let expected = BadWebhook::TooLong { expected: 1600, unit: "UTF-16 units of Body", found: 1601 };
        assert_eq!(of(1601).err(), Some(expected));
    }

    #[test]
    fn an_error_repeats_nothing_of_the_request() {
        let error = text("MessageSid=SM%20&From=%2B12125550142&To=b&Body=milk").err().unwrap();
        assert!(!error.contains("2125550142") && !error.contains("milk"), "{error}");
    }

    #[test]
    fn a_callback_is_read_whole() {
        let raw = "CallSid=CA1&CallStatus=in-progress&Digits=1&From=%2B12125550100&To=%2B12125550142";
        let call_id = CallId::new("twilio", "CA1").unwrap();
        let expected = CallCallback { call: call_id, progress: Progress::InProgress, digits: Some("1".to_owned()) };
        assert_eq!(mine(raw), Ok(expected));
        assert_eq!(mine("CallSid=CA1&CallStatus=completed").unwrap().digits, None);
        assert_eq!(mine("CallSid=CA1&CallStatus=completed&Digits=").unwrap().digits, Some(String::new()));
    }

    #[test]
    fn a_call_is_known_by_the_account_that_placed_it() {
        let raw = "AccountSid=ACfedcba9876543210fedcba9876543210&CallSid=CA1&CallStatus=completed";
        assert_eq!(call(raw).unwrap().call, CallId::new("twilio2", "CA1").unwrap());
    }

    #[test]
    fn what_is_not_a_callback_is_refused_by_what_is_missing() {
        for (raw, expected) in [
            ("CallStatus=busy", "expected one CallSid, found none"),
            ("CallSid=CA1", "expected one CallStatus, found none"),
            ("CallSid=CA1&CallStatus=dreaming", "expected a CallStatus that Twilio documents, found another"),
            ("CallSid=CA%2F1&CallStatus=busy", "expected a CallSid of up to 100 letters and digits, found another"),
            ("CallSid=CA1&CallStatus=busy&Digits=1&Digits=2", "expected at most one Digits, found several"),
        ] {
            assert_eq!(mine(raw), Err(expected.to_owned()), "{raw}");
        }
        assert_eq!(call(""), Err("expected one AccountSid, found none".to_owned()));
        let new_profile = "AccountSid=AC1&CallSid=CA1&CallStatus=busy";
        assert_eq!(call(new_profile), Err("expected the AccountSid of an account of ours, found another".to_owned()));
    }

    #[test]
    fn each_status_means_one_thing() {
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
            let progress = Progress::named(name).unwrap();
            assert_eq!((CallStatus::from(progress), progress.report()), (status, report), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_words_come_through(from in ".{0,20}", to in ".{0,20}", body in ".{0,400}") {
            let form = [("MessageSid", "SM1"), ("From", &from), ("To", &to), ("Body", &body)];
            let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let text = IncomingText::parse(&SignedForm::unchecked(raw.as_bytes())).unwrap();
            prop_assert_eq!((text.from, text.to, text.body), (from, to, body));
        }

        #[test]
        fn no_bytes_are_too_strange_to_be_answered(raw in prop::collection::vec(any::<u8>(), 0..200)) {
            let form = SignedForm::unchecked(&raw);
            prop_assert!(IncomingText::parse(&form).is_err());
            prop_assert!(CallCallback::parse(&form, &accounts()).is_err());
        }
    }
}
