//! The ports for time and ids, on the engine of the cloud.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use jiff::{SignedDuration, Timestamp};
use reminder::confirmation::ConfirmationCode;
use reminder::ids::{ClaimId, ReminderId, WriteId};
use reminder::ports::{Clock, Ids};

use super::invocation::Invocation;
use crate::pending_response::PendingResponse;

impl Clock for Invocation {
    fn now(&self) -> Timestamp {
        self.cloud.engine.now().saturating_add(self.skew).unwrap_or(Timestamp::MAX)
    }

    async fn within<F: Future>(&self, limit: SignedDuration, work: F) -> Option<F::Output> {
        let timeout = Rc::new(PendingResponse::empty());
        let fired = Rc::clone(&timeout);
        let limit_ms = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX / 2);
        self.cloud.engine.run_in(limit_ms, move || fired.fill(()));
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => timeout.poll(cx).map(|()| None),
        })
        .await
    }
}

/// The characters of a ULID: Crockford's base 32.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Invocation {
    /// Returns a ULID. It begins with the time in milliseconds, so that ids sort by their time. Random bits follow.
    fn ulid(&self) -> String {
        let engine = &self.cloud.engine;
        let time = u128::from(engine.now_ms().unsigned_abs()) & 0xffff_ffff_ffff;
        let random = (u128::from(engine.bits()) << 64 | u128::from(engine.bits())) & ((1 << 80) - 1);
        let bits = time << 80 | random;
        (0..26).rev().map(|place| char::from(LETTERS[(bits >> (5 * place) & 31) as usize])).collect()
    }
}

/// Returns an id of any type with this ULID as its name.
fn fresh<T: std::str::FromStr>(ulid: &str) -> T {
    let Ok(name) = ulid.parse() else { unreachable!("{ulid} is a ULID") };
    name
}

impl Ids for Invocation {
    fn reminder(&self) -> ReminderId {
        fresh(&self.ulid())
    }

    fn claim(&self) -> ClaimId {
        fresh(&self.ulid())
    }

    fn write_id(&self) -> WriteId {
        fresh(&self.ulid())
    }

    fn confirmation_code(&self) -> ConfirmationCode {
        ConfirmationCode::of_random(self.cloud.engine.bits().into())
    }

    fn jitter(&self, limit: SignedDuration) -> SignedDuration {
        let limit_ms = i64::try_from(limit.as_millis()).unwrap_or(0).max(0);
        SignedDuration::from_millis(self.cloud.engine.between(0, limit_ms))
    }
}
