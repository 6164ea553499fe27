//! The credentials of the functions, which change only in a world with a rotation.

use jiff::Timestamp;
use reminder::ports::{Credentials, Renewal};

use super::invocation::Invocation;

impl Credentials for Invocation {
    async fn renew(&self, now: Timestamp) -> Renewal {
        let rotation = self.cloud.rotation.borrow().clone();
        match rotation {
            Some(rotation) => rotation.renew(now).await,
            None => Renewal::Unchanged,
        }
    }
}
