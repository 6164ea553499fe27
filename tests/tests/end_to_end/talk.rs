//! A few steps of `cargo local talk`, on a stack of their own.

use anyhow::{Result, ensure};
use local::build::Build;
use local::progress::Progress;
use local::stack::Stack;
use local::talk::{self, TalkReport, Telling};

/// A step without a fault, the killed dialer, and the reordered reports: each takes seconds.
const STEPS: [usize; 3] = [1, 2, 8];

pub(crate) async fn steps_of_the_talk_end_as_promised() -> Result<()> {
    let stack = Stack::start(talk::options(Build::of_environment()), &Progress::begin()).await?;
    let report = TalkReport::new(Telling::Json);
    let pause: talk::Pause = Box::new(|| Box::pin(async {}));
    let are_good = talk::run(&stack, &STEPS, &report, &pause).await?;
    let last = report.shown();
    ensure!(are_good, "expected each step to end as promised, found {last:#?}");
    // A step that shows nothing tests nothing.
    ensure!(last.is_some_and(|step| step.step == 8 && step.happened.len() > 5), "expected the last step to be shown");
    Ok(())
}
