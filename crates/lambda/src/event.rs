//! Reads the event of an invocation.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The event of an invocation, before it is read. Any JSON can be such an event: the runtime logs why it can't read the
/// event of a function, and its words quote strings of that event, which may be a phone number or the words of a text.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct AnyEvent(Value);

/// The event is not one that the function handles. It is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an event that this function handles, found another")]
pub struct UnreadableEvent;

impl AnyEvent {
    /// Whether the event is an empty list of messages. With such an event `cargo operate doctor` asks only whether a
    /// function starts.
    #[must_use]
    pub fn is_empty_batch(&self) -> bool {
        self.0["Records"].as_array().is_some_and(Vec::is_empty)
    }

    /// Reads the event as one that the function handles.
    ///
    /// # Errors
    /// Fails if the event has another form.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, UnreadableEvent> {
        serde_json::from_value(self.0).map_err(|_| UnreadableEvent)
    }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
    use aws_lambda_events::sqs::SqsEvent;

    use super::*;

    fn event(json: &str) -> AnyEvent {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_event_of_the_function_is_read() {
        let read: SqsEvent = event(r#"{"Records":[{"messageId":"1","body":"b"}]}"#).read().unwrap();
        assert_eq!(read.records[0].body.as_deref(), Some("b"));
    }

    #[test]
    fn only_an_empty_list_of_messages_is_an_empty_batch() {
        assert!(event(r#"{"Records":[]}"#).is_empty_batch());
        for json in ["{}", "null", r#"{"Records":null}"#, r#"{"Records":[{}]}"#, r#"{"detail-type":"Scheduled Event"}"#]
        {
            assert!(!event(json).is_empty_batch(), "{json}");
        }
    }

    #[test]
    fn the_error_of_another_event_quotes_nothing() {
        for json in [
            r#""call mom at +12125550142""#,
            r#"{"Records":"call mom at +12125550142"}"#,
            r#"{"Records":[{"attributes":"call mom at +12125550142"}]}"#,
            r#"{"Records":[{"messageAttributes":{"call mom at +12125550142":1}}]}"#,
        ] {
            let Err(error) = event(json).read::<SqsEvent>() else { panic!("readable: {json}") };
            for words in [error.to_string(), format!("{error:?}")] {
                assert!(!words.contains("2125550142") && !words.contains("mom"), "{words}");
            }
        }
        assert_eq!(event(r#"{"headers":"call mom"}"#).read::<ApiGatewayV2httpRequest>().err(), Some(UnreadableEvent));
    }
}
