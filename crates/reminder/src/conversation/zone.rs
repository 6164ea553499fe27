//! Sets a person's zone, and plans reminders again if the zone had been guessed wrongly.

use crate::event::Event;
use crate::profile::{Asked, ZoneSource};
use crate::record::{Reminder, Zone};
use crate::words::{Answer, CallsLeft, WhyKept, local_time_words};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use language::{Candidate, DueBasis, Question};

use super::{Decision, ReminderWrite, Situation, limits};

/// A reminder that follows its person to another zone, and its new plan.
pub(super) struct Correction {
    pub(super) reminder: Reminder,
    pub(super) plan: Plan,
}

/// The plan for a reminder in another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// The reminder rings at this instant instead.
    Move(Timestamp),
    /// The reminder keeps its due, unless the person names another time.
    Keep(WhyKept),
    /// The reminder may have rung for this occurrence, is paused, or is due at the same instant. Its due stays.
    Stay,
}

/// Sets the person's zone. If the zone was only guessed until now, reminders that were read in the guessed zone are
/// planned again in the same transaction. Reminders that were made when the zone was known keep their instants, and the
/// answer asks whether the repeating reminders should move to the new zone. If another question is open, that question
/// stays open, and is asked again instead.
pub(super) fn set_zone(mut situation: Situation<'_>, zone: TimeZone) -> Decision {
    let Ok(zone) = Zone::try_from(zone) else { return situation.ask(&Question::Zone) };
    let mut corrections = situation.corrections(&zone);
    situation.plan_again(&mut corrections);
    let left = situation.left_zone(&zone);
    let open = situation.question_in(&zone);
    if zone != situation.profile.zone {
        situation.profile.undoable = None;
    }
    situation.profile.zone = zone.clone();
    situation.profile.zone_source = ZoneSource::Said;
    let tail = situation.ask_after_zone(open, left.as_ref(), &corrections);
    let (now, left) = (situation.now, situation.calls_left());
    let events: Vec<(&Reminder, Event)> = corrections.iter().map(|one| (&one.reminder, one.event(&zone))).collect();
    let mut decision = situation.changes_of_each(&events);
    let answer = answer_in_words(&zone, &decision, &corrections, &tail, left, now);
    decision.answer = answer;
    decision
}

/// Returns the answer in words: when each reminder rings now, and a question if there is one.
pub(super) fn answer_in_words(
    zone: &Zone,
    decision: &Decision,
    corrections: &[Correction],
    tail: &str,
    left: CallsLeft,
    now: Timestamp,
) -> String {
    let written = |one: &Correction| {
        decision.writes.iter().map(ReminderWrite::reminder).find(|next| next.key == one.reminder.key)
    };
    let of = |has: fn(&Plan) -> bool| {
        corrections.iter().filter(|one| has(&one.plan)).filter_map(written).collect::<Vec<&Reminder>>()
    };
    let (moved, kept) = (of(|plan| matches!(plan, Plan::Move(_))), of(|plan| matches!(plan, Plan::Keep(_))));
    let why_kept = corrections.iter().find_map(Correction::why_kept).unwrap_or(WhyKept::Passed);
    Answer::Zone { zone: zone.name(), moved: &moved, kept: &kept, why_kept, tail }.render_for(left, now)
}

impl Correction {
    fn event(&self, zone: &Zone) -> Event {
        let due = match self.plan {
            Plan::Move(due) => due,
            Plan::Keep(_) | Plan::Stay => self.reminder.due,
        };
        Event::ZoneCorrected { zone: zone.clone(), due }
    }

    pub(super) fn why_kept(&self) -> Option<WhyKept> {
        match self.plan {
            Plan::Keep(why) => Some(why),
            Plan::Move(_) | Plan::Stay => None,
        }
    }
}

impl Situation<'_> {
    /// Returns a correction for each reminder that was read in the wrong zone. Reminders made since this text was
    /// received are included, because they were read in the same zone.
    fn corrections(&self, zone: &Zone) -> Vec<Correction> {
        if self.profile.zone_source == ZoneSource::Said || self.profile.zone == *zone {
            return Vec::new();
        }
        let all = self.reminders.known().iter().chain(self.reminders.made_since());
        let wrong = all.filter(|one| one.is_off_guessed_clock());
        wrong.filter_map(|one| self.correction(one, &self.profile.zone, zone)).collect()
    }

    /// Returns the new plan of a reminder whose times are read in `zone` instead of `old`. Returns nothing if the
    /// reminder has ended.
    pub(super) fn correction(&self, one: &Reminder, old: &Zone, zone: &Zone) -> Option<Correction> {
        let stays = one.state()?.has_begun() || one.is_paused();
        let plan = match one.corrected_due(old, zone, self.now) {
            _ if stays => Plan::Stay,
            Some(due) if due == one.due => Plan::Stay,
            Some(due) => Plan::Move(due),
            None => Plan::Keep(WhyKept::Passed),
        };
        Some(Correction { reminder: one.clone(), plan })
    }

    /// Counts the new dues instead of the old dues, for the reminders whose dues are counted. A new zone is never
    /// refused: a reminder for which the limit has no room keeps its due.
    pub(super) fn plan_again(&mut self, corrections: &mut [Correction]) {
        let moves = |one: &Correction| match one.plan {
            Plan::Move(due) if limits::is_counted(&one.reminder) => Some(due),
            Plan::Move(_) | Plan::Keep(_) | Plan::Stay => None,
        };
        let (dues, in_place_of): (Vec<Timestamp>, Vec<&Reminder>) =
            corrections.iter().filter_map(|one| Some((moves(one)?, &one.reminder))).unzip();
        if dues.is_empty() || self.plan(&dues, &in_place_of).is_ok() {
            return;
        }
        for one in corrections {
            if let Some(due) = moves(one)
                && self.plan(&[due], &[&one.reminder]).is_err()
            {
                one.plan = Plan::Keep(WhyKept::TooManyAtOnce);
            }
        }
    }

    /// Returns the open question as it is asked in `zone`, or nothing if it is about the zone. A due that was read in
    /// the guessed zone is read in `zone` instead.
    fn question_in(&self, zone: &Zone) -> Option<Question> {
        let question = self.open_question()?.clone();
        match question {
            Question::Zone | Question::MoveSeries { .. } => None,
            Question::Task { due, zone: said, rule, basis } => {
                let Candidate { due, zone, rule, basis } =
                    self.candidate_in(zone, Candidate { due, zone: said, rule, basis });
                Some(Question::Task { due, zone, rule, basis })
            }
            Question::When { task, candidates } => {
                let candidates = candidates.into_iter().map(|one| self.candidate_in(zone, one)).collect();
                Some(Question::When { task, candidates })
            }
            Question::Days { .. } | Question::Delete | Question::Move { .. } => Some(question),
        }
    }

    /// Returns a time of a question as it is asked in `zone`, if it was read in the guessed zone. Otherwise, returns the
    /// time itself.
    fn candidate_in(&self, zone: &Zone, candidate: Candidate) -> Candidate {
        if self.profile.zone_source == ZoneSource::Said || candidate.zone.is_some() {
            return candidate;
        }
        let Candidate { due, zone: said, rule, basis } = candidate;
        let (old, new) = (self.profile.zone.rules(), zone.rules());
        let (due, rule) = match (basis, rule) {
            (DueBasis::Fixed, rule) | (DueBasis::LocalEnd, rule @ None) => (due, rule),
            (DueBasis::LocalEnd, Some(rule)) => (due, Some(rule.ending_in(new, old, due))),
            (DueBasis::LocalClock, Some(rule)) => (rule.next_after(self.now, new).unwrap_or(due), Some(rule)),
            (DueBasis::LocalClock, None) => (same_time(due, old, new, self.now).unwrap_or(due), None),
        };
        Candidate { due, zone: said, rule, basis }
    }

    /// Returns the words of a question that was asked before. The due of a reminder may have changed since.
    fn in_words_again(&self, question: &Question) -> String {
        let Question::Task { due, zone, rule, .. } = question else { return self.in_words(question) };
        let zone = zone.as_ref().unwrap_or(self.profile.zone.rules());
        let when = local_time_words(*due, zone, self.now);
        Answer::AskTaskAgain(&when, rule.as_ref().map(|rule| (rule, zone))).render(self.now)
    }

    /// Leaves at most one question open, and returns its words for the end of the answer. If a question was open
    /// already, that question stays open.
    fn ask_after_zone(&mut self, open: Option<Question>, left: Option<&Zone>, corrections: &[Correction]) -> String {
        let mut kept = corrections.iter().filter(|one| one.why_kept().is_some()).map(|one| one.reminder.number);
        let series = left.map(|from| Question::MoveSeries { from: from.rules().clone() });
        let (question, tail) = match (open, series, (kept.next(), kept.next())) {
            (Some(open), series, _) => {
                let stays = left.map(|from| Answer::SeriesStay(from.name()).render(self.now));
                let tail = [stays.filter(|_| series.is_some()), Some(self.in_words_again(&open))];
                (Some(open), tail.into_iter().flatten().collect::<Vec<String>>().join(" "))
            }
            (None, Some(series), _) => {
                let tail = self.in_words(&series);
                (Some(series), tail)
            }
            (None, None, (Some(number), second)) => {
                let tail = match second {
                    None => Answer::AskWhere.render(self.now),
                    Some(_) => Answer::AskWhereOf(number).render(self.now),
                };
                (Some(Question::Move { number: Some(number) }), tail)
            }
            (None, None, (None, _)) => (None, String::new()),
        };
        let at = self.received_at;
        self.profile.question = question.map(|question| Asked { question, at });
        tail
    }
}

/// Returns the instant at which the clocks of `new` show the same date and time as the clocks of `old` at `due`. If
/// that instant has passed, adds as many days as it takes to be after `now`.
fn same_time(due: Timestamp, old: &TimeZone, new: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let mut local = old.to_datetime(due);
    loop {
        let due = new.to_ambiguous_timestamp(local).compatible().ok()?;
        if due > now {
            return Some(due);
        }
        local = local.checked_add(SignedDuration::from_hours(24)).ok()?;
    }
}
