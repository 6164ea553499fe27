//! G2, G4, G7 and G8 of texts: each text is answered, even if another text fails. A repeated delivery gets the same
//! answer. After an opt-out, no text is answered.

use super::breach::Breaches;
use super::call_limits::waits_for_code;
use super::consent::{self, Consent, ConsentChange};
use super::dues::RUN_MS;
use super::evidence::Evidence;
use super::given_up::is_given_up;
use super::not_taken::{WEBHOOK_MS, may_be_refused};
use super::person_history::{Answered, PersonHistory, PersonText};
use super::promises::Promises;
use super::replies;
use super::shares::{Excuse, Guarantee, Shares};
use crate::people::Meaning;
use crate::world::Remains;

/// An hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// How far outside the hour a text may be delivered and still count in it, in milliseconds: the service counts from the
/// instant at which it receives the text, which is a moment later.
const SLACK_MS: i64 = 60_000;

/// Maximum number of unreadable texts that are answered within an hour.
const UNREAD: usize = 3;

/// Maximum number of texts that are answered within an hour.
const ANSWERS: usize = 60;

/// Number of answers within an hour after which a text that changes nothing is not answered.
const UNCHANGING: usize = 30;

/// Reads all observations of a world, and finds out how each text was answered.
pub(super) fn gather(remains: &Remains) -> Evidence<'_> {
    let mut evidence = Evidence::gather(remains);
    let answered: Vec<_> = evidence.people.iter().map(|person| answers_of(&evidence, person)).collect();
    for (person, answered) in evidence.people.iter_mut().zip(answered) {
        person.seen = answered;
        person.learn_answers();
    }
    evidence
}

fn answers_of(evidence: &Evidence<'_>, person: &PersonHistory<'_>) -> Vec<Answered> {
    let changes = consent::changes(person);
    let silent: Vec<bool> = person.texts.iter().map(|text| may_be_silent(evidence, person, &changes, text)).collect();
    let by_ms: Vec<i64> = person.texts.iter().map(|text| answered_by_ms(evidence, text)).collect();
    replies::of(person, &silent, &by_ms)
}

/// Judges the answers to a person's texts.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    shares: &mut Shares,
    breaches: &mut Breaches,
) {
    let changes = consent::changes(history);
    for (text, answered) in history.texts.iter().zip(&history.seen) {
        check_same_answers(text, breaches);
        check_answer_fits(text, breaches);
        let of_text = OfText { evidence, history, changes: &changes, text, answered: *answered };
        // The service need not answer a text that the carrier did not deliver to it. A key that was not answered is
        // pressed again, or its person hears that it failed.
        if !text.handed.is_empty() && !text.is_key() {
            let excuse = of_text.check_answered(breaches);
            shares.case(Guarantee::G8, excuse);
        }
    }
    if evidence.calm() {
        check_answered_once(history, breaches);
    }
    check_stored_answers(history, breaches);
    check_promised(history, promises, breaches);
    check_few_in_an_hour(history, breaches);
}

/// Whether there is an explanation if a text has no answer. For example, the text was lost, or its sender may have
/// opted out.
pub(super) fn may_be_silent(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    changes: &[ConsentChange],
    text: &PersonText<'_>,
) -> bool {
    let Some(first_ms) = text.handed.first().copied() else { return true };
    let is_lost = !text.taken || evidence.dead.iter().any(|(_, body)| text.is_named_in(body));
    let is_noise = is_nonsense(history, text) && unread_before(history, text, first_ms) >= UNREAD;
    // The decision not to answer because of the limit is stored.
    let is_over = !text.has_words() && answers_around(history, text, first_ms) >= answers_allowed(history, text);
    let may_be_ignored = is_noise || matches!(text.meaning, Meaning::Yes | Meaning::No | Meaning::OptIn);
    let is_ignored = is_over || text.meaning.opts_out() || (may_be_ignored && !text.has_words());
    let by_ms = answered_by_ms(evidence, text);
    let may_be_given_up = is_given_up(evidence, history, text);
    let may_wait = by_ms > evidence.remains.end_ms;
    is_lost || may_wait || is_ignored || may_be_given_up || consent_of(changes, text, by_ms) != Consent::In
}

/// What the service knows about the consent of a text's sender from the text's first delivery to `by_ms`. If the text
/// opts in and has a stored answer, the service has handled it, and the sender's consent counts from then on.
fn consent_of(changes: &[ConsentChange], text: &PersonText<'_>, by_ms: i64) -> Consent {
    let opted_in_ms = text.handled_ms().filter(|_| text.meaning.opts_in() && text.has_words());
    consent::between(changes, opted_in_ms.map_or(text.first_ms(), |in_ms| in_ms + 1), by_ms)
}

/// After how many answers within an hour a text may stay without an answer. A request for a reminder, or for a change of
/// reminders, may be refused, and then it changes nothing. A text about the zone always changes something, unless it names
/// the same city as the text about the zone that was handled before it.
fn answers_allowed(history: &PersonHistory<'_>, text: &PersonText<'_>) -> usize {
    let Meaning::Zone(place) = text.meaning else { return UNCHANGING };
    let zone_before = |other: &PersonText<'_>| match other.meaning {
        Meaning::Zone(place) if other.id != text.id && other.has_words() => Some((other.handled_ms()?, place.zone)),
        _ => None,
    };
    let before = history.texts.iter().filter_map(zone_before);
    let last = before.filter(|(at_ms, _)| text.handled_ms().is_some_and(|handled_ms| *at_ms <= handled_ms)).max();
    if last.is_some_and(|(_, zone)| zone == place.zone) { UNCHANGING } else { ANSWERS }
}

/// Number of other texts that were answered before this text was handled, and were received within about an hour before
/// it, or later. If the text was not handled, its silence has another reason.
fn answers_around(history: &PersonHistory<'_>, text: &PersonText<'_>, first_ms: i64) -> usize {
    let Some((handled_ms, _)) = text.stored else { return 0 };
    let is_before = |other: &&PersonText<'_>| {
        other.stored.is_some_and(|(stored_ms, answer)| stored_ms <= handled_ms && !answer.is_empty())
    };
    let within = |ms: &i64| *ms >= first_ms - HOUR_MS - SLACK_MS;
    let others = history.texts.iter().filter(|other| other.id != text.id && !other.is_key()).filter(is_before);
    others.filter(|other| other.handed.iter().any(within)).count()
}

/// The bound on answers. When a text is answered, fewer than 60 texts that were received within the hour before it, or
/// later, were answered before, and fewer than 30 if the text can't change anything.
fn check_few_in_an_hour(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let answered = |text: &&PersonText<'_>| text.stored.is_some_and(|(_, answer)| !answer.is_empty()) && !text.is_key();
    let mut texts: Vec<&PersonText<'_>> = history.texts.iter().filter(answered).collect();
    texts.sort_by_key(|text| text.stored.map(|(stored_ms, _)| stored_ms));
    for (place, text) in texts.iter().enumerate() {
        let Some(last_ms) = text.handed.last() else { continue };
        let counts = |other: &&&PersonText<'_>| other.first_ms() > last_ms - HOUR_MS + SLACK_MS;
        let before = texts[..place].iter().filter(counts).count();
        let changes_nothing = matches!(text.meaning, Meaning::List | Meaning::Noise | Meaning::RemindSometime { .. });
        let most = if changes_nothing { UNCHANGING } else { ANSWERS };
        breaches.unless(before < most, "bound", || {
            format!("{:?} was answered after {before} answers within an hour", text.meaning.text())
        });
    }
}

/// First words of the answer to an unreadable text.
const UNCLEAR: &str = "Sorry, I didn't get that";

/// Number of other unreadable texts within about an hour before this text. If this text was handled late, the unreadable
/// texts that were received later and handled before it count too.
fn unread_before(history: &PersonHistory<'_>, text: &PersonText<'_>, first_ms: i64) -> usize {
    let unread = history.texts.iter().filter(|other| other.id != text.id && is_unread(other));
    let within = |ms: &i64| (first_ms - HOUR_MS - SLACK_MS..=first_ms + SLACK_MS).contains(ms);
    let overtakes = |other: &PersonText<'_>| {
        let is_handled_before = || other.handled_ms().zip(text.handled_ms()).is_some_and(|(one, two)| one < two);
        other.first_ms() > first_ms && is_handled_before()
    };
    unread.filter(|other| other.handed.iter().any(within) || overtakes(other)).count()
}

/// Whether a text certainly or perhaps makes no sense to the service: noise, or a code that it may not wait for.
fn is_nonsense(history: &PersonHistory<'_>, text: &PersonText<'_>) -> bool {
    match text.meaning {
        Meaning::Noise => true,
        Meaning::Code(_) => !waits_for_code(history, text),
        _ => false,
    }
}

/// Whether a text counts as unreadable. At most three unreadable texts in an hour are answered. A text that answers a
/// question is not unreadable. A "yes" or "no" without a question is unreadable: it is answered in the same words as a
/// text that makes no sense. It counts unless its reply says something else.
fn is_unread(text: &PersonText<'_>) -> bool {
    let mut answers = text.replies.iter().filter(|(_, body)| !body.is_empty());
    match text.meaning {
        Meaning::Noise => true,
        Meaning::Yes | Meaning::No | Meaning::Code(_) => answers.all(|(_, body)| body.contains(UNCLEAR)),
        _ => answers.any(|(_, body)| body.contains(UNCLEAR)),
    }
}

/// When a text must be answered at the latest, in milliseconds. If a function of an older release has said that the
/// text waits for a later release, the time counts from when the later release was deployed again.
pub(super) fn answered_by_ms(evidence: &Evidence<'_>, text: &PersonText<'_>) -> i64 {
    let handled_ms = consent::answered_ms(evidence, text).filter(|_| !text.by_queue);
    let last_ms = text.handed.last().copied().unwrap_or(text.at_ms);
    let first_ms = text.handed.first().copied().unwrap_or(last_ms);
    let from_ms = waited_until_ms(evidence, text).map_or(first_ms, |waited_ms| waited_ms.max(first_ms));
    handled_ms.unwrap_or_else(|| evidence.settled_ms(from_ms).max(last_ms))
}

/// When a later release that this text waited for was deployed again, in milliseconds. `None` if no alarm says that it
/// waits.
fn waited_until_ms(evidence: &Evidence<'_>, text: &PersonText<'_>) -> Option<i64> {
    let waits_ms = consent::waits_ms(evidence, text);
    waits_ms
        .filter_map(|at_ms| {
            let is_then = |(from_ms, to_ms): &&(i64, i64)| *from_ms <= at_ms && at_ms <= to_ms.saturating_add(RUN_MS);
            evidence.rolled_back.iter().rev().find(is_then).map(|(_, to_ms)| *to_ms)
        })
        .max()
}

/// G2: every delivery of a text gets the same answer.
fn check_same_answers(text: &PersonText<'_>, breaches: &mut Breaches) {
    let mut answers = text.replies.iter().map(|(_, body)| *body).filter(|body| !body.is_empty());
    let Some(first) = answers.next() else { return };
    if let Some(other) = answers.find(|other| *other != first) {
        breaches.add("G2", || format!("the same text was answered {first:?} and {other:?}"));
    }
}

/// G8: the stored answer to a text answers the text's request.
fn check_answer_fits(text: &PersonText<'_>, breaches: &mut Breaches) {
    let Some((_, answer)) = text.stored.filter(|(_, answer)| !answer.is_empty() && !text.is_key()) else { return };
    breaches.unless(replies::is_answer_to(text.meaning, answer), "G8", || {
        format!("{:?} was answered {answer:?}", text.meaning.text())
    });
}

/// G2: each answer that the person got is the stored answer of their text. A separate answer does not name its text.
fn check_stored_answers(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    for answer in &history.sent_answers {
        let is_stored = match answer.to.map(|to| &history.texts[to]) {
            Some(text) => text.is_key() || text.is_answered_with(answer.body),
            None => history.texts.iter().any(|text| replies::may_answer(text, answer.body, answer.at_ms)),
        };
        breaches.unless(is_stored, "G2", || format!("the answer {:?} was sent, but is not stored", answer.body));
    }
}

/// G2: without faults no separate answer is sent twice.
fn check_answered_once(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    for (place, answer) in history.sent_answers.iter().enumerate().filter(|(_, answer)| answer.to.is_none()) {
        breaches.unless(history.seen.contains(&Answered::With(place)), "G2", || {
            format!("no text is left for the answer {:?}", answer.body)
        });
    }
}

/// One text, and the facts that decide whether it had to be answered.
struct OfText<'e, 'a> {
    evidence: &'e Evidence<'a>,
    history: &'e PersonHistory<'a>,
    changes: &'e [ConsentChange],
    text: &'e PersonText<'a>,
    answered: Answered,
}

impl OfText<'_, '_> {
    /// G8: a text that was taken is answered. Returns the excuse if both an answer and no answer are legal.
    fn check_answered(&self, breaches: &mut Breaches) -> Option<Excuse> {
        let (evidence, text) = (self.evidence, self.text);
        let first_ms = text.handed.first().copied().unwrap_or(text.at_ms);
        let changes_consent = text.meaning.opts_out() || text.meaning.opts_in();
        // Carriers answer these words themselves. Whether such a text is obeyed is judged by the calls that follow. But
        // if the service has an answer to an opt-in, it must send that answer.
        let need_not_answer = text.meaning.opts_out() || (text.meaning.opts_in() && !text.has_words());
        match self.answered {
            Answered::With(place) => {
                let said_ms = self.history.sent_answers[place].said_ms;
                let is_out = consent::between(self.changes, first_ms, said_ms) == Consent::Out;
                breaches.unless(!is_out || changes_consent, "G4", || {
                    format!("{:?} was answered after an opt-out", text.meaning.text())
                });
                return None;
            }
            Answered::No | Answered::Refused if need_not_answer => {}
            Answered::Refused => return Some(Excuse::AnswerRefused),
            Answered::No => {}
        }
        if let Some(excuse) = self.check_loss(breaches) {
            return Some(excuse);
        }
        if need_not_answer {
            return self.check_handled(breaches);
        }
        let by_ms = answered_by_ms(evidence, text);
        match consent_of(self.changes, text, by_ms) {
            Consent::Out => return None,
            Consent::Unsure => return Some(Excuse::MaybeOptedOut),
            Consent::In => {}
        }
        // The decision not to answer is stored.
        let is_silent = text.handled_ms().is_some() && !text.has_words();
        match text.meaning {
            Meaning::Yes | Meaning::No if is_silent => return Some(Excuse::NothingAsked),
            Meaning::Noise | Meaning::Code(_)
                if is_silent
                    && is_nonsense(self.history, text)
                    && unread_before(self.history, text, first_ms) >= UNREAD =>
            {
                return Some(Excuse::TooManyUnread);
            }
            _ if is_silent && answers_around(self.history, text, first_ms) >= answers_allowed(self.history, text) => {
                return Some(Excuse::TooManyAnswers);
            }
            _ if is_given_up(evidence, self.history, text) => return Some(Excuse::AnswerGivenUp),
            _ if by_ms > evidence.remains.end_ms => return Some(Excuse::EndOfWorld),
            _ => {}
        }
        breaches
            .add("G8", || format!("{:?} of {} was taken and never answered", text.meaning.text(), text.id.as_str()));
        None
    }

    /// G8: a text about consent that was taken is handled, even if the carrier answers it. Otherwise, the service does
    /// not know that the person has opted out or in. Returns the excuse if the world ended before that.
    fn check_handled(&self, breaches: &mut Breaches) -> Option<Excuse> {
        let (evidence, text) = (self.evidence, self.text);
        if text.handled_ms().is_some() {
            return None;
        }
        if answered_by_ms(evidence, text) > evidence.remains.end_ms {
            return Some(Excuse::EndOfWorld);
        }
        breaches.add("G8", || format!("{:?} of {} was taken and never handled", text.meaning.text(), text.id.as_str()));
        None
    }

    /// The excuse of a text that was lost for a known reason: its carrier was told, or the text is a dead letter. Or
    /// the world ended while its carrier still tried to deliver it. An alarm that only names the text excuses nothing:
    /// the carrier or the queue delivers the text again.
    fn check_loss(&self, breaches: &mut Breaches) -> Option<Excuse> {
        let (evidence, text) = (self.evidence, self.text);
        let (first_ms, last_ms) = (*text.handed.first()?, *text.handed.last()?);
        let faulty = |from_ms, to_ms| evidence.faulty_between(from_ms, to_ms);
        if !text.taken {
            // Its carrier may still wait for the reply, or post the text again.
            if last_ms + WEBHOOK_MS > evidence.remains.end_ms {
                return Some(Excuse::EndOfWorld);
            }
            breaches.unless(may_be_refused(evidence, self.changes, text), "G8", || {
                format!("{} was not taken, although no fault hit one of its deliveries", text.id.as_str())
            });
            return Some(Excuse::NotTaken);
        }
        if let Some((dead_ms, _)) = evidence.dead.iter().find(|(_, body)| text.is_named_in(body)) {
            breaches.unless(faulty(first_ms, *dead_ms), "G8", || {
                format!("{} became a dead letter, without any fault", text.id.as_str())
            });
            if dead_ms - first_ms < HOUR_MS {
                breaches.add("G8", || {
                    format!("{} became a dead letter after {} s", text.id.as_str(), (dead_ms - first_ms) / 1000)
                });
            }
            return Some(Excuse::SetAside);
        }
        None
    }
}

/// G2: a replacement text is about a promise.
fn check_promised(history: &PersonHistory<'_>, promises: &Promises<'_>, breaches: &mut Breaches) {
    for replacement in &history.replacement_texts {
        let is_promised = promises.all.iter().any(|promise| replacement.body.contains(promise.task));
        breaches.unless(is_promised, "G2", || format!("no text asked for the text {:?}", replacement.body));
    }
}
