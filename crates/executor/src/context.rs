//! The dependencies of the functions in this crate.

use reminder::policy::Policy;
use reminder::ports::Ports;

/// The ports and the policy that every function of this crate needs.
#[derive(Debug)]
pub struct Context<'a, P> {
    /// The ports to external systems.
    pub ports: &'a P,
    /// The configured times, and the rates of calls and texts.
    pub policy: &'a Policy,
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
        Self { ports, policy }
    }
}
