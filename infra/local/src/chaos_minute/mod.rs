//! The chaos minute: twenty people text, things break for a minute by a seed, and the judge counts what was lost or
//! doubled. It runs from the page, and as `cargo local chaos`.

mod card;
mod desk;
mod plan;
mod run;

pub use self::card::Card;
pub use self::desk::{Busy, Desk, Minute, RunMinute, Step, Watch};
pub use self::plan::Plan;
pub use self::run::{PEOPLE, run};
