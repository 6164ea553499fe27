//! The end of an occurrence by a text that replaces its call. The text and the series' next call, or its pause, are in
//! one write.

use super::step::{Change, Step, Transition};
use crate::call_limits::ReachedLimit;
use crate::ids::{ClaimId, OutgoingTextId, OutgoingTextKey};
use crate::outgoing_text::{NewestTry, OutgoingText, TextKind, TextLife, TextState};
use crate::policy::{MISSED_IN_ROW_MAX, PAUSED_CHECK_S, after};
use crate::record::{AnsweredBy, End, LastEnd, Lifecycle, State, TextReason};
use crate::words::{self, SeriesAfterText};

/// When the text after an occurrence is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SendText {
    /// Send it at once.
    Now,
    /// Send it after a pause, because the report of the call's end may have overtaken a pressed key.
    Later,
}

/// Why an occurrence ends with a text.
struct EndByText<'a> {
    why: TextReason,
    answered: AnsweredBy,
    ended_claim: Option<&'a ClaimId>,
    /// The limit that allows no call.
    limit: Option<ReachedLimit>,
    send: SendText,
}

impl Step<'_> {
    /// Ends the occurrence with a text that is sent at once.
    pub(super) fn text(&self, why: TextReason, answered: AnsweredBy, ended_claim: Option<&ClaimId>) -> Transition {
        self.end_with_text(&EndByText { why, answered, ended_claim, limit: None, send: SendText::Now })
    }

    /// Ends the occurrence with a text that is sent at once, because the person has had as many calls as a limit
    /// allows.
    pub(super) fn text_at_limit(&self, why: TextReason, answered: AnsweredBy, limit: ReachedLimit) -> Transition {
        self.end_with_text(&EndByText { why, answered, ended_claim: None, limit: Some(limit), send: SendText::Now })
    }

    /// Ends the occurrence with a text that is sent after a pause.
    pub(super) fn text_later(&self, why: TextReason, answered: AnsweredBy, ended_claim: &ClaimId) -> Transition {
        let ended_claim = Some(ended_claim);
        self.end_with_text(&EndByText { why, answered, ended_claim, limit: None, send: SendText::Later })
    }

    /// Ends the occurrence. The text and the series' next call, or its pause, are in the same write. A text that is
    /// sent at once is written with its first try counted.
    fn end_with_text(&self, texted: &EndByText<'_>) -> Transition {
        let &EndByText { why, answered, ended_claim, .. } = texted;
        let end = if answered.may_be_a_person() { End::Unconfirmed } else { why.end() };
        let mut next = self.with_last_claim(ended_claim);
        next.missed_in_row = match end {
            End::Missed if counts_as_missed(why, texted.limit) => self.reminder.missed_in_row.saturating_add(1),
            // A call that was not placed, or whose outcome is unknown, says nothing about the person.
            End::Missed => self.reminder.missed_in_row,
            End::Heard | End::Unconfirmed | End::Cancelled | End::OptedOut { .. } => 0,
        };
        let due = self.next_due();
        let is_paused = due.is_some() && is_given_up(next.missed_in_row);
        let series = if is_paused { SeriesAfterText::Paused } else { SeriesAfterText::GoesOn };
        let text = self.owed_text(self.words_of(texted, series), texted.send);
        next.last_end = Some(LastEnd {
            end,
            due: self.reminder.due,
            at: self.now,
            claim: self.claim_of_occurrence(ended_claim),
            text: Some(text.key.text.clone()),
        });
        let mut effects = vec![];
        if is_paused {
            next.generation += 1;
            next.code = None;
            let deadline = after(self.now, PAUSED_CHECK_S);
            next.life = Lifecycle::Live { state: State::Paused, deadline, recoveries: 0 };
        } else {
            self.go_on(&mut next, due, end, &mut effects);
        }
        Transition::Change(Box::new(Change { next, text: Some(text), effects }))
    }

    /// Returns the words of the text. After the last call that an unconfirmed number gets, they tell its code.
    fn words_of(&self, &EndByText { why, limit, .. }: &EndByText<'_>, series: SeriesAfterText) -> String {
        let (reminder, now) = (self.reminder, self.now);
        let unconfirmed = |code| words::instead_of_unconfirmed_call(reminder, why, code, series, now);
        let usual = || words::instead_of_call(reminder, why, series, now);
        match (limit, reminder.code) {
            (Some(ReachedLimit::Unconfirmed(code)), _) => unconfirmed(code),
            (Some(limit @ (ReachedLimit::PerHour(_) | ReachedLimit::PerDay(_) | ReachedLimit::SaidBefore)), _) => {
                usual() + &words::limit_note(limit)
            }
            (None, code @ Some(_)) => unconfirmed(code),
            (None, None) => usual(),
        }
    }

    /// Returns the record of the text that replaces this occurrence's call. Its id follows from the occurrence.
    fn owed_text(&self, words: String, send: SendText) -> OutgoingText {
        let key = &self.reminder.key;
        let text = OutgoingTextId::of_occurrence(&key.reminder, self.reminder.generation);
        let (tries, deadline) = match send {
            SendText::Now => (1, self.policy.text_deadline(1, self.now)),
            SendText::Later => (0, self.policy.unconfirmed_deadline(self.now)),
        };
        OutgoingText {
            key: OutgoingTextKey { person: key.person.clone(), text },
            kind: TextKind::InsteadOfCall(key.reminder.clone()),
            words,
            epoch: self.reminder.epoch,
            owed_since: self.now,
            life: TextLife::Live { state: TextState::Owed { tries, slot: None, newest: NewestTry::Open }, deadline },
            write_id: self.reminder.write_id.clone(),
        }
    }
}

/// Whether an occurrence that ended as missed counts toward the pause of its series: no person picked up, the carrier
/// refused the number, or the unconfirmed number has no calls left. If texts alone never counted, such a series would
/// be texted for ever.
// guard: counts_as_missed
fn counts_as_missed(why: TextReason, limit: Option<ReachedLimit>) -> bool {
    matches!(why, TextReason::Unanswered | TextReason::NumberRefused)
        || matches!(limit, Some(ReachedLimit::Unconfirmed(_)))
}

/// Whether a series is paused after this many missed occurrences in a row.
// guard: is_given_up
fn is_given_up(missed_in_row: u8) -> bool {
    missed_in_row >= MISSED_IN_ROW_MAX
}
