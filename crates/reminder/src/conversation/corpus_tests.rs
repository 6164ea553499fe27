//! Checks the answer to each text of `tests/corpus`: it names the reminders that were made or changed, and the due that
//! was set. The answer to a request for one reminder with an ordinary task fits one SMS. Thanks get no answer unless a
//! question is open, and an opt-out or opt-in may get none.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use crate::ids::ReminderKey;
use crate::lifecycle;
use crate::policy::Times;
use crate::profile::{Asked, LastMentioned, ZoneSource};
use crate::record::{DueSource, End, LastEnd, Lifecycle, Zone};
use crate::words::{ServiceName, clean, local_time_words, segments};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, civil::DateTime};
use language::{NewReminder, Target, in_second_person};
use serde_json::Value;

use super::person::is_in_scope;
use super::*;
use crate::conversation::{AnswerRoute, Sender};

/// The smallest size of the corpus, in texts.
const FEWEST_TEXTS: usize = 500;

/// The length of an ordinary task, in characters. An answer about it fits one segment.
const ORDINARY_TASK: usize = 40;

pub(super) const PERSON: &str = "0123456789abcdef0123456789abcdef";

/// The person's open reminders, from #1. The last answer was about #2.
const OPEN: [&str; 4] =
    ["water the plants", "buy milk and eggs", "be at the dentist's at 3pm", "print the notes of the meeting"];

/// The reminder whose occurrence was missed without a call twenty minutes ago.
const MISSED: &str = "take the cake out";

/// Fresh ids from a counter.
pub(super) struct Counted(pub(super) Cell<u32>);

impl Counted {
    fn next(&self) -> String {
        self.0.set(self.0.get() + 1);
        format!("{:026}", self.0.get())
    }
}

impl FreshIds for Counted {
    fn reminder(&self) -> ReminderId {
        self.next().parse().unwrap()
    }

    fn write_id(&self) -> WriteId {
        self.next().parse().unwrap()
    }
}

/// A text of the corpus, with its sender's profile and reminders.
struct Sent {
    text: ReceivedText,
    profile: Profile,
    reminders: Vec<Reminder>,
    policy: Policy,
}

impl Sent {
    fn of(head: &Value, row: &Value, source: ZoneSource) -> Sent {
        let zone = Zone::named(head["zone"].as_str().unwrap()).unwrap();
        let local: DateTime = head["now"].as_str().unwrap().parse().unwrap();
        let now = zone.rules().to_ambiguous_timestamp(local).compatible().unwrap();
        let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
        let number: crate::ids::Number = "+12125550142".parse().unwrap();
        let mut profile = Profile::new_profile(PERSON.parse().unwrap(), number.clone(), zone.clone(), ago(60));
        profile.zone_source = source;
        profile.confirmed_at = Some(ago(30));
        profile.numbers.last = 5;
        profile.last = Some(LastMentioned { reminder: id(2), at: ago(1), is_snooze: false });
        profile.question =
            row["question"].as_str().map(|stored| Asked { question: stored.parse().unwrap(), at: ago(1) });
        let text = ReceivedText {
            id: "corpus#row".parse().unwrap(),
            from: number,
            sender: Sender::Served { country: Country::of_zone(zone.name()).unwrap(), zone: zone.clone() },
            body: row["text"].as_str().unwrap().to_owned(),
            opt_out_type: None,
            received_at: now,
            route: AnswerRoute::Reply,
            pressed: None,
        };
        let policy = Policy::new(Times::DEFAULT).unwrap();
        let tomorrow = now + SignedDuration::from_hours(24);
        let waiting = lifecycle::waiting(tomorrow, ago(60), &policy);
        let mut reminders: Vec<Reminder> =
            (1..).zip(OPEN).map(|(n, task)| known(n, task, &zone, tomorrow, waiting.clone())).collect();
        reminders.push(known(5, MISSED, &zone, ago(20), Lifecycle::Ended { end: End::Missed, at: ago(20) }));
        Sent { text, profile, reminders, policy }
    }

    fn decided(&self) -> (Request, Decision) {
        let request = read(&self.text, &self.profile, UnconfirmedCalls::default()).unwrap();
        let scope = scope(Some(&request), &self.profile);
        let reminders = self.reminders.iter().filter(|one| is_in_scope(one, scope)).cloned().collect();
        let situation = Situation {
            body: &self.text.body,
            carrier: self.text.id.carrier(),
            opt_out_type: self.text.opt_out_type,
            pressed: None,
            calls: UnconfirmedCalls::default(),
            profile: self.profile.clone(),
            reminders: &Reminders::of(&self.profile, reminders, self.text.received_at),
            received_at: self.text.received_at,
            now: self.text.received_at,
            policy: &self.policy,
            service_name: &ServiceName::default(),
            ids: &Counted(Cell::new(100)),
        };
        let decision = decide(situation, Some(&request));
        (request, decision)
    }

    /// Returns the fault of the answer, or nothing if it has no fault.
    fn complaint(&self) -> Option<String> {
        let (request, decision) = self.decided();
        let answer = &decision.answer;
        // A carrier itself answers the words for opting out and in that it knows. The service answers the others.
        if let Request::OptOut | Request::OptIn = request {
            let expected = if matches!(request, Request::OptOut) { "START" } else { "Welcome" };
            let is_right = answer.is_empty() || answer.contains(expected);
            return (!is_right).then(|| format!("expected {expected} or silence: {answer}"));
        }
        if matches!(request, Request::Pleasantry) && self.profile.question.is_none() {
            return (!answer.is_empty()).then(|| format!("expected silence: {answer}"));
        }
        if answer.is_empty() {
            return Some("no answer".to_owned());
        }
        let lacks = self.facts(&request, &decision).into_iter().find(|fact| !answer.contains(fact.as_str()));
        if let Some(fact) = lacks {
            return Some(format!("without {fact:?}: {answer}"));
        }
        let theirs = |c: char| self.text.body.contains(c) || self.is_asked_about(c);
        if let Some(odd) = answer.chars().find(|c| !is_gsm(*c) && !theirs(*c)) {
            return Some(format!("{odd:?} is not in GSM-7: {answer}"));
        }
        let is_ordinary = matches!(&request, Request::Remind(wanted) if is_ordinary(wanted));
        if is_ordinary && answer.chars().all(is_gsm) && segments(answer) != 1 {
            return Some(format!("{} characters: {answer}", answer.chars().count()));
        }
        self.unchanged(&request, &decision)
    }

    /// Returns the facts that the answer must state: the due, and the number or the task of each reminder that was made
    /// or changed.
    fn facts(&self, request: &Request, decision: &Decision) -> Vec<String> {
        let now = self.text.received_at;
        let at = |instant: Timestamp, zone: &TimeZone| local_time_words(instant, zone, now);
        let home = self.profile.zone.rules();
        let mut facts: Vec<String> = decision.writes.iter().filter_map(|write| self.name(write, decision)).collect();
        match request {
            Request::Remind(wanted) => {
                assert_eq!(decision.writes.len(), wanted.len(), "every reminder must be made");
                let made = wanted.iter().zip(&decision.writes);
                facts.extend(made.map(|(one, write)| at(one.due, written(write).zone.rules())));
                facts.extend(wanted.iter().map(|one| in_second_person(&clean(&one.task))));
            }
            Request::Move { .. } | Request::Snooze { .. } => {
                facts.extend(decision.writes.last().map(|write| at(written(write).due, home)));
            }
            Request::Ask(Question::Task { due, zone, rule, .. }) => {
                let zone = zone.as_ref().unwrap_or(home);
                facts.push(at(*due, zone));
                let words = |rule| format!("{}, starting ", language::rule_in_words(rule, zone));
                facts.extend(rule.as_ref().map(words));
            }
            Request::Time { due, zone, .. } => facts.push(at(*due, zone.as_ref().unwrap_or(home))),
            Request::Ask(Question::When { task, candidates }) => {
                facts.push(in_second_person(task));
                facts.extend(candidates.iter().map(|one| at(one.due, one.zone.as_ref().unwrap_or(home))));
            }
            Request::Past { was, .. } => facts.push(at(*was, home)),
            Request::List => facts.extend((1..).zip(OPEN).map(|(number, _)| format!("#{number} "))),
            Request::Ask(_)
            | Request::Help
            | Request::Done(_)
            | Request::OptOut
            | Request::OptIn
            | Request::Skip { .. }
            | Request::Resume(_)
            | Request::Code(_)
            | Request::Restore
            | Request::Undo
            | Request::Yes
            | Request::No
            | Request::DropQuestion
            | Request::Delete(_)
            | Request::Zone(_)
            | Request::Pleasantry
            | Request::Unknown(_) => {}
        }
        facts
    }

    /// Returns the number of a written reminder, unless the answer names the reminder that replaces it.
    fn name(&self, write: &ReminderWrite, decision: &Decision) -> Option<String> {
        let makes = decision.writes.iter().any(|write| matches!(write, ReminderWrite::Create(_)));
        let is_replaced = makes && matches!(write, ReminderWrite::Replace(_));
        (!is_replaced).then(|| format!("#{}", written(write).number))
    }

    /// Checks that a command about an open reminder changes it. No open reminder rings in these rows, so DONE without a
    /// number must not change an open reminder.
    fn unchanged(&self, request: &Request, decision: &Decision) -> Option<String> {
        let changes = matches!(
            request,
            Request::Delete(_) | Request::Move { .. } | Request::Snooze { .. } | Request::Remind(_) | Request::Done(_)
        );
        if matches!(request, Request::Done(Target::Last | Target::Words(_) | Target::All)) {
            let is_touched = decision.writes.iter().any(|write| written(write).state().is_some());
            return is_touched.then(|| format!("changes a reminder that has not rung: {}", decision.answer));
        }
        (changes && decision.writes.is_empty()).then(|| format!("changes nothing: {}", decision.answer))
    }

    fn is_asked_about(&self, character: char) -> bool {
        self.profile.question.as_ref().is_some_and(|asked| asked.question.to_string().contains(character))
    }
}

fn id(number: u32) -> ReminderId {
    format!("{number:026}").parse().unwrap()
}

fn ended(life: &Lifecycle) -> Option<(End, Timestamp)> {
    if let Lifecycle::Ended { end, at } = life { Some((*end, *at)) } else { None }
}

fn known(number: u32, task: &str, zone: &Zone, due: Timestamp, life: Lifecycle) -> Reminder {
    Reminder {
        key: ReminderKey { person: PERSON.parse().unwrap(), reminder: id(number) },
        number,
        task: task.to_owned(),
        zone: zone.clone(),
        rule: None,
        due,
        due_source: DueSource::GuessedClock,
        created_at: due - SignedDuration::from_hours(25),
        generation: 1,
        epoch: 0,
        last_claim: None,
        last_end: ended(&life).map(|(end, at)| LastEnd { end, due, at, claim: None, text: None }),
        cancelled_claim: None,
        missed_in_row: 0,
        code: None,
        life,
        write_id: "01MARK00000000000000000000".parse().unwrap(),
    }
}

fn written(write: &ReminderWrite) -> &Reminder {
    match write {
        ReminderWrite::Create(reminder) | ReminderWrite::Replace(reminder) => reminder,
    }
}

fn is_ordinary(wanted: &[NewReminder]) -> bool {
    matches!(wanted, [one] if one.task.chars().count() <= ORDINARY_TASK)
}

/// Whether a character is in GSM-7. If it is, 71 copies of it fit one segment.
fn is_gsm(character: char) -> bool {
    segments(&character.to_string().repeat(71)) == 1
}

#[test]
fn the_answer_to_each_text_of_the_corpus_has_no_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut texts = 0;
    let mut wrong = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mut head = Value::Null;
        for (number, line) in (1..).zip(fs::read_to_string(&path).unwrap().lines()) {
            let row: Value = serde_json::from_str(line).unwrap();
            if row["text"].is_null() {
                head = row;
                continue;
            }
            texts += 1;
            for source in [ZoneSource::Guessed, ZoneSource::Said] {
                if let Some(complaint) = Sent::of(&head, &row, source).complaint() {
                    let file = path.file_name().unwrap_or_default().display();
                    wrong.push(format!("{file}:{number}: {:?}, zone {source:?}\n  {complaint}", row["text"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {texts} texts, each twice:\n{}", wrong.len(), wrong.join("\n"));
    assert!(texts >= FEWEST_TEXTS, "only {texts} texts");
}
