//! Runs one chaos minute at a time for the page, and remembers the newest.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use judge::Figures;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::card::Card;
use crate::progress::Progress;

/// Number of steps that are kept for the page.
const MOST_NOTES: usize = 40;

/// Runs a chaos minute with this seed. The second argument is the number of minutes that were started before.
pub type RunMinute = Arc<dyn Fn(u64, usize, Watch) -> BoxFuture<'static, Result<Card>> + Send + Sync>;

/// The step of a chaos minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Functions are killed, and the carrier and AWS stop.
    Breaking,
    /// Nothing breaks any more, and the service recovers what was broken.
    Recovering,
    /// The card is there.
    Over,
    /// The minute could not be run.
    Failed,
}

/// Something that was broken, or repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// When it happened.
    pub at: Timestamp,
    /// What happened, as a sentence.
    pub words: String,
}

/// A chaos minute, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Minute {
    /// The seed of what is broken.
    pub seed: u64,
    /// When the minute began.
    pub started: Timestamp,
    /// The current step.
    pub step: Step,
    /// The newest notes, oldest first.
    pub notes: Vec<Note>,
    /// The judge's figures so far. Absent at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// The card, at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Why the minute failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// Receives the progress of a chaos minute.
#[derive(Debug, Clone)]
pub struct Watch {
    newest: Arc<Mutex<Option<Minute>>>,
    /// Prints the notes. Absent for the page.
    progress: Option<Progress>,
}

impl Watch {
    /// Returns the watch of a page.
    fn of_a_page() -> Self {
        Self { newest: Arc::new(Mutex::new(None)), progress: None }
    }

    /// Returns a watch that prints each note.
    #[must_use]
    pub fn printing(progress: Progress) -> Self {
        Self { progress: Some(progress), ..Self::of_a_page() }
    }

    /// Notes something that was broken or repaired.
    pub fn note(&self, words: impl Into<String>) {
        let words = words.into();
        if let Some(progress) = &self.progress {
            progress.say(&format!("  {words}"));
        }
        self.change(|minute| {
            minute.notes.push(Note { at: Timestamp::now(), words });
            let surplus = minute.notes.len().saturating_sub(MOST_NOTES);
            minute.notes.drain(..surplus);
        });
    }

    /// Notes the figures so far.
    pub fn count(&self, figures: Figures) {
        self.change(|minute| minute.figures = Some(figures));
    }

    /// Notes that the minute has passed.
    pub fn recover(&self) {
        self.change(|minute| minute.step = Step::Recovering);
    }

    fn end(&self, result: Result<Card>) {
        self.change(|minute| match result {
            Ok(card) => {
                minute.step = Step::Over;
                minute.figures = Some(card.figures.clone());
                minute.card = Some(card);
            }
            Err(error) => {
                minute.step = Step::Failed;
                minute.trouble = Some(format!("{error:#}"));
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Minute)) {
        if let Some(minute) = self.lock().as_mut() {
            change(minute);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Minute>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a chaos minute that is started while another one runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Runs one chaos minute at a time.
pub struct Desk {
    run: RunMinute,
    newest: Watch,
    started: AtomicUsize,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Desk {
    /// Creates a desk that runs minutes with this function.
    #[must_use]
    pub fn new(run: RunMinute) -> Self {
        Self { run, newest: Watch::of_a_page(), started: AtomicUsize::new(0), task: Mutex::new(None) }
    }

    /// Starts a chaos minute.
    ///
    /// # Errors
    /// Fails if one is running.
    pub fn start(&self, seed: u64) -> Result<(), Busy> {
        let mut newest = self.newest.lock();
        if newest.as_ref().is_some_and(|minute| matches!(minute.step, Step::Breaking | Step::Recovering)) {
            return Err(Busy);
        }
        *newest = Some(Minute {
            seed,
            started: Timestamp::now(),
            step: Step::Breaking,
            notes: Vec::new(),
            figures: None,
            card: None,
            trouble: None,
        });
        drop(newest);
        let watch = self.newest.clone();
        let minute = (self.run)(seed, self.started.fetch_add(1, Ordering::Relaxed), watch.clone());
        *self.task() = Some(tokio::spawn(async move { watch.end(minute.await) }));
        Ok(())
    }

    /// Returns the newest chaos minute. Absent if none was started.
    #[must_use]
    pub fn newest(&self) -> Option<Minute> {
        self.newest.lock().clone()
    }

    /// Stops a running minute, and waits until everything that it uses is free.
    pub async fn stop(&self) {
        let task = self.task().take();
        if let Some(task) = task {
            task.abort();
            // The error says that the task was stopped.
            drop(task.await);
        }
    }

    fn task(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use tokio::sync::Notify;

    use super::super::card::{Broken, Card};
    use super::*;
    use judge::{Acceptance, Phase};

    /// The figures of a minute without texts.
    fn figures() -> Figures {
        let (acceptance, note) = (Acceptance::MayFail, String::new());
        judge::judge(&[], &Phase { name: "chaos minute", acceptance, sent: Vec::new(), posted: 0, note })
    }

    async fn ends(desk: &Desk) -> Minute {
        loop {
            let minute = desk.newest().unwrap();
            if !matches!(minute.step, Step::Breaking | Step::Recovering) {
                return minute;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_minute_runs_at_a_time_and_the_newest_is_kept_with_its_card() {
        let go_on = Arc::new(Notify::new());
        let until = Arc::clone(&go_on);
        let desk = Desk::new(Arc::new(move |seed, before, watch: Watch| {
            let until = Arc::clone(&until);
            Box::pin(async move {
                watch.note(format!("minute {before}"));
                until.notified().await;
                watch.recover();
                if seed == 13 { Err(anyhow!("no luck")) } else { Ok(Card::of(seed, Broken::default(), figures(), 60)) }
            })
        }));
        assert_eq!(desk.newest(), None);
        assert_eq!(desk.start(7), Ok(()));
        assert_eq!(desk.start(8), Err(Busy));
        go_on.notify_one();
        let first = ends(&desk).await;
        assert_eq!((first.seed, first.step, first.notes[0].words.as_str()), (7, Step::Over, "minute 0"));
        assert_eq!(first.card.unwrap().command, "cargo local chaos --seed 7");
        assert_eq!(desk.start(13), Ok(()));
        go_on.notify_one();
        let second = ends(&desk).await;
        assert_eq!((second.step, second.trouble.as_deref(), second.card), (Step::Failed, Some("no luck"), None));
    }

    #[tokio::test]
    async fn a_stopped_desk_drops_what_its_minute_uses() {
        let used = Arc::new(());
        let weak = Arc::downgrade(&used);
        let desk = Desk::new(Arc::new(move |_, _, _| {
            let used = weak.upgrade();
            Box::pin(async move {
                std::future::pending::<()>().await;
                drop(used);
                Err(anyhow!("never"))
            })
        }));
        desk.start(7).unwrap();
        assert_eq!(Arc::strong_count(&used), 2);
        desk.stop().await;
        assert_eq!(Arc::strong_count(&used), 1);
    }
}
