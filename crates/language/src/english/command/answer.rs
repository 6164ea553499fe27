//! Reads a text as the answer to the open question. A text that does not answer the question is read like any other
//! text.

use crate::{
    due_basis::DueBasis,
    english::{
        command::{candidate, done_or_delete, location, new_time, pleasantry, politeness, target, yes_or_no},
        grammar::{amount, clock::time_of_day, number, recurrence, relative, request_words::PreferredHalf},
        resolve::{
            self, meridiem,
            reminders::{self, Reading},
            resolved::{DEFAULT_TIME, Resolved},
            time_spec::TimeSpec,
        },
        text::{phrases::Phrases, reader::Reader},
    },
    question::{Candidate, Question},
    request::{NewReminder, Place, Request, Target},
    rule::{Frequency, NthWeekday, Pattern, Rule},
};
use jiff::{
    Timestamp,
    civil::{Time, Weekday},
    tz::TimeZone,
};

/// Replies that name neither a task nor a reminder.
#[rustfmt::skip]
static SMALL_TALK: Phrases = Phrases::of(&[
    "ok", "okay", "k", "kk", "thanks", "thank you", "thx", "ty", "yes", "yeah", "yep", "no", "nope", "what", "huh",
    "hi", "hello", "hey", "lol", "cool", "great", "good", "sure", "nice", "why", "who", "how", "sorry", "oops", "wow",
    "hmm", "um", "idk", "i dont know", "dont know", "not sure", "whatever", "maybe", "got it", "perfect", "alright",
    "wrong number",
]);

/// Words that may precede the time in an answer to "when?".
#[rustfmt::skip]
static AROUND_TIME: Phrases = Phrases::of(&[
    "ok", "okay", "um", "uh", "hmm", "maybe", "how about", "lets say", "say", "make it", "i guess", "please", "pls",
    "thanks", "oh", "sorry", "just", "well", "lets do", "do", "then", "so", "yes", "remind me", "call me", "i think",
    "probably", "like", "set it for", "set it", "it should be",
]);

/// Returns the request that a text completes, or `None` if it does not answer the question.
pub(crate) fn answer(r: &Reader, question: &Question) -> Option<Request> {
    if done_or_delete::is_never_mind(r) {
        return Some(Request::DropQuestion);
    }
    match question {
        Question::When { task, candidates } => candidate::answer(r, task, candidates).or_else(|| when(r, task)),
        Question::Task { due, zone, rule, basis } => task(r, *due, zone.as_ref(), rule.as_ref(), *basis),
        Question::Days { task, times: _, at } => days(r, task, *at),
        Question::Delete => {
            target::target(r, 0, r.len()).filter(|_| !is_small_talk(r) && !has_time(r)).map(Request::Delete)
        }
        Question::Move { number } => {
            let target = number.map_or(Target::Last, |number| Target::Numbers(vec![number]));
            new_time::answered(r).map(|to| Request::Move { target, to })
        }
        Question::Zone => match location::place_named(r, 0) {
            Place::Known(zone) => Some(Request::Zone(Place::Known(zone))),
            Place::Unknown(_) => None,
        },
        Question::MoveSeries { .. } => yes_or_no::yes_or_no(r),
    }
}

pub(crate) fn is_small_talk(r: &Reader) -> bool {
    r.says_any(0, &SMALL_TALK).is_some_and(|end| politeness::is_end(r, end))
}

fn has_time(r: &Reader) -> bool {
    !reminders::read(r).time_spec.is_empty()
}

/// Vague answers to "when?", such as "later". The question is asked again.
#[rustfmt::skip]
static VAGUE: Phrases = Phrases::of(&[
    "later", "soon", "asap", "whenever", "sometime", "someday", "in a bit", "in a while", "a bit later", "not now",
    "at some point", "shortly",
]);

/// Reads an answer to "when?": a time, perhaps after words such as "how about". A vague answer makes the service ask
/// again.
fn when(r: &Reader, task: &str) -> Option<Request> {
    if r.says_any(0, &VAGUE).is_some_and(|end| politeness::is_end(r, end)) {
        return Some(Request::Ask(Question::When { task: task.to_owned(), candidates: Vec::new() }));
    }
    let mut start = 0;
    while let Some(next) = r.says_any(start, &AROUND_TIME) {
        start = r.skip_mark(next, b',');
    }
    let rest = r.slice(start.min(r.len()), r.len());
    let said = reminders::read(&rest);
    if said.time_spec.is_empty() || !(said.task.is_empty() || says_only_filler(&said)) {
        return in_short(&rest)
            .map(|(due, basis)| candidate::remind_of(task, Candidate { due, zone: None, rule: None, basis }));
    }
    let request = reminders::reminders(&rest);
    match request {
        Request::Time { due, zone, basis } => {
            Some(candidate::remind_of(task, Candidate { due, zone, rule: None, basis }))
        }
        Request::Ask(Question::Task { due, zone, rule, basis }) => {
            Some(candidate::remind_of(task, Candidate { due, zone, rule, basis }))
        }
        Request::Ask(Question::Days { times, at, .. }) => {
            Some(Request::Ask(Question::Days { task: task.to_owned(), times, at }))
        }
        Request::Past { was, .. } => Some(Request::Past { task: task.to_owned(), was }),
        other @ (Request::Remind(_)
        | Request::Ask(
            Question::When { .. }
            | Question::Delete
            | Question::Move { .. }
            | Question::Zone
            | Question::MoveSeries { .. },
        )
        | Request::List
        | Request::Help
        | Request::Done(_)
        | Request::Skip { .. }
        | Request::Resume(_)
        | Request::Code(_)
        | Request::Restore
        | Request::Undo
        | Request::Yes
        | Request::No
        | Request::OptOut
        | Request::OptIn
        | Request::DropQuestion
        | Request::Delete(_)
        | Request::Move { .. }
        | Request::Snooze { .. }
        | Request::Zone(_)
        | Request::Pleasantry
        | Request::Unknown(_)) => Some(other),
    }
}

fn says_only_filler(said: &Reading) -> bool {
    matches!(said.task.as_str(), "it" | "please" | "then" | "ok")
}

/// Reads a time that is clear only as an answer to "when?": "7" is a time of day; "10 min", "10m" and "45" count from
/// now.
fn in_short(r: &Reader) -> Option<(Timestamp, DueBasis)> {
    let fixed = |due| (due, DueBasis::Fixed);
    if let Some((amount, end)) = amount::amount(r, 0)
        && politeness::is_end(r, end)
    {
        return amount.after(r.sender.now, &r.sender.zone).filter(|due| *due > r.sender.now).map(fixed);
    }
    let clock_alone = time_of_day::clock(r, 0).filter(|(_, end)| politeness::is_end(r, *end));
    if let Some((clock, _)) = clock_alone {
        let when = TimeSpec { clocks: vec![clock], ..TimeSpec::default() };
        if let Resolved::Times(times) = resolve::resolve(&when, r.sender, PreferredHalf::None) {
            return times.first().map(|(due, _)| (*due, DueBasis::LocalClock));
        }
    }
    let (minutes, end) = relative::minutes(r, 0)?;
    let (value, _) = number::whole(r, 0)?;
    (value > 24 && politeness::is_end(r, end)).then(|| minutes.after(r.sender.now, &r.sender.zone)).flatten().map(fixed)
}

/// Reads an answer to "what about?": any text that has no time and is not small talk or a pleasantry.
fn task(r: &Reader, due: Timestamp, zone: Option<&TimeZone>, rule: Option<&Rule>, basis: DueBasis) -> Option<Request> {
    if is_small_talk(r) || pleasantry::is_pleasantry(r) {
        return None;
    }
    let said = reminders::read(r);
    if let (true, [clock], Some(rule)) = (said.task.is_empty(), said.time_spec.clocks.as_slice(), rule)
        && said.time_spec.days.is_empty()
        && said.time_spec.every.is_none()
        && said.request_words.spans.is_empty()
    {
        return at_other_time(r, rule, meridiem::on_a_day(*clock, PreferredHalf::None)?.time, zone);
    }
    if said.task.is_empty() || !said.time_spec.is_empty() {
        return None;
    }
    let in_zone = zone.unwrap_or(&r.sender.zone);
    let due = if due > r.sender.now { Some(due) } else { rule.and_then(|rule| rule.next_after(r.sender.now, in_zone)) };
    Some(match due {
        Some(due) => {
            Request::Remind(vec![NewReminder { task: said.task, due, zone: zone.cloned(), basis, rule: rule.cloned() }])
        }
        None => Request::Ask(Question::When { task: said.task, candidates: Vec::new() }),
    })
}

/// Asks again what a repeating reminder is about, at the time of day that the answer named: "remind me every day" and
/// "8am".
fn at_other_time(r: &Reader, rule: &Rule, at: Time, zone: Option<&TimeZone>) -> Option<Request> {
    let rule = candidate::at_time(rule, at)?;
    let due = rule.next_after(r.sender.now, zone.unwrap_or(&r.sender.zone))?;
    Some(Request::Ask(Question::Task { due, zone: zone.cloned(), rule: Some(rule), basis: DueBasis::LocalClock }))
}

/// Reads an answer to "on which days?".
fn days(r: &Reader, task: &str, at: Option<Time>) -> Option<Request> {
    let start = r.says_one_of(0, &["on", "every", "each", "lets say", "maybe", "ok"]).unwrap_or(0);
    let (days, next) = recurrence::weekday_list(r, start)?;
    let rest = r.slice(next, r.len());
    let reading = reminders::read(&rest);
    let says_clock = reading.task.is_empty() && !reading.time_spec.clocks.is_empty();
    if !says_clock && !politeness::is_end(&rest, 0) {
        return None;
    }
    let said_time = reading
        .time_spec
        .clocks
        .first()
        .and_then(|clock| meridiem::on_a_day(*clock, PreferredHalf::None))
        .map(|settled| settled.time);
    let (due, rule) = weekly(r, &days, said_time.or(at).unwrap_or(DEFAULT_TIME))?;
    let basis = DueBasis::LocalClock;
    Some(candidate::remind_of(task, Candidate { due, zone: None, rule: Some(rule), basis }))
}

fn weekly(r: &Reader, days: &[Weekday], at: Time) -> Option<(Timestamp, Rule)> {
    let mut pattern = Pattern::every(1, Frequency::Weekly);
    pattern.weekdays = days.iter().map(|weekday| NthWeekday { nth: 0, weekday: *weekday }).collect();
    let start = r.sender.today().to_datetime(at);
    let rule = Rule { start, pattern: Box::new(pattern) };
    let due = rule.next_after(r.sender.now, &r.sender.zone)?;
    let first = r.sender.zone.to_datetime(due).date();
    Some((due, Rule { start: first.to_datetime(at), ..rule }))
}
