//! The credentials of the functions, which change only in a world with a rotation.

use jiff::Timestamp;
use reminder::ports::{Credentials, Renewal};

use super::invocation::Invocation;

impl Credentials for Invocation {
    fn changes(&self) -> u64 {
        self.cloud.rotation.borrow().as_ref().map_or(0, |rotation| rotation.changes())
    }

    async fn renew(&self, used: u64, now: Timestamp) -> Renewal {
        let rotation = self.cloud.rotation.borrow().clone();
        match rotation {
            Some(rotation) => rotation.renew(used, now).await,
            None => Renewal::Unchanged,
        }
    }
}
