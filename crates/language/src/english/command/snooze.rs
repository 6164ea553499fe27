//! Reads SNOOZE, which lets the reminder that just rang ring again.

use crate::{
    due_basis::DueBasis,
    english::{
        command::{new_time::bare_clock, politeness::is_end},
        grammar::{
            amount::{self, Amount},
            number, relative,
        },
        resolve::{self, once, reminders, resolved::Resolved},
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    new_time::NewTime,
    request::{Request, Target},
};
use jiff::{SignedDuration, Timestamp};

#[rustfmt::skip]
static SNOOZE: Phrases = Phrases::of(&[
    "snooze", "snooze it", "snooze that", "snooze this", "snooze me", "snoze", "zzz", "please snooze", "hit snooze",
]);

#[rustfmt::skip]
static SNOOZE_ALONE: Phrases = Phrases::of(&[
    "later", "not now", "remind me later", "remind me again", "remind me again later", "call me later", "call me back",
    "call back", "call later", "call me again", "again later", "ask me later", "try again later", "try later", "busy",
    "im busy", "not yet", "in a bit", "in a while", "a bit later", "later please", "maybe later", "remind me in a bit",
    "remind me again in a bit", "again",
]);

/// Phrases that are a snooze with a time after them. Some of them are also a snooze alone.
#[rustfmt::skip]
static SNOOZE_BEFORE: Phrases = Phrases::of(&[
    "again", "remind me again", "call me again", "call me back", "call back", "call again", "ring again", "try again",
    "give me", "wait", "wait for", "try me again", "ask me again", "once more", "hold off", "hold off for", "another",
]);

/// Length of a snooze for which no time is given, in minutes.
const SNOOZE_MINUTES: i64 = 10;

/// Shortest amount of time after a phrase such as "snooze" or "give me": "give me a second" is not a snooze.
const SHORTEST_SNOOZE: SignedDuration = SignedDuration::from_mins(1);

pub(crate) fn snooze(r: &Reader) -> Option<Request> {
    let again = |(until, basis)| Request::Snooze { until, basis };
    let in_minutes = |minutes: i64| {
        let until = r.sender.now.checked_add(SignedDuration::from_mins(minutes)).ok()?;
        Some(again((until, DueBasis::Fixed)))
    };
    if r.says_any(0, &SNOOZE_ALONE).is_some_and(|end| is_end(r, end)) {
        return in_minutes(SNOOZE_MINUTES);
    }
    if let Some(next) = r.says_any(0, &SNOOZE) {
        if is_end(r, next) {
            return in_minutes(SNOOZE_MINUTES);
        }
        return snooze_until(r, next).map(again);
    }
    // For instance "remind me in 10 min again".
    if let (Some(next), "again") = (r.says_one_of(0, &["remind me", "call me", "ring me"]), r.spelling(r.len() - 1)) {
        return snooze_until(&r.slice(0, r.len() - 1), next).map(again);
    }
    if let Some(next) = r.says_any(0, &SNOOZE_BEFORE) {
        return snooze_until(r, next).map(again);
    }
    // For instance "add 10 minutes".
    if let Some(next) = r.says_one_of(0, &["add", "add another", "add on", "plus"])
        && let Some((amount, end)) = amount::amount(r, next)
        && is_end(r, r.says_one_of(end, &["more", "to it", "to that"]).unwrap_or(end))
        && !amount.is_zero()
    {
        return Some(Request::Move { target: Target::Last, to: NewTime::Later(amount.duration()) });
    }
    // For instance "10 more minutes" and "5 min more".
    let (minutes, next) = number::whole(r, 0)?;
    if r.spelling(next) == "more" && amount::unit(r, next + 1).is_some_and(|(_, end)| is_end(r, end)) {
        let (unit, _) = amount::unit(r, next + 1)?;
        return more(r, &Amount::of(i64::from(minutes) * 1000, unit));
    }
    let (amount, next) = amount::amount(r, 0)?;
    if r.spelling(next) == "more" && is_end(r, next + 1) { more(r, &amount) } else { None }
}

/// Snoozes by an amount. `None` if that is not in the future: "0 more minutes".
fn more(r: &Reader, amount: &Amount) -> Option<Request> {
    let until = amount.after(r.sender.now, &r.sender.zone).filter(|due| *due > r.sender.now)?;
    Some(Request::Snooze { until, basis: DueBasis::Fixed })
}

/// Reads the instant in the words after "snooze".
fn snooze_until(r: &Reader, at: usize) -> Option<(Timestamp, DueBasis)> {
    let start = r
        .says_one_of(at, &["for", "until", "till", "til", "to", "another", "for another", "it for", "it until", "by"])
        .unwrap_or(at);
    let rest = r.slice(start, r.len());
    // The amount must be the end of the text, or be followed by "more".
    let more = |end: usize| {
        is_end(&rest, end)
            || rest.spelling(end) == "more"
                && is_end(
                    &rest,
                    rest.says_one_of(end, &["more", "more minutes", "more mins", "more min"]).unwrap_or(end),
                )
    };
    let amount = amount::amount(&rest, 0).or_else(|| {
        relative::minutes(&rest, 0).filter(|_| !matches!(r.word(start.saturating_sub(1)), Word::Until | Word::To))
    });
    if let Some((amount, _)) = amount.filter(|(_, end)| more(*end)) {
        let long = amount.duration() >= SHORTEST_SNOOZE;
        let until = amount.after(r.sender.now, &r.sender.zone).filter(|due| long && *due > r.sender.now)?;
        return Some((until, DueBasis::Fixed));
    }
    let said = reminders::read(&rest);
    // "give me a reminder at noon" asks for a new reminder.
    if !said.request_words.spans.is_empty() {
        return None;
    }
    if !said.task.is_empty() || said.time_spec.is_empty() {
        let time = bare_clock(&rest)?;
        let until = NewTime::Time(time).applied_to(r.sender.now, &r.sender.zone, r.sender.now)?;
        return Some((until, DueBasis::LocalClock));
    }
    match resolve::resolve(&said.time_spec, r.sender, said.preferred_half) {
        Resolved::Times(times) => times.first().map(|(due, _)| (*due, once::basis(&said.time_spec, r.sender))),
        Resolved::Past(_) | Resolved::HowOften { .. } | Resolved::NoSuchDay | Resolved::TooFar | Resolved::Nothing => {
            None
        }
    }
}
