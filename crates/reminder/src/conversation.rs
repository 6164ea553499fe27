//! The conversation: decides what a text changes and what is answered. Pure: from the person, their reminders and the
//! request.

mod commands;
#[cfg(test)]
mod corpus_tests;
mod limits;
#[cfg(test)]
mod limits_tests;
mod make;
mod recall;
mod received_text;
mod reminders;
#[cfg(test)]
mod tests;
mod zone;
#[cfg(test)]
mod zone_tests;

use crate::event::{Effect, Event};
use crate::ids::{ReminderId, WriteId};
use crate::incoming_text::{PlannedWakeUp, is_known_by};
use crate::lifecycle::TransitionLabel;
use crate::policy::{KEY_SNOOZE_S, MENTION_VALID_S, OPEN_MAX, Policy, after};
use crate::ports::Scope;
use crate::profile::{Asked, LastMentioned, OptStatus, Profile, is_newer};
use crate::record::Reminder;
use crate::wire::OptOutType;
use crate::words::{Answer, ServiceName, local_time_words};
use jiff::Timestamp;
use language::{Country, DueBasis, Hints, Place, Question, Request, Unclear, understand};

pub use recall::{Recall, recall};
pub use received_text::{AnswerRoute, PressedKey, ReceivedText, Refusal, Sender};

pub use reminders::Reminders;

/// Everything that a decision depends on.
pub struct Situation<'a> {
    /// The words of the text.
    pub body: &'a str,
    /// The person's profile, as read from the store.
    pub profile: Profile,
    /// The person's reminders.
    pub reminders: &'a Reminders,
    /// The key that was pressed on a call instead of a text. Absent for a text.
    pub pressed: Option<&'a PressedKey>,
    /// When the text was received.
    pub received_at: Timestamp,
    /// The time of the decision.
    pub now: Timestamp,
    /// The policy: times, rates and limits.
    pub policy: &'a Policy,
    /// The name by which the service introduces itself.
    pub service_name: &'a ServiceName,
    /// Makes fresh ids.
    pub names: &'a dyn Names,
}

/// Makes fresh ids for what a decision creates and changes.
pub trait Names {
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
    /// The reminders whose wake-ups a repeat of the text sends again.
    pub made: Vec<PlannedWakeUp>,
    /// The transitions of the changed reminders, for the log.
    pub transitions: Vec<TransitionLabel>,
    /// The words of the answer. Empty if the text is not answered.
    pub answer: String,
}

/// Words that opt out or in, which carriers obey and answer before the service does (<https://help.twilio.com/articles/223134027>).
/// AWS also obeys REMOVE, TD and ARRET.
const CARRIER_WORDS: [&str; 13] = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "CANCEL",
    "REMOVE",
    "TD",
    "ARRET",
    "START",
    "UNSTOP",
];

/// Reads the request of a text. Returns nothing if the carrier has answered the text and nothing else must happen.
pub fn read(text: &ReceivedText, profile: &Profile) -> Option<Request> {
    match &text.pressed {
        Some(PressedKey::Snooze(_)) => {
            let until = after(text.received_at, KEY_SNOOZE_S);
            return Some(Request::Snooze { until, basis: DueBasis::Fixed });
        }
        Some(PressedKey::OptOut) => return Some(Request::OptOut),
        None => {}
    }
    match text.opt_out_type {
        Some(OptOutType::OptedOut) => Some(Request::OptOut),
        Some(OptOutType::OptedIn) => Some(Request::OptIn),
        Some(OptOutType::Helped) => None,
        None => Some(words(&text.body, profile, text.sender.country(), text.received_at)),
    }
}

fn words(body: &str, profile: &Profile, country: Country, received_at: Timestamp) -> Request {
    let question = open_question(profile, received_at).cloned();
    understand(body, received_at, profile.zone.rules(), &Hints { country, question })
}

/// Returns the question that the person was asked shortly before this text was received.
fn open_question(profile: &Profile, received_at: Timestamp) -> Option<&Question> {
    let asked = profile.question.as_ref()?;
    (is_known_by(asked.at, received_at) && is_recent(asked.at, received_at)).then_some(&asked.question)
}

/// Returns which reminders must be read for a request. SNOOZE and DONE can also be about reminders that ended recently.
pub fn scope(request: Option<&Request>) -> Scope {
    match request {
        Some(Request::Snooze { .. } | Request::Done(_) | Request::Move { .. } | Request::Time { .. }) => Scope::Kept,
        _ => Scope::Open,
    }
}

fn is_recent(at: Timestamp, received_at: Timestamp) -> bool {
    received_at.duration_since(at).as_secs() <= MENTION_VALID_S
}

/// Decides what a request changes and what is answered.
pub fn decide(situation: Situation<'_>, request: Option<&Request>) -> Decision {
    let Some(request) = request else { return situation.silence() };
    if !situation.is_opted_in() && !matches!(request, Request::OptOut | Request::OptIn) {
        return situation.silence();
    }
    let (before, received_at) = (situation.profile.clone(), situation.received_at);
    limits::limit_answers(before, received_at, request, execute(situation, request))
}

fn execute(situation: Situation<'_>, request: &Request) -> Decision {
    match request {
        Request::OptOut => situation.consent(OptStatus::OptedOut, &Answer::Left),
        Request::OptIn => situation.consent(OptStatus::OptedIn, &Answer::Returned),
        Request::Remind(wanted) => make::reminders(situation, wanted),
        // "In an hour" snoozes a reminder that rang a moment ago. "Remind me in an hour" is a new reminder.
        Request::Time { due, basis, .. } if situation.rang_just_now() => commands::snooze(situation, *due, *basis),
        Request::Time { due, zone, basis } => {
            situation.ask(&Question::Task { due: *due, zone: zone.clone(), rule: None, basis: *basis })
        }
        Request::Ask(question) => situation.ask(question),
        Request::DropQuestion => situation.forget(),
        Request::List => commands::list(situation),
        Request::Delete(which) => commands::delete(situation, which),
        Request::Move { target, to } => commands::reschedule(situation, target, to),
        Request::Snooze { until, basis } => commands::snooze(situation, *until, *basis),
        Request::Done(which) => commands::done(situation, which),
        Request::Zone(Place::Known(zone)) => zone::set_zone(situation, zone.clone()),
        Request::Zone(Place::Unknown(words)) => situation.say(&Answer::NoSuchZone(words)),
        Request::Help => {
            let service = situation.service_name;
            situation.say(&Answer::Help(service))
        }
        Request::Pleasantry => situation.take_pleasantry(),
        Request::Past { task, was } => situation.past(task, *was),
        Request::Unknown(unclear) => situation.say(&match unclear {
            Unclear::NoSuchDay => Answer::NoSuchDay,
            Unclear::TooFar => Answer::TooFar,
            Unclear::TooLong => Answer::TooLong,
            Unclear::NoRequest | _ => Answer::Unclear,
        }),
    }
}

/// Decides about a text of a number that is not served: a refusal once an hour, only in a reply. Opting out and in are
/// stored nevertheless, because reminders from a time when the number was served may still be open.
pub fn turn_away(
    situation: Situation<'_>,
    request: Option<&Request>,
    refusal: Refusal,
    route: AnswerRoute,
) -> Decision {
    let refused = match refusal {
        Refusal::Country => Answer::CountryNotServed,
        Refusal::Kind => Answer::NotCallable,
    };
    match (request, route) {
        (Some(Request::OptOut), _) => situation.consent(OptStatus::OptedOut, &refused).unanswered(),
        (Some(Request::OptIn), _) => situation.consent(OptStatus::OptedIn, &refused).unanswered(),
        (Some(_), AnswerRoute::Reply) if situation.is_opted_in() => situation.refuse_seldom(&refused),
        (Some(_) | None, AnswerRoute::Reply | AnswerRoute::Sms) => situation.silence(),
    }
}

impl Decision {
    /// Returns a decision that changes nothing and answers nothing.
    fn silent(profile: Profile) -> Self {
        Self { profile, writes: vec![], effects: vec![], made: vec![], transitions: vec![], answer: String::new() }
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

    /// Whether the person has opted in, and has not opted out since this text was received.
    fn is_opted_in(&self) -> bool {
        let consent = &self.profile.consent;
        consent.status == OptStatus::OptedIn && is_newer(self.received_at, consent.opted_out_at)
    }

    /// Returns a decision that answers and changes no reminder.
    fn say(self, answer: &Answer<'_>) -> Decision {
        let answer = answer.render(self.now);
        Decision { answer, ..self.silence() }
    }

    fn silence(self) -> Decision {
        Decision::silent(self.profile)
    }

    /// Opts the person out or in. Of two such texts the one that was received later counts. A carrier answers the words
    /// that it knows itself; other words are answered here. Opting in ends the live reminders of an older epoch in the
    /// same transaction, so that they do not stay in the deadline index.
    fn consent(mut self, status: OptStatus, answer: &Answer<'_>) -> Decision {
        let consent = &mut self.profile.consent;
        if is_newer(self.received_at, consent.since) {
            consent.epoch += u32::from(status == OptStatus::OptedOut);
            consent.status = status;
            consent.since = Some(self.received_at);
            if status == OptStatus::OptedOut {
                consent.opted_out_at = consent.since;
                self.profile.limits.calls.take_all_back(self.now);
            }
            self.profile.question = None;
        }
        let is_carriers = CARRIER_WORDS.contains(&self.body.trim().to_uppercase().as_str());
        let answer = if is_carriers { String::new() } else { answer.render(self.now) };
        let decision = match status {
            OptStatus::OptedIn => self.end_left_behind(),
            // The caller ends each of the person's reminders once the profile is written.
            OptStatus::OptedOut => self.silence(),
        };
        Decision { answer, ..decision }
    }

    /// Ends the live reminders of an older epoch: as many as fit one transaction. The others end when they are due.
    fn end_left_behind(self) -> Decision {
        let reminders: Vec<&Reminder> = self.reminders.left_behind().iter().take(OPEN_MAX).collect();
        let opted_out = Event::OptedOut { epoch: self.profile.consent.epoch };
        self.changes(&reminders, &opted_out)
    }

    fn ask(mut self, question: &Question) -> Decision {
        self.profile.question = Some(Asked { question: question.clone(), at: self.received_at });
        let zone = self.profile.zone.rules().clone();
        let when;
        let answer = match question {
            Question::When { task } => Answer::AskWhen(task),
            Question::Task { due, zone: said, rule, .. } => {
                when = local_time_words(*due, said.as_ref().unwrap_or(&zone), self.now);
                Answer::AskTask(&when, rule.as_ref())
            }
            Question::Days { .. } => Answer::AskDays,
            Question::Delete => Answer::AskWhich,
            Question::Move { .. } => Answer::AskWhere,
            Question::Zone => Answer::AskZone,
        };
        let answer = answer.render(self.now);
        Decision { answer, ..self.silence() }
    }

    /// Answers a pleasantry with silence, because a machine that says thanks would also thank for the answer. If a question
    /// is open, asks it again: "ok" does not answer it.
    fn take_pleasantry(self) -> Decision {
        match self.open_question().cloned() {
            Some(question) => self.ask(&question),
            None => self.silence(),
        }
    }

    fn forget(mut self) -> Decision {
        self.profile.question = None;
        self.say(&Answer::Forgotten)
    }

    fn past(mut self, task: &str, was: Timestamp) -> Decision {
        if !task.is_empty() {
            let question = Question::When { task: task.to_owned() };
            self.profile.question = Some(Asked { question, at: self.received_at });
        }
        let when = local_time_words(was, self.profile.zone.rules(), self.now);
        self.say(&Answer::Past(&when))
    }

    /// Returns the reminder that the last answer was about, if that answer is recent.
    fn last(&self) -> Option<&LastMentioned> {
        self.profile
            .last
            .as_ref()
            .filter(|last| is_known_by(last.at, self.received_at) && is_recent(last.at, self.received_at))
    }

    /// Records that "it" means this reminder from now on.
    fn about(&mut self, reminder: &Reminder) {
        self.profile.question = None;
        self.profile.last = Some(LastMentioned { reminder: reminder.key.reminder.clone(), at: self.received_at });
    }
}
