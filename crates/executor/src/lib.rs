//! Carries out what the life of a reminder decides: writes what changed, then does what follows, over the ports.

mod answer;
mod apply;
pub mod channel_selection;
mod opt_out;
mod replacement_text;
mod wake_up;

pub use answer::send_answer;
pub use apply::{Applied, Failed, apply, apply_by_key, end_call, log_transition};
pub use opt_out::left;
pub use wake_up::wake_up;

use reminder::policy::Policy;
use reminder::ports::Ports;

/// What every step needs: the outside, and the limits.
#[derive(Debug)]
pub struct Context<'a, P> {
    /// The outside.
    pub ports: &'a P,
    /// The limits.
    pub policy: &'a Policy,
}

impl<P> Clone for Context<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Context<'_, P> {}

impl<'a, P: Ports> Context<'a, P> {
    /// These ports under this policy.
    pub fn new(ports: &'a P, policy: &'a Policy) -> Self {
        Self { ports, policy }
    }
}
