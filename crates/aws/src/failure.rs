//! How a failed request to AWS is told: the service's own code and message, or what happened on the way. Never the
//! request or the response themselves, which may hold a person's words.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// What went wrong, for a log.
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
        SdkError::ResponseError(answer) => format!("no readable answer (HTTP {})", answer.raw().status().as_u16()),
        SdkError::ConstructionFailure(_) | SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => causes(error),
        _ => causes(error),
    }
}

fn causes(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
