//! Runs the conformance suites of the ports on the deployed adapters. The fakes of the simulation pass the same suites.

use std::time::Duration;

use anyhow::Result;
use aws::connect::ATTEMPT_MS;
use simulation::conformance::{self, NotHeld};
use tests::{IsolatedAdapters, LatencyWatch, Stage};

/// Answer time from which AWS counts as stalled. The adapters have short timeouts, so a suite that fails during a stall
/// shows nothing about the adapters, and runs again.
const STALLED_AFTER: Duration = Duration::from_millis(ATTEMPT_MS / 3);
/// Limit on the runs of one suite.
const RUNS_MAX: usize = 8;

/// Runs a suite on adapters made for it, and deletes their table and queues afterwards, even if the suite fails.
async fn check(stage: &Stage, suite: impl AsyncFn(&IsolatedAdapters<'_>) -> Result<(), NotHeld>) -> Result<()> {
    for run in 1.. {
        let adapters = IsolatedAdapters::create(stage).await?;
        let latency = LatencyWatch::start(stage.stack.endpoint());
        let result = suite(&adapters).await;
        let longest = latency.longest();
        adapters.delete().await?;
        match result {
            Ok(()) => break,
            Err(error) if longest >= STALLED_AFTER && run < RUNS_MAX => {
                eprintln!("AWS stalled for {longest:?}, running the suite again: {error}")
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

pub(crate) async fn the_table_keeps_every_rule_of_the_store(stage: &Stage) -> Result<()> {
    check(stage, async |adapters| conformance::store(adapters, adapters, adapters).await).await
}

pub(crate) async fn the_dial_queue_and_schedules_keep_every_rule_of_wake_ups(stage: &Stage) -> Result<()> {
    check(stage, async |adapters| conformance::wake_ups(adapters, adapters, adapters).await).await
}

pub(crate) async fn the_inbound_queue_keeps_every_rule_of_parking(stage: &Stage) -> Result<()> {
    check(stage, async |adapters| conformance::parking(adapters, adapters, adapters).await).await
}

pub(crate) async fn the_queues_keep_every_rule_of_messages_that_a_release_cannot_handle(stage: &Stage) -> Result<()> {
    check(stage, async |adapters| conformance::queues(adapters, adapters, adapters).await).await
}

pub(crate) async fn the_table_keeps_every_rule_of_slots_and_breakers(stage: &Stage) -> Result<()> {
    check(stage, async |adapters| conformance::channels(adapters, adapters).await).await
}
