//! The sweeper function: recovers records whose deadline has passed.

mod sweep;

use executor::{Context, outcomes};
use futures_util::future::join_all;
use jiff::Timestamp;
use reminder::metrics::Metric;
use reminder::policy::after;
use reminder::ports::{Clock, Ports, SHARDS, Store};

use sweep::OldestDue;
pub use sweep::Swept;

/// How long before the end of its invocation a sweep stops, in seconds. Recoveries that still run then are dropped, as
/// in a crash. Each recovery first writes the record's next deadline, so a later sweep recovers the record again.
const RESERVE_S: i64 = 2;

/// No shard of the deadline index could be read, so nothing was recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no shard of the deadline index could be read, so no record was recovered")]
pub struct NothingRead;

/// Sweeps all overdue records of the deadline index, or stops shortly before the invocation ends at `ends_at`. All
/// shards are swept concurrently, so a full shard or a slow carrier does not delay the other shards.
///
/// Sweeps may safely repeat or overlap. Each record's deadline is first moved by a conditional write, and only the
/// sweep whose write succeeds goes on.
///
/// # Errors
/// Fails if no shard could be read. The invocation must fail too: its alarm says that lost wake-ups are not recovered.
pub async fn handle<P: Ports>(context: Context<'_, P>, ends_at: Timestamp) -> Result<Swept, NothingRead> {
    let ends_at = after(ends_at, -RESERVE_S);
    let context = context.until(ends_at);
    let clock = context.ports.clock();
    let now = clock.now();
    let time_left = ends_at.duration_since(now);
    let mut counts = [Swept::default(); SHARDS as usize];
    let oldest = OldestDue::default();
    let shards = (0..SHARDS).zip(&mut counts);
    let sweeps = join_all(shards.map(|(shard, swept)| sweep_shard(context, shard, now, &oldest, swept)));
    let in_time = clock.within(time_left, sweeps).await.is_some();
    let swept = Swept { oldest_due_s: oldest.into_inner(), ..Swept::default() };
    let swept = counts.into_iter().fold(swept, Swept::plus);
    report(&swept);
    if in_time {
        tracing::info!(?swept, "swept");
    } else {
        tracing::warn!(?swept, "the sweep ran out of time; the next one continues");
    }
    if swept.shards == 0 { Err(NothingRead) } else { Ok(swept) }
}

/// Logs the metrics of a sweep. Only three have a value for every sweep, because a metric with values costs money. A
/// sweep runs only with the carrier's credentials. Its zero tells alarms that the stack has had them.
fn report(swept: &Swept) {
    let mut values = vec![
        (Metric::CredentialsMissing, 0),
        (Metric::ShardsUnread, i64::from(u32::from(SHARDS).saturating_sub(swept.shards))),
        (Metric::OldestDueAge, i64::from(swept.oldest_due_s)),
    ];
    if swept.recovered > 0 {
        values.push((Metric::RecordsRecovered, swept.recovered.into()));
    }
    outcomes::measure(&values);
}

/// Sweeps one shard, page by page.
async fn sweep_shard<P: Ports>(
    context: Context<'_, P>,
    shard: u8,
    now: Timestamp,
    oldest: &OldestDue,
    swept: &mut Swept,
) {
    let mut cursor: Option<String> = None;
    loop {
        match context.ports.store().overdue(shard, now, cursor.as_deref()).await {
            Ok(page) => {
                swept.shards += u32::from(cursor.is_none());
                sweep::page(context, &page.overdue, oldest, swept).await;
                cursor = page.next;
            }
            Err(error) => {
                swept.unread += 1;
                tracing::warn!(shard, %error, "a shard was not read; the next sweep will read it");
                return;
            }
        }
        if cursor.is_none() {
            return;
        }
    }
}
