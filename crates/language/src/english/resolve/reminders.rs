//! Reads a text as one or several reminders.
//!
//! ```text
//! text     = reminder { (";" | newline | "." | "!" | "?" | "and" | "&" | "," | "then") reminder }
//!                                                           (split only where each side has a task and a time)
//! reminder = task, request and time in any order
//! ```

use crate::{
    english::{
        grammar::{
            clock::Clock,
            dates::day::{Day, Grain},
            piece::{FoundPiece, Piece},
            pieces,
            preposition::Preposition,
            request_words::{self, PreferredHalf, RequestWords},
            time_words::is_time_word,
            title,
        },
        resolve::{
            self, candidates, doubt, event, interpret, meridiem, once, residue,
            resolved::{MOST_TIMES, Resolved},
            task,
            time_spec::TimeSpec,
        },
        text::{
            phrases::Phrases,
            reader::{Reader, Sender},
            tokens,
            word::{DayPart, Word},
        },
    },
    question::{Candidate, Question},
    request::{NewReminder, Request, Unclear},
};
use jiff::tz::TimeZone;

/// The request, the time and the task of a text, or of one part of it.
pub(crate) struct Reading {
    pub(crate) request_words: RequestWords,
    pub(crate) time_spec: TimeSpec,
    pub(crate) task: String,
    pub(crate) preferred_half: PreferredHalf,
    /// Whether a token that may belong to the time was not understood.
    in_doubt: bool,
    /// The first time of day that was found and not taken.
    left_clock: Option<Clock>,
    /// The days that were found and not taken although the rule names no day: "on the 12th and the 20th", "monthly".
    left_days: Vec<Day>,
    /// The times that a doubtful text may mean instead of the time that was taken.
    meant: Vec<TimeSpec>,
    /// The place after the last token that says the time.
    time_end: usize,
    /// Marks the tokens that belong to the request or to the time.
    consumed: Vec<bool>,
    /// The range of tokens of each piece of time, in order.
    pieces: Vec<(usize, usize)>,
}

impl Reading {
    /// Whether a token belongs to the request or to the time.
    pub(crate) fn consumed_at(&self, at: usize) -> bool {
        self.consumed.get(at).copied().unwrap_or(false)
    }
}

/// Maximum number of places at which the reader tries to split a text into two reminders. The limit keeps the time to
/// read a text linear in its length.
const MOST_JOINTS: usize = 6;

/// Maximum number of such tries in total. The part after a place that fits is split again, with up to [`MOST_JOINTS`]
/// more tries. Each try reads the rest of the text, so the bound keeps a long list below 5 ms.
const MOST_TRIES: usize = 4 * MOST_JOINTS;

/// Reads a text as one reminder.
pub(crate) fn read(r: &Reader) -> Reading {
    let request_words = request_words::find(r);
    let found = pieces::pieces(r, &request_words.consumed);
    let days: Vec<(usize, Day)> = found.iter().filter_map(day).collect();
    let bounds: Vec<(usize, Piece)> =
        found.iter().filter(doubt::is_bound).map(|one| (one.start, one.piece.clone())).collect();
    let pieces = found.iter().map(|found| (found.start, found.end)).collect();
    let clocks: Vec<(usize, Clock)> = found.iter().filter_map(clock).collect();
    let mut consumed = request_words.consumed.clone();
    let time_spec = interpret::interpret(r, found, &request_words, &mut consumed);
    let event = event::time_of_event(r, &request_words, &time_spec, &consumed);
    if let Some(said) = &event {
        consumed[said.clone()].fill(false);
    }
    let is_choice = doubt::take_choice(r, &mut consumed);
    let names_title = names_title(r);
    let mut task = task::task(r, &request_words, &consumed);
    let preferred_half = half_of_day(r, &request_words, &time_spec, &task);
    if let Some(name) = request_words.default_task.filter(|_| task.is_empty()) {
        name.clone_into(&mut task);
    }
    let time_end = (0..r.len()).rev().find(|at| consumed[*at] && !request_words.consumed[*at]).map_or(0, |at| at + 1);
    let says = |at: usize| consumed[at] && !request_words.consumed[at];
    let said: Vec<bool> = (0..r.len()).map(says).collect();
    let left = clocks.iter().find(|(start, _)| !consumed[*start]).copied();
    let left_clock = left.map(|(_, clock)| clock);
    let is_left = |(start, day): &(usize, Day)| (!consumed[*start]).then_some(*day);
    let left_days: Vec<Day> =
        if doubt::lacks_days(&time_spec) { days.iter().filter_map(is_left).collect() } else { Vec::new() };
    let meant = if is_choice {
        doubt::each_alone(&time_spec, r.sender)
    } else {
        doubt::meant(r, &time_spec, &bounds, &consumed)
            .or_else(|| doubt::from_first_day(r, &time_spec, &days, &said))
            .into_iter()
            .collect()
    };
    let in_doubt = !time_spec.is_empty()
        && (event.is_some()
            || names_title && doubt::leaves_day_open(&time_spec)
            || doubt::is_doubtful(&time_spec)
            || !left_days.is_empty()
            || !meant.is_empty()
            || doubt::says_no_hour(&time_spec) && residue::leaves_hours(r, &consumed)
            || days.iter().any(|(start, _)| {
                !consumed[*start] && (residue::continues(r, &said, *start) || residue::begins_range(r, &said, *start))
            })
            || doubt::is_before_request(r, &request_words, &said, left.map(|(start, _)| start))
            || left_clock.is_some() && doubt::takes_clock(&time_spec, &request_words)
            || left.is_some_and(|(start, _)| residue::is_one_of_several(r, &said, &consumed, start))
            || left.is_some_and(|left| {
                let due = || doubt::due(&time_spec, r.sender, preferred_half);
                event::is_told_too_late(r, &request_words, left, due)
            })
            || residue::is_in_doubt(r, &request_words, &said, &consumed));
    let in_doubt = in_doubt || names_title && time_spec.is_empty();
    Reading {
        request_words,
        time_spec,
        task,
        preferred_half,
        time_end,
        in_doubt,
        left_clock,
        left_days,
        meant,
        consumed,
        pieces,
    }
}

/// Returns the half of the day that the text suggests apart from its times.
fn half_of_day(r: &Reader, request_words: &RequestWords, time_spec: &TimeSpec, task: &str) -> PreferredHalf {
    if task.is_empty() && request_words.default_task == Some("alarm") {
        request_words::half_of_alarm(&time_spec.clocks)
    } else {
        request_words::preferred_half(r, request_words)
    }
}

/// Whether the text names a title with words of time. A title in quotation marks says nothing about the day.
fn names_title(r: &Reader) -> bool {
    let is_quoted = |at: usize| at > 0 && matches!(r.spelling(at - 1), "\"" | "'" | "“" | "‘");
    (0..r.len()).any(|at| title::title(r, at).is_some() && !is_quoted(at))
}

fn day(found: &FoundPiece) -> Option<(usize, Day)> {
    let Piece::Day(day) = found.piece else { return None };
    (day.grain == Grain::Day).then_some((found.start, day))
}

fn clock(found: &FoundPiece) -> Option<(usize, Clock)> {
    let Piece::Clock(clock, _) = found.piece else { return None };
    (found.preposition != Preposition::For).then_some((found.start, clock))
}

/// Reads a text as one or several reminders, in the sender's zone or in a zone that the text names.
pub(crate) fn reminders(r: &Reader) -> Request {
    let whole = read(r);
    if (whole.request_words.spans.is_empty() || whole.time_spec.is_empty()) && is_small_talk(r) {
        return Request::Unknown(Unclear::NoRequest);
    }
    let mut tries = MOST_TRIES;
    if let Some(parts) = several(r, &whole, MOST_TIMES, &mut tries) {
        return parts;
    }
    single_reminder(r, whole)
}

/// Words that begin a question: "are you coming at 5?" is meant for another person.
#[rustfmt::skip]
static QUESTION: Phrases = Phrases::of(&[
    "do i", "have i", "should i", "can i", "what", "whats", "when", "whens", "where", "wheres", "who", "whos", "why",
    "how", "hows", "which", "are you", "are we", "are they", "is it", "is he", "is she", "is there", "do you", "do we",
    "does", "did you", "will it", "will he", "will she", "am i",
]);

/// Words that begin a message to another person, such as a greeting or thanks. It may name a day: "see you tomorrow",
/// "happy new year".
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

/// Returns the request of a text that is read as one reminder.
fn single_reminder(r: &Reader, said: Reading) -> Request {
    let Some(zone) = said.time_spec.zone.clone().filter(|zone| *zone != r.sender.zone) else {
        return request(said, r.sender, None);
    };
    // "Tomorrow at 9 Tokyo time" is tomorrow in Tokyo.
    let sender = Sender::new(r.sender.now, &zone, r.sender.country);
    let there = Reader { sender: &sender, ..*r };
    request(read(&there), &sender, Some(zone))
}

fn request(said: Reading, sender: &Sender, zone: Option<TimeZone>) -> Request {
    if said.in_doubt && !said.time_spec.is_empty() && (!said.task.is_empty() || !said.request_words.spans.is_empty()) {
        return if said.request_words.spans.is_empty() && says_only_time(&said.task, sender) {
            Request::Unknown(Unclear::NoRequest)
        } else {
            Request::Ask(doubtful(&said, sender, zone.as_ref()))
        };
    }
    let Reading { request_words, time_spec, task, preferred_half, in_doubt, .. } = said;
    if time_spec.is_empty() {
        return if request_words.spans.is_empty() && !in_doubt {
            Request::Unknown(Unclear::NoRequest)
        } else {
            Request::Ask(Question::When { task, candidates: Vec::new() })
        };
    }
    let basis = once::basis(&time_spec, sender);
    match resolve::resolve(&time_spec, sender, preferred_half) {
        Resolved::Times(times) if task.is_empty() => match times.into_iter().next() {
            Some((due, None)) if request_words.spans.is_empty() => Request::Time { due, zone, basis },
            Some((due, rule)) => Request::Ask(Question::Task { due, zone, rule, basis }),
            None => Request::Unknown(Unclear::NoRequest),
        },
        Resolved::Times(times) => Request::Remind(
            times
                .into_iter()
                .map(|(due, rule)| NewReminder { task: task.clone(), due, zone: zone.clone(), basis, rule })
                .collect(),
        ),
        Resolved::Past(was) => Request::Past { task, was },
        Resolved::HowOften { times, at } => Request::Ask(Question::Days { task, times, at }),
        Resolved::NoSuchDay => Request::Unknown(Unclear::NoSuchDay),
        Resolved::TooFar => Request::Unknown(Unclear::TooFar),
        Resolved::Nothing
            if request_words.spans.is_empty() && time_spec.clocks.len() < 3 && !doubt::limits_rule(&time_spec) =>
        {
            Request::Unknown(Unclear::NoRequest)
        }
        Resolved::Nothing => Request::Ask(Question::When { task, candidates: Vec::new() }),
    }
}

/// Returns the question that shows which times a doubtful text may mean.
fn doubtful(said: &Reading, sender: &Sender, zone: Option<&TimeZone>) -> Question {
    let meant = if said.meant.is_empty() { std::slice::from_ref(&said.time_spec) } else { &said.meant };
    let of_one =
        |spec| candidates::candidates(spec, said.left_clock, &said.left_days, sender, said.preferred_half, zone);
    let candidates = meant.iter().flat_map(of_one).take(Candidate::MOST).collect();
    Question::When { task: said.task.clone(), candidates }
}

/// Whether a task consists of words and marks that may all belong to a time.
fn says_only_time(task: &str, sender: &Sender) -> bool {
    let lower = task.to_ascii_lowercase();
    let tokens = tokens::tokens(&lower);
    let r = Reader { text: task, lower: &lower, tokens: &tokens, sender };
    let is_meal = |word: Word| matches!(word, Word::DayPart(DayPart::Breakfast | DayPart::Lunch | DayPart::Dinner));
    let says_time = |word: Word| is_time_word(word) && !is_meal(word) || matches!(word, Word::Mark(_) | Word::Symbol);
    (0..r.len()).all(|at| says_time(r.word(at)))
}

/// Returns the reminders of a text that contains several. The text is split at its joints, into at most `most` parts.
/// Each side of a joint must have a task and a time of its own. `tries` is the number of joints that may still be
/// tried.
fn several(r: &Reader, whole: &Reading, most: usize, tries: &mut usize) -> Option<Request> {
    if most < 2 {
        return None;
    }
    // Both sides need a time of their own.
    let (Some((_, first)), Some((last, _))) = (whole.pieces.first(), whole.pieces.last()) else { return None };
    let joints = (*first..*last).filter(|at| is_joint(r, *at) && !whole.consumed[*at]).take(MOST_JOINTS);
    for joint in joints {
        *tries = tries.checked_sub(1)?;
        let (left, right) = (r.slice(0, joint), r.slice(behind_joint(r, joint), r.len()));
        if right.len() == 0 {
            continue;
        }
        let said = read(&left);
        // A joint within a clause must follow the time of the first reminder.
        let begins_with_time = |part: &Reading| part.pieces.first().is_some_and(|(start, _)| *start == 0);
        let ends_with_time = said.time_end == left.len() || r.ends_clause(joint);
        let begins_with_request = |part: &Reading| {
            part.request_words
                .spans
                .first()
                .is_some_and(|(_, end)| part.pieces.first().is_some_and(|(start, _)| start == end))
        };
        let is_whole = ends_with_time || begins_with_time(&said) || begins_with_request(&said);
        if said.task.is_empty() || said.time_spec.is_empty() || !is_whole {
            continue;
        }
        let next = read(&right);
        // "Remind me at 3 to call Bob and at 4 to call Ann" asks twice.
        let asks_twice = || {
            let again = next.pieces.first().filter(|(start, _)| *start == 0).map(|(_, end)| right.word(*end));
            begins_with_request(&said) && again == Some(Word::To)
        };
        // "Mon 7 gym, tue 8 swim": each part begins with its time.
        let in_list = begins_with_time(&said) && begins_with_time(&next);
        if !(ends_with_time || in_list || asks_twice()) {
            continue;
        }
        // If only the second part has request words, both parts are one reminder: "Meeting at 9. Remind me at 8:40".
        let asked_later = said.request_words.spans.is_empty() && !next.request_words.spans.is_empty();
        if asked_later
            || next.task.is_empty()
            || next.time_spec.is_empty()
            || says_no_more_than_day(&next.time_spec) && !r.ends_clause(joint)
        {
            continue;
        }
        if doubt::is_range_of_days(&left, &said.time_spec) || doubt::is_range_of_days(&right, &next.time_spec) {
            return Some(Request::Ask(doubtful(whole, r.sender, None)));
        }
        let day = said.time_spec.days.first().copied();
        let late = afternoon_hour(&said.time_spec);
        let Request::Remind(mut wanted) = single_reminder(&left, said) else { continue };
        let inherited = inherit(next, day, late);
        let rest = match several(&right, &inherited, most - 1, tries) {
            Some(rest) => rest,
            None => single_reminder(&right, inherited),
        };
        let Request::Remind(more) = rest else { continue };
        wanted.extend(more);
        wanted.truncate(MOST_TIMES);
        return Some(Request::Remind(wanted));
    }
    None
}

fn says_no_more_than_day(time_spec: &TimeSpec) -> bool {
    time_spec.clocks.is_empty() && time_spec.from_now.is_none() && time_spec.every.is_none() && time_spec.part.is_none()
}

/// If the first reminder names a day and the second does not, gives the second that day: "Tomorrow milk at 5 and call
/// mom at 7". If the first is in the afternoon, so is each time of the second that says neither AM nor PM and whose
/// hour is not earlier.
fn inherit(mut said: Reading, day: Option<Day>, late: Option<i8>) -> Reading {
    let has_day =
        !said.time_spec.days.is_empty() || said.time_spec.from_now.is_some() || said.time_spec.every.is_some();
    if has_day || day.is_none() {
        return said;
    }
    said.time_spec.days.extend(day);
    for clock in &mut said.time_spec.clocks {
        if late.is_some_and(|late| clock.hour % 12 + 12 >= late) {
            *clock = clock.in_afternoon();
        }
    }
    said
}

/// Returns the hour of the last time, if it is in the afternoon.
fn afternoon_hour(time_spec: &TimeSpec) -> Option<i8> {
    let clock = time_spec.clocks.last()?;
    let late = meridiem::on_a_day(*clock, PreferredHalf::None)?.time.hour();
    (late >= 12).then_some(late)
}

fn is_joint(r: &Reader, at: usize) -> bool {
    r.ends_clause(at) || matches!(r.word(at), Word::And | Word::Mark(b',' | b'&')) || matches!(r.spelling(at), "then")
}

fn behind_joint(r: &Reader, at: usize) -> usize {
    let mut next = at + 1;
    while next < r.len() && (is_joint(r, next) || matches!(r.word(next), Word::Mark(b'.' | b'-'))) {
        next += 1;
    }
    next
}
