//! Reads SKIP, which skips an occurrence of a reminder, and RESUME, which lets a paused reminder ring again.

use crate::{
    english::{
        command::{
            politeness::is_end,
            target::{named, only_numbers, target},
        },
        resolve::reminders,
        text::reader::Reader,
    },
    request::{Request, Target},
};

/// Phrases that mean the reminder that rings next.
const NEXT: [&str; 9] = [
    "next",
    "the next",
    "next one",
    "the next one",
    "my next one",
    "my next reminder",
    "the next reminder",
    "next reminder",
    "the next call",
];

/// Reads SKIP alone, with numbers or with "next", and RESUME alone, with numbers or with words such as "all" and "it".
/// Such a text is never taken for the answer to an open question.
pub(crate) fn by_number(r: &Reader) -> Option<Request> {
    if let Some(object) = r.says(0, "skip") {
        let skip = |target| Some(Request::Skip { target, day: None });
        if is_end(r, object) {
            return skip(Target::Last);
        }
        if r.says_one_of(object, &NEXT).is_some_and(|end| is_end(r, end)) {
            return skip(Target::Next);
        }
        return target(r, object, r.len()).filter(|_| only_numbers(r, object)).and_then(skip);
    }
    let object = r.says_one_of(0, &["resume", "unpause"])?;
    if is_end(r, object) {
        return Some(Request::Resume(Target::Last));
    }
    let target = target(r, object, r.len())?;
    match target {
        Target::Numbers(_) | Target::All | Target::Last => Some(Request::Resume(target)),
        Target::Next | Target::Words(_) => None,
    }
}

/// Reads SKIP or RESUME with the words of a reminder. SKIP can name a day: "skip tomorrow's pills". With a time of day
/// the text is a task: "skip dinner at 7".
pub(crate) fn skip(r: &Reader) -> Option<Request> {
    if let Some(object) = r.says(0, "skip") {
        let rest = r.slice(object, r.len());
        let said = reminders::read(&rest);
        let spec = &said.time_spec;
        let says_time = !spec.clocks.is_empty() || spec.part.is_some();
        let says_more = says_time || spec.every.is_some() || spec.from_now.is_some() || spec.days.len() > 1;
        let is_noun = |(_, end): &(usize, usize)| rest.spelling(end - 1).starts_with("reminder");
        if says_more || !said.request_words.spans.iter().all(is_noun) {
            return None;
        }
        let Some(day) = spec.days.first() else {
            return target(r, object, r.len()).map(|target| Request::Skip { target, day: None });
        };
        let target = named(&said.task, r.sender).unwrap_or(Target::Next);
        return Some(Request::Skip { target, day: Some(day.date) });
    }
    let object = r.says_one_of(0, &["resume", "unpause"])?;
    if !reminders::read(r).time_spec.is_empty() {
        return None;
    }
    target(r, object, r.len()).map(Request::Resume)
}
