//! Sends wake-ups through the queue or a schedule.

use reminder::event::{Event, WakeUp};
use reminder::policy::{self, Route};
use reminder::ports::{Clock, Ports, WakeUps};

use crate::Context;

/// Sends a wake-up, and returns [`Event::WakeUpSent`], or `None` if it may not have been sent. For a near wake-up the
/// event changes nothing, because the deadline was already written with the plan. For a far wake-up, or one that the
/// sweeper sends again before `wake_at`, the event changes the deadline.
pub async fn wake_up<P: Ports>(context: Context<'_, P>, wake: &WakeUp) -> Option<Event> {
    let route = policy::route(context.ports.clock().now(), wake.wake_at);
    let (id, generation) = (&wake.key.reminder, wake.generation);
    match (context.ports.wake_ups().send(wake, route).await, route) {
        (Ok(()), Route::Queue { delay_s }) => {
            tracing::info!(reminder.id = %id, generation, delay_s, "wake-up sent");
            Some(Event::WakeUpSent { generation })
        }
        (Ok(()), Route::Schedule { at }) => {
            tracing::info!(reminder.id = %id, generation, %at, "wake-up scheduled");
            Some(Event::WakeUpSent { generation })
        }
        (Err(error), _) => {
            tracing::warn!(reminder.id = %id, generation, %error, "wake-up may not have been sent; if it does not arrive, the sweeper sends it again");
            None
        }
    }
}
