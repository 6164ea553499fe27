//! What fell between two steps is put back on its way.

mod sweep;

use jiff::Timestamp;
use perform::Service;
use reminder::policy::after;
use reminder::ports::{Clock, Ports, SHARDS, Store};

pub use sweep::Swept;

/// How long before its invocation ends a sweep begins no further page, in seconds: a page takes a few at the most.
const RESERVE_S: i64 = 8;

/// Looks through the deadline index until nothing is overdue or its time (`ends_at`) is used, a page of each shard in
/// turn, so that a full shard does not keep the others waiting.
///
/// Twice or at once it is safe: each record is first put off by a conditional write, and only whoever wrote it acts.
pub async fn handle<P: Ports>(service: Service<'_, P>, ends_at: Timestamp) -> Swept {
    let clock = service.ports.clock();
    let now = clock.now();
    let first = u8::try_from(now.as_second().div_euclid(60).rem_euclid(i64::from(SHARDS))).unwrap_or(0);
    let mut shards: Vec<(u8, Option<String>)> = (0..SHARDS).map(|n| ((first + n) % SHARDS, None)).collect();
    let mut swept = Swept::default();
    while !shards.is_empty() {
        let mut unfinished = Vec::new();
        for (shard, page) in shards {
            if clock.now() > after(ends_at, -RESERVE_S) {
                tracing::warn!(?swept, "the sweep ran out of time; the next one goes on");
                return swept;
            }
            match service.ports.store().overdue(shard, now, page.as_deref()).await {
                Ok(page) => {
                    sweep::page(service, &page.overdue, &mut swept).await;
                    unfinished.extend(page.next.map(|next| (shard, Some(next))));
                }
                Err(error) => {
                    swept.unread += 1;
                    tracing::warn!(shard, %error, "a shard was not read; the next sweep will");
                }
            }
        }
        shards = unfinished;
    }
    tracing::info!(?swept, "swept");
    swept
}
