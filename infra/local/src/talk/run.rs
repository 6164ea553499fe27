//! Plays the steps of the talk on a stack.

use anyhow::{Result, anyhow};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use simulated_carrier::PhoneNumber;

use super::expected::Facts;
use super::plays;
use super::report::{StepResult, TalkReport, from_due};
use super::scene::{QUEUES, Scene, Told};
use super::steps::{STEPS, TalkStep};
use crate::build::Build;
use crate::chaos_minute::start_aws;
use crate::parameters::{Parameters, Sweeper};
use crate::people;
use crate::phone::{COUNTRIES, ReadReminders, Table};
use crate::stack::{Aws, Options, Stack};

/// Visibility timeout of the queues, in seconds, instead of two minutes: so long after a function was killed, its
/// messages are delivered again.
const VISIBILITY_TIMEOUT_S: u32 = 10;
/// People that each step may have.
const PEOPLE_PER_STEP: usize = 3;

/// Waits between two steps.
pub type Pause = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Returns the options of the talk's stack. Waits that take minutes in the product take seconds here. The stack is
/// always on an emulator of its own, because the talk stops it and kills its processes.
#[must_use]
pub fn options(build: Build) -> Options {
    let parameters = Parameters::of_this_machine().with_short_times().with_sweeper(Sweeper::ByHand);
    let parameters = parameters.with("WakeUpMarginSeconds", "10").with("Countries", COUNTRIES);
    Options { aws: Aws::Emulated { port: 0 }, build, parameters, ..Options::temporary() }
}

/// Plays the steps with these numbers, from 1, and returns whether all ended as promised. Calls `pause` between two
/// steps.
///
/// # Errors
/// Fails if the stack can't be used, or if a place in the code is not found.
pub async fn run(stack: &Stack, numbers: &[usize], report: &TalkReport, pause: &Pause) -> Result<bool> {
    let endpoint = stack.endpoint();
    for queue in QUEUES {
        endpoint.set_visibility_timeout(stack.output(queue)?, VISIBILITY_TIMEOUT_S).await?;
    }
    let table = Table::of(endpoint.clone(), stack.output("TableName")?, stack.output("SecretId")?).await?;
    let reminders = table.reader();
    let mut are_good = true;
    for (place, number) in numbers.iter().enumerate() {
        if place > 0 {
            report.wait(true);
            pause().await;
            report.wait(false);
        }
        let step = STEPS.get(number - 1).ok_or_else(|| anyhow!("expected a step from 1 to {}", STEPS.len()))?;
        are_good &= play(stack, *number, step, report, &reminders).await?;
    }
    Ok(are_good)
}

async fn play(
    stack: &Stack,
    number: usize,
    step: &TalkStep,
    report: &TalkReport,
    reminders: &ReadReminders,
) -> Result<bool> {
    let first = number * PEOPLE_PER_STEP;
    let people: Vec<PhoneNumber> = (first..first + step.expected.len()).map(people::number).collect::<Result<_>>()?;
    let code = step.code.find().map_err(|problem| anyhow!(problem))?;
    let person = people.first().cloned().ok_or_else(|| anyhow!("expected a person in step {number}, found none"))?;
    report.begin(number, step, person, code);
    let scene = Scene::begin(stack, report, reminders.clone(), people)?;
    let mut told = Told::default();
    let played = tokio::select! {
        played = plays::play(step.play, &scene) => played,
        () = scene.follow(&mut told) => Ok(()),
    };
    stack.carrier().be_reachable();
    if let (Err(_), Some(emulator)) = (&played, stack.emulator()) {
        start_aws(emulator).await?;
    }
    scene.show_until(Timestamp::now(), &mut told).await;
    let result = match played {
        Ok(()) => result(step, &scene.facts().await?),
        Err(error) => StepResult { is_good: false, words: format!("Not as promised: {error:#}.") },
    };
    let is_good = result.is_good;
    report.end(result);
    Ok(is_good)
}

/// Compares the facts of each person with the step's promise.
fn result(step: &TalkStep, facts: &[Facts]) -> StepResult {
    let pairs = step.expected.iter().zip(facts);
    let problems: Vec<String> =
        pairs.flat_map(|(expected, facts)| expected.iter().filter_map(|one| one.problem(facts))).collect();
    if facts.len() != step.expected.len() || !problems.is_empty() {
        return StepResult { is_good: false, words: format!("Not as promised: {}.", problems.join("; ")) };
    }
    let lateness = facts.first().and_then(Facts::lateness);
    let lateness = lateness.map_or_else(String::new, |late| format!(" Ann's phone rang {}.", from_due(late)));
    StepResult { is_good: true, words: format!("{}{lateness}", step.promise) }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::phone::ReminderState;

    fn called_once() -> Facts {
        let due: Timestamp = "2026-03-06T23:30:00Z".parse().unwrap();
        Facts {
            due: Some(due),
            states: vec![ReminderState::Heard],
            requests: 1,
            rings: vec![due + SignedDuration::from_millis(300)],
            said: vec!["Hi, it's sixthirty with your reminder: buy milk.".to_owned()],
            texts: Vec::new(),
            answers: vec!["OK, I'll call you.".to_owned()],
        }
    }

    #[test]
    fn a_step_passes_only_if_each_person_was_told_as_promised() {
        let good = result(&STEPS[1], &[called_once()]);
        assert!(good.is_good, "{good:?}");
        assert_eq!(good.words, format!("{} Ann's phone rang 0.3 s after the due.", STEPS[1].promise));
        let twice = Facts { requests: 2, rings: [called_once().rings, called_once().rings].concat(), ..called_once() };
        let bad = result(&STEPS[1], &[twice]);
        assert!(!bad.is_good);
        assert_eq!(bad.words, "Not as promised: expected requests for calls: 1, found 2; expected rings: 1, found 2.");
        assert!(!result(&STEPS[1], &[]).is_good);
        assert!(!result(&STEPS[5], &[called_once(), called_once()]).is_good, "the second person was called");
    }

    #[test]
    fn there_are_enough_people_for_each_step() {
        for step in &STEPS {
            assert!(step.expected.len() <= PEOPLE_PER_STEP, "{}", step.section);
        }
        assert!((STEPS.len() + 1) * PEOPLE_PER_STEP <= people::MOST);
    }
}
