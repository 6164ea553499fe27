//! Reads a move of a reminder, and a correction of the last reminder's time.

use crate::{
    english::{
        command::{
            new_time::{Direction, TO, new_time},
            politeness::is_end,
            target::target,
        },
        grammar::amount,
        resolve::reminders,
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    new_time::NewTime,
    question::Question,
    request::{Request, Target, Unclear},
};

#[rustfmt::skip]
static MOVE: Phrases = Phrases::of(&[
    "move", "reschedule", "push", "postpone", "shift", "delay", "bump", "change", "switch", "update", "put off",
    "put back", "please move", "pls move", "can you move", "could you move", "please change", "can you change",
    "could you change", "set", "make", "can you make", "please make", "lets make", "do",
]);

/// Verbs that are a command even without a time, if no words name the reminder. The other verbs have other uses too.
static MOVE_SURELY: Phrases = Phrases::of(&["move", "reschedule", "postpone", "please move", "can you move", "snooze"]);

/// Words that begin a correction of the last reminder's time.
#[rustfmt::skip]
static CORRECTION: Phrases = Phrases::of(&[
    "no", "nope", "nah", "no no", "actually", "no actually", "actually no", "sorry", "no sorry", "sorry no", "i meant",
    "i mean", "no i meant", "no i mean", "wait", "wait no", "no wait", "oops", "oops i meant", "sorry i meant",
    "correction", "rather", "or rather", "better", "on second thought", "hmm", "i said", "no i said", "make it",
    "make that", "lets make it", "lets do", "can you make it", "can you make that", "could you make it",
    "please make it", "change it to", "change that to", "change to", "actually make it", "no make it", "make it for",
    "do it", "do it at", "ugh", "er", "uh", "oh", "how about", "what about", "hmm actually",
]);

/// Maximum number of places that are tried as the start of the new time, so that reading stays linear.
const MOST_JOINTS: usize = 4;

/// Reads a move: "move 2 to 7pm", "push it back an hour", "postpone milk till tomorrow".
pub(crate) fn move_reminder(r: &Reader) -> Option<Request> {
    let object = r.says_any(0, &MOVE)?;
    // Tries each word that may lead to the new time.
    let joints = (object..r.len()).filter_map(|at| Some((at, r.says_any(at, &TO)?))).take(MOST_JOINTS);
    let mut best = None;
    for (at, behind) in joints {
        let time = r.slice(behind, r.len());
        let direction = if matches!(r.spelling(at), "up" | "ahead") { Direction::Earlier } else { Direction::Later };
        if let Some(to) = new_time(&time, direction) {
            best = Some((at, to));
            break;
        }
    }
    let surely = r.says_any(0, &MOVE_SURELY) == Some(object);
    if let Some((at, to)) = best {
        let target = target(r, object, at).unwrap_or(Target::Last);
        // "make pasta at 7" is a task; "make 2 at 7" and "change the milk reminder to 7" are commands.
        let named_reminder = (object..at).any(|at| matches!(r.spelling(at), "reminder" | "alarm"));
        let setting = matches!(r.spelling(object - 1), "set" | "make" | "do" | "update");
        if setting && !matches!(target, Target::Numbers(_)) && !matches!(r.spelling(object), "it" | "that") {
            return None;
        }
        let by_words = matches!(target, Target::Words(_)) && !named_reminder;
        let joined_surely = matches!(r.spelling(at), "to" | "until" | "till" | "til" | "back" | "by" | "forward");
        if by_words
            && !(surely && joined_surely
                || matches!(r.spelling(0), "push" | "delay" | "change" | "switch" | "bump")
                    && joined_surely
                    && matches!(to, NewTime::Time(_) | NewTime::Day(_) | NewTime::At { .. } | NewTime::Later(_)))
        {
            return None;
        }
        return Some(Request::Move { target, to });
    }
    let target = target(r, object, r.len());
    match target {
        Some(Target::Numbers(numbers)) if surely => {
            Some(Request::Ask(Question::Move { number: numbers.first().copied() }))
        }
        None | Some(Target::Last) if surely => Some(Request::Ask(Question::Move { number: None })),
        // For instance "postpone 2 an hour" and "delay it 10 minutes".
        _ => amount_at_end(r, object),
    }
}

fn amount_at_end(r: &Reader, object: usize) -> Option<Request> {
    let (at, amount) = (object..r.len()).find_map(|at| {
        let (amount, end) = amount::amount(r, at)?;
        is_end(r, end).then_some((at, amount))
    })?;
    let target = target(r, object, at).unwrap_or(Target::Last);
    let later = matches!(r.spelling(0), "postpone" | "delay" | "push" | "bump" | "shift" | "move" | "snooze");
    (later && !matches!(target, Target::Words(_)))
        .then(|| Request::Move { target, to: NewTime::Later(amount.duration()) })
}

/// Reads a correction of the last reminder's time: "no, tomorrow", "make it 7", "actually 8pm", "7 instead".
pub(crate) fn correction(r: &Reader) -> Option<Request> {
    let mut start = 0;
    while let Some(next) = r.says_any(start, &CORRECTION) {
        start = next;
        while matches!(r.word(start), Word::Mark(_)) && start < r.len() {
            start += 1;
        }
    }
    // "Not 5pm" says only when not.
    if r.spelling(start) == "not" {
        let rest = r.slice(start + 1, r.len());
        let is_time = rest.len() > 0 && new_time(&rest, Direction::Later).is_some();
        return is_time.then_some(Request::Ask(Question::Move { number: None }));
    }
    let starred = r.skip_mark(0, b'*');
    let instead = r.len() > 1 && r.spelling(r.len() - 1) == "instead";
    if start == 0 && starred == 0 && !instead {
        return None;
    }
    let start = start.max(starred);
    let start =
        r.says_one_of(start, &["to", "for", "at", "on", "not"]).filter(|_| r.word(start) == Word::To).unwrap_or(start);
    let end = if instead { r.len() - 1 } else { r.len() };
    let rest = r.slice(start, end.max(start));
    if rest.len() == 0 {
        return None;
    }
    // A move can't change how often a reminder repeats.
    if reminders::read(&rest).time_spec.every.is_some()
        && r.says_one_of(0, &["make it", "make that", "change it to"]).is_some()
    {
        return Some(Request::Unknown(Unclear::NoRequest));
    }
    Some(Request::Move { target: Target::Last, to: new_time(&rest, Direction::Later)? })
}
