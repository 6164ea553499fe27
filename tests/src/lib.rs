//! A stage for end-to-end tests: the real stack, people on it, and what can be seen of both from outside.

mod aws;
mod person;
mod records;
mod stage;
mod twin;

pub use person::Person;
pub use records::Record;
pub use stage::Stage;
pub use twin::Twin;
