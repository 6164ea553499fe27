//! Turns a panic of a chaos minute into an error, so that it is shown, and so that what was broken is repaired.

use std::panic::AssertUnwindSafe;

use anyhow::{Result, anyhow};
use futures_util::FutureExt as _;

/// Runs `work`. A panic, whose message is on standard error, is an error.
pub(super) async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    // Nothing that `work` changed is read after a panic.
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    outcome.unwrap_or_else(|_| Err(anyhow!("the program has a defect: its message is in the terminal")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_other_results_are_kept() {
        let failed = caught::<()>(async { panic!("expected in this test") }).await.unwrap_err();
        assert!(failed.to_string().starts_with("the program has a defect"), "{failed}");
        assert_eq!(caught(async { Ok(7) }).await.unwrap(), 7);
        assert_eq!(caught::<()>(async { Err(anyhow!("no luck")) }).await.unwrap_err().to_string(), "no luck");
    }
}
