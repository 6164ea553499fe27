//! Moving a reminder, and correcting the time of the last one.

use crate::{
    english::{
        command::{
            new_time::{TO, Toward, to},
            politeness::is_over,
            target::which,
        },
        grammar::amount,
        resolve::reminders,
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    new_time::To,
    question::Question,
    request::{Request, Unclear, Which},
};

#[rustfmt::skip]
static MOVE: Phrases = Phrases::of(&[
    "move", "reschedule", "push", "postpone", "shift", "delay", "bump", "change", "switch", "update", "put off",
    "put back", "please move", "pls move", "can you move", "could you move", "please change", "can you change",
    "could you change", "set", "make", "can you make", "please make", "lets make", "do",
]);

/// Verbs that need no time to be a command; the others are used of other things too.
static MOVE_SURELY: Phrases = Phrases::of(&["move", "reschedule", "postpone", "please move", "can you move", "snooze"]);

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

/// So many places are tried as the joint before the time, so that the reading stays linear.
const MOST_JOINTS: usize = 4;

/// "move 2 to 7pm", "push it back an hour", "postpone milk till tomorrow".
pub(crate) fn relocate(r: &Reader) -> Option<Request> {
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
        let (amount, end) = amount::amount(r, at)?;
        is_over(r, end).then_some((at, amount))
    })?;
    let which = which(r, object, at).unwrap_or(Which::Last);
    let later = matches!(r.said(0), "postpone" | "delay" | "push" | "bump" | "shift" | "move" | "snooze");
    (later && !matches!(which, Which::Words(_))).then(|| Request::Move { which, to: To::Later(amount.duration()) })
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
    if reminders::read(&rest).when.every.is_some()
        && r.says_one_of(0, &["make it", "make that", "change it to"]).is_some()
    {
        return Some(Request::Unknown(Unclear::Words));
    }
    Some(Request::Move { which: Which::Last, to: to(&rest, Toward::Later)? })
}
