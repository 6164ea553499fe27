//! The short form of `cargo chaos`, on stacks of its own.

use anyhow::{Result, ensure};
use chaos::{RunLength, Scenario};
use local::progress::Progress;

pub(crate) async fn nothing_is_lost_or_doubled_under_faults() -> Result<()> {
    let report = chaos::play(RunLength::Short, &Scenario::ALL, &Progress::begin()).await?;
    eprint!("{}", report.table());
    report.judged()?;
    // Without texts and calls the report would have nothing to find.
    for phase in &report.phases {
        ensure!(phase.accepted > 0, "expected texts to be accepted, found {phase:#?}");
    }
    ensure!(report.phases.iter().any(|phase| phase.called > 0), "expected calls that were heard, found {report:#?}");
    Ok(())
}
