//! The sizes and times of a run.

/// The length of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunLength {
    /// About 600 requests and 100 texts, as part of the tests.
    Short,
    /// More than 20 000 requests and 3 000 texts, started by hand.
    Long,
}

/// How many requests of each kind are sent, to how many people, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Number of people whose reminders are the targets of forged requests.
    pub(crate) targets: usize,
    /// Number of requests that the carrier did not sign.
    pub(crate) forged: usize,
    /// Number of signed requests that must change no row.
    pub(crate) signed: usize,
    /// Number of signed texts from unusual numbers or with unusual ids.
    pub(crate) unusual: usize,
    /// Number of texts that are repeated, each [`COPIES`] times at once.
    pub(crate) repeated: usize,
    /// Number of hostile texts.
    pub(crate) texts: usize,
    /// Number of forged numbers whose reminders are due at about the same time as a reminder of a confirmed number. 0
    /// in a short run: there the confirmed number was called less than a minute before, so its next call must wait for
    /// the person's turn, with or without a crowd.
    pub(crate) crowd: usize,
    /// After how many seconds the reminders of the honest people are due.
    pub(crate) honest_due_s: u64,
}

/// How many requests are sent at the same instant: copies of one text, or late callbacks.
pub(crate) const COPIES: usize = 40;

impl Sizes {
    pub(crate) const fn of(length: RunLength) -> Self {
        match length {
            RunLength::Short => Self {
                targets: 2,
                forged: 200,
                signed: 100,
                unusual: 60,
                repeated: 2,
                texts: 100,
                crowd: 0,
                honest_due_s: 7,
            },
            RunLength::Long => Self {
                targets: 8,
                forged: 10_000,
                signed: 8_500,
                unusual: 1_200,
                repeated: 20,
                texts: 3_000,
                crowd: 300,
                honest_due_s: 20,
            },
        }
    }
}
