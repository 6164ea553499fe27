//! From a text to a request: commands first, then an answer to what was asked, then reminders.

pub(crate) mod command;
pub(crate) mod grammar;
pub(crate) mod resolve;
pub(crate) mod rule_words;
pub(crate) mod second_person;
pub(crate) mod text;

use crate::{
    english::{
        command::{answer, done_or_delete, keyword, pleasantry, politeness, reschedule, snooze, whereabouts},
        resolve::reminders,
        text::{
            reader::{Here, Reader},
            tokens,
        },
    },
    hints::Context,
    request::{Request, Unclear},
};
use jiff::{Timestamp, tz::TimeZone};

/// The longest message carriers join from parts has 1600 characters; of those none takes four bytes in practice.
pub(crate) const LONGEST_TEXT: usize = 6400;

pub(crate) fn understand(text: &str, now: Timestamp, zone: &TimeZone, context: &Context) -> Request {
    if text.len() > LONGEST_TEXT {
        return Request::Unknown(Unclear::TooLong);
    }
    let lower = text.to_ascii_lowercase();
    let tokens = tokens::tokens(&lower);
    let here = Here::new(begun_second_over(now), zone, context.country);
    let r = Reader { text, lower: &lower, tokens: &tokens, here: &here };
    if r.len() == 0 {
        return Request::Unknown(Unclear::Words);
    }
    if pleasantry::is_reaction(&r) {
        return Request::Courtesy;
    }
    let plainly = r.part(politeness::start(&r), r.len());
    if let Some(request) = keyword::plain(&r).or_else(|| keyword::plain(&plainly)) {
        return request;
    }
    if let Some(request) = context.question.as_ref().and_then(|question| answer::answer(&r, question)) {
        return request;
    }
    if let Some(request) =
        whereabouts::whereabouts(&r).or_else(|| snooze::snooze(&r)).or_else(|| reschedule::relocate(&r))
    {
        return request;
    }
    if pleasantry::is_courtesy(&r) {
        return Request::Courtesy;
    }
    let request = reminders::remind(&r);
    done_or_delete::about_one(&plainly, &request).or_else(|| reschedule::correction(&r)).unwrap_or(request)
}

/// The whole second at or after an instant. "Every hour" begins then, as RFC 5545 has no parts of seconds.
fn begun_second_over(now: Timestamp) -> Timestamp {
    let begun = i64::from(now.subsec_nanosecond() > 0);
    Timestamp::from_second(now.as_second() + begun).unwrap_or(now)
}
