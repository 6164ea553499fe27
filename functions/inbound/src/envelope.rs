//! What stands in a message of the inbound queue: a text that AWS brought by SNS, or one that was parked.

use jiff::Timestamp;
use reminder::ids::{Malformed, MessageId};
use reminder::wire::{NotAText, OptOutType, ParkedText, ParkedTextVersion};

/// A text as it stands in the queue: nothing of it has been checked.
#[derive(Clone)]
pub(crate) struct Letter {
    /// Its name at the carrier.
    pub(crate) id: MessageId,
    /// The carrier.
    pub(crate) carrier: String,
    /// Its name there.
    pub(crate) id_there: String,
    /// Who sent it.
    pub(crate) from: String,
    /// Its words.
    pub(crate) body: String,
    /// What the carrier has made of it.
    pub(crate) opt_out_type: Option<OptOutType>,
    /// When it was received.
    pub(crate) received_at: Timestamp,
    /// How often it was parked.
    pub(crate) parked: u32,
}

/// A message that is not of either form: it goes to the dead-letter queue.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Poison {
    #[error(transparent)]
    NotAText(#[from] NotAText),
    #[error("expected a text's id: {0}")]
    NoId(#[from] Malformed),
}

/// Reads a message.
pub(crate) fn open(body: &str) -> Result<Letter, Poison> {
    let text = ParkedText::read(body)?;
    Ok(Letter {
        id: MessageId::new(&text.carrier, &text.id)?,
        opt_out_type: text.opt_out_type,
        carrier: text.carrier,
        id_there: text.id,
        from: text.from,
        body: text.body,
        received_at: text.received_at,
        parked: text.times,
    })
}

impl Letter {
    /// The same text, to be parked once more.
    pub(crate) fn parked(&self) -> ParkedText {
        ParkedText {
            parked: ParkedTextVersion,
            carrier: self.carrier.clone(),
            id: self.id_there.clone(),
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
        let letter = open(&body).unwrap();
        assert_eq!((letter.id.as_str(), letter.from.as_str(), letter.body.as_str()), ("aws#m-1", "+12125550142", "hi"));
        assert_eq!(letter.received_at, "2026-03-01T12:00:00.123Z".parse().unwrap());
    }

    #[test]
    fn a_parked_text_reads_back_and_counts_on() {
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
        let letter = open(&serde_json::to_string(&parked).unwrap()).unwrap();
        assert!(letter.parked() == ParkedText { times: 3, ..parked });
    }

    #[test]
    fn a_verdict_is_one_of_three_words_or_none() {
        let opened = |opt_out_type: &str| {
            let body = format!(
                r#"{{"parked":1,"carrier":"c","id":"SM1","from":"f","body":"b",{opt_out_type}"received_at":"2026-03-01T12:00:00Z","times":1}}"#
            );
            open(&body).map(|letter| letter.opt_out_type).ok()
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
    fn what_is_neither_is_poison() {
        for body in
            ["", "{}", "[]", "hello", r#"{"Message":"{}","Timestamp":"2026-03-01T12:00:00Z"}"#, r#"{"parked":1}"#]
        {
            assert!(open(body).is_err(), "{body}");
        }
    }
}
