//! Runs one chaos minute at a time for the page, and remembers the newest.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use judge::Figures;
use simulated_carrier::PhoneNumber;
use tokio::task::JoinHandle;

use super::card::Card;
use super::caught::caught;
use super::report::{Minute, MinuteReport};
use super::run::PEOPLE;
use crate::crowd::First;

/// Runs a chaos minute with this seed, whose people begin with the first.
pub type RunMinute = Arc<dyn Fn(u64, First, MinuteReport) -> BoxFuture<'static, Result<Card>> + Send + Sync>;

/// Why a chaos minute is not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another one runs.
    Running,
    /// The stack is being stopped.
    Stopping,
}

/// Runs one chaos minute at a time.
pub struct MinuteRunner {
    run: RunMinute,
    state: Mutex<RunnerState>,
}

#[derive(Default)]
struct RunnerState {
    newest: Option<(MinuteReport, JoinHandle<()>)>,
    /// The figures of the newest minute before it that was judged.
    judged_before: Option<Figures>,
    /// The people of all minutes.
    people: Vec<PhoneNumber>,
    /// Whether no more minutes are started.
    is_closed: bool,
}

impl RunnerState {
    fn judged(&self) -> Option<Figures> {
        let card = self.newest.as_ref().and_then(|(report, _)| report.minute().card);
        card.map(|card| card.figures).or_else(|| self.judged_before.clone())
    }
}

impl MinuteRunner {
    /// Creates a runner that runs minutes with this function.
    #[must_use]
    pub fn new(run: RunMinute) -> Self {
        Self { run, state: Mutex::default() }
    }

    /// Starts a chaos minute.
    ///
    /// # Errors
    /// Fails if one is running, or after [`MinuteRunner::close`].
    pub fn start(&self, seed: u64) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refusal::Stopping);
        }
        if state.newest.as_ref().is_some_and(|(report, _)| report.minute().is_running()) {
            return Err(Refusal::Running);
        }
        let first = First::at(Timestamp::now(), PEOPLE);
        // A test excludes invalid numbers.
        for number in first.numbers(PEOPLE).unwrap_or_default() {
            if !state.people.contains(&number) {
                state.people.push(number);
            }
        }
        state.judged_before = state.judged();
        let (report, run) = (MinuteReport::of_page(seed), Arc::clone(&self.run));
        let reported = report.clone();
        let task = tokio::spawn(async move {
            let result = caught(async { run(seed, first, reported.clone()).await }).await;
            reported.end(result);
        });
        state.newest = Some((report, task));
        Ok(())
    }

    /// Returns the newest chaos minute. Absent if none was started.
    #[must_use]
    pub fn newest(&self) -> Option<Minute> {
        self.lock().newest.as_ref().map(|(report, _)| report.minute())
    }

    /// Returns the figures of the newest minute that was judged.
    #[must_use]
    pub fn judged(&self) -> Option<Figures> {
        self.lock().judged()
    }

    /// Returns the numbers of the people of all minutes.
    #[must_use]
    pub fn people(&self) -> Vec<PhoneNumber> {
        self.lock().people.clone()
    }

    /// Starts no more minutes, stops a running one, and waits until everything that it uses is free.
    pub async fn close(&self) {
        let newest = {
            let mut state = self.lock();
            state.is_closed = true;
            state.newest.take()
        };
        if let Some((_, task)) = newest {
            task.abort();
            // The error says that the task was stopped.
            drop(task.await);
        }
    }

    fn lock(&self) -> MutexGuard<'_, RunnerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use tokio::sync::Notify;

    use super::super::card::Outages;
    use super::super::report::Step;
    use super::*;
    use judge::{Acceptance, Phase};

    /// The figures of a minute without texts.
    fn figures() -> Figures {
        let (acceptance, note) = (Acceptance::MayFail, String::new());
        judge::judge(&[], &Phase { name: "chaos minute", acceptance, sent: Vec::new(), posted: 0, note })
    }

    async fn ends(runner: &MinuteRunner) -> Minute {
        loop {
            let minute = runner.newest().unwrap();
            if !minute.is_running() {
                return minute;
            }
            tokio::task::yield_now().await;
        }
    }

    /// A runner whose minutes last until the returned notice.
    fn runner() -> (MinuteRunner, Arc<Notify>) {
        let go_on = Arc::new(Notify::new());
        let until = Arc::clone(&go_on);
        let run: RunMinute = Arc::new(move |seed, _, report| {
            let until = Arc::clone(&until);
            Box::pin(async move {
                report.note(format!("plan {seed}"));
                until.notified().await;
                report.recover();
                assert_ne!(seed, 99, "expected in this test");
                if seed == 13 { Err(anyhow!("no luck")) } else { Ok(Card::of(seed, Outages::default(), figures(), 60)) }
            })
        });
        (MinuteRunner::new(run), go_on)
    }

    #[tokio::test]
    async fn one_minute_runs_at_a_time_and_the_newest_is_kept_with_its_card() {
        let (runner, go_on) = runner();
        assert_eq!((runner.newest(), runner.judged(), runner.people()), (None, None, Vec::new()));
        assert_eq!(runner.start(7), Ok(()));
        assert_eq!(runner.start(8), Err(Refusal::Running));
        assert_eq!((runner.people().len(), runner.judged()), (PEOPLE, None));
        go_on.notify_one();
        let first = ends(&runner).await;
        assert_eq!((first.seed, first.step, first.notes[0].words.as_str()), (7, Step::Over, "plan 7"));
        assert_eq!(first.card.unwrap().command, "cargo local chaos --seed 7");
        assert_eq!(runner.judged(), Some(figures()));
        assert_eq!(runner.start(13), Ok(()));
        go_on.notify_one();
        assert_eq!((ends(&runner).await.step, runner.judged()), (Step::Failed, Some(figures())));
    }

    #[tokio::test]
    async fn a_minute_that_fails_or_panics_says_what_to_do_and_another_can_be_started() {
        let (runner, go_on) = runner();
        for (seed, reason) in [(13, "no luck. Start another one."), (99, "the program has a defect")] {
            assert_eq!(runner.start(seed), Ok(()));
            go_on.notify_one();
            let minute = ends(&runner).await;
            let trouble = minute.trouble.unwrap();
            assert_eq!((minute.step, minute.card, runner.judged()), (Step::Failed, None, None));
            assert!(trouble.starts_with(reason) && trouble.ends_with("start it again."), "{trouble}");
        }
    }

    #[tokio::test]
    async fn a_closed_runner_drops_what_its_minute_uses_and_starts_no_other() {
        let used = Arc::new(());
        let weak = Arc::downgrade(&used);
        let runner = MinuteRunner::new(Arc::new(move |_, _, report| {
            let used = weak.upgrade();
            Box::pin(async move {
                report.note("begun");
                std::future::pending::<()>().await;
                drop(used);
                Err(anyhow!("never"))
            })
        }));
        runner.start(7).unwrap();
        while runner.newest().unwrap().notes.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(Arc::strong_count(&used), 2);
        runner.close().await;
        assert_eq!(Arc::strong_count(&used), 1);
        assert_eq!(runner.start(8), Err(Refusal::Stopping));
    }
}
