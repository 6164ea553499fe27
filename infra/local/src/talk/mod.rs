//! The talk on the reliability of distributed systems, as a walk through ten steps: `cargo local talk`. Each step
//! causes a fault on a stack of its own, shows what happens, checks the result, and shows the place in the code.

mod code;
mod expected;
mod happened;
mod plays;
mod report;
mod run;
mod scene;
mod steps;

pub use self::code::Excerpt;
pub use self::happened::Happening;
pub use self::report::{ShownStep, StepResult, TalkReport, Telling};
pub use self::run::{Pause, options, run};
pub use self::steps::STEPS_COUNT;
