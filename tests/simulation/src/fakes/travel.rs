//! Requests on their way. What the other side does happens when a request lands, whether or not its sender still lives.

use std::future::poll_fn;
use std::rc::Rc;

use super::Cloud;
use crate::engine::Mailbox;

/// How a request fares, in milliseconds from its sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trip {
    /// It lands, and is answered.
    Answered {
        /// When it lands.
        lands: i64,
        /// How long after that the answer takes.
        back: i64,
    },
    /// It lands, and no answer that tells comes.
    Unanswered {
        /// When it lands.
        lands: i64,
        /// When its sender gives up.
        given_up: i64,
    },
    /// It never lands.
    Lost {
        /// When its sender gives up, or hears that it was refused.
        given_up: i64,
    },
}

impl Cloud {
    /// Sends a request. `None` is what its sender hears where no answer comes.
    pub(crate) async fn send<T: 'static>(
        self: &Rc<Self>,
        trip: Trip,
        act: impl FnOnce(&Rc<Self>) -> T + 'static,
    ) -> Option<T> {
        let mailbox = Rc::new(Mailbox::empty());
        let (cloud, answer) = (Rc::clone(self), Rc::clone(&mailbox));
        match trip {
            Trip::Answered { lands, back } => self.engine.act_in(lands, move || {
                let said = act(&cloud);
                cloud.engine.act_in(back, move || answer.fill(Some(said)));
            }),
            Trip::Unanswered { lands, given_up } => {
                self.engine.act_in(given_up, move || answer.fill(None));
                self.engine.act_in(lands, move || drop(act(&cloud)));
            }
            Trip::Lost { given_up } => self.engine.act_in(given_up, move || answer.fill(None)),
        }
        poll_fn(|cx| mailbox.poll(cx)).await
    }

    /// A request that fares well, quick or slow.
    pub(crate) fn quick(&self) -> Trip {
        Trip::Answered { lands: self.engine.between(1, 15), back: self.engine.between(1, 10) }
    }
}
