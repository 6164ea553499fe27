//! The short form of `cargo hostile`.

use anyhow::{Result, ensure};
use hostile::RunLength;
use local::progress::Progress;
use tests::Stage;

pub(crate) async fn hostile_requests_fail_leak_and_change_nothing(stage: &Stage) -> Result<()> {
    let report = hostile::play(&stage.stack, RunLength::Short, hostile::SEED, &Progress::begin()).await?;
    eprint!("{}", report.table());
    report.judged()?;
    // A run without requests or without an honest reminder finds no problem, because it tests nothing.
    ensure!(report.requests() >= 600, "expected at least 600 requests, found {}", report.requests());
    ensure!(report.honest_reminders() > 0, "expected an honest reminder to ring");
    Ok(())
}
