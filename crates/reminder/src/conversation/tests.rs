//! Conversations of a person whose reminders ring meanwhile.

use std::cell::Cell;

use crate::policy::{Times, after};
use crate::record::{AnsweredBy, End, LastEnd, Lifecycle, State, Zone};

use super::corpus_tests::{Counted, PERSON};
use super::*;
use crate::conversation::{AnswerRoute, Refusal, Sender};

/// How the first answer to a person begins.
const INTRODUCTION: &str = "sixthirty: ";

/// Time from the first call of an occurrence until the last unanswered one has ended, in seconds.
const TRIED_S: i64 = 120;

/// A person who never answers the phone, and their reminders.
pub(super) struct Person {
    pub(super) profile: Profile,
    reminders: Vec<Reminder>,
    names: Counted,
    policy: Policy,
    service_name: ServiceName,
    /// Why the person is not served. Absent if they are.
    pub(super) refused: Option<Refusal>,
    /// The instants of the first call of each occurrence.
    pub(super) rang: Vec<Timestamp>,
    /// How many of them are later occurrences of a series.
    pub(super) again: usize,
}

pub(super) fn noon() -> Timestamp {
    "2026-03-02T17:00:00Z".parse().unwrap()
}

impl Person {
    pub(super) fn new() -> Self {
        let zone = Zone::named("America/New_York").unwrap();
        let number = "+12125550142".parse().unwrap();
        Self {
            profile: Profile::new_profile(PERSON.parse().unwrap(), number, zone, after(noon(), -60)),
            reminders: Vec::new(),
            names: Counted(Cell::new(0)),
            policy: Policy::new(Times::DEFAULT).unwrap(),
            service_name: ServiceName::default(),
            refused: None,
            rang: Vec::new(),
            again: 0,
        }
    }

    pub(super) fn confirmed() -> Self {
        let mut person = Self::new();
        person.profile.confirmed_at = Some(after(noon(), -30));
        person
    }

    /// Records an opt-out that only the carrier knew. The person's reminders stay as they are.
    fn opt_out_at_the_carrier(&mut self, second: i64) {
        let consent = &mut self.profile.consent;
        consent.epoch += 1;
        consent.status = OptStatus::OptedOut;
        consent.opted_out_at = Some(after(noon(), second));
    }

    /// Takes in a text at once.
    pub(super) fn text(&mut self, second: i64, body: &str) -> String {
        self.text_late(second, second, body)
    }

    /// Takes in a text that was received earlier. Returns the answer.
    pub(super) fn text_late(&mut self, received: i64, second: i64, body: &str) -> String {
        self.text_by(AnswerRoute::Reply, received, second, body)
    }

    /// Takes in a text by this route. Returns the answer without the introduction of a first answer.
    pub(super) fn text_by(&mut self, route: AnswerRoute, received: i64, second: i64, body: &str) -> String {
        let decision = self.decided(route, received, second, body);
        self.profile = decision.profile;
        for write in decision.writes {
            self.write(write);
        }
        if self.profile.consent.status == OptStatus::OptedOut {
            self.reminders.clear();
        }
        decision.answer.strip_prefix(INTRODUCTION).unwrap_or(&decision.answer).to_owned()
    }

    /// Returns the decision on a text, of which nothing is stored yet.
    pub(super) fn decided(&mut self, route: AnswerRoute, received: i64, second: i64, body: &str) -> Decision {
        let (received_at, now) = (after(noon(), received), after(noon(), second));
        self.ring_until(now);
        let text = ReceivedText {
            id: "test#text".parse().unwrap(),
            from: self.profile.number.clone(),
            sender: self.sender(),
            body: body.to_owned(),
            opt_out_type: None,
            received_at,
            route,
            pressed: None,
        };
        let request = read(&text, &self.profile);
        let reminders = Reminders::of(&self.profile, self.reminders.clone(), received_at);
        let situation = Situation {
            body,
            profile: self.profile.clone(),
            reminders: &reminders,
            pressed: None,
            received_at,
            now,
            policy: &self.policy,
            service_name: &self.service_name,
            names: &self.names,
        };
        match text.sender {
            Sender::Served { .. } => decide(situation, request.as_ref()),
            Sender::Refused(refusal) => turn_away(situation, request.as_ref(), refusal, route),
        }
    }

    fn sender(&self) -> Sender {
        let served = Sender::Served { country: Country::US, zone: self.profile.zone.clone() };
        self.refused.map_or(served, Sender::Refused)
    }

    pub(super) fn open(&self) -> usize {
        self.reminders.iter().filter(|one| one.state().is_some()).count()
    }

    fn write(&mut self, write: ReminderWrite) {
        match write {
            ReminderWrite::Create(made) => self.reminders.push(made),
            ReminderWrite::Replace(next) => {
                let old = self.reminders.iter_mut().find(|one| one.key == next.key).unwrap();
                *old = next;
            }
        }
    }

    /// Lets every due reminder ring, unanswered.
    pub(super) fn ring_until(&mut self, now: Timestamp) {
        for one in &mut self.reminders {
            while let Lifecycle::Live { state: State::Waiting { attempt, .. }, .. } = one.life {
                if attempt == 1 && one.due <= now {
                    self.rang.push(one.due);
                    self.again += usize::from(one.last_end.is_some());
                    one.life = life_of(2, after(one.due, TRIED_S));
                } else if attempt == 2 && after(one.due, TRIED_S) <= now {
                    let over = after(one.due, TRIED_S);
                    let next = one.rule.as_ref().and_then(|rule| rule.next_after(over, one.zone.rules()));
                    one.last_end = Some(LastEnd { end: End::Missed, at: over, claim: None, text: None });
                    one.due = next.unwrap_or(one.due);
                    one.generation += 2;
                    one.life = next.map_or(Lifecycle::Ended { end: End::Missed, at: over }, |due| life_of(1, due));
                } else {
                    break;
                }
            }
        }
    }
}

fn life_of(attempt: u8, wake_at: Timestamp) -> Lifecycle {
    Lifecycle::Live {
        state: State::Waiting { attempt, wake_at, slot: None, answered: AnsweredBy::Nobody },
        deadline: wake_at,
        recoveries: 0,
    }
}

/// Checks how the answer to each text begins. Texts have their seconds after noon. An empty expectation means no answer.
pub(super) fn check(mut person: Person, texts: &[(i64, &str, &str)]) {
    for (second, body, expected) in texts {
        let answer = person.text(*second, body);
        let fits = if expected.is_empty() { answer.is_empty() } else { answer.starts_with(expected) };
        assert!(fits, "{second} s, {body:?}: expected {expected:?}, found {answer:?}");
    }
}

pub(super) const MADE: &str = "OK, I'll call you";

#[test]
fn thanks_are_met_with_silence_and_are_no_answer_to_a_question() {
    let asked = "When should I remind you: call mom?";
    let texts = [
        (0, "remind me to get up tomorrow at 9", MADE),
        (1, "thanks!", ""),
        (2, "Liked \u{201c}OK, I'll call you tomorrow at 9 AM EST: get up (#1).\u{201d}", ""),
        (3, "list", "#1 tomorrow at 9 AM EST: get up"),
        (4, "remind me to call mom", asked),
        (5, "ok", asked),
        (6, "great", asked),
        (7, "\u{1f44d}", asked),
        (8, "ok", ""),
        (9, "at 6pm", MADE),
        (10, "ok", ""),
    ];
    check(Person::new(), &texts);
}

#[test]
fn later_is_not_about_what_rang_after_it_was_written() {
    for (words, expected) in
        [("snooze 10 minutes", "No reminder rang in the last hour."), ("in an hour", "OK, in 59 minutes")]
    {
        let mut person = Person::new();
        person.text(0, "remind me to get up in 2 minutes");
        let answer = person.text_late(60, 150, words);
        assert!(answer.starts_with(expected), "{words:?}: {answer:?}");
        let answer = person.text_late(130, 160, "snooze 10 minutes");
        assert!(answer.starts_with("OK, I'll call you again in 10 minutes (12:12:10 PM): get up"), "{answer:?}");
    }
}

#[test]
fn a_time_alone_puts_off_what_has_just_rung_and_one_that_is_asked_for_is_a_new_one() {
    let texts = [
        (0, "in an hour", "OK, today at 1 PM EST. What should I remind you about?"),
        (1, "remind me to get up in 1 minute", MADE),
        (65, "in an hour", "OK, I'll call you again today at 1:01:05 PM EST: get up"),
        (70, "remind me in two hours", "OK, today at 2:01:10 PM EST. What should I remind you about?"),
        (71, "buy milk", MADE),
        (900, "in an hour", "OK, today at 1:15 PM EST. What should I remind you about?"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn the_first_promise_and_help_say_who_is_speaking() {
    let mut person = Person::new();
    let mut introduces = |second, body: &str| {
        let decision = person.decided(AnswerRoute::Reply, second, second, body);
        person.profile = decision.profile;
        decision.answer.starts_with(INTRODUCTION)
    };
    for (second, body, expected) in [
        (0, "list", false),
        (1, "help", true),
        (2, "remind me to get up tomorrow at 9", true),
        (3, "remind me to get up tomorrow at 9", false),
        (4, "help", true),
    ] {
        assert_eq!(introduces(second, body), expected, "{body:?}");
    }
}

const PILLS: &str = "remind me to take pills every day at 12:01 PM";

/// When the calls of the occurrence of 12:01 PM have ended, in seconds after noon.
const PILLS_RANG_S: i64 = 60 + TRIED_S;

#[test]
fn done_after_a_call_leaves_the_next_occurrence_of_its_series() {
    for done in ["done", "done with pills", "done 1"] {
        let mut person = Person::confirmed();
        person.text(0, PILLS);
        let answer = person.text(PILLS_RANG_S + 1, done);
        assert!(answer.starts_with("Done: #1 take pills."), "{done:?}: {answer:?}");
        assert_eq!(
            person.text(PILLS_RANG_S + 2, "list"),
            "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills",
            "{done:?}"
        );
    }
}

#[test]
fn done_between_two_calls_settles_the_occurrence_and_not_the_next() {
    let texts = [
        (0, PILLS, MADE),
        (90, "done", "Done: #1 take pills."),
        (91, "list", "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills"),
        (92, "done", "Done: #1 take pills."),
        (93, "list", "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_is_not_about_a_reminder_that_was_made_after_the_one_that_rang() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (61 + TRIED_S, "remind me to buy milk in 2 hours", MADE),
        (62 + TRIED_S, "done", "Done: #1 get up."),
        (64 + TRIED_S, "list", "#2 today at 2:03:01 PM EST: buy milk"),
        (3600 + 59 + TRIED_S, "done", "Done: #1 get up."),
        (3600 + 61 + TRIED_S, "done", "No reminder rang in the last hour."),
        (3600 + 62 + TRIED_S, "list", "#2 today at 2:03:01 PM EST: buy milk"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_with_the_words_of_a_reminder_that_has_not_rung_says_how_to_skip_it() {
    let texts = [
        (0, "remind me to buy milk in 2 hours", MADE),
        (1, "done with milk", "#1 buy milk hasn't rung yet. To skip it, text DONE 1."),
        (2, "list", "#1 today at 2 PM EST: buy milk"),
        (3, "remind me to buy milk and eggs in 3 hours", MADE),
        (4, "done with milk", "Which one? Text LIST"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_is_not_about_what_was_put_off() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (61, "snooze 10 minutes", "OK, I'll call you again"),
        (62, "done", "Done: #1 get up. I'll still call again in 10 minutes (12:11:01 PM). To skip that, text DONE 2."),
        (63, "list", "#2 in 10 minutes (12:11:01 PM): get up"),
        (64, "done 2", "Done: #2 get up."),
        (65, "list", "You have no reminders."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_with_a_number_passes_over_the_coming_occurrence_and_says_when_the_next_one_rings() {
    let texts = [
        (0, "remind me to take pills every day at 6 PM", MADE),
        (1, "remind me to buy milk at 5 PM", MADE),
        (2, "done 1", "Done: #1 take pills. Next call: tomorrow at 6 PM EST."),
        (3, "done 1 and 2", "Done: #1, #2. Next call: #1 Wed, Mar 4 at 6 PM EST."),
        (4, "list", "#1 every day 6 PM, next Wed, Mar 4 at 6 PM EST: take pills"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_is_about_a_reminder_that_was_only_texted() {
    let mut person = Person::confirmed();
    person.text(0, "remind me to get up in 1 minute");
    let (now, policy) = (after(noon(), 2000), &person.policy);
    let woken = Event::Woken { generation: 1, claim: "01CLAIM0000000000000000000".parse().unwrap() };
    let texted = crate::lifecycle::transition(&person.reminders[0], &woken, now, policy);
    let crate::lifecycle::Transition::Change(texted) = texted else { panic!("{texted:?}") };
    assert!(texted.text.is_some());
    person.reminders[0] = texted.next;
    assert_eq!(person.text(2001, "done"), "Done: #1 get up.");
    assert!(matches!(person.reminders[0].life, Lifecycle::Ended { end: End::Heard, .. }));
}

/// A person with three reminders, the limit of an unconfirmed number, who then opted out at the carrier.
fn opted_out_with_three_reminders() -> Person {
    let mut person = Person::new();
    person.text(0, "remind me to take pills every day at 12:01 PM");
    person.text(1, "remind me to get up tomorrow at 9");
    person.text(2, "remind me to buy milk tomorrow at 10");
    person.ring_until(after(noon(), PILLS_RANG_S));
    person.opt_out_at_the_carrier(PILLS_RANG_S);
    person
}

#[test]
fn coming_back_ends_the_reminders_made_before_the_carrier_told_of_an_opt_out() {
    for back in ["START", "start again"] {
        let mut person = opted_out_with_three_reminders();
        person.text(PILLS_RANG_S + 1, back);
        let is_cancelled = |one: &Reminder| matches!(one.life, Lifecycle::Ended { end: End::Cancelled, .. });
        assert!(person.reminders.iter().all(is_cancelled), "{back:?}: {:?}", person.reminders);
    }
}

#[test]
fn a_reminder_of_an_older_epoch_is_neither_listed_nor_counted_nor_changed_nor_named() {
    let second = PILLS_RANG_S + 1;
    for (text, expected) in [
        ("list", "You have no reminders."),
        ("delete 2", "I can't find that reminder."),
        ("delete all", "I can't find that reminder."),
        ("delete milk", "I can't find that reminder."),
        ("move 2 to 6pm", "I can't find that reminder."),
        ("make it 6pm", "I can't find that reminder."),
        ("done", "No reminder rang in the last hour."),
        ("done 2", "No reminder rang in the last hour."),
        ("done with milk", "No reminder rang in the last hour."),
        ("snooze 10 minutes", "No reminder rang in the last hour."),
        ("in an hour", "OK, today at 1:03:01 PM EST. What should I remind you about?"),
        ("remind me to call mom tomorrow at 11", MADE),
    ] {
        let mut person = opted_out_with_three_reminders();
        // As if an older release had opted the person in.
        person.profile.consent.status = OptStatus::OptedIn;
        let answer = person.text(second, text);
        assert!(answer.starts_with(expected), "{text:?}: expected {expected:?}, found {answer:?}");
    }
}
