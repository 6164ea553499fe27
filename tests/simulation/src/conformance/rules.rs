//! How a suite checks a rule of a port, and how it reports a broken rule.

use std::fmt::Debug;

use jiff::SignedDuration;

/// A rule of a port that an implementation breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: expected {expected}, found {found}")]
pub struct NotHeld {
    rule: String,
    expected: String,
    found: String,
}

/// How a suite waits for asynchronous effects.
pub trait Pause {
    /// Waits for this time.
    fn pause(&self, time: SignedDuration) -> impl Future<Output = ()>;
}

/// Maximum number of times that `eventually` looks for a value. The waits after them take half a minute in all.
const LOOKS: u32 = 300;

/// Wait after a look that found no value.
const WAIT_AFTER_LOOK: SignedDuration = SignedDuration::from_millis(100);

/// Returns an error unless `found` equals `expected`.
pub(super) fn expect<T: PartialEq + Debug>(rule: &str, found: &T, expected: &T) -> Result<(), NotHeld> {
    if found == expected {
        return Ok(());
    }
    Err(NotHeld { rule: rule.to_owned(), expected: format!("{expected:?}"), found: format!("{found:?}") })
}

/// Turns the failure of an operation that must succeed into a broken rule.
///
/// # Errors
/// Fails if `outcome` is an error.
pub fn succeed<T, E: Debug>(rule: &str, outcome: Result<T, E>) -> Result<T, NotHeld> {
    outcome.map_err(|error| NotHeld {
        rule: rule.to_owned(),
        expected: "success".to_owned(),
        found: format!("{error:?}"),
    })
}

/// Calls `find` until it returns a value. Fails if `find` fails, or after half a minute.
pub(super) async fn eventually<T>(
    rule: &str,
    pause: &impl Pause,
    mut find: impl AsyncFnMut() -> Result<Option<T>, NotHeld>,
) -> Result<T, NotHeld> {
    for _ in 0..LOOKS {
        if let Some(found) = find().await? {
            return Ok(found);
        }
        pause.pause(WAIT_AFTER_LOOK).await;
    }
    Err(NotHeld { rule: rule.to_owned(), expected: "within 30 s".to_owned(), found: "nothing".to_owned() })
}
