//! Rules that the judge knows and the handlers under test do not keep yet.

/// A rule of the protocol's second version. While it is in [`NOT_KEPT_YET`], its breaches are counted in a table of
/// their own and fail no run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Two calls of one person never overlap, and start at least 60 s apart.
    OneCallAtATime,
    /// A call without a key and without a known person is followed by the next one, up to the third.
    NoKeyIsNotHeard,
    /// A text that was taken is not set aside within an hour.
    ParkedSurvives,
    /// A series is paused after five occurrences in a row that nobody picked up.
    UnheardIsPaused,
    /// SKIP leaves out one occurrence. The series goes on.
    SkipKeepsSeries,
    /// The key 2 rings again ten minutes later.
    KeyTwoRingsAgain,
    /// The key 9, pressed twice, ends all calls.
    TwoNinesEndCalls,
    /// RESTORE brings back what an opt-out ended.
    RestoreBringsBack,
    /// UNDO brings back what was deleted within ten minutes.
    UndoBringsBack,
}

/// The rules that the handlers do not keep yet. The change that makes them keep a rule removes it from here.
const NOT_KEPT_YET: [Rule; 0] = [];

impl Rule {
    /// Whether a breach of this rule fails a run.
    pub(super) fn is_in_force(self) -> bool {
        !NOT_KEPT_YET.contains(&self)
    }
}
