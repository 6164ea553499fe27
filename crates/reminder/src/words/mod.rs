//! The words of answers, of texts that replace a call, and of speech. Rendering never fails. Only the person's own
//! words can contain characters outside GSM-7.

mod answer;
mod calls_left;
mod clean;
mod clock;
mod replacement;
mod segment;
mod service_name;
mod speech;
mod task;

pub use answer::{Answer, CallInFlight, ChangeAnswer, Refused, WhyKept, ZoneNote};
pub use calls_left::CallsLeft;
pub use clean::clean;
pub use clock::local_time_words;
pub use replacement::{SeriesAfterText, instead_of_call};
pub(crate) use replacement::{instead_of_unconfirmed_call, limit_note};
pub use segment::segments;
pub use service_name::{NotAServiceName, ServiceName};
pub(crate) use speech::STILL_COMES;
pub use speech::{
    FAREWELL, OPTED_OUT, Spoken, THANKS, confirm_opt_out, goodbye, last_reminder, mailbox, next_call, no_reminders,
    reminder, try_again_later, unreadable,
};

#[cfg(test)]
mod tests;
