//! Questions to the person, and texts that contain no request.

use crate::profile::Asked;
use crate::words::{Answer, local_time_words};
use jiff::Timestamp;
use language::Question;

use super::{Decision, Situation};

impl Situation<'_> {
    /// Asks a question, which stays open for a while.
    pub(super) fn ask(mut self, question: &Question) -> Decision {
        self.profile.question = Some(Asked { question: question.clone(), at: self.received_at });
        let answer = self.in_words(question);
        Decision { answer, ..self.silence() }
    }

    /// Returns the words of a question.
    pub(super) fn in_words(&self, question: &Question) -> String {
        let home = self.profile.zone.rules();
        let when;
        let answer = match question {
            Question::When { task, candidates } => {
                return Answer::AskWhen(task, candidates, home).render(self.now);
            }
            Question::Task { due, zone: said, rule, .. } => {
                let zone = said.as_ref().unwrap_or(home);
                when = local_time_words(*due, zone, self.now);
                Answer::AskTask(&when, rule.as_ref().map(|rule| (rule, zone)))
            }
            Question::Days { .. } => Answer::AskDays,
            Question::Delete => Answer::AskWhich,
            Question::Move { .. } => Answer::AskWhere,
            Question::Zone => Answer::AskZone,
            Question::MoveSeries { from } => {
                let series = self.series_of(from).len();
                Answer::AskMoveSeries { zone: self.profile.zone.name(), series }
            }
        };
        answer.render(self.now)
    }

    /// If a question is open, asks it again, because "ok" does not answer it. Otherwise, does not answer a pleasantry:
    /// a machine that says thanks would also say thanks for that answer.
    pub(super) fn take_pleasantry(self) -> Decision {
        match self.open_question().cloned() {
            Some(question) => self.ask(&question),
            None => self.silence(),
        }
    }

    pub(super) fn forget(mut self) -> Decision {
        self.profile.question = None;
        self.say(&Answer::Forgotten)
    }

    pub(super) fn past(mut self, task: &str, was: Timestamp) -> Decision {
        if !task.is_empty() {
            let question = Question::When { task: task.to_owned(), candidates: Vec::new() };
            self.profile.question = Some(Asked { question, at: self.received_at });
        }
        let when = local_time_words(was, self.profile.zone.rules(), self.now);
        self.say(&Answer::Past(&when))
    }
}
