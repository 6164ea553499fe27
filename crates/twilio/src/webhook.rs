//! Reads Twilio's webhooks: an incoming text, and the callbacks of a call. Only signed forms are read.

use reminder::event::Report;
use reminder::ids::{CallId, MessageId};
use reminder::wire::OptOutType;

use crate::account::{Accounts, NAME};
use crate::call_progress::CallProgress;
use crate::form;
use crate::limits::TEXT_MAX;
use crate::signature::SignedForm;

/// The webhook of an incoming text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextWebhook {
    /// The text's id, which is the same at each delivery.
    pub id: MessageId,
    /// The sender in Twilio's spelling: a number, a short code, or letters.
    pub from: String,
    /// The service's number that the text was sent to.
    pub to: String,
    /// The complete words of the text. Empty if it is only a picture.
    pub body: String,
    /// What Twilio's Advanced Opt-Out did with the text, or `None` if nothing. Twilio has already answered the text then,
    /// and blocks texts to the sender after an opt-out
    /// (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>).
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

/// Why a webhook can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    /// The form is not one that Twilio sends. The reply is 400.
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
            opt_out_type: fields.optional("OptOutType", "at most one OptOutType")?.and_then(opt_out_type),
        })
    }
}

impl CallWebhook {
    /// Reads the form of a call's webhook (<https://www.twilio.com/docs/voice/twiml#request-parameters>).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call is of none of these accounts.
    pub fn parse(form: &SignedForm, accounts: &Accounts) -> Result<Self, BadWebhook> {
        let fields = Fields::parse(form)?;
        let account = fields.required("AccountSid", "one AccountSid")?;
        let carrier =
            accounts.carrier(account).ok_or_else(|| malformed("the AccountSid of a configured account", "another"))?;
        let call = fields.required("CallSid", "one CallSid")?;
        let status = fields.required("CallStatus", "one CallStatus")?;
        Ok(Self {
            call: CallId::new(carrier.as_str(), call)
                .map_err(|_| malformed("a CallSid of up to 100 letters and digits", "another"))?,
            report: CallProgress::named(status)
                .ok_or_else(|| malformed("a CallStatus that Twilio documents", "another"))?
                .report(),
            digits: fields.optional("Digits", "at most one Digits")?.map(str::to_owned),
        })
    }
}

/// Returns the opt-out type that Twilio calls `name`. Any other name, such as one that Twilio may add, is ignored: the text
/// is then understood from its words alone.
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

    fn text(raw: &str) -> Result<TextWebhook, String> {
        TextWebhook::parse(&SignedForm::unchecked(raw.as_bytes())).map_err(|error| error.to_string())
    }

    const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

    fn accounts() -> Accounts {
        let second = "ACfedcba9876543210fedcba9876543210";
        let named = |sid: &str, name: &str| (sid.parse().unwrap(), name.parse().unwrap());
        Accounts(vec![named(ACCOUNT, "twilio"), named(second, "twilio2")])
    }

    fn call(raw: &str) -> Result<CallWebhook, String> {
        CallWebhook::parse(&SignedForm::unchecked(raw.as_bytes()), &accounts()).map_err(|error| error.to_string())
    }

    fn mine(raw: &str) -> Result<CallWebhook, String> {
        call(&format!("AccountSid={ACCOUNT}&{raw}"))
    }

    #[test]
    fn every_field_of_a_text_is_read() {
        let text = text(TEXT).unwrap();
        assert_eq!(text.id.as_str(), "twilio#SM0123456789abcdef0123456789abcdef");
        assert_eq!((text.from.as_str(), text.to.as_str()), ("+12125550142", "+12125550100"));
        assert_eq!(text.body, "Remind me to buy milk & 🥛 at 6:30 PM");
        assert_eq!(text.opt_out_type, None);
    }

    #[test]
    fn senders_and_words_are_not_changed() {
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
    fn the_opt_out_type_of_a_text_is_read() {
        for (kind, expected) in [
            ("STOP", Some(OptOutType::OptedOut)),
            ("START", Some(OptOutType::OptedIn)),
            ("HELP", Some(OptOutType::Helped)),
            ("SOMETHINGNEW", None),
        ] {
            assert_eq!(text(&format!("{TEXT}&OptOutType={kind}")).unwrap().opt_out_type, expected, "{kind}");
        }
    }

    #[test]
    fn a_malformed_text_is_refused_with_the_field_in_the_error() {
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
    fn a_text_over_the_limit_is_refused() {
        let of = |length| {
            let body = "%E2%82%AC".repeat(length);
            let form = format!("MessageSid=SM1&From=a&To=b&Body={body}");
            TextWebhook::parse(&SignedForm::unchecked(form.as_bytes()))
        };
        assert_eq!(of(1600).map(|text| text.body.chars().count()), Ok(1600));
        let expected = BadWebhook::TooLong { expected: 1600, unit: "UTF-16 units of Body", found: 1601 };
        assert_eq!(of(1601).err(), Some(expected));
    }

    #[test]
    fn an_error_does_not_quote_the_request() {
        let error = text("MessageSid=SM%20&From=%2B12125550142&To=b&Body=milk").err().unwrap();
        assert!(!error.contains("2125550142") && !error.contains("milk"), "{error}");
    }

    #[test]
    fn every_field_of_a_call_is_read() {
        let raw = "CallSid=CA1&CallStatus=in-progress&Digits=1&From=%2B12125550100&To=%2B12125550142";
        let call_id = CallId::new("twilio", "CA1").unwrap();
        let expected = CallWebhook { call: call_id, report: Some(Report::PickedUp), digits: Some("1".to_owned()) };
        assert_eq!(mine(raw), Ok(expected));
        assert_eq!(mine("CallSid=CA1&CallStatus=queued").unwrap().report, None);
        assert_eq!(mine("CallSid=CA1&CallStatus=completed").unwrap().digits, None);
        assert_eq!(mine("CallSid=CA1&CallStatus=completed&Digits=").unwrap().digits, Some(String::new()));
    }

    #[test]
    fn a_call_has_the_carrier_name_of_its_account() {
        let raw = "AccountSid=ACfedcba9876543210fedcba9876543210&CallSid=CA1&CallStatus=completed";
        assert_eq!(call(raw).unwrap().call, CallId::new("twilio2", "CA1").unwrap());
    }

    #[test]
    fn a_malformed_callback_is_refused_with_the_field_in_the_error() {
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
        let unknown = "AccountSid=AC1&CallSid=CA1&CallStatus=busy";
        assert_eq!(call(unknown), Err("expected the AccountSid of a configured account, found another".to_owned()));
    }

    proptest! {
        #[test]
        fn any_words_are_read_unchanged(from in ".{0,20}", to in ".{0,20}", body in ".{0,400}") {
            let form = [("MessageSid", "SM1"), ("From", &from), ("To", &to), ("Body", &body)];
            let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let text = TextWebhook::parse(&SignedForm::unchecked(raw.as_bytes())).unwrap();
            prop_assert_eq!((text.from, text.to, text.body), (from, to, body));
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
            let form = SignedForm::unchecked(&raw);
            prop_assert!(TextWebhook::parse(&form).is_err());
            prop_assert!(CallWebhook::parse(&form, &accounts()).is_err());
        }
    }
}
