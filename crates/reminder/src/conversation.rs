//! What a text means for what is stored: a pure decision from the person, their reminders and the request.

mod commands;
#[cfg(test)]
mod corpus_tests;
mod limits;
#[cfg(test)]
mod limits_tests;
mod make;
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
use crate::policy::{MENTION_VALID_S, OPEN_MAX, Policy};
use crate::ports::Scope;
use crate::profile::{Asked, LastMentioned, OptStatus, Profile, is_newer};
use crate::record::Reminder;
use crate::wire::OptOutType;
use crate::words::{Answer, ServiceName, local_time_words};
use jiff::Timestamp;
use language::{Country, Hints, Place, Question, Request, Unclear, understand};

pub use received_text::{AnswerRoute, ReceivedText, Refusal, Sender};

pub use reminders::Reminders;

/// What a decision may look at.
pub struct Situation<'a> {
    /// What they wrote.
    pub body: &'a str,
    /// The person, as read.
    pub profile: Profile,
    /// Their reminders.
    pub reminders: &'a Reminders,
    /// When the text was received.
    pub received_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// The limits.
    pub policy: &'a Policy,
    /// The name by which the service introduces itself.
    pub service_name: &'a ServiceName,
    /// Makes fresh ids.
    pub names: &'a dyn Names,
}

/// Fresh names for what a decision makes.
pub trait Names {
    /// A fresh reminder's id.
    fn reminder(&self) -> ReminderId;
    /// A fresh mark.
    fn write_id(&self) -> WriteId;
}

/// One change of a reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum ReminderWrite {
    /// A new one.
    Create(Reminder),
    /// One of those that were read, changed.
    Replace(Reminder),
}

impl ReminderWrite {
    /// The reminder as it is written.
    fn reminder(&self) -> &Reminder {
        match self {
            Self::Create(reminder) | Self::Replace(reminder) => reminder,
        }
    }
}

/// What a text changes, and what is answered.
pub struct Decision {
    /// The person from now on.
    pub profile: Profile,
    /// The reminders it makes and changes.
    pub writes: Vec<ReminderWrite>,
    /// What follows once that is written.
    pub effects: Vec<Effect>,
    /// The reminders whose wake-ups a repeat of the text sends again.
    pub made: Vec<PlannedWakeUp>,
    /// The transitions of its reminders, for the log.
    pub transitions: Vec<TransitionLabel>,
    /// The answer; empty if the text is not answered.
    pub answer: String,
}

/// Words about leaving and coming back that carriers act on, and answer, before we do
/// (<https://help.twilio.com/articles/223134027>; AWS acts on REMOVE, TD and ARRET too).
const CARRIERS_WORDS: [&str; 13] = [
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

/// Reads a text as its sender's; nothing to be done where the carrier has answered it for good.
pub fn read(text: &ReceivedText, profile: &Profile) -> Option<Request> {
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

/// What they have been asked a moment before they wrote.
fn open_question(profile: &Profile, received_at: Timestamp) -> Option<&Question> {
    let asked = profile.question.as_ref()?;
    (is_known_by(asked.at, received_at) && is_recent(asked.at, received_at)).then_some(&asked.question)
}

/// Which reminders a request can be about: "later" and "done" are also about what has just ended.
pub fn scope(request: Option<&Request>) -> Scope {
    match request {
        Some(Request::Snooze { .. } | Request::Done(_) | Request::Move { .. } | Request::Time { .. }) => Scope::Kept,
        _ => Scope::Open,
    }
}

fn is_recent(at: Timestamp, received_at: Timestamp) -> bool {
    received_at.duration_since(at).as_secs() <= MENTION_VALID_S
}

/// What a request means.
pub fn decide(situation: Situation<'_>, request: Option<&Request>) -> Decision {
    let Some(request) = request else { return situation.silence() };
    if !situation.is_welcome() && !matches!(request, Request::OptOut | Request::OptIn) {
        return situation.silence();
    }
    let (before, received_at) = (situation.profile.clone(), situation.received_at);
    limits::limit_answers(before, received_at, request, obey(situation, request))
}

fn obey(situation: Situation<'_>, request: &Request) -> Decision {
    match request {
        Request::OptOut => situation.consent(OptStatus::OptedOut, &Answer::Left),
        Request::OptIn => situation.consent(OptStatus::OptedIn, &Answer::Returned),
        Request::Remind(wanted) => make::reminders(situation, wanted),
        // "In an hour", a moment after the phone rang, is about what it said; "remind me in an hour" need not be.
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
        Request::Zone(Place::Known(zone)) => zone::settle_in(situation, zone.clone()),
        Request::Zone(Place::Unknown(words)) => situation.say(&Answer::NoSuchZone(words)),
        Request::Help => {
            let service = situation.service_name;
            situation.say(&Answer::Help(service))
        }
        Request::Pleasantry => situation.take_thanks(),
        Request::Past { task, was } => situation.past(task, *was),
        Request::Unknown(unclear) => situation.say(&match unclear {
            Unclear::NoSuchDay => Answer::NoSuchDay,
            Unclear::TooFar => Answer::TooFar,
            Unclear::TooLong => Answer::TooLong,
            Unclear::NoRequest | _ => Answer::Unclear,
        }),
    }
}

/// What a text means from somebody who is not served: a polite no now and then, in a reply. That they leave or come back
/// is kept all the same, since what they asked for while they were served may still be open.
pub fn turn_away(
    situation: Situation<'_>,
    request: Option<&Request>,
    refusal: Refusal,
    route: AnswerRoute,
) -> Decision {
    let no = match refusal {
        Refusal::Country => Answer::CountryNotServed,
        Refusal::Kind => Answer::NotCallable,
    };
    match (request, route) {
        (Some(Request::OptOut), _) => situation.consent(OptStatus::OptedOut, &no).unsaid(),
        (Some(Request::OptIn), _) => situation.consent(OptStatus::OptedIn, &no).unsaid(),
        (Some(_), AnswerRoute::Reply) if situation.is_welcome() => situation.refuse_seldom(&no),
        (Some(_) | None, AnswerRoute::Reply | AnswerRoute::Sms) => situation.silence(),
    }
}

impl Decision {
    /// Nothing is changed but that a text of theirs was seen.
    fn silent(profile: Profile) -> Self {
        Self { profile, writes: vec![], effects: vec![], made: vec![], transitions: vec![], answer: String::new() }
    }

    /// The same, without a word.
    fn unsaid(self) -> Self {
        Self { answer: String::new(), ..self }
    }
}

impl Situation<'_> {
    fn open_question(&self) -> Option<&Question> {
        open_question(&self.profile, self.received_at)
    }

    /// Whether they are here, and have not left since they wrote this.
    fn is_welcome(&self) -> bool {
        let consent = &self.profile.consent;
        consent.status == OptStatus::OptedIn && is_newer(self.received_at, consent.opted_out_at)
    }

    /// Nothing is changed but that the text was seen, and this is answered.
    fn say(self, answer: &Answer<'_>) -> Decision {
        let answer = answer.render(self.now);
        Decision { answer, ..self.silence() }
    }

    fn silence(self) -> Decision {
        Decision::silent(self.profile)
    }

    /// Of two words about leaving and coming back the one received later counts. Those that carriers know they answer
    /// themselves; whoever says it in other words is answered by us. Coming back ends the live reminders of an older epoch
    /// in the same transaction, so that they do not stay in the deadline index.
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
        let is_carriers = CARRIERS_WORDS.contains(&self.body.trim().to_uppercase().as_str());
        let answer = if is_carriers { String::new() } else { answer.render(self.now) };
        let decision = match status {
            OptStatus::OptedIn => self.end_left_behind(),
            // Each of their reminders is ended once this is written.
            OptStatus::OptedOut => self.silence(),
        };
        Decision { answer, ..decision }
    }

    /// As many as fit one transaction; any more end when they are due.
    fn end_left_behind(self) -> Decision {
        let reminders: Vec<&Reminder> = self.reminders.left_behind().iter().take(OPEN_MAX).collect();
        let left = Event::OptedOut { epoch: self.profile.consent.epoch };
        self.changes(&reminders, &left)
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

    /// Nothing is expected after thanks, and a machine that thanks would thank for what is answered, too. Where something
    /// was asked, "ok" is no answer to it.
    fn take_thanks(self) -> Decision {
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

    /// The reminder that the last answer was about, if that was a moment ago.
    fn last(&self) -> Option<&LastMentioned> {
        self.profile
            .last
            .as_ref()
            .filter(|last| is_known_by(last.at, self.received_at) && is_recent(last.at, self.received_at))
    }

    /// From now on "the last one" is this.
    fn about(&mut self, reminder: &Reminder) {
        self.profile.question = None;
        self.profile.last = Some(LastMentioned { reminder: reminder.key.reminder.clone(), at: self.received_at });
    }
}
