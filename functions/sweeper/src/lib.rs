//! What fell between two steps is put back on its way.

mod sweep;

use executor::Context;
use futures_util::future::join_all;
use jiff::Timestamp;
use reminder::policy::after;
use reminder::ports::{Clock, Ports, SHARDS, Store};

pub use sweep::Swept;

/// How long before its invocation ends a sweep stops, in seconds: what is in its hands then is let go, as in a crash,
/// and has its backoff written already.
const RESERVE_S: i64 = 2;

/// Looks through the deadline index until nothing is overdue or its time (`ends_at`) is used. All shards are swept at
/// once, so that a full one, or a slow carrier behind it, keeps none of the others waiting.
///
/// Twice or at once it is safe: each record is first put off by a conditional write, and only whoever wrote it acts.
pub async fn handle<P: Ports>(context: Context<'_, P>, ends_at: Timestamp) -> Swept {
    let clock = context.ports.clock();
    let now = clock.now();
    let time_left = after(ends_at, -RESERVE_S).duration_since(now);
    let mut counts = [Swept::default(); SHARDS as usize];
    let sweeps = join_all((0..SHARDS).zip(&mut counts).map(|(shard, swept)| sweep_shard(context, shard, now, swept)));
    let in_time = clock.within(time_left, sweeps).await.is_some();
    let swept = counts.into_iter().fold(Swept::default(), Swept::plus);
    if in_time {
        tracing::info!(?swept, "swept");
    } else {
        tracing::warn!(?swept, "the sweep ran out of time; the next one goes on");
    }
    swept
}

/// Sweeps one shard, page by page.
async fn sweep_shard<P: Ports>(context: Context<'_, P>, shard: u8, now: Timestamp, swept: &mut Swept) {
    let mut next = None;
    loop {
        match context.ports.store().overdue(shard, now, next.as_deref()).await {
            Ok(page) => {
                sweep::page(context, &page.overdue, swept).await;
                next = page.next;
            }
            Err(error) => {
                swept.unread += 1;
                tracing::warn!(shard, %error, "a shard was not read; the next sweep will");
                return;
            }
        }
        if next.is_none() {
            return;
        }
    }
}
