//! Answers to what we asked. What does not answer the question is a text of its own.

use crate::{
    due_basis::DueBasis,
    english::{
        command::{done_or_delete, new_time, pleasantry, politeness, target, whereabouts},
        grammar::{amount, asking::Leaning, clock::time_of_day, number, recurrence, relative},
        resolve::{
            self, meridiem,
            reminders::{self, Said},
            resolved::{DEFAULT_TIME, Resolved},
            time_spec::When,
        },
        text::{phrases::Phrases, reader::Reader},
    },
    question::Question,
    request::{Place, Request, Wanted, Which},
    rule::{Frequency, NthWeekday, Pattern, Rule},
};
use jiff::{
    Timestamp,
    civil::{Time, Weekday},
    tz::TimeZone,
};

/// Said without answering anything.
#[rustfmt::skip]
static SMALL_TALK: Phrases = Phrases::of(&[
    "ok", "okay", "k", "kk", "thanks", "thank you", "thx", "ty", "yes", "yeah", "yep", "no", "nope", "what", "huh",
    "hi", "hello", "hey", "lol", "cool", "great", "good", "sure", "nice", "why", "who", "how", "sorry", "oops", "wow",
    "hmm", "um", "idk", "i dont know", "dont know", "not sure", "whatever", "maybe", "got it", "perfect", "alright",
    "wrong number",
]);

/// Words around a time that answers "when?".
#[rustfmt::skip]
static AROUND_TIME: Phrases = Phrases::of(&[
    "ok", "okay", "um", "uh", "hmm", "maybe", "how about", "lets say", "say", "make it", "i guess", "please", "pls",
    "thanks", "oh", "sorry", "just", "well", "lets do", "do", "then", "so", "yes", "remind me", "call me", "i think",
    "probably", "like", "set it for", "set it", "it should be",
]);

/// The request that a text completes, if it answers the question.
pub(crate) fn answer(r: &Reader, question: &Question) -> Option<Request> {
    if done_or_delete::is_never_mind(r) {
        return Some(Request::Forget);
    }
    match question {
        Question::When { task } => when(r, task),
        Question::Task { due, zone, rule, basis } => task(r, *due, zone.as_ref(), rule.as_ref(), *basis),
        Question::Days { task, times: _, at } => days(r, task, *at),
        Question::Delete => {
            target::which(r, 0, r.len()).filter(|_| !is_small_talk(r) && !has_time(r)).map(Request::Delete)
        }
        Question::Move { number } => {
            let which = number.map_or(Which::Last, |number| Which::Numbers(vec![number]));
            new_time::target(r).map(|to| Request::Move { which, to })
        }
        Question::Zone => match whereabouts::place(r, 0) {
            Place::Known(zone) => Some(Request::Zone(Place::Known(zone))),
            Place::Unknown(_) => None,
        },
    }
}

pub(crate) fn is_small_talk(r: &Reader) -> bool {
    r.says_any(0, &SMALL_TALK).is_some_and(|end| politeness::is_over(r, end))
}

fn has_time(r: &Reader) -> bool {
    !reminders::read(r).when.is_empty()
}

/// Said of a time without saying one.
#[rustfmt::skip]
static VAGUE: Phrases = Phrases::of(&[
    "later", "soon", "asap", "whenever", "sometime", "someday", "in a bit", "in a while", "a bit later", "not now",
    "at some point", "shortly",
]);

/// An answer to "when?": a time and nothing else.
fn when(r: &Reader, task: &str) -> Option<Request> {
    if r.says_any(0, &VAGUE).is_some_and(|end| politeness::is_over(r, end)) {
        return Some(Request::Ask(Question::When { task: task.to_owned() }));
    }
    let mut start = 0;
    while let Some(next) = r.says_any(start, &AROUND_TIME) {
        start = r.skip_mark(next, b',');
    }
    let rest = r.part(start.min(r.len()), r.len());
    let said = reminders::read(&rest);
    if said.when.is_empty() || !(said.task.is_empty() || says_only_filler(&said)) {
        return in_short(&rest).map(|(due, basis)| remind_of(task, due, None, None, basis));
    }
    let request = reminders::remind(&rest);
    match request {
        Request::Time { due, zone, basis } => Some(remind_of(task, due, zone, None, basis)),
        Request::Ask(Question::Task { due, zone, rule, basis }) => Some(remind_of(task, due, zone, rule, basis)),
        Request::Ask(Question::Days { times, at, .. }) => {
            Some(Request::Ask(Question::Days { task: task.to_owned(), times, at }))
        }
        Request::Past { was, .. } => Some(Request::Past { task: task.to_owned(), was }),
        other => Some(other),
    }
}

fn says_only_filler(said: &Said) -> bool {
    matches!(said.task.as_str(), "it" | "please" | "then" | "ok")
}

/// "7" is a time of day, "10 min" and "10m" are from now, where a time is asked for.
fn in_short(r: &Reader) -> Option<(Timestamp, DueBasis)> {
    let fixed = |due| (due, DueBasis::Fixed);
    if let Some((amount, end)) = amount::amount(r, 0)
        && politeness::is_over(r, end)
    {
        return amount.after(r.here.now, &r.here.zone).filter(|due| *due > r.here.now).map(fixed);
    }
    let slight = time_of_day::clock(r, 0).filter(|(_, end)| politeness::is_over(r, *end));
    if let Some((clock, _)) = slight {
        let when = When { clocks: vec![clock], ..When::default() };
        if let Resolved::Times(times) = resolve::resolve(&when, r.here, Leaning::None) {
            return times.first().map(|(due, _)| (*due, DueBasis::LocalClock));
        }
    }
    let (minutes, end) = relative::minutes(r, 0)?;
    let (value, _) = number::whole(r, 0)?;
    (value > 24 && politeness::is_over(r, end)).then(|| minutes.after(r.here.now, &r.here.zone)).flatten().map(fixed)
}

fn remind_of(task: &str, due: Timestamp, zone: Option<TimeZone>, rule: Option<Rule>, basis: DueBasis) -> Request {
    if task.is_empty() {
        return Request::Ask(Question::Task { due, zone, rule, basis });
    }
    Request::Remind(vec![Wanted { task: task.to_owned(), due, zone, basis, rule }])
}

/// An answer to "of what?": anything without a time or request of its own.
fn task(r: &Reader, due: Timestamp, zone: Option<&TimeZone>, rule: Option<&Rule>, basis: DueBasis) -> Option<Request> {
    if is_small_talk(r) || pleasantry::is_courtesy(r) {
        return None;
    }
    let said = reminders::read(r);
    if said.task.is_empty() || !said.when.is_empty() {
        return None;
    }
    let in_zone = zone.unwrap_or(&r.here.zone);
    let due = if due > r.here.now { Some(due) } else { rule.and_then(|rule| rule.next_after(r.here.now, in_zone)) };
    Some(match due {
        Some(due) => {
            Request::Remind(vec![Wanted { task: said.task, due, zone: zone.cloned(), basis, rule: rule.cloned() }])
        }
        None => Request::Ask(Question::When { task: said.task }),
    })
}

/// An answer to "on which days?".
fn days(r: &Reader, task: &str, at: Option<Time>) -> Option<Request> {
    let start = r.says_one_of(0, &["on", "every", "each", "lets say", "maybe", "ok"]).unwrap_or(0);
    let (days, next) = recurrence::weekday_list(r, start)?;
    let rest = r.part(next, r.len());
    let clock = reminders::read(&rest);
    let says_clock = clock.task.is_empty() && !clock.when.clocks.is_empty();
    if !says_clock && !politeness::is_over(&rest, 0) {
        return None;
    }
    let said = clock
        .when
        .clocks
        .first()
        .and_then(|clock| meridiem::on_a_day(*clock, Leaning::None))
        .map(|settled| settled.time);
    let (due, rule) = weekly(r, &days, said.or(at).unwrap_or(DEFAULT_TIME))?;
    Some(remind_of(task, due, None, Some(rule), DueBasis::LocalClock))
}

fn weekly(r: &Reader, days: &[Weekday], at: Time) -> Option<(Timestamp, Rule)> {
    let mut pattern = Pattern::every(1, Frequency::Weekly);
    pattern.weekdays = days.iter().map(|weekday| NthWeekday { nth: 0, weekday: *weekday }).collect();
    let start = r.here.today().to_datetime(at);
    let rule = Rule { start, pattern: Box::new(pattern) };
    let due = rule.next_after(r.here.now, &r.here.zone)?;
    let first = r.here.zone.to_datetime(due).date();
    Some((due, Rule { start: first.to_datetime(at), ..rule }))
}
