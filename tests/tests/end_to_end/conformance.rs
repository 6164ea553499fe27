//! The deployed adapters hold every rule of the ports, as the fakes of the simulation do: the suites are the same.

use anyhow::Result;
use simulation::conformance::{self, NotHeld};
use tests::{Stage, Twin};

/// Runs a suite on a twin, which is removed whatever comes of it.
async fn check(stage: &Stage, suite: impl AsyncFnOnce(&Twin<'_>) -> Result<(), NotHeld>) -> Result<()> {
    let twin = Twin::of(stage).await?;
    let held = suite(&twin).await;
    twin.remove().await?;
    Ok(held?)
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
