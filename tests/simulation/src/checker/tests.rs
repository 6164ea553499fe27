//! The judge on histories made by hand: each rule with a history that keeps it and one that breaks it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Channel, ChannelKind};
use reminder::ids::{CallId, CarrierName, MessageId, ReminderId, ReminderKey, SentTextId};
use reminder::ports::{SlotRequest, UndeliveredCause};
use reminder::wire::CallRoute;

use super::person_history::{STOPPED, THANKS};
use super::{Judgement, judge};
use crate::fakes::{Cloud, Costs, number};
use crate::fault_profile::FaultProfile;
use crate::faults::Fault;
use crate::history::{AnswerRoute, CallEnd, Entry, Observation, PickedUpBy, RequestOutcome, SentText, Speech};
use crate::people::{Bound, Due, Meaning, OptOutWord, Place, Rhythm};
use crate::world::{Remains, Scale};

mod consent;
mod delays;
mod moves;
mod series;
mod zones;

/// Start of every story: 12 noon in New York.
const START: &str = "2027-03-01T17:00:00Z";

/// A history made by hand. Times are seconds after the start.
struct Story {
    cloud: Rc<Cloud>,
    start_ms: i64,
    entries: Vec<Entry>,
    numbers: BTreeMap<String, String>,
    texts: usize,
    calls: usize,
    costs: Vec<(String, Costs)>,
    text_writes: Vec<(String, u32)>,
}

/// What happens on a call.
enum Talk {
    NotPickedUp,
    Silent(PickedUpBy),
    Keys(&'static [char]),
}

impl Story {
    fn new() -> Self {
        let start: Timestamp = START.parse().unwrap();
        let cloud = Cloud::new(1, start);
        let (start_ms, entries, costs, text_writes) = (start.as_millisecond(), Vec::new(), Vec::new(), Vec::new());
        let numbers = BTreeMap::new();
        Self { cloud, start_ms, entries, numbers, texts: 0, calls: 0, costs, text_writes }
    }

    fn at(&mut self, second: i64, after_ms: i64, seen: Observation) {
        self.entries.push(Entry { at_ms: self.start_ms + second * 1000 + after_ms, seen });
    }

    /// The person texts, and reads the answer in the reply.
    fn text(&mut self, second: i64, meaning: Meaning, answer: &str) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("twilio", &format!("SM{:032}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Reply });
        self.at(second, 10, Observation::TextDelivered { id: id.clone() });
        self.at(second, 60, Observation::TextTaken { id: id.clone() });
        self.at(second, 60, Observation::Reply { id, body: answer.to_owned() });
        self
    }

    /// The person texts. The answer is a text of its own.
    fn queued(&mut self, second: i64, meaning: Meaning) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("aws", &format!("m-{}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Text });
        self.at(second, 10, Observation::TextDelivered { id: id.clone() });
        self.at(second, 10, Observation::TextTaken { id });
        self
    }

    /// The answer to the key 2 of a call.
    fn again(&self, due: i64, task: &str) -> String {
        let at = Timestamp::from_millisecond(self.start_ms + due * 1000).unwrap();
        let clock = at.in_tz("America/New_York").unwrap().strftime("%-I:%M:%S %p").to_string();
        format!("OK, I'll call you again in 10 minutes ({clock}): {task} (#2).")
    }

    /// The reminder that was made by the text at this second: its id tells the time.
    fn reminder(&self, second: i64) -> ReminderId {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let ms = self.start_ms + second * 1000 + 30;
        let id: String = (0..10).rev().map(|place| char::from(LETTERS[(ms >> (5 * place) & 31) as usize])).collect();
        format!("{id}0000000000000000").parse().unwrap()
    }

    /// A call about the reminder that was made at `made`.
    fn call(&mut self, second: i64, made: i64, task: &str, talk: Talk) -> &mut Self {
        self.calls += 1;
        let call = CallId::new("twilio", &format!("CA{:032}", self.calls)).unwrap();
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let key = ReminderKey { person, reminder: self.reminder(made) };
        let claimed = self.reminder(second).to_string();
        let route = CallRoute { key, claim: format!("{}{:016}", &claimed[..10], self.calls).parse().unwrap() };
        let (carrier, to): (CarrierName, _) = ("twilio".parse().unwrap(), number(0));
        self.at(second, 0, Observation::CallRequested { carrier, to: to.clone(), route: route.clone() });
        self.at(second, 100, Observation::CallAccepted { call: call.clone(), to, route: route.clone() });
        self.at(second, 200, Observation::CallRequestOutcome { route, heard: RequestOutcome::Accepted });
        let (by, keys, end) = match talk {
            Talk::NotPickedUp => (None, &[][..], CallEnd::NoAnswer),
            Talk::Silent(by) => (Some(by), &[][..], CallEnd::Completed),
            Talk::Keys(keys) => (Some(PickedUpBy::Person), keys, CallEnd::Completed),
        };
        let words = format!("Hi, it's sixthirty with your reminder: {task}. Press 1 to confirm.");
        if let Some(by) = by {
            self.at(second + 5, 0, Observation::PickedUp { call: call.clone(), by });
            self.at(second + 5, 50, Observation::Spoke { call: call.clone(), speech: Speech::Words(words) });
        }
        for (place, digit) in (0..).zip(keys.iter().copied()) {
            let pressed = second + 10 + place;
            self.at(pressed, 0, Observation::KeyPressed { call: call.clone(), digit });
            self.at(pressed, 20, Observation::CallbackPosted { call: call.clone() });
            let words = match (digit, place) {
                ('2', _) => self.again(pressed + 600, task),
                ('9', 0) => {
                    "To stop all calls and texts from sixthirty, press 9 again. To keep them, press 1.".to_owned()
                }
                ('9', _) => STOPPED.to_owned(),
                _ => THANKS.to_owned(),
            };
            self.at(pressed, 50, Observation::KeyAnswered { call: call.clone(), digit, words });
        }
        self.at(second + 20, 0, Observation::CallEnded { call, end });
        self
    }

    /// The service texts the person instead of a call. Returns the story and the text's id.
    fn sends(&mut self, second: i64, body: &str, undelivered: Option<UndeliveredCause>) -> &mut Self {
        let (to, body) = (number(0), body.to_owned());
        let text = SentText::Sent(SentTextId::new("twilio", &format!("SM{second}")).unwrap());
        self.at(second, 0, Observation::TextRequested { to: to.clone(), body: body.clone() });
        self.at(second, 50, Observation::TextAccepted { text: text.clone(), to: to.clone(), body: body.clone() });
        let heard = RequestOutcome::Accepted;
        self.at(second, 90, Observation::TextRequestOutcome { to: to.clone(), body: body.clone(), heard });
        if let Some(cause) = undelivered {
            self.at(second + 30, 0, Observation::TextUndelivered { text, to, body, code: 30034, cause });
        }
        self
    }

    fn fault(&self, second: i64, fault: Fault) {
        self.cloud.faults.record(fault, self.start_ms + second * 1000);
    }

    fn alarm(&mut self, second: i64, made: i64) -> &mut Self {
        let reminder = Some(self.reminder(made).to_string());
        let words = "reminder failed: neither a call nor a text reached its person".to_owned();
        let outgoing = Some(format!("text-{second}"));
        self.at(second, 0, Observation::Alarm { reminder, outgoing, message: None, words });
        self
    }

    /// Judges the story, which ends so many hours after its start.
    fn judge(&mut self, hours: i64) -> Judgement {
        self.entries.sort_by_key(|entry| entry.at_ms);
        judge(&Remains {
            entries: std::mem::take(&mut self.entries),
            live: Vec::new(),
            ended: BTreeSet::new(),
            numbers: std::mem::take(&mut self.numbers),
            live_afterwards: Vec::new(),
            live_texts: Vec::new(),
            reminders: 1,
            costs: std::mem::take(&mut self.costs),
            text_writes: std::mem::take(&mut self.text_writes),
            scale: Scale::Hours,
            invocations: 1,
            cut_off: false,
            end_ms: self.start_ms + SignedDuration::from_hours(hours).as_secs() * 1000,
            over_ms: self.start_ms + SignedDuration::from_hours(hours).as_secs() * 1000,
            cloud: Rc::clone(&self.cloud),
            fault_profile: FaultProfile::Calm,
        })
    }
}

fn held(judgement: &Judgement) {
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
}

fn broken(judgement: &Judgement, guarantee: &str) {
    assert!(judgement.breaches.iter().any(|breach| breach.guarantee == guarantee), "{:#?}", judgement.breaches);
}

/// No breach has these words.
fn keeps(judgement: &Judgement, words: &str) {
    assert!(judgement.breaches.iter().all(|breach| !breach.what.contains(words)), "{:#?}", judgement.breaches);
}

/// A breach has these words.
fn breaks(judgement: &Judgement, words: &str) {
    assert!(judgement.breaches.iter().any(|breach| breach.what.contains(words)), "{:#?}", judgement.breaches);
}

fn pills() -> Meaning {
    Meaning::Remind { task: "pills".to_owned(), due: Due::In(30) }
}

const PILLS: &str = "OK, I'll call you in 30 minutes (12:30 PM): pills (#1).";

/// A one-off at second 0, due at second 1800.
fn asked() -> Story {
    let mut story = Story::new();
    story.text(0, pills(), PILLS);
    story
}

/// A daily series at second 0, due at second 1800.
fn daily() -> Story {
    let mut story = Story::new();
    let time = jiff::civil::Time::constant(12, 30, 0, 0);
    let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
    story.text(0, each, "OK, I'll call you every day at 12:30 PM, starting in 30 minutes (12:30 PM): pills (#1).");
    story
}

const DAY: i64 = 86_400;

#[test]
fn a_promise_that_is_heard_holds_and_one_that_nobody_calls_is_lost() {
    held(&asked().call(1800, 0, "pills", Talk::Keys(&['1'])).judge(3));
    broken(&asked().judge(3), "G1");
}

#[test]
fn a_mailbox_reaches_no_one() {
    broken(&asked().call(1800, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).judge(3), "G1");
    let texted = "In case you missed it: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let mut thrice = asked();
    for second in [1800, 1940, 2260] {
        thrice.call(second, 0, "pills", Talk::Silent(PickedUpBy::Mailbox));
    }
    held(&thrice.sends(2300, texted, None).judge(3));
}

#[test]
fn an_alarm_about_another_persons_reminder_is_not_about_ones_own() {
    let is_without_alarm = |who: Option<usize>| {
        let mut story = asked();
        story.numbers.extend(who.map(|who| (story.reminder(0).to_string(), number(who).as_str().to_owned())));
        let judgement = story.alarm(2000, 0).judge(3);
        judgement.breaches.iter().any(|breach| breach.what.contains("without call, text or alarm"))
    };
    assert_eq!([None, Some(0), Some(1)].map(is_without_alarm), [false, false, true]);
}

#[test]
fn a_text_that_is_reported_undelivered_reaches_no_one() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = || {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.sends(1900, texted, Some(UndeliveredCause::Operator));
        story
    };
    broken(&story().judge(3), "G1");
    let alarmed = story().alarm(2000, 0).judge(3);
    assert!(alarmed.breaches.iter().all(|breach| breach.guarantee != "G1"), "{:#?}", alarmed.breaches);
    broken(&story().alarm(2000, 7).judge(3), "G1");
}

#[test]
fn what_was_confirmed_is_not_texted_again() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |again: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.sends(1900, texted, Some(UndeliveredCause::Passing));
        story.text(2000, Meaning::Done, "Done: #1 pills.");
        story.sends(again, texted, None);
        story.judge(3)
    };
    breaks(&story(2830), "was confirmed and then texted");
    keeps(&story(1990), "was confirmed and then texted");
}

#[test]
fn a_call_after_an_obeyed_opt_out_is_a_breach() {
    let left = || {
        let mut story = asked();
        story.text(60, Meaning::OptOutByMistake(OptOutWord::Cancel), "");
        story
    };
    held(&left().judge(3));
    broken(&left().call(1800, 0, "pills", Talk::NotPickedUp).judge(3), "G4");
}

#[test]
fn done_ends_the_occurrence_that_rang_and_not_the_next_one() {
    let heard = || {
        let mut story = daily();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.text(2000, Meaning::Done, "Done: #1 pills.");
        story
    };
    held(&heard().call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(26));
    broken(&heard().judge(26), "G1");
}

#[test]
fn a_corrected_series_rings_in_the_corrected_zone() {
    let corrected = || {
        let mut story = daily();
        let place = Place { city: "Chicago", zone: "America/Chicago" };
        let answer = "OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM CST.";
        story.text(60, Meaning::Zone(place), answer);
        story
    };
    held(&corrected().call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4));
    broken(&corrected().call(1800, 0, "pills", Talk::Keys(&['1'])).judge(4), "G5");
}

#[test]
fn two_calls_of_a_person_at_once_break_a_rule() {
    let both = |second| {
        let mut story = asked();
        story.text(120, Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) }, TEA);
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.call(second, 120, "tea", Talk::Keys(&['1']));
        story.judge(3)
    };
    keeps(&both(1920), "call the same phone");
    breaks(&both(1810), "call the same phone");
}

const TEA: &str = "OK, I'll call you in 30 minutes (12:32 PM): tea (#2).";

#[test]
fn a_pick_up_without_a_key_is_followed_by_another_call() {
    let texted = "In case you missed it: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = || {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Silent(PickedUpBy::Screener));
        story
    };
    breaks(&story().sends(1900, texted, None).judge(3), "not called again");
    let again = story().call(1940, 0, "pills", Talk::Keys(&['1'])).judge(3);
    keeps(&again, "not called again");
    held(&again);
}

#[test]
fn no_call_follows_the_key_that_confirms() {
    let again = asked().call(1800, 0, "pills", Talk::Keys(&['1'])).call(1940, 0, "pills", Talk::NotPickedUp).judge(3);
    broken(&again, "G2");
}

#[test]
fn the_key_two_rings_again_after_ten_minutes() {
    let story = || {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['2']));
        story
    };
    keeps(&story().call(2412, 1810, "pills", Talk::Keys(&['1'])).judge(3), "did not ring ten minutes later");
    breaks(&story().judge(3), "did not ring ten minutes later");
}

#[test]
fn the_key_two_of_a_new_number_is_not_refused() {
    let story = |refusal: &'static str| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['2']));
        for entry in &mut story.entries {
            if let Observation::KeyAnswered { words, .. } = &mut entry.seen {
                *words = refusal.to_owned();
            }
        }
        story.judge(3)
    };
    breaks(
        &story("Not saved: new numbers can have 3 reminders. Press 1 on a call from us, or DELETE one."),
        "was refused",
    );
    keeps(&story("Not saved: you have 80 reminders, the most I can keep. DELETE one first."), "was refused");
}

#[test]
fn two_nines_end_all_calls() {
    let story = || {
        let mut story = daily();
        story.call(1800, 0, "pills", Talk::Keys(&['9', '9']));
        story
    };
    keeps(&story().judge(26), "9 and 9 were pressed");
    breaks(&story().call(1800 + DAY, 0, "pills", Talk::NotPickedUp).judge(26), "9 and 9 were pressed");
}

#[test]
fn a_skip_leaves_the_series() {
    let skipped = |answer: &str| daily().text(60, Meaning::Skip(1), answer).judge(1);
    keeps(&skipped("Skipped #1 pills. Next call: tomorrow at 12:30 PM EST."), "SKIP deleted");
    breaks(&skipped("Deleted #1 pills."), "SKIP deleted");
}

#[test]
fn what_an_opt_out_ended_comes_back_with_restore() {
    let story = || {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, "OK.");
        story
    };
    breaks(&story().judge(3), "did not come back");
    keeps(&story().call(1801, 180, "pills", Talk::Keys(&['1'])).judge(3), "did not come back");
}

#[test]
fn a_restored_series_of_minutes_has_no_local_time() {
    const QUARTER: i64 = 900;
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
    let place = Place { city: "Chicago", zone: "America/Chicago" };
    let mut story = Story::new();
    story.text(0, every, "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).");
    story.text(60, Meaning::Zone(place), "OK, I'll use Chicago time from now on.");
    story.text(120, Meaning::OptOut, "").text(180, Meaning::OptIn, "");
    story.text(240, Meaning::Restore, "Restored: I'll call you in 11 minutes (11:15 AM), repeating: pills (#2).");
    for occurrence in 1..=4 {
        story.call(occurrence * QUARTER, 240, "pills", Talk::Keys(&['1']));
    }
    held(&story.judge(1));
}

#[test]
fn what_was_deleted_comes_back_with_undo() {
    let story = || {
        let mut story = asked();
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.").text(120, Meaning::Undo, "OK.");
        story
    };
    breaks(&story().judge(3), "did not come back");
    keeps(&story().call(1801, 120, "pills", Talk::Keys(&['1'])).judge(3), "did not come back");
}

#[test]
fn a_text_that_is_taken_must_be_answered() {
    held(&Story::new().text(0, Meaning::List, "You have no reminders.").judge(1));
    broken(&Story::new().text(0, Meaning::List, "").judge(1), "G8");
}

#[test]
fn a_series_that_nobody_hears_is_paused_after_five_occurrences() {
    let story = |days: i64| {
        let mut story = daily();
        for day in 0..days {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
        }
        story.judge(24 * days)
    };
    keeps(&story(5), "in a row that nobody");
    breaks(&story(6), "in a row that nobody");
}

#[test]
fn a_series_that_is_resumed_rings_again() {
    let story = |meaning: Meaning, answer: &str| {
        let mut story = daily();
        for day in (0..5).chain(7..9) {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
        }
        story.text(6 * DAY, meaning, answer);
        story.judge(24 * 9)
    };
    keeps(
        &story(Meaning::Resume(1), "Resumed: I'll call you tomorrow at 12:30 PM EST: pills (#1)."),
        "in a row that nobody",
    );
    breaks(
        &story(Meaning::List, "#1 every day at 12:30 PM, next tomorrow at 12:30 PM EST: pills"),
        "in a row that nobody",
    );
}

#[test]
fn a_series_begins_with_any_delivery_of_its_text() {
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(60, Bound::None) };
    let story = |delivered: i64| {
        let mut story = Story::new();
        let id = MessageId::new("twilio", "SM1").unwrap();
        let (person, route) = (0, AnswerRoute::Reply);
        story.at(0, 0, Observation::TextSent { id: id.clone(), person, meaning: every.clone(), route });
        for second in [0, delivered] {
            story.at(second, 10, Observation::TextDelivered { id: id.clone() });
        }
        story.at(delivered, 60, Observation::TextTaken { id });
        for occurrence in 1..=3 {
            story.call(1200 + occurrence * 3600, delivered, "pills", Talk::Keys(&['1']));
        }
        story.judge(5)
    };
    keeps(&story(1200), "was called");
    breaks(&story(200), "was called");
}

#[test]
fn the_answer_of_a_second_move_leaves_the_first_one_unanswered() {
    let mut story = asked();
    story.queued(60, Meaning::Move(1, 10));
    story.call(660, 60, "pills", Talk::Keys(&['1']));
    story.queued(1200, Meaning::Move(1, 20));
    story.sends(1210, "Moved: I'll call you in 20 minutes (12:40 PM): pills (#3).", None);
    keeps(&story.judge(1), "was called");
}

#[test]
fn a_correction_counts_its_days_from_when_it_was_received() {
    const MIDNIGHT: i64 = 12 * 3600;
    let time = jiff::civil::Time::constant(4, 30, 0, 0);
    let once = Meaning::Remind { task: "pills".to_owned(), due: Due::At(time) };
    let place = Place { city: "Chicago", zone: "America/Chicago" };
    let mut story = Story::new();
    story.text(0, once, "OK, I'll call you tomorrow at 4:30 AM EST: pills (#1).");
    // Ten seconds before midnight in Chicago.
    story.queued(MIDNIGHT + 3600 - 10, Meaning::Zone(place));
    story.sends(MIDNIGHT + 3600 + 10, "OK, using Chicago time. Now #1 rings tomorrow at 4:30 AM CST.", None);
    story.call(MIDNIGHT + 3600 + 16_200, 0, "pills", Talk::Keys(&['1']));
    keeps(&story.judge(24), "late");
}

#[test]
fn a_series_and_its_moved_occurrence_come_back_with_undo() {
    let mut story = daily();
    story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#2).");
    story.text(120, Meaning::DeleteAll, "Deleted #1, #2.");
    let both =
        "Undone: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#3); in 8 minutes (12:11 PM): pills (#4).";
    story.text(180, Meaning::Undo, both);
    story.call(660, 180, "pills", Talk::Keys(&['1']));
    keeps(&story.judge(1), "comes back");
}

#[test]
fn two_reminders_that_are_due_at_once_have_a_text_each() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |moved: &str| {
        let mut story = daily();
        story.text(600, Meaning::Move(1, 20), moved);
        for text in [1850, 1950] {
            story.sends(text, texted, None);
        }
        story.judge(3)
    };
    keeps(&story("Moved: I'll call you in 20 minutes (12:30 PM): pills (#2)."), "texted again");
    breaks(&story("I can't find that reminder."), "texted again");
}

/// The costs of a whole life with one call, as the protocol derives them.
const LIFE: Costs =
    Costs { by_texts: 1, with_text: 0, writes: 5, turns: 1, turns_given_back: 0, lost: 0, schedules: 1, messages: 2 };

#[test]
fn a_life_without_faults_costs_no_more_than_the_protocol_says() {
    let cost = |costs| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), costs));
        story.judge(3)
    };
    held(&cost(LIFE));
    breaks(&cost(Costs { by_texts: 2, ..LIFE }), "2 transactions");
    breaks(&cost(Costs { with_text: 2, ..LIFE }), "2 transactions with a text");
    breaks(&cost(Costs { writes: 6, ..LIFE }), "7 writes");
    breaks(&cost(Costs { turns: 2, ..LIFE }), "7 writes");
    breaks(&cost(Costs { schedules: 2, ..LIFE }), "2 schedules");
    breaks(&cost(Costs { messages: 3, ..LIFE }), "3 dial messages");
}

#[test]
fn a_wake_up_that_came_near_while_its_plan_was_written_costs_a_confirmation_without_a_schedule() {
    // The reminder is made 30 ms after the text.
    let called = |after_ms: i64| {
        let mut story = Story::new();
        let pills = Meaning::Remind { task: "pills".to_owned(), due: Due::In(14) };
        story.text(0, pills, "OK, I'll call you in 14 minutes (12:14 PM): pills (#1).");
        let made = story.entries.len();
        story.call(840, 0, "pills", Talk::Keys(&['1']));
        for entry in &mut story.entries[made..] {
            entry.at_ms += after_ms;
        }
        story.costs.push((story.reminder(0).to_string(), Costs { schedules: 0, messages: 1, ..LIFE }));
        story.judge(3)
    };
    held(&called(31));
    held(&called(2030));
    breaks(&called(30), "6 writes");
    breaks(&called(2031), "6 writes");
}

#[test]
fn a_series_without_an_answer_may_be_written_for_each_of_its_days() {
    let written = |writes| {
        let mut story = Story::new();
        let time = jiff::civil::Time::constant(12, 30, 0, 0);
        story.queued(0, Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) });
        story.costs.push((story.reminder(0).to_string(), Costs { writes, ..Costs::default() }));
        story.judge(10 * 24)
    };
    // Ten dues, and the next one.
    keeps(&written(11 * 24), "was written");
    breaks(&written(11 * 24 + 1), "was written 265 times");
}

#[test]
fn what_lost_to_a_concurrent_change_cost_a_turn_and_perhaps_a_slot() {
    let cost = |costs| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), costs));
        story.judge(3)
    };
    held(&cost(Costs { lost: 1, turns: 4, messages: 3, ..LIFE }));
    breaks(&cost(Costs { lost: 1, turns: 5, ..LIFE }), "10 writes");
    breaks(&cost(Costs { lost: 1, messages: 4, ..LIFE }), "4 dial messages");
    let reserved = |lost| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), Costs { lost, ..LIFE }));
        for second in [1790, 1800] {
            let now = Timestamp::from_millisecond(story.start_ms + second * 1000).unwrap();
            let channel = Channel { carrier: "twilio".parse().unwrap(), kind: ChannelKind::Voice };
            let request = SlotRequest { now, latest: now, interval: SignedDuration::from_secs(1) };
            assert_eq!(story.cloud.channels.borrow_mut().reserve(channel, request), Some(now));
        }
        story.judge(3)
    };
    held(&reserved(1));
    breaks(&reserved(0), "2 slots");
}

#[test]
fn a_text_that_comes_again_sends_a_near_wake_up_again() {
    let again = |second, messages| {
        let mut story = asked();
        let id = MessageId::new("twilio", &format!("SM{:032}", story.texts)).unwrap();
        story.at(second, 0, Observation::TextDelivered { id });
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), Costs { messages, ..LIFE }));
        story.judge(3)
    };
    held(&again(1000, 3));
    breaks(&again(1000, 4), "4 dial messages");
    breaks(&again(900, 3), "3 dial messages");
}

#[test]
fn a_text_without_faults_costs_its_try_its_acceptance_and_its_delivery() {
    let cost = |writes| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.text_writes.push(("T1".to_owned(), writes));
        story.judge(3)
    };
    held(&cost(3));
    breaks(&cost(4), "4 writes");
}

#[test]
fn nobody_gets_more_texts_in_an_hour_than_they_asked_for() {
    let texted = |times: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        for place in 0..times {
            story.sends(1900 + 60 * place, "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.", None);
        }
        story.judge(3)
    };
    keeps(&texted(1), "texts in an hour");
    breaks(&texted(3), "texts in an hour");
}
