//! Describes a failed request to AWS for a log: the service's error code and message, or the failure of the connection.
//!
//! The description must not contain the request or the response: they may hold the words of a person's text.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Returns a description of the failure for a log.
pub(crate) fn describe<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let code = refusal.err().code().unwrap_or("no code");
            let message = refusal.err().message().unwrap_or("no message");
            format!("{code} (HTTP {status}): {message}")
        }
        SdkError::ResponseError(response) => {
            format!("no readable response (HTTP {})", response.raw().status().as_u16())
        }
        SdkError::ConstructionFailure(_) | SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => causes(error),
        _ => causes(error),
    }
}

fn causes(error: &dyn Error) -> String {
    let mut described = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        described = format!("{described}: {error}");
        cause = error.source();
    }
    described
}
