//! The dependencies of every step.

use reminder::policy::Policy;
use reminder::ports::Ports;

/// The ports and the policy that every step needs.
#[derive(Debug)]
pub struct Context<'a, P> {
    /// The ports to external systems.
    pub ports: &'a P,
    /// The times and the rate.
    pub policy: &'a Policy,
}

impl<P> Clone for Context<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Context<'_, P> {}

impl<'a, P: Ports> Context<'a, P> {
    /// Makes the context of these ports and this policy.
    pub fn new(ports: &'a P, policy: &'a Policy) -> Self {
        Self { ports, policy }
    }
}
