//! The short form of `cargo chaos`, on stacks of its own.

use anyhow::{Result, ensure};
use chaos::{RunLength, Scenario};
use local::progress::Progress;

pub(crate) async fn nothing_is_lost_or_doubled_under_faults() -> Result<()> {
    let report = chaos::play(RunLength::Short, &Scenario::ALL, &Progress::begin()).await?;
    eprint!("{}", report.table());
    report.judged()?;
    // A run without accepted texts or without calls finds no problem, because it tests nothing. It must fail.
    for phase in &report.phases {
        ensure!(phase.accepted > 0, "expected texts to be accepted, found {phase:#?}");
    }
    ensure!(report.phases.iter().any(|phase| phase.called > 0), "expected tasks spoken on calls, found {report:#?}");
    Ok(())
}
