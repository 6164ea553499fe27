//! Ends a program on Ctrl-C or another signal, after stopping everything that it started.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};

/// Exit code after Ctrl-C, as shells expect it. It is also the exit code after the other signals.
pub const INTERRUPTED: u8 = 130;

/// Runs `work` until it is done or `stop` resolves. If `stop` resolves first, `work` is dropped, which must stop
/// everything that `work` started.
///
/// # Errors
/// Fails if the work fails.
pub async fn run_until(
    stop: impl Future<Output = ()>,
    work: impl Future<Output = Result<ExitCode>>,
) -> Result<ExitCode> {
    tokio::select! {
        result = work => result,
        () = stop => Ok(ExitCode::from(INTERRUPTED)),
    }
}

/// Returns a future that resolves on Ctrl-C, on SIGTERM from a service manager, or when the terminal is closed.
///
/// # Errors
/// Fails if a signal handler can't be installed.
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("could not install a handler for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("could not install a handler for SIGTERM")?;
    let mut hang_up = signal(SignalKind::hangup()).context("could not install a handler for SIGHUP")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
