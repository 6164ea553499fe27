//! Moving a reminder, correcting the last one, and snoozing.

use super::{is_over, which};
use crate::{
    DueBasis, Question, Request, To, Unclear, Which,
    amount::Amount,
    choose::When,
    lexicon::Word,
    number,
    phrase::Phrases,
    reader::Reader,
    relative,
    remind::{self, Said},
    resolve::{self, Resolved},
};
use jiff::{SignedDuration, Timestamp, civil::Time};

#[rustfmt::skip]
static MOVE: Phrases = Phrases::of(&[
    "move", "reschedule", "push", "postpone", "shift", "delay", "bump", "change", "switch", "update", "put off",
    "put back", "please move", "pls move", "can you move", "could you move", "please change", "can you change",
    "could you change", "set", "make", "can you make", "please make", "lets make", "do",
]);
/// Verbs that need no time to be a command; the others are used of other things too.
static MOVE_SURELY: Phrases = Phrases::of(&["move", "reschedule", "postpone", "please move", "can you move", "snooze"]);
#[rustfmt::skip]
static TO: Phrases = Phrases::of(&[
    "to", "until", "till", "til", "for", "by", "back", "back to", "back by", "up", "up to", "up by", "forward",
    "forward to", "forward by", "on", "at", "ahead", "out", "instead", "later to",
]);
/// How people begin to correct what was just answered.
#[rustfmt::skip]
static CORRECTION: Phrases = Phrases::of(&[
    "no", "nope", "nah", "no no", "actually", "no actually", "actually no", "sorry", "no sorry", "sorry no", "i meant",
    "i mean", "no i meant", "no i mean", "wait", "wait no", "no wait", "oops", "oops i meant", "sorry i meant",
    "correction", "rather", "or rather", "better", "on second thought", "hmm", "i said", "no i said", "make it",
    "make that", "lets make it", "lets do", "can you make it", "can you make that", "could you make it",
    "please make it", "change it to", "change that to", "change to", "actually make it", "no make it", "make it for",
    "do it", "do it at", "not", "ugh", "er", "uh", "oh", "how about", "what about", "hmm actually",
]);
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
/// Openings of a snooze that a time must follow.
#[rustfmt::skip]
static SNOOZE_BEFORE: Phrases = Phrases::of(&[
    "again", "remind me again", "call me again", "call me back", "call back", "call again", "ring again", "try again",
    "give me", "wait", "wait for", "try me again", "ask me again", "once more", "hold off", "hold off for", "another",
]);
/// So many places are tried as the joint before the time, so that the reading stays linear.
const MOST_JOINTS: usize = 4;
/// What "snooze" alone means.
const SNOOZE_MINUTES: i64 = 10;
/// Less is no snooze.
const SHORTEST_SNOOZE: SignedDuration = SignedDuration::from_mins(1);

/// Move, snooze: a change of one that they have.
pub(crate) fn change(r: &Reader) -> Option<Request> {
    snooze(r).or_else(|| relocate(r))
}

/// "move 2 to 7pm", "push it back an hour", "postpone milk till tomorrow".
fn relocate(r: &Reader) -> Option<Request> {
    let object = r.says_any(0, &MOVE)?;
    // The joint before the time: from the last one on.
    let joints = (object..r.len()).filter_map(|at| Some((at, r.says_any(at, &TO)?))).take(MOST_JOINTS);
    let mut best = None;
    for (at, behind) in joints {
        let time = r.part(behind, r.len());
        let toward = if matches!(r.said(at), "up" | "ahead") { Toward::Earlier } else { Toward::Later };
        if let Some(to) = to(&time, toward) {
            best = Some((at, to));
            break;
        }
    }
    let surely = r.says_any(0, &MOVE_SURELY) == Some(object);
    if let Some((at, to)) = best {
        let which = which(r, object, at).unwrap_or(Which::Last);
        // "make pasta at 7" is something to do; "make 2 at 7" and "change the milk reminder to 7" are not.
        let named_reminder = (object..at).any(|at| matches!(r.said(at), "reminder" | "alarm"));
        let setting = matches!(r.said(object - 1), "set" | "make" | "do" | "update");
        if setting && !matches!(which, Which::Numbers(_)) && !matches!(r.said(object), "it" | "that") {
            return None;
        }
        let by_words = matches!(which, Which::Words(_)) && !named_reminder;
        let joined_surely = matches!(r.said(at), "to" | "until" | "till" | "til" | "back" | "by" | "forward");
        if by_words
            && !(surely && joined_surely
                || matches!(r.said(0), "push" | "delay" | "change" | "switch" | "bump")
                    && joined_surely
                    && matches!(to, To::Time(_) | To::Day(_) | To::At { .. } | To::Later(_)))
        {
            return None;
        }
        return Some(Request::Move { which, to });
    }
    let which = which(r, object, r.len());
    match which {
        Some(Which::Numbers(numbers)) if surely => {
            Some(Request::Ask(Question::Move { number: numbers.first().copied() }))
        }
        None | Some(Which::Last) if surely => Some(Request::Ask(Question::Move { number: None })),
        // "postpone 2 an hour", "delay it 10 minutes"
        _ => amount_at_end(r, object),
    }
}

fn amount_at_end(r: &Reader, object: usize) -> Option<Request> {
    let (at, amount) = (object..r.len()).find_map(|at| {
        let (amount, end) = crate::amount::amount(r, at)?;
        is_over(r, end).then_some((at, amount))
    })?;
    let which = which(r, object, at).unwrap_or(Which::Last);
    let later = matches!(r.said(0), "postpone" | "delay" | "push" | "bump" | "shift" | "move" | "snooze");
    (later && !matches!(which, Which::Words(_))).then(|| Request::Move { which, to: To::Later(amount.duration()) })
}

/// Which way an amount moves: "back an hour", "up an hour".
#[derive(Clone, Copy, PartialEq, Eq)]
enum Toward {
    Later,
    Earlier,
}

/// The time in an answer to "move it to when?".
pub(crate) fn target(r: &Reader) -> Option<To> {
    let start = r.says_any(0, &TO).unwrap_or(0);
    to(&r.part(start, r.len()), Toward::Later)
}

/// What a text that is nothing but a time says about one that is moved there.
fn to(r: &Reader, toward: Toward) -> Option<To> {
    let whole = |found: Option<(Amount, usize)>| found.filter(|(_, end)| is_over(r, *end)).map(|(amount, _)| amount);
    if let Some(amount) = whole(crate::amount::amount(r, 0)) {
        return Some(To::Later(if toward == Toward::Earlier { amount.negated() } else { amount }.duration()));
    }
    if let Some((amount, end)) = crate::amount::amount(r, 0) {
        match r.said(end) {
            "later" if is_over(r, end + 1) => return Some(To::Later(amount.duration())),
            "earlier" | "sooner" | "early" if is_over(r, end + 1) => {
                return Some(To::Later(amount.negated().duration()));
            }
            _ => {}
        }
    }
    let said = remind::read(r);
    if said.task.is_empty() && said.asks.spans.is_empty() && !said.when.is_empty() {
        return to_when(r, &said);
    }
    bare_clock(r).map(To::Time)
}

/// "7": a time of day where only one can stand.
pub(crate) fn bare_clock(r: &Reader) -> Option<Time> {
    let (hour, end) = number::whole(r, 0)?;
    if !is_over(r, end) || !(1..=24).contains(&hour) {
        return None;
    }
    let text = format!("at {hour}");
    let tokens = crate::lex::tokens(&text);
    let at = Reader { text: &text, lower: &text, tokens: &tokens, here: r.here };
    let Resolved::Times(times) = resolve::resolve(&remind::read(&at).when, r.here, crate::asks::Leaning::None) else {
        return None;
    };
    times.first().map(|(due, _)| r.here.zone.to_datetime(*due).time())
}

fn to_when(r: &Reader, said: &Said) -> Option<To> {
    let When { days, clocks, part, from_now, every, .. } = &said.when;
    if every.is_some() {
        return None;
    }
    let Resolved::Times(times) = resolve::resolve(&said.when, r.here, said.leaning) else { return None };
    let (due, _) = *times.first().map(|(due, rule)| (due, rule)).as_ref()?;
    let local = r.here.zone.to_datetime(*due);
    let has_time = !clocks.is_empty() || part.is_some() || days.iter().any(|day| day.part.is_some());
    Some(match (from_now, days.is_empty(), has_time) {
        (None, true, true) => To::Time(local.time()),
        (None, false, false) => To::Day(local.date()),
        _ => To::At { due: *due, basis: resolve::basis(&said.when, r.here) },
    })
}

/// "no, tomorrow", "make it 7", "actually 8pm", "7 instead": another time for the last one.
pub(crate) fn correction(r: &Reader) -> Option<Request> {
    let mut start = 0;
    while let Some(next) = r.says_any(start, &CORRECTION) {
        start = next;
        while matches!(r.word(start), Word::Mark(_)) && start < r.len() {
            start += 1;
        }
    }
    let starred = r.skip_mark(0, b'*');
    let instead = r.len() > 1 && r.said(r.len() - 1) == "instead";
    if start == 0 && starred == 0 && !instead {
        return None;
    }
    let start = start.max(starred);
    let start =
        r.says_one_of(start, &["to", "for", "at", "on", "not"]).filter(|_| r.word(start) == Word::To).unwrap_or(start);
    let end = if instead { r.len() - 1 } else { r.len() };
    let rest = r.part(start, end.max(start));
    if rest.len() == 0 {
        return None;
    }
    // How often it rings is nothing that a move changes.
    if remind::read(&rest).when.every.is_some() && r.says_one_of(0, &["make it", "make that", "change it to"]).is_some()
    {
        return Some(Request::Unknown(Unclear::Words));
    }
    Some(Request::Move { which: Which::Last, to: to(&rest, Toward::Later)? })
}

fn snooze(r: &Reader) -> Option<Request> {
    let again = |(until, basis)| Request::Snooze { until, basis };
    let in_minutes = |minutes: i64| {
        let until = r.here.now.checked_add(SignedDuration::from_mins(minutes)).ok()?;
        Some(again((until, DueBasis::Fixed)))
    };
    if r.says_any(0, &SNOOZE_ALONE).is_some_and(|end| is_over(r, end)) {
        return in_minutes(SNOOZE_MINUTES);
    }
    if let Some(next) = r.says_any(0, &SNOOZE) {
        if is_over(r, next) {
            return in_minutes(SNOOZE_MINUTES);
        }
        return snooze_until(r, next).map(again);
    }
    // "remind me in 10 min again"
    if let (Some(next), "again") = (r.says_one_of(0, &["remind me", "call me", "ring me"]), r.said(r.len() - 1)) {
        return snooze_until(&r.part(0, r.len() - 1), next).map(again);
    }
    if let Some(next) = r.says_any(0, &SNOOZE_BEFORE) {
        return snooze_until(r, next).map(again);
    }
    // "10 more minutes", "5 min more"
    let (minutes, next) = number::whole(r, 0)?;
    if r.said(next) == "more" && crate::amount::unit(r, next + 1).is_some_and(|(_, end)| is_over(r, end)) {
        let (unit, _) = crate::amount::unit(r, next + 1)?;
        return more(r, &Amount::of(i64::from(minutes) * 1000, unit));
    }
    let (amount, next) = crate::amount::amount(r, 0)?;
    if r.said(next) == "more" && is_over(r, next + 1) { more(r, &amount) } else { None }
}

/// "0 more minutes" asks for nothing.
fn more(r: &Reader, amount: &Amount) -> Option<Request> {
    let until = amount.after(r.here.now, &r.here.zone).filter(|due| *due > r.here.now)?;
    Some(Request::Snooze { until, basis: DueBasis::Fixed })
}

/// The instant in what follows "snooze".
fn snooze_until(r: &Reader, at: usize) -> Option<(Timestamp, DueBasis)> {
    let start = r
        .says_one_of(at, &["for", "until", "till", "til", "to", "another", "for another", "it for", "it until", "by"])
        .unwrap_or(at);
    let rest = r.part(start, r.len());
    // "Give me a second" is small talk.
    let more = |end: usize| {
        is_over(&rest, end)
            || rest.said(end) == "more"
                && is_over(
                    &rest,
                    rest.says_one_of(end, &["more", "more minutes", "more mins", "more min"]).unwrap_or(end),
                )
    };
    let amount = crate::amount::amount(&rest, 0).or_else(|| {
        relative::minutes(&rest, 0).filter(|_| !matches!(r.word(start.saturating_sub(1)), Word::Until | Word::To))
    });
    if let Some((amount, _)) = amount.filter(|(_, end)| more(*end)) {
        let long = amount.duration() >= SHORTEST_SNOOZE;
        let until = amount.after(r.here.now, &r.here.zone).filter(|due| long && *due > r.here.now)?;
        return Some((until, DueBasis::Fixed));
    }
    let said = remind::read(&rest);
    // "give me a reminder at noon" asks for one.
    if !said.asks.spans.is_empty() {
        return None;
    }
    if !said.task.is_empty() || said.when.is_empty() {
        let time = bare_clock(&rest)?;
        let until = To::Time(time).from(r.here.now, &r.here.zone, r.here.now)?;
        return Some((until, DueBasis::LocalClock));
    }
    match resolve::resolve(&said.when, r.here, said.leaning) {
        Resolved::Times(times) => times.first().map(|(due, _)| (*due, resolve::basis(&said.when, r.here))),
        _ => None,
    }
}
