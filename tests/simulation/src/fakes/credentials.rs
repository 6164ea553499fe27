//! The credentials of the functions, which change only in a world with a rotation.

use std::rc::Rc;

use futures_util::FutureExt;
use jiff::Timestamp;
use reminder::policy::CREDENTIALS_READ_MAX_S;
use reminder::ports::{Credentials, Renewal};

use super::cloud::Cloud;
use super::invocation::Invocation;
use super::rotation::Rotation;
use super::travel::Trip;
use crate::faults::Fault;

impl Cloud {
    /// Lets the functions use these credentials, which the operator changes.
    pub fn use_credentials(self: &Rc<Self>, rotation: &Rc<Rotation>) {
        let cloud = Rc::downgrade(self);
        rotation.set_read(Box::new(move |content| {
            let cloud = cloud.clone();
            async move {
                let cloud = cloud.upgrade()?;
                cloud.send(cloud.secret_trip(), move |_| content.borrow().clone()).await
            }
            .boxed_local()
        }));
        *self.rotation.borrow_mut() = Some(Rc::clone(rotation));
    }

    /// Returns the course of a read of the secret. It takes some hundred milliseconds, or seconds if it is slow. Its
    /// reader gives up in time.
    fn secret_trip(&self) -> Trip {
        let longest_ms = if self.injects(Fault::Slow) { 2000 } else { 300 };
        let arrives_ms = self.engine.between(100, longest_ms);
        let response_ms = self.engine.between(100, longest_ms);
        let gives_up_ms = 1000 * CREDENTIALS_READ_MAX_S;
        if arrives_ms + response_ms > gives_up_ms {
            Trip::Lost { gives_up_ms }
        } else {
            Trip::Responded { arrives_ms, response_ms }
        }
    }
}

impl Credentials for Invocation {
    fn changes(&self) -> u64 {
        self.cloud.rotation.borrow().as_ref().map_or(0, |rotation| rotation.changes(self.function))
    }

    async fn renew(&self, used: u64, now: Timestamp) -> Renewal {
        let rotation = self.cloud.rotation.borrow().clone();
        match rotation {
            Some(rotation) => rotation.renew(self.function, used, now).await,
            None => Renewal::Unchanged,
        }
    }
}
