//! A text as one reminder or several.
//!
//! ```text
//! text     = reminder { (";" | newline | "." | "and" | ",") reminder }     (parted only where each half has task and time)
//! reminder = task, request and time in any order
//! ```

use crate::{
    english::{
        grammar::{
            asking::{self, Asks, Leaning},
            dates::day::Day,
            pieces,
        },
        resolve::{
            self, interpret, meridiem, once,
            resolved::{MOST_TIMES, Resolved},
            task,
            time_spec::When,
        },
        text::{
            phrases::Phrases,
            reader::{Here, Reader},
            word::Word,
        },
    },
    question::Question,
    request::{Request, Unclear, Wanted},
};
use jiff::tz::TimeZone;

/// What one text, or one part of it, says.
pub(crate) struct Said {
    pub(crate) asks: Asks,
    pub(crate) when: When,
    pub(crate) task: String,
    pub(crate) leaning: Leaning,
    /// The last token that says the time.
    time_end: usize,
    /// Which tokens belong to the request and the time.
    taken: Vec<bool>,
    /// From where to where each piece of time reaches, in order.
    pieces: Vec<(usize, usize)>,
}

/// So many places are tried as the joint between two reminders: with more the reading would not stay linear.
const MOST_JOINTS: usize = 6;

/// So many in all, whichever reminders lie before them: each joint that fits tries those behind it again.
const MOST_TRIES: usize = 8 * MOST_JOINTS;

/// Reads a text as one reminder.
pub(crate) fn read(r: &Reader) -> Said {
    let asks = asking::asks(r);
    let found = pieces::pieces(r, &asks.taken);
    let pieces = found.iter().map(|found| (found.start, found.end)).collect();
    let mut taken = asks.taken.clone();
    let when = interpret::choose(r, found, &asks, &mut taken);
    let mut task = task::task(r, &asks, &taken);
    if let Some(name) = asks.name.filter(|_| task.is_empty()) {
        name.clone_into(&mut task);
    }
    let time_end = (0..r.len()).rev().find(|at| taken[*at] && !asks.taken[*at]).map_or(0, |at| at + 1);
    let leaning = asking::leaning(r, &asks);
    Said { asks, when, task, leaning, time_end, taken, pieces }
}

/// Reads a text as the reminders it holds, in its own zone or the one it names.
pub(crate) fn remind(r: &Reader) -> Request {
    let whole = read(r);
    if (whole.asks.spans.is_empty() || whole.when.is_empty()) && is_small_talk(r) {
        return Request::Unknown(Unclear::Words);
    }
    let mut tries = MOST_TRIES;
    if let Some(parts) = apart(r, &whole, MOST_TIMES, &mut tries) {
        return parts;
    }
    one(r, whole)
}

/// How questions begin: "are you coming at 5?" is for somebody else.
#[rustfmt::skip]
static QUESTION: Phrases = Phrases::of(&[
    "do i", "have i", "should i", "can i", "what", "whats", "when", "whens", "where", "wheres", "who", "whos", "why",
    "how", "hows", "which", "are you", "are we", "are they", "is it", "is he", "is she", "is there", "do you", "do we",
    "does", "did you", "will it", "will he", "will she", "am i",
]);

/// How greetings and thanks begin, also with a day in them: "see you tomorrow", "happy new year".
#[rustfmt::skip]
static GREETING: Phrases = Phrases::of(&[
    "brb", "back in", "be back", "be right back", "omw", "on my way", "lol", "see you", "see ya", "see u", "c u", "cu",
    "cya", "ttyl", "talk to you", "talk to u", "talk tomorrow", "good morning", "good evening", "good afternoon",
    "happy", "merry", "thanks", "thank you", "thank u", "thx", "ty", "welcome", "congrats", "congratulations",
    "have a nice", "have a good", "have a great", "enjoy", "bye", "goodbye", "until tomorrow", "till tomorrow",
    "catch you", "catch u",
]);

fn is_small_talk(r: &Reader) -> bool {
    r.is_mark(r.len() - 1, b'?') && r.says_any(0, &QUESTION).is_some() || r.says_any(0, &GREETING).is_some()
}

/// One reminder, or what it lacks.
fn one(r: &Reader, said: Said) -> Request {
    let Some(zone) = said.when.zone.clone().filter(|zone| *zone != r.here.zone) else {
        return request(said, r.here, None);
    };
    // "Tomorrow at 9 Tokyo time" is Tokyo's tomorrow.
    let here = Here::new(r.here.now, &zone, r.here.country);
    let there = Reader { here: &here, ..*r };
    request(read(&there), &here, Some(zone))
}

fn request(said: Said, here: &Here, zone: Option<TimeZone>) -> Request {
    let Said { asks, when, task, leaning, .. } = said;
    if when.is_empty() {
        return if asks.spans.is_empty() {
            Request::Unknown(Unclear::Words)
        } else {
            Request::Ask(Question::When { task })
        };
    }
    let basis = once::basis(&when, here);
    match resolve::resolve(&when, here, leaning) {
        Resolved::Times(times) if task.is_empty() => match times.into_iter().next() {
            Some((due, None)) if asks.spans.is_empty() => Request::Time { due, zone, basis },
            Some((due, rule)) => Request::Ask(Question::Task { due, zone, rule, basis }),
            None => Request::Unknown(Unclear::Words),
        },
        Resolved::Times(times) => Request::Remind(
            times
                .into_iter()
                .map(|(due, rule)| Wanted { task: task.clone(), due, zone: zone.clone(), basis, rule })
                .collect(),
        ),
        Resolved::Past(was) => Request::Past { task, was },
        Resolved::HowOften { times, at } => Request::Ask(Question::Days { task, times, at }),
        Resolved::NoSuchDay => Request::Unknown(Unclear::NoSuchDay),
        Resolved::TooFar => Request::Unknown(Unclear::TooFar),
        Resolved::Nothing if asks.spans.is_empty() => Request::Unknown(Unclear::Words),
        Resolved::Nothing => Request::Ask(Question::When { task }),
    }
}

/// The reminders of a text that holds several, at most so many: where both sides of a joint have a task and a time of
/// their own. `tries` is how many joints may still be tried.
fn apart(r: &Reader, whole: &Said, most: usize, tries: &mut usize) -> Option<Request> {
    if most < 2 {
        return None;
    }
    // Both halves need a time of their own.
    let (Some((_, first)), Some((last, _))) = (whole.pieces.first(), whole.pieces.last()) else { return None };
    let joints = (*first..*last).filter(|at| is_joint(r, *at) && !whole.taken[*at]).take(MOST_JOINTS);
    for joint in joints {
        *tries = tries.checked_sub(1)?;
        let (left, right) = (r.part(0, joint), r.part(behind_joint(r, joint), r.len()));
        if right.len() == 0 {
            continue;
        }
        let said = read(&left);
        // A joint inside a clause must follow the time of what it ends.
        let ends_with_time = said.time_end == left.len() || r.ends_clause(joint);
        if said.task.is_empty() || said.when.is_empty() || !ends_with_time {
            continue;
        }
        let next = read(&right);
        // What is asked for only in the second half is one reminder: "Meeting at 9. Remind me at 8:40".
        let asked_later = said.asks.spans.is_empty() && !next.asks.spans.is_empty();
        if asked_later
            || next.task.is_empty()
            || next.when.is_empty()
            || says_no_more_than_day(&next.when) && !r.ends_clause(joint)
        {
            continue;
        }
        let day = said.when.days.first().copied();
        let late = said_late(&said.when);
        let Request::Remind(mut wanted) = one(&left, said) else { continue };
        let inherited = inherit(next, day, late);
        let rest = match apart(&right, &inherited, most - 1, tries) {
            Some(rest) => rest,
            None => one(&right, inherited),
        };
        let Request::Remind(more) = rest else { continue };
        wanted.extend(more);
        wanted.truncate(MOST_TIMES);
        return Some(Request::Remind(wanted));
    }
    None
}

fn says_no_more_than_day(when: &When) -> bool {
    when.clocks.is_empty() && when.from_now.is_none() && when.every.is_none() && when.part.is_none()
}

/// "Tomorrow milk at 5 and call mom at 7": both are tomorrow, and both in the afternoon.
fn inherit(mut said: Said, day: Option<Day>, late: Option<i8>) -> Said {
    let has_day = !said.when.days.is_empty() || said.when.from_now.is_some() || said.when.every.is_some();
    if has_day || day.is_none() {
        return said;
    }
    said.when.days.extend(day);
    for clock in &mut said.when.clocks {
        if late.is_some_and(|late| clock.hour % 12 + 12 >= late) {
            *clock = clock.after_noon();
        }
    }
    said
}

/// The hour of the last clock, if it is one that is meant in the afternoon.
fn said_late(when: &When) -> Option<i8> {
    let clock = when.clocks.last()?;
    let late = meridiem::on_a_day(*clock, Leaning::None)?.time.hour();
    (late >= 12).then_some(late)
}

fn is_joint(r: &Reader, at: usize) -> bool {
    r.ends_clause(at) || matches!(r.word(at), Word::And | Word::Mark(b',' | b'&')) || matches!(r.said(at), "then")
}

fn behind_joint(r: &Reader, at: usize) -> usize {
    let mut next = at + 1;
    while next < r.len() && (is_joint(r, next) || matches!(r.word(next), Word::Mark(b'.' | b'-'))) {
        next += 1;
    }
    next
}
