//! The conversation: decides the changes and the answer that a text leads to. It does no I/O: the time, the policy and
//! fresh ids are arguments.

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod candidate_tests;
mod choose;
mod cleaned;
#[cfg(test)]
mod cleaned_tests;
mod commands;
mod confirm;
#[cfg(test)]
mod confirm_tests;
mod consent;
#[cfg(test)]
mod corpus_tests;
mod done;
#[cfg(test)]
mod key_tests;
mod limits;
#[cfg(test)]
mod limits_tests;
mod make;
#[cfg(test)]
mod move_tests;
#[cfg(test)]
mod person;
mod questions;
mod recall;
mod received_text;
mod reminders;
#[cfg(test)]
mod restore_tests;
mod resume;
#[cfg(test)]
mod resume_tests;
mod series_zone;
#[cfg(test)]
mod series_zone_tests;
mod skip;
#[cfg(test)]
mod skip_tests;
mod snooze;
#[cfg(test)]
mod snooze_tests;
#[cfg(test)]
mod tests;
mod undo;
#[cfg(test)]
mod undo_tests;
mod zone;
#[cfg(test)]
mod zone_question_tests;
#[cfg(test)]
mod zone_tests;

use crate::call_limits::UnconfirmedCalls;
use crate::event::Effect;
use crate::ids::{ReminderId, WriteId};
use crate::incoming_text::{PlannedWakeUp, is_known_by};
use crate::lifecycle::TransitionLabel;
use crate::policy::{KEY_SNOOZE_S, MENTION_VALID_S, Policy, after};
use crate::ports::Scope;
use crate::profile::{OptStatus, Profile, is_newer};
use crate::record::Reminder;
use crate::wire::OptOutType;
use crate::words::{Answer, CallsLeft, Refused, ServiceName};
use jiff::Timestamp;
use language::{Country, DueBasis, Hints, Place, Question, Request, Target, Unclear, understand};

pub use recall::{Recall, recall};
pub use received_text::{AnswerRoute, NotServed, PressedKey, ReceivedText, Sender, depends_on_calls};
pub use reminders::Reminders;

/// The input of a decision, apart from the request.
pub struct Situation<'a> {
    /// The words of the text.
    pub body: &'a str,
    /// The name of the carrier that brought the text.
    pub carrier: &'a str,
    /// The opt-out, opt-in or help command that the carrier found in the text. The carrier answers such a text itself.
    /// Absent if it found none, and in every text from AWS.
    pub opt_out_type: Option<OptOutType>,
    /// The person's profile before the decision.
    pub profile: Profile,
    /// The person's reminders that were read for the request, see [`scope`].
    pub reminders: &'a Reminders,
    /// The key on a call that made this request. Absent if a text made it.
    pub pressed: Option<&'a PressedKey>,
    /// The calls that the number has had, if [`depends_on_calls`]. The default value otherwise.
    pub calls: UnconfirmedCalls,
    /// When the text was received.
    pub received_at: Timestamp,
    /// The time of the decision.
    pub now: Timestamp,
    /// The policy: times, rates and limits.
    pub policy: &'a Policy,
    /// The name by which the service introduces itself.
    pub service_name: &'a ServiceName,
    /// Makes fresh ids.
    pub ids: &'a dyn FreshIds,
}

/// Makes fresh ids for the records that a decision creates and changes.
pub trait FreshIds {
    /// Returns a fresh id of a reminder.
    fn reminder(&self) -> ReminderId;
    /// Returns a fresh id of a write.
    fn write_id(&self) -> WriteId;
}

/// A write of one reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum ReminderWrite {
    /// Creates the reminder.
    Create(Reminder),
    /// Replaces a reminder that was read.
    Replace(Reminder),
}

impl ReminderWrite {
    /// Returns the reminder as it is written.
    fn reminder(&self) -> &Reminder {
        match self {
            Self::Create(reminder) | Self::Replace(reminder) => reminder,
        }
    }
}

/// The changes that a text makes, and its answer.
pub struct Decision {
    /// The person's new profile.
    pub profile: Profile,
    /// The reminders that are created and changed.
    pub writes: Vec<ReminderWrite>,
    /// The effects that follow once the writes are stored.
    pub effects: Vec<Effect>,
    /// The wake-ups that a repeat of the text sends again.
    pub planned: Vec<PlannedWakeUp>,
    /// The transition of each event that was applied to a reminder, ignored events included. For the log.
    pub transitions: Vec<TransitionLabel>,
    /// Why the request was not carried out. `None` if it was, or if the answer asks or explains something. For the log.
    pub not_done: Option<NotDone>,
    /// The words of the answer. Empty if the text is not answered.
    pub answer: String,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// The text was not understood.
    NotUnderstood,
    /// The request was refused.
    Refused(Refused),
}

impl NotDone {
    /// Returns the reason that an answer gives, if it gives one.
    fn of(answer: &Answer<'_>) -> Option<Self> {
        if let Answer::Refused(refused) = answer {
            return Some(Self::Refused(*refused));
        }
        (*answer == Answer::Unclear).then_some(Self::NotUnderstood)
    }
}

/// Reads the request of a text or of a pressed key. Returns nothing for a help command that the carrier has answered.
/// Carriers take YES as an opt-in, but YES may also answer a question of this service. A person who has opted out has
/// no question to answer, so the word YES alone, and RESUME without a target, opt them in. `calls` are those of the number
/// if [`depends_on_calls`]: without a code, a text of six digits from an unconfirmed number has the same meaning as any
/// other text. From a confirmed number, it is a code that comes late, and never the time of a reminder.
pub fn read(text: &ReceivedText, profile: &Profile, calls: UnconfirmedCalls) -> Option<Request> {
    match &text.pressed {
        Some(PressedKey::Snooze { .. }) => {
            let until = after(text.received_at, KEY_SNOOZE_S);
            return Some(Request::Snooze { until, basis: DueBasis::Fixed });
        }
        Some(PressedKey::OptOut) => return Some(Request::OptOut),
        None => {}
    }
    let in_words = || understood(&text.body, profile, text.sender.country(), text.received_at);
    let may_be_code = calls.code.is_some() || profile.confirmed_at.is_some();
    let request = || language::code(&text.body).filter(|_| may_be_code).unwrap_or_else(in_words);
    let is_out = profile.consent.status == OptStatus::OptedOut;
    match text.opt_out_type {
        Some(OptOutType::OptedOut) => Some(Request::OptOut),
        Some(OptOutType::OptedIn) => {
            let may_reply =
                !is_out && consent::is_yes(&text.body) && open_question(profile, text.received_at).is_some();
            let replies = |request: &Request| !matches!(request, Request::Unknown(_) | Request::Pleasantry);
            Some(may_reply.then(request).filter(replies).unwrap_or(Request::OptIn))
        }
        Some(OptOutType::Helped) => None,
        None if is_out && consent::is_yes(&text.body) => Some(Request::OptIn),
        None => {
            let request = request();
            let opts_in = is_out && request == Request::Resume(Target::Last);
            Some(if opts_in { Request::OptIn } else { request })
        }
    }
}

fn understood(body: &str, profile: &Profile, country: Country, received_at: Timestamp) -> Request {
    let question = open_question(profile, received_at).cloned();
    cleaned::cleaned(understand(body, received_at, profile.zone.rules(), &Hints { country, question }))
}

/// Returns the question that the person was asked shortly before this text was received.
fn open_question(profile: &Profile, received_at: Timestamp) -> Option<&Question> {
    let last = profile.question.as_ref()?;
    (is_known_by(last.at, received_at) && is_recent(last.at, received_at)).then_some(&last.question)
}

/// Returns the set of reminders that must be read for a request. SNOOZE, DONE, MOVE, UNDO and a time alone can also be
/// about reminders that ended recently. RESTORE is about the reminders that an opt-out has ended. START needs them too,
/// because its answer offers RESTORE.
pub fn scope(request: Option<&Request>, profile: &Profile) -> Scope {
    match request {
        Some(Request::OptIn | Request::Restore) => {
            profile.restorable.map_or(Scope::Open, |last| Scope::Stopped { epoch: last.epoch })
        }
        Some(
            Request::Snooze { .. } | Request::Done(_) | Request::Move { .. } | Request::Time { .. } | Request::Undo,
        ) => Scope::Kept,
        _ => Scope::Open,
    }
}

/// Whether a request may be handled now. `has_newer` says whether a later release wrote reminders of the person, which
/// this release can't read. RESTORE works once, and a reminder that it leaves out never comes back. So RESTORE waits
/// for the later release.
// guard: may_be_handled
pub fn may_be_handled(request: Option<&Request>, has_newer: bool) -> bool {
    !has_newer || !matches!(request, Some(Request::Restore))
}

fn is_recent(at: Timestamp, received_at: Timestamp) -> bool {
    received_at.duration_since(at).as_secs() <= MENTION_VALID_S
}

/// Decides the changes that a request makes, and the answer.
pub fn decide(mut situation: Situation<'_>, request: Option<&Request>) -> Decision {
    let Some(request) = request else { return situation.silence() };
    if !situation.is_opted_in() && !matches!(request, Request::OptOut | Request::OptIn) {
        return situation.silence();
    }
    consent::note_yes(&mut situation);
    let (before, received_at) = (situation.profile.clone(), situation.received_at);
    let is_key = situation.pressed.is_some();
    let decision = limits::limit_unreadable(before.clone(), received_at, request, execute(situation, request));
    // The limit is on texts. The answer to a key is spoken on the call.
    if is_key { decision } else { limits::limit_answers(before, received_at, request, decision) }
}

fn execute(situation: Situation<'_>, request: &Request) -> Decision {
    match request {
        Request::OptOut => consent::opt_out(situation),
        Request::OptIn => consent::opt_in(situation),
        Request::Restore => consent::restore(situation),
        Request::Remind(wanted) => make::reminders(situation, wanted),
        // "In an hour" snoozes a reminder that rang a moment ago. "Remind me in an hour" is a new reminder.
        Request::Time { due, basis, .. } if situation.began_or_ended_just_now() => {
            snooze::snooze(situation, *due, *basis)
        }
        Request::Time { due, zone, basis } => {
            situation.ask(&Question::Task { due: *due, zone: zone.clone(), rule: None, basis: *basis })
        }
        Request::Ask(question) => situation.ask(question),
        Request::DropQuestion => situation.forget(),
        Request::List => commands::list(situation),
        Request::Delete(which) => commands::delete(situation, which),
        Request::Move { target, to } => commands::move_reminder(situation, target, to),
        Request::Snooze { until, basis } => snooze::snooze(situation, *until, *basis),
        Request::Done(which) => done::done(situation, which),
        Request::Skip { target, day } => skip::skip(situation, target, *day),
        Request::Resume(which) => resume::resume(situation, which),
        Request::Undo => undo::undo(situation),
        Request::Code(digits) => confirm::confirm(situation, digits),
        Request::Yes => series_zone::move_along(situation),
        Request::No => series_zone::stay(situation),
        Request::Zone(Place::Known(zone)) => zone::set_zone(situation, zone.clone()),
        Request::Zone(Place::Unknown(words)) => situation.say(&Answer::NoSuchZone(words)),
        Request::Help => {
            let service = situation.service_name;
            situation.say(&Answer::Help(service))
        }
        Request::Pleasantry => situation.take_pleasantry(),
        Request::Past { task, was } => situation.past(task, *was),
        Request::Unknown(unclear) => situation.say(&match unclear {
            Unclear::NoSuchDay => Answer::Refused(Refused::NoSuchDay),
            Unclear::TooFar => Answer::Refused(Refused::TooFar),
            Unclear::TooLong => Answer::Refused(Refused::TooLong),
            Unclear::NoRequest | _ => Answer::Unclear,
        }),
    }
}

/// Decides about a text from a number that is not served. A request is refused, at most once an hour, and only in the
/// response to a webhook. A sender who has opted out gets no answer, and neither does an opt-out or opt-in. Those are
/// stored, because reminders from a time when the number was served may still be open.
pub fn turn_away(
    situation: Situation<'_>,
    request: Option<&Request>,
    reason: NotServed,
    route: AnswerRoute,
) -> Decision {
    let refused = match reason {
        NotServed::Country => Answer::Refused(Refused::CountryNotServed),
        NotServed::Kind => Answer::Refused(Refused::NotCallable),
    };
    match (request, route) {
        (Some(Request::OptOut), _) => consent::opt_out(situation).unanswered(),
        (Some(Request::OptIn), _) => consent::opt_in(situation).unanswered(),
        (Some(_), AnswerRoute::Reply) if situation.is_opted_in() => situation.refuse_seldom(&refused),
        (Some(_) | None, AnswerRoute::Reply | AnswerRoute::Text) => situation.silence(),
    }
}

impl Decision {
    /// Returns a decision that stores this profile, and has no writes, effects or answer.
    fn silent(profile: Profile) -> Self {
        let (writes, effects, planned, transitions) = (vec![], vec![], vec![], vec![]);
        Self { profile, writes, effects, planned, transitions, not_done: None, answer: String::new() }
    }

    /// Returns the same decision without its answer.
    fn unanswered(self) -> Self {
        Self { answer: String::new(), ..self }
    }
}

impl Situation<'_> {
    fn open_question(&self) -> Option<&Question> {
        open_question(&self.profile, self.received_at)
    }

    /// Whether the person may be called and texted, and has not opted out since this text was received.
    fn is_opted_in(&self) -> bool {
        let consent = &self.profile.consent;
        consent.status == OptStatus::OptedIn && is_newer(self.received_at, consent.opted_out_at)
    }

    /// Whether the person gets the calls that the answer promises. A caller of the service is not told the code, because
    /// their number can be forged, and a person who opted out gets neither calls nor texts.
    fn calls_left(&self) -> CallsLeft {
        let is_spoken = self.pressed.is_some();
        match self.profile.confirmed_at {
            None if self.calls.are_used_up() => CallsLeft::UsedUp(self.calls.code.filter(|_| !is_spoken)),
            None | Some(_) => CallsLeft::Yes,
        }
    }

    /// Returns a decision that only answers, and changes no reminder.
    fn say(self, answer: &Answer<'_>) -> Decision {
        let (not_done, answer) = (NotDone::of(answer), answer.render_for(self.calls_left(), self.now));
        Decision { not_done, answer, ..self.silence() }
    }

    fn silence(self) -> Decision {
        Decision::silent(self.profile)
    }
}
