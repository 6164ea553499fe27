//! Whatever a number that may be forged texts, its owner's phone rings so often at most, and machines fall silent.

use std::cell::Cell;

use jiff::SignedDuration;
use proptest::prelude::*;
use reminder::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, Times, after};
use reminder::record::{End, Life, State};

use super::corpus_tests::{Counted, PERSON};
use super::*;
use crate::text::Via;

/// How long a phone rings, and is tried again, before nobody answered, in seconds.
const TRIED_S: i64 = 120;

/// One person, and what becomes of their reminders when nobody answers the phone.
struct Person {
    profile: Profile,
    reminders: Vec<Reminder>,
    names: Counted,
    policy: Policy,
    /// When the phone rang first for an occurrence.
    rang: Vec<Timestamp>,
    /// Those of them that are the further ones of a series.
    again: usize,
}

fn noon() -> Timestamp {
    "2026-03-02T17:00:00Z".parse().unwrap()
}

impl Person {
    fn new() -> Self {
        let zone = Zone::named("America/New_York").unwrap();
        let number = "+12125550142".parse().unwrap();
        Self {
            profile: Profile::stranger(PERSON.parse().unwrap(), number, zone, after(noon(), -60)),
            reminders: Vec::new(),
            names: Counted(Cell::new(0)),
            policy: Policy::new(Times::DEFAULT).unwrap(),
            rang: Vec::new(),
            again: 0,
        }
    }

    fn confirmed() -> Self {
        let mut person = Self::new();
        person.profile.confirmed_at = Some(after(noon(), -30));
        person
    }

    /// Takes in a text at once.
    fn text(&mut self, second: i64, body: &str) -> String {
        self.text_late(second, second, body)
    }

    /// Takes in a text that was received before, and gives the answer.
    fn text_late(&mut self, received: i64, second: i64, body: &str) -> String {
        let (received_at, now) = (after(noon(), received), after(noon(), second));
        self.ring_until(now);
        let text = Text {
            id: "test#text".parse().unwrap(),
            from: self.profile.number.clone(),
            country: Country::US,
            zone: self.profile.zone.clone(),
            body: body.to_owned(),
            verdict: None,
            received_at,
            via: Via::Reply,
        };
        let request = read(&text, &self.profile);
        let known: Vec<Reminder> =
            self.reminders.iter().filter(|one| guard::is_known_by(one.created_at, received_at)).cloned().collect();
        let situation = Situation {
            body,
            profile: self.profile.clone(),
            reminders: &known,
            open: self.open(),
            received_at,
            now,
            policy: &self.policy,
            names: &self.names,
        };
        let decision = decide(situation, request.as_ref());
        self.profile = decision.profile;
        for write in decision.writes {
            self.write(write);
        }
        if self.profile.consent.presence == Presence::Gone {
            self.reminders.clear();
        }
        decision.answer
    }

    fn open(&self) -> usize {
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

    /// The phone rings for what is due, and nobody answers.
    fn ring_until(&mut self, now: Timestamp) {
        for one in &mut self.reminders {
            while let Life::Live { state: State::Waiting { attempt, .. }, .. } = one.life {
                if attempt == 1 && one.due <= now {
                    self.rang.push(one.due);
                    self.again += usize::from(one.last_end_at.is_some());
                    one.life = life_of(2, after(one.due, TRIED_S));
                } else if attempt == 2 && after(one.due, TRIED_S) <= now {
                    let over = after(one.due, TRIED_S);
                    let next = one.rule.as_ref().and_then(|rule| rule.next_after(over, one.zone.rules()));
                    one.last_end_at = Some(over);
                    one.due = next.unwrap_or(one.due);
                    one.life = next.map_or(Life::Ended { end: End::Missed, at: over }, |due| life_of(1, due));
                } else {
                    break;
                }
            }
        }
    }
}

fn life_of(attempt: u8, wake_at: Timestamp) -> Life {
    Life::Live { state: State::Waiting { attempt, wake_at, slot: None }, deadline: wake_at, nudges: 0 }
}

/// What somebody texts from noon on, each in its second, and how the answer begins; nothing where silence is.
fn check(mut person: Person, texts: &[(i64, &str, &str)]) {
    for (second, body, expected) in texts {
        let answer = person.text(*second, body);
        let fits = if expected.is_empty() { answer.is_empty() } else { answer.starts_with(expected) };
        assert!(fits, "{second} s, {body:?}: expected {expected:?}, found {answer:?}");
    }
}

const MADE: &str = "OK, I'll call you";
const FULL: &str = "Not set: 3 of yours are open.";
const SOON: &str = "Not set: until you have pressed 1 on a call of mine, I call 5 times in 15 minutes";
const OFTEN: &str = "Not set: until you have pressed 1 on a call of mine, I call every 15 minutes at most";
const UNCLEAR: &str = "Sorry, I didn't get that.";

#[test]
fn a_new_number_that_asks_for_too_much_is_told_once_an_hour() {
    let texts = [
        (0, "remind me to feed the cat tomorrow at 9", MADE),
        (1, "remind me to feed the dog tomorrow at 9", MADE),
        (2, "remind me to feed the fish tomorrow at 9", MADE),
        (3, "remind me to feed the cow tomorrow at 9", FULL),
        (4, "remind me to feed the cow tomorrow at 9", ""),
        (5, "remind me to feed the cow every minute", ""),
        (6, "list", "#1 "),
        (7, "delete 1", "Deleted #1 feed the cat."),
        (8, "remind me to feed the cow tomorrow at 9", MADE),
        (9, "remind me to feed the pig tomorrow at 9", ""),
        (3602, "remind me to feed the pig tomorrow at 9", ""),
        (3603, "remind me to feed the pig tomorrow at 9", FULL),
        (3604, "remind me to feed the pig tomorrow at 9", ""),
        (3605, "stop texting me", "You're out"),
        (3606, "start again", "Welcome back."),
    ];
    check(Person::new(), &texts);
}

#[test]
fn a_new_number_is_called_five_times_in_a_quarter_of_an_hour() {
    let soon = [
        (0, "remind me to get up in 1 minute", MADE),
        (240, "remind me to get up in 1 minute", MADE),
        (480, "remind me to get up in 1 minute", MADE),
        (485, "remind me to get up in 1 minute", MADE),
        (490, "remind me to get up in 1 minute", MADE),
        (700, "remind me to get up in 1 minute", SOON),
        (701, "snooze 2 minutes", ""),
        (702, "remind me to get up in 3 minutes", ""),
        (703, "remind me to get up in 5 minutes", MADE),
        (704, "move it to in 1 minute", ""),
        (705, "move it to in 10 minutes", "Moved"),
    ];
    check(Person::new(), &soon);
    let rung_and_deleted = [
        (0, "remind me to get up in 1 minute", MADE),
        (61, "delete all", "Deleted"),
        (62, "remind me to get up in 1 minute", MADE),
        (123, "delete all", "Deleted"),
        (124, "remind me to get up in 1 minute", MADE),
        (185, "delete all", "Deleted"),
        (186, "remind me to get up in 1 minute", MADE),
        (247, "delete all", "Deleted"),
        (248, "remind me to get up in 1 minute", MADE),
        (309, "delete all", "Deleted"),
        (310, "remind me to get up in 1 minute", SOON),
        (960, "remind me to get up in 1 minute", MADE),
    ];
    check(Person::new(), &rung_and_deleted);
}

#[test]
fn what_is_taken_back_before_it_rings_does_not_count() {
    let mut person = Person::new();
    for second in (0..100).step_by(4) {
        for (after_s, body, expected) in [
            (0, "remind me to get up in 10 minutes", MADE),
            (1, "move it to in 12 minutes", "Moved"),
            (2, "delete it", "Deleted"),
        ] {
            let answer = person.text(second + after_s, body);
            assert!(answer.starts_with(expected), "{second} s, {body:?}: {answer:?}");
        }
    }
    assert_eq!(person.profile.budget.calls.dues(), []);
}

#[test]
fn who_leaves_takes_all_back() {
    let mut person = Person::new();
    person.text(0, "remind me to get up in 10 minutes");
    person.text(1, "STOP");
    assert_eq!(person.profile.budget.calls.dues(), []);
}

#[test]
fn who_has_pressed_a_key_is_called_as_often_as_they_like_and_always_answered() {
    let mut person = Person::confirmed();
    for second in 0..40 {
        assert!(person.text(second, "remind me to get up in 1 minute").starts_with(MADE));
    }
    for second in 60..65 {
        let answer = person.text(second, "remind me to get up every 4 minutes");
        assert_eq!(answer, "Not set: that rings too often. I can call you every 5 minutes at most.");
    }
    assert_eq!(person.profile.budget, reminder::budget::Budget::default());
}

#[test]
fn a_series_of_a_new_number_rings_each_quarter_of_an_hour_at_most() {
    for (body, new, known) in [
        ("remind me to stir every minute", OFTEN, "Not set: that rings too often."),
        ("remind me to stir every 4 minutes", OFTEN, "Not set: that rings too often."),
        ("remind me to stir every 5 minutes", OFTEN, MADE),
        ("remind me to stir every 10 minutes for an hour", OFTEN, MADE),
        ("remind me to stir every 15 minutes", MADE, MADE),
        ("remind me to stir every 10 minutes between 1pm and 3pm", OFTEN, MADE),
        ("remind me to stir every 15 minutes between 1pm and 3pm", MADE, MADE),
        ("remind me to stir every day at 8, 12 and 6pm", MADE, MADE),
        ("remind me to stir every hour", MADE, MADE),
        ("remind me to stir every 2 minutes for 2 minutes", MADE, MADE),
    ] {
        check(Person::new(), &[(0, body, new)]);
        check(Person::confirmed(), &[(0, body, known)]);
    }
}

#[test]
fn the_fourth_text_in_an_hour_that_leads_nowhere_is_not_answered() {
    for person in [Person::new, Person::confirmed] {
        let noise = [
            (0, "the quick brown fox", UNCLEAR),
            (1, "the quick brown fox", UNCLEAR),
            (2, "remind me to get up on february 30", "That day is in no calendar."),
            (3, "the quick brown fox", ""),
            (4, "list", "You have no reminders."),
            (5, "help", "Try:"),
            (6, "remind me to get up tomorrow at 9", MADE),
            (7, "the quick brown fox", ""),
            (3599, "the quick brown fox", ""),
            (3600, "the quick brown fox", UNCLEAR),
            (3600, "the quick brown fox", ""),
            (3601, "the quick brown fox", UNCLEAR),
        ];
        check(person(), &noise);
        let asked_again = [
            (0, "remind me to call mom", "When shall I call you about \"call mom\"?"),
            (1, "remind me to call mom", "When shall I call you about \"call mom\"?"),
            (2, "remind me to call dad", "When shall I call you about \"call dad\"?"),
            (3, "remind me to call dad", "When shall I call you about \"call dad\"?"),
            (4, "remind me to call dad", ""),
            (5, "at 6pm", MADE),
        ];
        check(person(), &asked_again);
    }
}

#[test]
fn thanks_are_met_with_silence_and_are_no_answer_to_a_question() {
    let asked = "When shall I call you about \"call mom\"?";
    let texts = [
        (0, "remind me to get up tomorrow at 9", MADE),
        (1, "thanks!", ""),
        (2, "Liked \u{201c}OK, I'll call you tomorrow 9 AM EST: get up (#1).\u{201d}", ""),
        (3, "list", "#1 tomorrow 9 AM EST: get up"),
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
fn a_text_counts_in_the_hour_in_which_it_was_received() {
    let mut person = Person::new();
    for received in [100, 50, 0] {
        assert!(person.text_late(received, 9000, "the quick brown fox").starts_with(UNCLEAR), "{received}");
    }
    assert_eq!(person.text_late(3599, 9000, "the quick brown fox"), "");
    assert!(person.text_late(3600, 9001, "the quick brown fox").starts_with(UNCLEAR));
    assert_eq!(person.text_late(10, 9002, "the quick brown fox"), "");
    assert!(person.text(9003, "the quick brown fox").starts_with(UNCLEAR));
}

/// What somebody texts who wants a phone to ring, with a number in it.
fn nagging() -> impl Strategy<Value = (i64, String)> {
    let words = prop::sample::select(vec![
        "remind me to get up in N minutes",
        "remind me to get up in N minutes",
        "remind me to get up in N minutes and in 20 minutes",
        "remind me to get up every 15 minutes",
        "remind me to get up every 15 minutes for 30 minutes",
        "delete N",
        "delete all",
        "done",
        "snooze N minutes",
        "in N minutes",
        "move it to in N minutes",
        "move N to in 3 minutes",
        "STOP",
        "START",
    ]);
    let seconds = prop_oneof![1_i64..5, 1_i64..400, 600_i64..1000];
    (seconds, words, 1_u32..30).prop_map(|(seconds, words, n)| (seconds, words.replace('N', &n.to_string())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_a_new_number_texts_its_phone_rings_for_five_and_the_open_series_in_a_quarter_of_an_hour(
        texts in prop::collection::vec(nagging(), 1..80),
    ) {
        let mut person = Person::new();
        let mut second = 0;
        for (wait_s, body) in &texts {
            second += wait_s;
            person.text(second, body);
            prop_assert!(person.open() <= OPEN_MAX_UNCONFIRMED);
            prop_assert!(person.profile.budget.calls.dues().len() <= 2 * SOON_MAX + OPEN_MAX_UNCONFIRMED);
        }
        person.ring_until(after(noon(), second + 3600));
        person.rang.sort_unstable();
        let most = SOON_MAX + OPEN_MAX_UNCONFIRMED;
        let is_spread = |dues: &[Timestamp]| dues[most].duration_since(dues[0]) >= SignedDuration::from_secs(SOON_S);
        prop_assert!(person.rang.windows(most + 1).all(is_spread), "{:?}", person.rang);
        if person.again == 0 {
            let is_spread = |dues: &[Timestamp]| dues[SOON_MAX] >= after(dues[0], SOON_S);
            prop_assert!(person.rang.windows(SOON_MAX + 1).all(is_spread), "{:?}", person.rang);
        }
    }
}
