//! Opting out and in, and RESTORE, which brings back the reminders that an opt-out has ended.

use crate::event::Event;
use crate::policy::{CLOCKS_S, OPEN_MAX, RESTORE_WITHIN_S, after};
use crate::profile::{OptStatus, ZoneSource, is_newer};
use crate::record::{DueSource, Reminder};
use crate::wire::AWS;
use crate::words::{Answer, ChangeAnswer};
use jiff::Timestamp;
use language::{DueBasis, NewReminder};

use super::{Decision, OptOutType, Situation};

/// Words that Twilio obeys as an opt-out or opt-in, and answers itself (<https://help.twilio.com/articles/223134027>).
/// AWS obeys most of them too, and what it does not obey is not answered either.
const CARRIER_WORDS: [&str; 11] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL", "START", "UNSTOP", YES];

/// Words that only AWS obeys as an opt-out, and answers itself
/// (<https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html>). At Twilio, only this
/// service tells the person about the opt-out.
const AWS_WORDS: [&str; 3] = ["REMOVE", "TD", "ARRET"];

/// The carriers' opt-in word that may also be the answer to a question of this service.
const YES: &str = "YES";

/// Whether the text is the word YES, which the carrier obeys as an opt-in even if its webhook does not say so.
pub(super) fn is_yes(body: &str) -> bool {
    body.trim().eq_ignore_ascii_case(YES)
}

/// Opts the person out. If several texts opt out or in, the text that was received last counts. The caller ends each of
/// the person's reminders once the profile is written. The carrier itself answers the words that it knows. Other words
/// are answered here.
pub(super) fn opt_out(mut situation: Situation<'_>) -> Decision {
    let (received_at, before) = (situation.received_at, situation.profile.consent);
    if is_newer(received_at, before.since) {
        // If the opt-out ends no reminder, the reminders that an earlier opt-out ended stay restorable.
        let earlier = situation.profile.restorable.filter(|_| !situation.reminders.may_have_live());
        situation.profile.opt_out(received_at, situation.now);
        situation.profile.restorable = earlier.or(situation.profile.restorable);
        situation.profile.consent.since = Some(received_at);
        situation.profile.question = None;
        // See `opt_in`: the reminders end, but the opt-in that may have come after this text counts.
        if before.status == OptStatus::OptedIn
            && before.since.is_some_and(|since| received_at <= after(since, CLOCKS_S))
        {
            situation.profile.consent.status = OptStatus::OptedIn;
        }
    }
    if situation.is_answered_by_carrier() {
        situation.silence()
    } else if situation.profile.consent.status == OptStatus::OptedIn {
        // The person opted in, or texted YES, after they had sent this text, or so shortly before it that the clocks
        // leave the order open.
        situation.say(&Answer::StopOutdated)
    } else {
        situation.say(&Answer::Left)
    }
}

/// If the text is YES, which the carrier obeys as an opt-in, notes when it was received. Then a STOP that was received
/// before but is handled later does not count: for the carrier, too, the person has opted in.
pub(super) fn note_yes(situation: &mut Situation<'_>) {
    let received_at = situation.received_at;
    let is_for_carrier = situation.opt_out_type == Some(OptOutType::OptedIn) || is_yes(situation.body);
    if is_for_carrier && is_newer(received_at, situation.profile.consent.since) {
        situation.profile.consent.since = Some(received_at);
    }
}

/// Opts the person in again. Ends the live reminders of an older epoch in the same transaction, so that they do not
/// stay in the deadline index. If reminders can come back, the answer says how many, even if the carrier also answers
/// the text.
pub(super) fn opt_in(mut situation: Situation<'_>) -> Decision {
    let (received_at, since) = (situation.received_at, situation.profile.consent.since);
    // If the clocks of two functions leave open which text came first, the opt-in counts. If that is wrong, no reminder
    // is left that could ring, and the carrier refuses the next text, which opts the person out again. An opt-in that
    // does not count would leave a person who is opted in at the carrier without any answer.
    if is_newer(after(received_at, CLOCKS_S), since) {
        situation.profile.consent.status = OptStatus::OptedIn;
        situation.profile.consent.since = since.max(Some(received_at));
        situation.profile.question = None;
    }
    if situation.profile.consent.status == OptStatus::OptedOut {
        // A later opt-out was handled first.
        return situation.silence();
    }
    let (now, by_carrier) = (situation.now, situation.is_answered_by_carrier());
    let answer = match situation.can_come_back() {
        0 if by_carrier => String::new(),
        0 => Answer::Returned.render(now),
        stopped => Answer::Change(ChangeAnswer::ReturnedAfter(stopped)).render(now),
    };
    Decision { answer, ..situation.end_left_behind(0) }
}

/// Makes anew the reminders that the restorable opt-out ended and whose time has not passed, as many as the limits
/// allow now. RESTORE works once: a second RESTORE finds no reminders.
pub(super) fn restore(mut situation: Situation<'_>) -> Decision {
    let mut stopped: Vec<(Timestamp, Reminder)> = situation.stopped().filter_map(|one| situation.again(one)).collect();
    stopped.sort_by_key(|(due, _)| *due);
    let ended = situation.stopped().count();
    if ended == 0 {
        return situation.say(&Answer::Change(ChangeAnswer::NothingToRestore));
    }
    let mut made: Vec<Reminder> = Vec::new();
    for (due, old) in &stopped {
        if situation.admit_one_more(made.len(), *due, old) {
            made.push(situation.made_again(old, *due));
        }
    }
    situation.profile.restorable = None;
    situation.profile.question = None;
    let (now, left) = (situation.now, situation.calls_left());
    let mut decision = situation.end_left_behind(made.len());
    let restored: Vec<&Reminder> = made.iter().collect();
    decision.answer =
        Answer::Change(ChangeAnswer::Restored { made: &restored, lost: ended - restored.len() }).render_for(left, now);
    made.into_iter().for_each(|one| decision.create(one));
    decision
}

/// Whether an opt-out is recent enough for RESTORE. After a longer time the person no longer expects these reminders,
/// so they must not come back, even if the table still holds them.
// guard: may_be_restored
fn may_be_restored(opted_out_at: Timestamp, received_at: Timestamp) -> bool {
    received_at.duration_since(opted_out_at).as_secs() <= RESTORE_WITHIN_S
}

impl Situation<'_> {
    /// Whether the carrier answers the text itself: it reported a command in the text, or the text is a word that this
    /// carrier obeys.
    fn is_answered_by_carrier(&self) -> bool {
        let word = self.body.trim().to_uppercase();
        let is_its_own = self.carrier == AWS && AWS_WORDS.contains(&word.as_str());
        self.opt_out_type.is_some() || is_its_own || CARRIER_WORDS.contains(&word.as_str())
    }

    /// Ends the live reminders of an older epoch: as many as fit into one transaction together with `made` new
    /// reminders. The others end when they are due.
    fn end_left_behind(self, made: usize) -> Decision {
        let room = OPEN_MAX.saturating_sub(made);
        let reminders: Vec<&Reminder> = self.reminders.left_behind().iter().take(room).collect();
        let opted_out = Event::OptedOut { epoch: self.profile.consent.epoch };
        self.changes(&reminders, &opted_out)
    }

    /// Returns the reminders that the restorable opt-out stopped, if it was at most a month ago. Those that it left
    /// behind have not ended yet.
    fn stopped(&self) -> impl Iterator<Item = &Reminder> {
        let is_recent = self.profile.restorable.is_some_and(|last| may_be_restored(last.at, self.received_at));
        let left_behind = self.reminders.left_behind().iter().filter(|one| self.profile.is_restorable(one.epoch + 1));
        self.reminders.stopped().iter().chain(left_behind).filter(move |_| is_recent)
    }

    /// Returns how many reminders RESTORE could bring back, including those that this opt-in ends.
    fn can_come_back(&self) -> usize {
        self.stopped().filter(|one| one.due_again(self.now).is_some()).count()
    }

    /// Returns a stopped reminder as it can be made anew, with its next due. Returns nothing if its time has passed. If
    /// the person has since corrected the guessed zone of the reminder, the due is read in the correct zone.
    fn again(&self, stopped: &Reminder) -> Option<(Timestamp, Reminder)> {
        let home = &self.profile.zone;
        let is_wrong = self.profile.zone_source == ZoneSource::Said && stopped.is_off_guessed_clock();
        if !is_wrong {
            return Some((stopped.due_again(self.now)?, stopped.clone()));
        }
        let due = stopped.corrected_due(&stopped.zone, home, self.now)?;
        let rule = stopped.corrected_rule(home);
        let right = Reminder { due, zone: home.clone(), due_source: DueSource::Fixed, rule, ..stopped.clone() };
        Some((right.due_again(self.now)?, right))
    }

    /// Counts the call of one more reminder after `made` others, if the limits allow it. Returns whether they do.
    fn admit_one_more(&mut self, made: usize, due: Timestamp, one: &Reminder) -> bool {
        let wanted = NewReminder {
            task: one.task.clone(),
            due,
            zone: Some(one.zone.rules().clone()),
            basis: DueBasis::Fixed,
            rule: one.rule.clone(),
        };
        self.no_room_for(made + 1).is_none()
            && self.rings_too_often(&[wanted]).is_none()
            && self.plan(&[due], &[]).is_ok()
    }
}
