//! The common parts of the end-to-end tests: a running stack, people with simulated phones, and requests to the
//! stack's AWS.

mod aws_requests;
mod final_check;
mod finished_people;
mod isolated_adapters;
mod item;
mod latency_watch;
mod permissions;
mod person;
mod record;
mod stage;
mod sweeper_loop;
mod text_record;

pub use isolated_adapters::IsolatedAdapters;
pub use latency_watch::LatencyWatch;
pub use permissions::Permissions;
pub use person::Person;
pub use record::{PAST_MAX_LATENESS, Record, TargetTime};
pub use stage::Stage;
pub use text_record::TextRecord;
