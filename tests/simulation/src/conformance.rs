//! What every implementation of a port must hold, as one suite: it runs on the fakes of the simulation and on the real
//! adapters alike, so that what the simulation shows is true of what is deployed.
//!
//! Each suite makes persons, reminders and texts of its own under fresh ids, so it can run beside others and again. A
//! rule that does not hold is an `Err` that says which, what was expected and what was found.

mod channels;
mod samples;
mod sending;
mod store;

use std::fmt::Debug;

use jiff::SignedDuration;

pub use channels::channels;
pub use samples::Samples;
pub use sending::{Deliveries, parking, wake_ups};
pub use store::{Planted, store};

/// A rule of a port that an implementation does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: expected {expected}, found {found}")]
pub struct NotHeld {
    rule: String,
    expected: String,
    found: String,
}

/// How a suite waits for what comes about by itself.
pub trait Pause {
    /// Lets some time go by.
    fn pause(&self, time: SignedDuration) -> impl Future<Output = ()>;
}

/// How often something that must come about is looked for, and how long in between: half a minute in all.
const LOOKS: u32 = 300;

const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_millis(100);

/// `found` must be this.
fn expect<T: PartialEq + Debug>(rule: &str, found: &T, expected: &T) -> Result<(), NotHeld> {
    if found == expected {
        return Ok(());
    }
    Err(NotHeld { rule: rule.to_owned(), expected: format!("{expected:?}"), found: format!("{found:?}") })
}

/// What must not fail, did not. Hands say by it what they could not do.
///
/// # Errors
/// It failed.
pub fn succeed<T, E: Debug>(rule: &str, outcome: Result<T, E>) -> Result<T, NotHeld> {
    outcome.map_err(|error| NotHeld {
        rule: rule.to_owned(),
        expected: "success".to_owned(),
        found: format!("{error:?}"),
    })
}

/// Looks until `seen` gives something.
async fn eventually<T>(
    rule: &str,
    pause: &impl Pause,
    mut seen: impl AsyncFnMut() -> Result<Option<T>, NotHeld>,
) -> Result<T, NotHeld> {
    for _ in 0..LOOKS {
        if let Some(found) = seen().await? {
            return Ok(found);
        }
        pause.pause(BETWEEN_LOOKS).await;
    }
    Err(NotHeld { rule: rule.to_owned(), expected: "it to come about".to_owned(), found: "nothing in 30 s".to_owned() })
}
