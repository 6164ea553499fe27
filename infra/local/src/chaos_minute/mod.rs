//! The chaos minute: twenty people text, things break for a minute by a seed, and the judge counts what was lost or
//! doubled. It runs from the page, and as `cargo local chaos`.

mod card;
mod caught;
mod plan;
mod report;
mod run;
mod runner;

pub use self::card::Card;
pub use self::plan::Plan;
pub use self::report::{Minute, MinuteReport, Note, Step};
pub use self::run::{PEOPLE, run, start_aws};
pub use self::runner::{MinuteRunner, Refusal, RunMinute};
