//! The deployed adapters hold every rule of the ports, as the fakes of the simulation do: the suites are the same.

use std::time::Duration;

use anyhow::Result;
use aws::connect::ATTEMPT_MS;
use simulation::conformance::{self, NotHeld};
use tests::{Stage, Stalls, Twin};

/// The adapters give an operation two seconds, and a try less than one. A suite that fails while AWS takes this long for
/// something small says nothing about them, and is run anew on another twin.
const STALL: Duration = Duration::from_millis(ATTEMPT_MS / 3);
/// How often a suite is run at most.
const RUNS: usize = 8;

/// Runs a suite on a twin, which is removed whatever comes of it.
async fn check(stage: &Stage, suite: impl AsyncFn(&Twin<'_>) -> Result<(), NotHeld>) -> Result<()> {
    for run in 1.. {
        let twin = Twin::of(stage).await?;
        let stalls = Stalls::watch(stage.stack.endpoint());
        let held = suite(&twin).await;
        let longest = stalls.longest();
        twin.remove().await?;
        match held {
            Ok(()) => break,
            Err(error) if longest >= STALL && run < RUNS => eprintln!("AWS stood still for {longest:?}, anew: {error}"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

pub(crate) async fn the_table_holds_every_rule_of_a_store(stage: &Stage) -> Result<()> {
    check(stage, async |twin| conformance::store(twin, twin, twin).await).await
}

pub(crate) async fn the_dial_queue_and_schedules_hold_every_rule_of_wake_ups(stage: &Stage) -> Result<()> {
    check(stage, async |twin| conformance::wake_ups(twin, twin, twin).await).await
}

pub(crate) async fn the_inbound_queue_holds_every_rule_of_parking(stage: &Stage) -> Result<()> {
    check(stage, async |twin| conformance::parking(twin, twin, twin).await).await
}

pub(crate) async fn the_table_holds_every_rule_of_slots_and_breakers(stage: &Stage) -> Result<()> {
    check(stage, async |twin| conformance::channels(twin, twin).await).await
}
