//! An occurrence is called. It is only texted if a reason shows that no call could be placed.

use super::LATEST_MS;
use crate::checker::answers::{self, Answer};
use crate::checker::breach::Breaches;
use crate::checker::call_limits;
use crate::checker::dues::{FROZEN_MS, SKEW_MS};
use crate::checker::lines::TURN_MS;
use crate::checker::person_history::{PersonText, ServiceText, replaces_a_call};
use crate::checker::replacement_texts::{PromiseJudge, Span};
use crate::people::Meaning;
use crate::world::Scale;

/// The maximum lateness, in milliseconds: a text replaces a call that could not be placed by then.
const MAX_LATENESS_MS: i64 = 900_000;

/// Least number of calls of other people that take all the slots of the maximum lateness. Each of them takes one second
/// and, before an unconfirmed number, one more.
const CROWD: i64 = 300;

/// Longest time from the end of a call until a reminder that waits for the phone is called, in milliseconds.
const AGAIN_MS: i64 = 60_000;

impl PromiseJudge<'_, '_> {
    /// G1: without faults, an occurrence that is texted was called before. The exceptions are a limit of calls that was
    /// reached, a channel whose slots were taken, and a phone that was busy, for all of the maximum lateness.
    pub(super) fn check_called(&self, span: Span, breaches: &mut Breaches) {
        let Some(texted_ms) = self.first_text(span.due_ms) else { return };
        let due_ms = span.due_ms;
        let mut requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        let is_called = requests.any(|request| span.holds(request.at_ms));
        // Another reminder with the same task and due may be the one that was texted. UNDO or RESTORE may have made that
        // reminder anew.
        let is_sure = !self.promise.may_be_corrected()
            && self.promise.planned_again.is_empty()
            && self.others_ms.is_empty()
            && self.has_one_zone(due_ms, texted_ms)
            && !self.is_made_anew_by(texted_ms)
            && !self.evidence.faulty_between(due_ms - FROZEN_MS, texted_ms)
            && texted_ms - due_ms < LATEST_MS;
        if is_called || !is_sure || self.is_crowded(due_ms) || self.is_busy(due_ms) {
            return;
        }
        let is_limited = call_limits::is_reached(self.evidence, self.history, due_ms, texted_ms);
        breaches.unless(is_limited, "G1", || {
            let text = self
                .history
                .text_requests
                .iter()
                .find(|request| request.at_ms == texted_ms && replaces_a_call(request.body));
            let words = text.map_or("", |request| request.body);
            format!("{} was texted without a call, although no limit was reached: {words}", self.promise.name())
        });
    }

    /// Whether it is certain in which zone this occurrence was due: since the reminder was asked for, no text has named
    /// another zone, or the answer to that text, from before the due, names the reminder.
    fn has_one_zone(&self, due_ms: i64, texted_ms: i64) -> bool {
        let since = self.promise.asked_ms..=texted_ms;
        let is_then = |text: &PersonText<'_>| {
            let mut times = text.handed.iter().copied().chain(text.handled_ms());
            matches!(text.meaning, Meaning::Zone(_) | Meaning::Yes) && times.any(|at_ms| since.contains(&at_ms))
        };
        let names = |answer: &ServiceText<'_>| {
            let words = ["rings", "still rings"].map(|verb| format!("#{} {verb} ", self.promise.number));
            answer.at_ms < due_ms - SKEW_MS && words.iter().any(|words| answer.body.contains(words))
        };
        let mut named = self.history.texts.iter().enumerate().filter(|(_, text)| is_then(text));
        !self.promise.is_local || named.all(|(place, _)| self.history.answer_to(place).is_some_and(names))
    }

    /// Whether an UNDO or a RESTORE before this instant may have made a reminder that no promise stands for: its answer
    /// names reminders only by their numbers.
    fn is_made_anew_by(&self, at_ms: i64) -> bool {
        let answers = self.history.answers.iter().filter(|answer| answer.at_ms < at_ms);
        answers.filter(|answer| answer.to.is_some()).any(|answer| match answers::read(answer.body) {
            Answer::Back(back) => back.is_empty(),
            _ => false,
        })
    }

    /// Whether calls took all slots during the maximum lateness.
    fn is_crowded(&self, due_ms: i64) -> bool {
        matches!(self.evidence.remains.scale, Scale::Herd(_))
            || self.evidence.requests_between(due_ms, due_ms + MAX_LATENESS_MS) >= CROWD
    }

    /// Whether the person's phone was busy during the maximum lateness, without a gap in which a waiting reminder would
    /// have been called.
    fn is_busy(&self, due_ms: i64) -> bool {
        let mut busy_until_ms = due_ms;
        let mut requests: Vec<i64> = self.history.call_requests.iter().map(|request| request.at_ms).collect();
        requests.sort_unstable();
        for at_ms in requests.into_iter().filter(|at_ms| (due_ms - TURN_MS..due_ms + MAX_LATENESS_MS).contains(at_ms)) {
            if at_ms > busy_until_ms + AGAIN_MS {
                return false;
            }
            busy_until_ms = busy_until_ms.max(at_ms + TURN_MS);
        }
        busy_until_ms >= due_ms + MAX_LATENESS_MS - AGAIN_MS
    }
}
