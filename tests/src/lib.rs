//! A stage for end-to-end tests: the real stack, people on it, and what can be seen of both from outside.

mod aws;
mod person;
mod quiet;
mod records;
mod stage;
mod stalls;
mod sweeping;
mod twin;

pub use person::Person;
pub use records::{Goal, Record};
pub use stage::Stage;
pub use stalls::Stalls;
pub use twin::Twin;
