//! The number of requests of a run.

/// The length of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunLength {
    /// About 600 requests and 100 texts, as part of the tests.
    Short,
    /// More than 20 000 requests and 3 000 texts, started by hand.
    Long,
}

/// How many requests of each kind are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Number of people whose reminders forged requests try to change.
    pub(crate) targets: usize,
    /// Number of requests that the carrier did not sign.
    pub(crate) forged: usize,
    /// Number of signed requests that must change no row.
    pub(crate) signed: usize,
    /// Number of signed texts with odd numbers and ids.
    pub(crate) odd: usize,
    /// Number of texts that are repeated, each [`COPIES`] times at once.
    pub(crate) repeated: usize,
    /// Number of hostile texts.
    pub(crate) texts: usize,
    /// Number of forged numbers whose reminders are due at about the same time as that of a confirmed number. None in a
    /// short run: the phone of the confirmed number rang less than a minute before, so it must wait anyway.
    pub(crate) crowd: usize,
    /// After how many seconds the reminders of the honest people are due.
    pub(crate) honest_due_s: u64,
}

/// How many copies of a request arrive at the same instant.
pub(crate) const COPIES: usize = 40;

impl Sizes {
    pub(crate) const fn of(length: RunLength) -> Self {
        match length {
            RunLength::Short => Self {
                targets: 2,
                forged: 200,
                signed: 100,
                odd: 60,
                repeated: 2,
                texts: 100,
                crowd: 0,
                honest_due_s: 7,
            },
            RunLength::Long => Self {
                targets: 8,
                forged: 10_000,
                signed: 8_500,
                odd: 1_200,
                repeated: 20,
                texts: 3_000,
                crowd: 300,
                honest_due_s: 20,
            },
        }
    }
}
