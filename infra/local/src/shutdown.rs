//! Ending a program by Ctrl-C or a signal, so that what it started is taken down first.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};

/// The exit code of a program that was ended by Ctrl-C, as shells expect it.
pub const INTERRUPTED: u8 = 130;

/// Runs `work` until it is done or `stop` resolves. Work that is dropped takes down what it started.
///
/// # Errors
/// The work fails.
pub async fn run_until(
    stop: impl Future<Output = ()>,
    work: impl Future<Output = Result<ExitCode>>,
) -> Result<ExitCode> {
    tokio::select! {
        result = work => result,
        () = stop => Ok(ExitCode::from(INTERRUPTED)),
    }
}

/// Resolves at Ctrl-C, or when a service manager or a closed terminal asks the program to end.
///
/// # Errors
/// The signals can't be listened for.
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for SIGTERM")?;
    let mut hang_up = signal(SignalKind::hangup()).context("can't listen for SIGHUP")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
