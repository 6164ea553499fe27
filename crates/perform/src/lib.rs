//! Carries out what the life of a reminder decides: writes what changed, then does what follows, over the ports.

mod advance;
mod answer;
mod consent;
mod text;
mod wake;
pub mod way;

pub use advance::{Advanced, Failed, advance, advance_by_key, end_call, log_arm};
pub use answer::send_answer;
pub use consent::left;
pub use wake::wake_up;

use reminder::policy::Policy;
use reminder::ports::Ports;

/// What every step needs: the outside, and the limits.
#[derive(Debug)]
pub struct Service<'a, P> {
    /// The outside.
    pub ports: &'a P,
    /// The limits.
    pub policy: &'a Policy,
}

impl<P> Clone for Service<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Service<'_, P> {}

impl<'a, P: Ports> Service<'a, P> {
    /// These ports under this policy.
    pub fn new(ports: &'a P, policy: &'a Policy) -> Self {
        Self { ports, policy }
    }
}
