//! Reads a message of the inbound queue: a text that AWS sent through SNS, or a parked text.

use jiff::Timestamp;
use reminder::ids::{Malformed, MessageId};
use reminder::wire::{MessageError, OptOutType, ParkedText, ParkedTextVersion};

/// A text as the message contains it. Its number and words are not checked yet.
#[derive(Clone)]
pub(crate) struct QueuedText {
    /// The text's id, with its carrier.
    pub(crate) id: MessageId,
    /// The name of the carrier.
    pub(crate) carrier: String,
    /// The text's id at the carrier.
    pub(crate) id_at_carrier: String,
    /// The sender's number.
    pub(crate) from: String,
    /// The words of the text.
    pub(crate) body: String,
    /// The opt-out, opt-in or help command that the carrier found in the text. Absent if it found none, and in every
    /// text from AWS.
    pub(crate) opt_out_type: Option<OptOutType>,
    /// When the text was received.
    pub(crate) received_at: Timestamp,
    /// How many times the text was parked.
    pub(crate) parked: u32,
}

/// Why a message can't be read. The error does not quote the message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableMessage {
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error("expected a text's id: {0}")]
    NoId(#[from] Malformed),
}

/// Reads a message.
pub(crate) fn open(body: &str) -> Result<QueuedText, UnreadableMessage> {
    let text = ParkedText::read(body)?;
    Ok(QueuedText {
        id: MessageId::new(&text.carrier, &text.id)?,
        opt_out_type: text.opt_out_type,
        carrier: text.carrier,
        id_at_carrier: text.id,
        from: text.from,
        body: text.body,
        received_at: text.received_at,
        parked: text.times,
    })
}

impl QueuedText {
    /// Returns the text in the form in which it is parked.
    pub(crate) fn parked(&self) -> ParkedText {
        ParkedText {
            parked: ParkedTextVersion,
            carrier: self.carrier.clone(),
            id: self.id_at_carrier.clone(),
            from: self.from.clone(),
            body: self.body.clone(),
            opt_out_type: self.opt_out_type,
            received_at: self.received_at,
            times: self.parked + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_of_a_text_is_read() {
        let text = r#"{\"originationNumber\":\"+12125550142\",\"destinationNumber\":\"+12125550100\",\"messageKeyword\":\"K\",\"messageBody\":\"hi\",\"inboundMessageId\":\"m-1\"}"#;
        let body = format!(
            r#"{{"Type":"Notification","Message":"{text}","Timestamp":"2026-03-01T12:00:00.123Z","TopicArn":"t"}}"#
        );
        let queued = open(&body).unwrap();
        assert_eq!((queued.id.as_str(), queued.from.as_str(), queued.body.as_str()), ("aws#m-1", "+12125550142", "hi"));
        assert_eq!(queued.received_at, "2026-03-01T12:00:00.123Z".parse().unwrap());
    }

    #[test]
    fn a_parked_text_is_read_and_its_count_grows() {
        let parked = ParkedText {
            parked: ParkedTextVersion,
            carrier: "twilio".to_owned(),
            id: "SM1".to_owned(),
            from: "+12125550142".to_owned(),
            body: "hi".to_owned(),
            opt_out_type: Some(OptOutType::OptedOut),
            received_at: Timestamp::UNIX_EPOCH,
            times: 2,
        };
        let queued = open(&serde_json::to_string(&parked).unwrap()).unwrap();
        assert!(queued.parked() == ParkedText { times: 3, ..parked });
    }

    #[test]
    fn an_opt_out_type_is_one_of_three_words_or_absent() {
        let opened = |opt_out_type: &str| {
            let body = format!(
                r#"{{"parked":1,"carrier":"c","id":"SM1","from":"f","body":"b",{opt_out_type}"received_at":"2026-03-01T12:00:00Z","times":1}}"#
            );
            open(&body).map(|queued| queued.opt_out_type).ok()
        };
        for (opt_out_type, expected) in [
            ("", Some(None)),
            (r#""opt_out_type":"opted_out","#, Some(Some(OptOutType::OptedOut))),
            (r#""opt_out_type":"opted_in","#, Some(Some(OptOutType::OptedIn))),
            (r#""opt_out_type":"helped","#, Some(Some(OptOutType::Helped))),
            (r#""opt_out_type":"stays","#, None),
        ] {
            assert_eq!(opened(opt_out_type), expected, "{opt_out_type}");
        }
    }

    #[test]
    fn a_message_that_is_neither_a_notification_nor_a_parked_text_is_refused() {
        for body in
            ["", "{}", "[]", "hello", r#"{"Message":"{}","Timestamp":"2026-03-01T12:00:00Z"}"#, r#"{"parked":1}"#]
        {
            assert!(open(body).is_err(), "{body}");
        }
    }
}
