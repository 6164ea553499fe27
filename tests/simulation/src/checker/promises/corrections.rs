//! Corrections of the zone: the texts that say where a person is, and the YES that moves their series.

use jiff::tz::TimeZone;

use super::Promises;
use crate::checker::answers;
use crate::checker::dues::{self, SKEW_MS, Series};
use crate::checker::evidence::Evidence;
use crate::checker::person_history::{Answered, PersonHistory, PersonText, ServiceText};
use crate::checker::promise::{PlannedAgain, Promise, StatedDue};
use crate::people::Meaning;

/// A text, its first delivery, and its answer if the answer was seen.
type Obeyed<'h, 'a> = (&'h PersonText<'a>, &'h i64, Option<&'h ServiceText<'a>>);

/// The texts of a person in the order in which they were obeyed.
fn obeyed_in_order<'h, 'a>(history: &'h PersonHistory<'a>) -> Vec<Obeyed<'h, 'a>> {
    let mut taken: Vec<_> = history
        .texts
        .iter()
        .zip(&history.answered)
        .filter_map(|(text, answered)| {
            let said = match answered {
                Answered::With(place) => Some(&history.answers[*place]),
                Answered::Refused | Answered::No => None,
            };
            Some((text, text.handed.first()?, said))
        })
        .collect();
    // Texts may overtake each other on their way. The service obeys them in the order in which it answers. A separate
    // answer counts from its first try.
    taken.sort_by_key(|(_, received_ms, said)| {
        let is_try = |body, at_ms| said.is_some_and(|said| said.body == body && at_ms >= **received_ms);
        let tries = history.text_requests.iter().filter(|request| is_try(request.body, request.at_ms));
        let tries = tries.filter(|_| said.is_some_and(|said| said.to.is_none()));
        tries.map(|request| request.at_ms).min().unwrap_or(said.map_or(**received_ms, |said| said.at_ms))
    });
    // The answers to the texts may overtake each other too. Only the correction of a guessed zone plans reminders
    // again, so the text with such an answer was obeyed before every other text about the zone.
    let is_zone = |text: &PersonText<'_>| matches!(text.meaning, Meaning::Zone(_));
    let corrects = |said: &Option<&ServiceText<'_>>| said.is_some_and(|said| said.body.starts_with(PLANS_AGAIN));
    let first = taken.iter().position(|(text, ..)| is_zone(text));
    let correction = taken.iter().position(|(text, _, said)| is_zone(text) && corrects(said));
    if let (Some(first), Some(correction)) = (first, correction) {
        taken[first..=correction].rotate_right(1);
    }
    questions_before_yes(&mut taken);
    taken
}

/// Puts a question about a zone before the YES that answered it, if the answer to the YES overtook the question. Only a
/// YES to that question moves what repeats to the zone that its answer names.
fn questions_before_yes(taken: &mut [Obeyed<'_, '_>]) {
    for place in 0..taken.len() {
        let (yes, received_ms, Some(said)) = taken[place] else { continue };
        let Some(moved) = said.body.strip_prefix(PLANS_AGAIN).filter(|_| *yes.meaning == Meaning::Yes) else {
            continue;
        };
        let asks = |(text, asked_ms, question): &Obeyed<'_, '_>| {
            let Meaning::Zone(city) = text.meaning else { return false };
            moved.starts_with(&format!("{} time", city.city))
                && (received_ms - ASKED_MS..=*received_ms).contains(*asked_ms)
                && question.is_some_and(|question| question.body.contains(ASKS_TO_MOVE))
        };
        if !taken[..place].iter().any(asks)
            && let Some(behind) = taken[place..].iter().position(asks)
        {
            taken[place..=place + behind].rotate_right(1);
        }
    }
}

/// How long a question stays open, in milliseconds.
const ASKED_MS: i64 = 600_000;

/// A question whether the repeating reminders should move to another zone.
#[derive(Debug)]
struct Move {
    /// The zone that the person leaves, or several zones if it is not known which one. If an earlier question is still
    /// open, the zones of that question count too.
    from: Vec<TimeZone>,
    to: TimeZone,
    city: &'static str,
    at_ms: i64,
}

/// Words of the question whether the repeating reminders should move to another zone.
const ASKS_TO_MOVE: &str = "YES or NO";

/// First words of the answer to a text about the zone that plans reminders again, or says why they stay.
const PLANS_AGAIN: &str = "OK, using ";

/// First words of the answer to a YES when no question was open.
const IS_UNCLEAR: &str = "Sorry, I didn't get that";

/// Whether the answer to a YES says that the repeating reminders moved to the zone of a city, by its first words.
fn moves_to(body: &str, city: &str) -> bool {
    [PLANS_AGAIN, "OK, I'll use "].iter().any(|it| body.strip_prefix(it).is_some_and(|zone| zone.starts_with(city)))
}

/// How long after its due an occurrence may wait for its first call, in milliseconds: the maximum lateness, and a run.
const WAITS_MS: i64 = (900 + 20) * 1000;

impl Promise<'_> {
    /// The due that the answer to a correction of the zone states for this promise: "#3 rings every day at 8 AM,
    /// starting today at 8 AM PST". Its "today" is the day on which the correction was received. The answer may be
    /// sent, or sent again, on a later day.
    fn stated_in(&self, said: &ServiceText<'_>, received_ms: i64, zone: &TimeZone) -> Option<i64> {
        let (_, behind) = said.body.split_once(&format!("#{} rings ", self.number))?;
        let words = behind.split([';', '.']).next()?;
        let when = words.split_once(", starting ").map_or(words, |(_, first)| first);
        let when = when.strip_suffix(", repeating").unwrap_or(when);
        let last = dues::date_of(said.said_ms, zone);
        let mut day = dues::date_of(received_ms, zone);
        loop {
            let dues = answers::instants(when, day, zone);
            if let Some(due_ms) = dues.into_iter().find(|due_ms| *due_ms >= received_ms - SKEW_MS) {
                return Some(due_ms);
            }
            day = day.tomorrow().ok().filter(|day| *day <= last)?;
        }
    }

    /// Reads its times in another zone. The zone changes at an instant between the receipt and the known answer.
    fn correct(&mut self, received_ms: i64, known_ms: i64, first_ms: Option<i64>, zone: &TimeZone) {
        let old_ms = self.due_ms();
        // An occurrence that was due shortly before may still have waited for its first call.
        let (from_ms, to_ms) = (received_ms - WAITS_MS, known_ms.saturating_add(SKEW_MS));
        if known_ms == i64::MAX {
            // An occurrence that has not begun is planned again.
            let last_ms = self.series.as_ref().map(|series| series.current(old_ms, received_ms));
            if last_ms.is_some() || old_ms >= from_ms {
                self.may_be_corrected_from(from_ms);
            }
            if let Some(due_ms) = last_ms.filter(|due_ms| *due_ms < from_ms) {
                self.planned_again.push(PlannedAgain { due_ms, received_ms, known_ms: received_ms });
            }
            return;
        }
        if let Some(series) = &mut self.series {
            let unsure = |series: &Series| (from_ms..=to_ms).contains(&series.current(old_ms, to_ms));
            let due_ms = series.current(old_ms, received_ms);
            if first_ms.is_some() && due_ms < from_ms {
                self.planned_again.push(PlannedAgain { due_ms, received_ms, known_ms });
            }
            let was_unsure = unsure(series) || self.stated[0].at_ms > received_ms;
            series.correct(received_ms, first_ms, zone);
            if was_unsure || unsure(series) {
                self.may_be_corrected_from(from_ms);
            }
            return;
        }
        let computed_ms = dues::in_zone(old_ms, &self.zone, zone, received_ms);
        let new_ms = first_ms.unwrap_or(computed_ms);
        let begins = (from_ms..=to_ms).contains(&old_ms) || (from_ms..=to_ms).contains(&new_ms);
        if begins || self.stated[0].at_ms > received_ms {
            self.may_be_corrected_from(from_ms);
        }
        // A reminder that is already due may still wait for its first call. Then the answer says when it rings now.
        let moves = old_ms > to_ms || first_ms.is_some();
        if moves && new_ms != old_ms {
            // An answer that does not state the due does not name the reminder, which may have ended before. Then the
            // text that named it last counts.
            let named_ms = self.stated.last().map_or(received_ms, |last| last.requested_ms);
            let requested_ms = if first_ms.is_some() { received_ms } else { named_ms };
            self.stated.push(StatedDue { at_ms: known_ms, requested_ms, due_ms: new_ms, is_local: true });
        }
    }
}

impl Promises<'_> {
    /// Applies the texts that say where the person is. The first one moves the reminders whose times were read in the
    /// guessed zone and that have not begun to ring. A later one moves series after a YES.
    pub(super) fn correct(&mut self, evidence: &Evidence<'_>, history: &PersonHistory<'_>) {
        let (mut is_known, mut asked) = (false, None::<Move>);
        // A question that was open when a YES or NO was answered as unclear. If two YES overlap, their answers fit both
        // of them, and that answer may belong to the one that came before the question.
        let mut unclear = None::<Move>;
        // The zones that the profile may have now: a text without an answer may have been stored.
        let mut homes = Vec::new();
        for (text, received_ms, said) in obeyed_in_order(history) {
            let is_moved = |asked: &&Move| said.is_some_and(|said| moves_to(said.body, asked.city));
            let question = asked.as_ref().or(unclear.as_ref().filter(is_moved));
            if let (Meaning::Yes, Some(question)) = (text.meaning, question) {
                self.move_series(*received_ms, said, question);
            }
            if let (Meaning::Yes | Meaning::No, Some(said)) = (text.meaning, said) {
                unclear = asked.take().filter(|_| said.body.starts_with(IS_UNCLEAR));
            }
            let Meaning::Zone(place) = text.meaning else { continue };
            // If the zone was guessed, the answer asks nothing. If the answer asks, an earlier text about the zone was
            // obeyed, although its answer was not seen.
            is_known |= said.is_some_and(|said| said.body.contains(ASKS_TO_MOVE));
            if is_known {
                // If the person had named the zone before, only the repeating reminders move, and only after a YES.
                let asks = said.is_none_or(|said| said.body.contains(ASKS_TO_MOVE));
                let to = TimeZone::get(place.zone).ok();
                let earlier = asked.filter(|earlier| received_ms - earlier.at_ms <= ASKED_MS);
                let from = homes.iter().cloned().chain(earlier.into_iter().flat_map(|earlier| earlier.from)).collect();
                if said.is_some() {
                    homes.clear();
                }
                homes.extend(to.clone());
                asked = to.filter(|_| asks).map(|to| Move { from, to, city: place.city, at_ms: *received_ms });
                continue;
            }
            if said.is_some_and(|said| !said.body.starts_with("OK, ")) {
                continue;
            }
            let Ok(zone) = TimeZone::get(place.zone) else { continue };
            homes.push(zone.clone());
            let known_ms = said.map_or(i64::MAX, |said| said.at_ms);
            let is_guessed = |promise: &&mut Promise<'_>| {
                promise.is_local && promise.zone == evidence.zone && promise.stated[0].requested_ms <= known_ms
            };
            // An older release does not change the records that it can't read, so it corrects only some reminders.
            let is_old = |(from_ms, to_ms): &(i64, i64)| (*from_ms..=to_ms.saturating_add(SKEW_MS)).contains(&known_ms);
            let known_ms = if evidence.rolled_back.iter().any(is_old) { i64::MAX } else { known_ms };
            for promise in self.all.iter_mut().filter(is_guessed) {
                let first_ms = said.and_then(|said| promise.stated_in(said, *received_ms, &zone));
                // A record that a newer release wrote stays as it is while an older release runs, because the older one
                // can't read it. The text is handled only once. So its answer leaves out such a reminder, which stays
                // in its old zone.
                let was_newer = |(from_ms, to_ms): &(i64, i64)| {
                    promise.stated[0].requested_ms <= *from_ms && *from_ms <= known_ms && *to_ms >= *received_ms
                };
                if first_ms.is_none() && evidence.rolled_back.iter().any(was_newer) {
                    promise.may_be_corrected_from(received_ms - WAITS_MS);
                }
                promise.correct(*received_ms, known_ms, first_ms, &zone);
            }
            is_known = said.is_some();
        }
    }

    /// Applies a YES to the question whether the repeating reminders should move to another zone. The question is about
    /// the reminders in the zone that the person has left. A reminder of a third zone stays: the person did not say YES
    /// when they left that zone.
    fn move_series(&mut self, received_ms: i64, said: Option<&ServiceText<'_>>, asked: &Move) {
        // Occurrences that have begun stay, and a paused series has no due. The answer does not name such a series, but
        // its next due is read in the new zone.
        if said.is_some_and(|said| !moves_to(said.body, "")) {
            return;
        }
        let known_ms = said.map_or(i64::MAX, |said| said.at_ms);
        let is_meant = |promise: &&mut Promise<'_>| {
            promise.series.as_ref().is_some_and(Series::is_local) && promise.stated[0].requested_ms <= known_ms
        };
        for promise in self.all.iter_mut().filter(is_meant) {
            let first_ms = said.and_then(|said| promise.stated_in(said, received_ms, &asked.to));
            let leaves = |from: &TimeZone| promise.series.as_ref().is_some_and(|series| series.zone() == Some(from));
            if first_ms.is_none() && !asked.from.iter().any(leaves) {
                continue;
            }
            if first_ms.is_none() && !asked.from.iter().all(leaves) {
                promise.may_be_corrected_from(received_ms - WAITS_MS);
            }
            promise.correct(received_ms, known_ms, first_ms, &asked.to);
        }
    }
}
