//! The dependencies of the functions in this crate.

use jiff::Timestamp;
use reminder::policy::{Policy, after};
use reminder::ports::{Clock, Ports};

/// The ports and the policy that every function of this crate needs.
#[derive(Debug)]
pub struct Context<'a, P> {
    /// The ports to external systems.
    pub ports: &'a P,
    /// The configured times, and the rates of calls and texts.
    pub policy: &'a Policy,
    /// When the work must end: at the end of the invocation, or some time before it. `None` if that is far away.
    pub ends_at: Option<Timestamp>,
}

impl<P> Clone for Context<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Context<'_, P> {}

impl<'a, P: Ports> Context<'a, P> {
    /// Creates a context from ports and a policy.
    pub fn new(ports: &'a P, policy: &'a Policy) -> Self {
        Self { ports, policy, ends_at: None }
    }

    /// Returns the context of work that must end at `ends_at`, or before that if this context ends earlier.
    #[must_use]
    pub fn until(self, ends_at: Timestamp) -> Self {
        Self { ends_at: Some(self.ends_at.map_or(ends_at, |earlier| earlier.min(ends_at))), ..self }
    }

    /// Whether there is enough time left for one more request to a carrier.
    pub(crate) fn has_time_for_carrier(&self) -> bool {
        self.has_time_for(self.policy.times().carrier_s)
    }

    /// Whether so many seconds are left.
    pub(crate) fn has_time_for(&self, seconds: i64) -> bool {
        self.ends_at.is_none_or(|ends_at| self.ports.clock().now() <= after(ends_at, -seconds))
    }
}
