//! The progress of a chaos minute, for the page or for a terminal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use jiff::Timestamp;
use judge::Figures;
use serde::Serialize;

use super::card::Card;
use crate::progress::Progress;

/// Number of notes that are kept for the page.
const MOST_NOTES: usize = 40;
/// What a person can do after a failed minute.
const WHAT_TO_DO: &str = "Start another one. If it fails too, end cargo local by Ctrl-C and start it again.";

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
    /// Why the minute failed, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

impl Minute {
    /// Returns a minute that begins now.
    pub(super) fn begin(seed: u64) -> Self {
        Self {
            seed,
            started: Timestamp::now(),
            step: Step::Breaking,
            notes: Vec::new(),
            figures: None,
            card: None,
            trouble: None,
        }
    }

    /// Returns whether the minute has not ended.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.step, Step::Breaking | Step::Recovering)
    }
}

/// Receives the progress of a chaos minute.
#[derive(Debug, Clone)]
pub struct MinuteReport {
    minute: Arc<Mutex<Minute>>,
    /// Prints the notes. Absent for the page.
    progress: Option<Progress>,
}

impl MinuteReport {
    /// Returns the report of a minute that begins now, for the page.
    pub(super) fn of_page(seed: u64) -> Self {
        Self { minute: Arc::new(Mutex::new(Minute::begin(seed))), progress: None }
    }

    /// Returns the report of a minute that begins now, which prints each note.
    #[must_use]
    pub fn printing(seed: u64, progress: Progress) -> Self {
        Self { progress: Some(progress), ..Self::of_page(seed) }
    }

    /// Returns what is known of the minute.
    #[must_use]
    pub fn minute(&self) -> Minute {
        self.lock().clone()
    }

    /// Notes something that was broken or repaired.
    pub fn note(&self, words: impl Into<String>) {
        let words = words.into();
        if let Some(progress) = &self.progress {
            progress.say(&format!("  {words}"));
        }
        let mut minute = self.lock();
        minute.notes.push(Note { at: Timestamp::now(), words });
        let surplus = minute.notes.len().saturating_sub(MOST_NOTES);
        minute.notes.drain(..surplus);
    }

    /// Notes the figures so far.
    pub fn count(&self, figures: Figures) {
        self.lock().figures = Some(figures);
    }

    /// Notes that the minute has passed.
    pub fn recover(&self) {
        self.lock().step = Step::Recovering;
    }

    /// Notes the result.
    pub(super) fn end(&self, result: Result<Card>) {
        let mut minute = self.lock();
        match result {
            Ok(card) => {
                minute.step = Step::Over;
                minute.figures = Some(card.figures.clone());
                minute.card = Some(card);
            }
            Err(error) => {
                minute.step = Step::Failed;
                minute.trouble = Some(format!("{error:#}. {WHAT_TO_DO}"));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Minute> {
        self.minute.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
