//! The handlers' ports on AWS: the store in DynamoDB, wake-ups by SQS and EventBridge Scheduler, parked texts in SQS,
//! credentials in Secrets Manager, and the machine's clock and randomness.
//!
//! To start, a function reads its [`configuration`] and calls [`start`]. It adds its carriers with [`Started::with`],
//! and passes the resulting [`Live`] to its handler.

pub mod channels;
pub mod clock;
pub mod configuration;
pub mod connect;
mod failure;
pub mod ids;
mod items;
pub mod live;
pub mod observe;
pub mod parking;
pub mod queues;
pub mod records;
pub mod secret;
pub mod store;
mod turns;
pub mod wake_ups;

pub use configuration::Variables;
pub use live::{Live, Started, start};
