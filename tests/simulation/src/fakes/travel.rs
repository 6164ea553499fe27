//! Requests in transit. A request takes effect when it arrives, even if its sender has crashed by then.

use std::future::poll_fn;
use std::rc::Rc;

use super::cloud::Cloud;
use crate::pending_response::PendingResponse;

/// The course of a request. All times are milliseconds after it was sent, unless a field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trip {
    /// The request arrives, and its response returns.
    Responded {
        /// When the request arrives.
        arrives_ms: i64,
        /// How long the response takes, counted from the arrival.
        response_ms: i64,
    },
    /// The request arrives, and no readable response returns.
    NoResponse {
        /// When the request arrives.
        arrives_ms: i64,
        /// When its sender times out.
        gives_up_ms: i64,
    },
    /// The request takes no effect: it does not arrive, or it is refused.
    Lost {
        /// When its sender gets the refusal, or times out.
        gives_up_ms: i64,
    },
}

impl Cloud {
    /// Sends a request, which runs `act` when it takes effect. Returns `None` if `act` did not run, or if its result
    /// does not return.
    pub(crate) async fn send<T: 'static>(
        self: &Rc<Self>,
        trip: Trip,
        act: impl FnOnce(&Rc<Self>) -> T + 'static,
    ) -> Option<T> {
        let pending = Rc::new(PendingResponse::empty());
        let (cloud, response) = (Rc::clone(self), Rc::clone(&pending));
        match trip {
            Trip::Responded { arrives_ms, response_ms } => self.engine.run_in(arrives_ms, move || {
                let result = act(&cloud);
                cloud.engine.run_in(response_ms, move || response.fill(Some(result)));
            }),
            Trip::NoResponse { arrives_ms, gives_up_ms } => {
                self.engine.run_in(gives_up_ms, move || response.fill(None));
                self.engine.run_in(arrives_ms, move || drop(act(&cloud)));
            }
            Trip::Lost { gives_up_ms } => self.engine.run_in(gives_up_ms, move || response.fill(None)),
        }
        poll_fn(|cx| pending.poll(cx)).await
    }

    /// Returns the course of a request that is answered within milliseconds.
    pub(crate) fn quick_trip(&self) -> Trip {
        Trip::Responded { arrives_ms: self.engine.between(1, 15), response_ms: self.engine.between(1, 10) }
    }
}
