//! Executes the decisions about reminders, outgoing texts and incoming texts: writes the changed records, then performs
//! the effects through the ports.

mod applied;
mod apply;
pub mod channel_selection;
mod context;
mod credentials;
pub mod incoming;
mod opt_out;
pub mod outcomes;
mod text;
mod unhandled;
mod wake_up;

pub use applied::{Applied, Failed, log_transition};
pub use apply::{apply, apply_by_key, apply_with, cancel_call};
pub use context::Context;
pub use opt_out::{answer_opted_out, opt_out_event};
pub use text::{apply_text_status, apply_to_text, apply_to_text_by_key, start_text, wake_text};
pub use unhandled::{WrittenLater, move_to_dead_letters, wait_for_later_release};
pub use wake_up::wake_up;
