//! Reads Twilio's webhooks: an incoming text or call, and the callbacks of calls and texts. Only signed forms are read.

use reminder::event::{Report, Verdict};
use reminder::ids::{Address, CallId, CarrierName, MessageId, SentTextId};
use reminder::ports::TextStatus;
use reminder::wire::{OptOutType, RECEIVED_TEXT_MAX, is_deliverable};

use crate::account::{Accounts, NAME};
use crate::call_progress::CallProgress;
use crate::form;
use crate::message_progress::MessageProgress;
use crate::signature::SignedForm;

/// The webhook of an incoming text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextWebhook {
    /// The text's id, which is the same at each delivery.
    pub id: MessageId,
    /// The sender in Twilio's spelling: a number, a short code, or letters.
    pub from: Address,
    /// The service's number that the text was sent to.
    pub to: Address,
    /// The complete words of the text. Empty if the text is only a picture.
    pub body: String,
    /// The command that Twilio's Advanced Opt-Out found in the text, or `None` if it found no command that is known
    /// here. If it found a command, Twilio has already answered the text. After an opt-out, Twilio blocks texts to the
    /// sender (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>).
    pub opt_out_type: Option<OptOutType>,
}

/// The webhook of a call: it was answered, a key was pressed, or its status changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallWebhook {
    /// The id of the call.
    pub call: CallId,
    /// The report of the call's status, or `None` while Twilio has not started to dial.
    pub report: Option<Report>,
    /// The keys that were pressed, or `None` if the webhook is not about keys.
    pub digits: Option<String>,
}

/// The webhook with the verdict of machine detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredByWebhook {
    /// The id of the call.
    pub call: CallId,
    /// Who answered the call. A verdict that Twilio does not document counts as unknown.
    pub verdict: Verdict,
}

/// The webhook with the status of a text that the service sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextStatusWebhook {
    /// The id of the text.
    pub text: SentTextId,
    /// The status of the text. Statuses may come twice and out of order.
    pub status: TextStatus,
}

/// The webhook of a call to the service's number, or of a key that was pressed on such a call.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingCallWebhook {
    /// The id of the call.
    pub call: CallId,
    /// The caller in Twilio's spelling: a number, or letters if the number is withheld.
    pub from: Address,
    /// The key that was pressed, or `None` if the webhook is not about a key.
    pub digits: Option<String>,
}

/// Why a webhook can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    /// Twilio sends no form like this. The reply is 400.
    #[error("expected {expected}, found {found}")]
    Malformed {
        /// A description of the expected field.
        expected: &'static str,
        /// A description of the found field. It never contains a phone number or words of a text.
        found: &'static str,
    },
    /// A field is longer than any that Twilio sends. The reply is 413.
    #[error("expected at most {expected} {unit}, found {found}")]
    TooLong {
        /// The longest accepted length.
        expected: usize,
        /// The unit of both lengths, and the field.
        unit: &'static str,
        /// The length of the field.
        found: usize,
    },
}

impl TextWebhook {
    /// Reads the form of an incoming text
    /// (<https://www.twilio.com/docs/messaging/guides/webhook-request>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated, malformed or too long.
    pub fn parse(form: &SignedForm) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let sid = fields.required("MessageSid", "one MessageSid")?;
        let id = MessageId::new(NAME, sid)
            .map_err(|_| malformed("a MessageSid of up to 100 letters and digits", "another"))?;
        let body = fields.required("Body", "one Body")?;
        if !is_deliverable(body) {
            let found = body.encode_utf16().count();
            return Err(BadWebhook::TooLong { expected: RECEIVED_TEXT_MAX, unit: "UTF-16 units of Body", found });
        }
        Ok(Self {
            id,
            from: fields.address("From", "one From", "a From of up to 256 bytes")?,
            to: fields.address("To", "one To", "a To of up to 256 bytes")?,
            body: body.to_owned(),
            opt_out_type: fields.optional("OptOutType", "at most one OptOutType")?.and_then(opt_out_type),
        })
    }
}

impl CallWebhook {
    /// Reads the form of a call's webhook (<https://www.twilio.com/docs/voice/twiml#request-parameters>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let call = fields.call(accounts)?;
        let status = fields.required("CallStatus", "one CallStatus")?;
        Ok(Self {
            call,
            report: CallProgress::named(status)
                .ok_or_else(|| malformed("a CallStatus that Twilio documents", "another"))?
                .report(),
            digits: fields.digits()?,
        })
    }
}

impl AnsweredByWebhook {
    /// Reads the form of a verdict
    /// (<https://www.twilio.com/docs/voice/answering-machine-detection#asyncamdstatuscallback>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let answered_by = fields.required("AnsweredBy", "one AnsweredBy")?;
        Ok(Self { call: fields.call(accounts)?, verdict: verdict(answered_by) })
    }
}

impl TextStatusWebhook {
    /// Reads the form of a text's status
    /// (<https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the text belongs to another account.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let carrier = fields.carrier(accounts)?;
        let text = fields.required("MessageSid", "one MessageSid")?;
        let status = fields.required("MessageStatus", "one MessageStatus")?;
        let progress = MessageProgress::named(status)
            .ok_or_else(|| malformed("a MessageStatus that Twilio documents", "another"))?;
        let code = match fields.optional("ErrorCode", "at most one ErrorCode")? {
            None | Some("") => None,
            Some(code) => Some(code.parse().map_err(|_| malformed("a number as ErrorCode", "another"))?),
        };
        Ok(Self {
            text: SentTextId::new(carrier.as_str(), text)
                .map_err(|_| malformed("a MessageSid of up to 100 letters and digits", "another"))?,
            status: progress.status(code),
        })
    }
}

impl IncomingCallWebhook {
    /// Reads the form of a call to the service's number (<https://www.twilio.com/docs/voice/twiml#request-parameters>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        Ok(Self {
            call: fields.call(accounts)?,
            from: fields.address("From", "one From", "a From of up to 256 bytes")?,
            digits: fields.digits()?,
        })
    }
}

/// Returns the verdict that Twilio calls `name`
/// (<https://www.twilio.com/docs/voice/answering-machine-detection#answeredby-parameter-values>).
fn verdict(name: &str) -> Verdict {
    match name {
        "human" => Verdict::Person,
        "machine_start" => Verdict::MachineStarted,
        "machine_end_beep" | "machine_end_silence" | "machine_end_other" => Verdict::MachineEnded,
        "fax" => Verdict::Fax,
        _ => Verdict::Unknown,
    }
}

/// Returns the opt-out type that Twilio calls `name`. Any other name, such as one that Twilio may add, is ignored: the
/// text is then understood from its words alone.
fn opt_out_type(name: &str) -> Option<OptOutType> {
    match name {
        "STOP" => Some(OptOutType::OptedOut),
        "START" => Some(OptOutType::OptedIn),
        "HELP" => Some(OptOutType::Helped),
        _ => None,
    }
}

fn malformed(expected: &'static str, found: &'static str) -> BadWebhook {
    BadWebhook::Malformed { expected, found }
}

/// The parameters of a form, decoded as UTF-8.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(signed: &SignedForm) -> Result<Self, BadWebhook> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| malformed("a form in UTF-8", "other bytes"));
        form::pairs(signed.raw())
            .map(|(name, value)| Ok((text(name)?, text(value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the carrier name of the account that the form is about.
    fn carrier<'a>(&self, accounts: &'a Accounts) -> Result<&'a CarrierName, BadWebhook> {
        let account = self.required("AccountSid", "one AccountSid")?;
        accounts.carrier(account).ok_or_else(|| malformed("the AccountSid of a configured account", "another"))
    }

    fn call(&self, accounts: &Accounts) -> Result<CallId, BadWebhook> {
        let carrier = self.carrier(accounts)?;
        CallId::new(carrier.as_str(), self.required("CallSid", "one CallSid")?)
            .map_err(|_| malformed("a CallSid of up to 100 letters and digits", "another"))
    }

    /// Returns the pressed keys. The documents ask for one key, so a few are enough.
    fn digits(&self) -> Result<Option<String>, BadWebhook> {
        const DIGITS_MAX: usize = 32;
        let digits = self.optional("Digits", "at most one Digits")?;
        let is_bounded = |digits: &str| digits.len() <= DIGITS_MAX && digits.bytes().all(|key| key.is_ascii_graphic());
        if digits.is_some_and(|digits| !is_bounded(digits)) {
            return Err(malformed("Digits of up to 32 keys", "another"));
        }
        Ok(digits.map(str::to_owned))
    }

    fn address(&self, name: &str, one: &'static str, bounded: &'static str) -> Result<Address, BadWebhook> {
        self.required(name, one)?.parse().map_err(|_| malformed(bounded, "a longer one"))
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
mod tests;
