//! The check that runs when all tests of a stage are over.

use anyhow::{Result, ensure};

use crate::stage::Stage;

impl Stage {
    /// Whether there are people for [`Stage::check_finished_people`] to look at.
    pub fn has_finished_people(&self) -> bool {
        !self.finished.is_empty()
    }

    /// Checks that people whose tests are over got no more calls, texts or reminders, and that the sweeper never
    /// failed.
    ///
    /// Checks all these people together, after one more reminder has rung. That reminder is made after their tests, so
    /// everything that was still on its way to these people has arrived by then.
    ///
    /// # Errors
    /// Fails if a finished person got something more, the last reminder was not heard, or the sweeper failed.
    pub async fn check_finished_people(&self) -> Result<()> {
        let last = self.new_person()?;
        last.will_press_1()?;
        // This reminder is due later than anything that the tests may have left: a call after the longest retry delay,
        // and the dues of reminders that were deleted.
        last.text("remind me to close the curtain in 35 seconds").await?;
        ensure!(last.end().await? == "heard", "expected the last call to be heard, found {:#?}", last.log());
        let mut failures = Vec::new();
        for finished in self.finished.take() {
            let person = self.person_with_number(&finished.number)?;
            let (before, after) = (finished.activity, person.activity().await?);
            if before != after {
                failures.push(format!(
                    "expected the activity to stay at {before:?}, found {after:?} in {:#?}",
                    person.log()
                ));
            }
        }
        failures.extend(self.sweeper.failures());
        ensure!(failures.is_empty(), "{}", failures.join("\n"));
        Ok(())
    }
}
