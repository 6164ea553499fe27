//! Cleans the words of a text that its request holds. This is the only place where a person's words enter: what is
//! stored, answered, spoken or compared later is clean.

use language::{NewReminder, Place, Question, Request, Target, Unclear};

use crate::words::clean;

/// Returns the same request with clean words. A request for a reminder whose task holds nothing that can be seen asks
/// for the task.
pub(super) fn cleaned(request: Request) -> Request {
    match request {
        Request::Remind(wanted) => reminders(wanted),
        Request::Ask(question) => Request::Ask(cleaned_question(question)),
        Request::Done(target) => Request::Done(cleaned_target(target)),
        Request::Skip { target, day } => Request::Skip { target: cleaned_target(target), day },
        Request::Resume(target) => Request::Resume(cleaned_target(target)),
        Request::Delete(target) => Request::Delete(cleaned_target(target)),
        Request::Move { target, to } => Request::Move { target: cleaned_target(target), to },
        Request::Zone(Place::Unknown(words)) => Request::Zone(Place::Unknown(clean(&words))),
        Request::Past { task, was } => Request::Past { task: clean(&task), was },
        Request::Time { .. }
        | Request::List
        | Request::Help
        | Request::Restore
        | Request::Undo
        | Request::Code(_)
        | Request::Yes
        | Request::No
        | Request::OptOut
        | Request::OptIn
        | Request::DropQuestion
        | Request::Snooze { .. }
        | Request::Zone(Place::Known(_))
        | Request::Pleasantry
        | Request::Unknown(_) => request,
    }
}

fn reminders(wanted: Vec<NewReminder>) -> Request {
    let mut cleaned: Vec<NewReminder> =
        wanted.into_iter().map(|one| NewReminder { task: clean(&one.task), ..one }).collect();
    if cleaned.iter().all(|one| !one.task.is_empty()) {
        return Request::Remind(cleaned);
    }
    match cleaned.pop() {
        Some(NewReminder { due, zone, basis, rule, .. }) if cleaned.is_empty() => {
            Request::Ask(Question::Task { due, zone, rule, basis })
        }
        Some(_) | None => Request::Unknown(Unclear::NoRequest),
    }
}

fn cleaned_question(question: Question) -> Question {
    match question {
        Question::When { task, candidates } => Question::When { task: clean(&task), candidates },
        Question::Days { task, times, at } => Question::Days { task: clean(&task), times, at },
        Question::Task { .. }
        | Question::Delete
        | Question::Move { .. }
        | Question::Zone
        | Question::MoveSeries { .. } => question,
    }
}

fn cleaned_target(target: Target) -> Target {
    match target {
        Target::Words(words) => Target::Words(clean(&words)),
        Target::Numbers(_) | Target::Last | Target::Next | Target::All => target,
    }
}
