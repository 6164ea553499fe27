//! Properties that hold for every text, at every instant, in every zone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use language::{Country, DueBasis, Hints, Question, Request, Rule, understand};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const ZONES: [&str; 8] = [
    "America/New_York",
    "America/Los_Angeles",
    "Europe/London",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Apia",
    "UTC",
];

/// Words of the grammar, so that random texts reach deep into the productions.
const WORDS: &[&str] = &[
    "remind",
    "me",
    "to",
    "at",
    "on",
    "in",
    "every",
    "other",
    "the",
    "of",
    "and",
    "a",
    "5",
    "12",
    "30",
    "0",
    "99",
    "2027",
    "13/32",
    "3/14",
    "pm",
    "am",
    "o'clock",
    "half",
    "past",
    "quarter",
    "monday",
    "fridays",
    "sat",
    "march",
    "may",
    "31st",
    "second",
    "last",
    "next",
    "this",
    "week",
    "month",
    "year",
    "days",
    "hours",
    "minutes",
    "weekend",
    "weekday",
    "tomorrow",
    "tonight",
    "noon",
    "midnight",
    "morning",
    "until",
    "for",
    "times",
    "twice",
    "starting",
    "from",
    "between",
    "before",
    "after",
    "christmas",
    "easter",
    "ET",
    "paris",
    "time",
    "now",
    "later",
    ",",
    ".",
    ";",
    ":",
    "-",
    "/",
    "(",
    ")",
    "\n",
    "🥛",
    "delete",
    "move",
    "snooze",
    "2",
    "all",
    "no",
    "make",
    "it",
    "i'm",
    "zone",
    "first",
    "thirty",
    "six",
    "daily",
    "monthly",
    "x",
    "1:30",
    "6.30",
    "1830",
    "2027-03-14",
    "T10:00",
    "+02:00",
    "’",
    "each",
    "end",
    "mid",
    "early",
];

fn text() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(WORDS), 0..14).prop_map(|words| words.join(" "));
    prop_oneof![8 => words, 2 => "\\PC{0,60}", 1 => "[a-z0-9 :/.,'-]{0,80}"]
}

/// Instants from 2000 to 2100, half of them with a fraction of a second.
fn instant() -> impl Strategy<Value = Timestamp> {
    let nanosecond = prop_oneof![Just(0), 0..1_000_000_000];
    (946_684_800_i64..4_102_444_800, nanosecond)
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
}

fn zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(&ZONES[..]).prop_map(|name| TimeZone::get(name).unwrap())
}

fn country() -> impl Strategy<Value = Country> {
    prop::sample::select(&["US", "GB", "DE", "AU"][..]).prop_map(|letters| letters.parse().unwrap())
}

fn question() -> impl Strategy<Value = Option<Question>> {
    let task = "buy milk".to_owned();
    let due = "2060-01-01T00:00:00Z".parse().unwrap();
    prop::sample::select(vec![
        None,
        Some(Question::When { task: task.clone(), candidates: Vec::new() }),
        Some(Question::Task { due, zone: None, rule: None, basis: DueBasis::LocalClock }),
        Some(Question::Days { task, times: 2, at: None }),
        Some(Question::Delete),
        Some(Question::Move { number: Some(1) }),
        Some(Question::Zone),
    ])
}

/// Minimum number of cases of each property. PROPTEST_CASES may ask for more.
const FEWEST_CASES: u32 = 4000;

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Rules of minutes or hours, with the length of a step in minutes.
fn rule_of_steps() -> impl Strategy<Value = (String, i64)> {
    let starts = prop::sample::select(vec![
        "20111229T233000", // The day after the next is missing in Apia.
        "20270314T013000",
        "20270403T013000",
        "20271031T003000",
        "20271107T000000",
    ]);
    let steps =
        prop::sample::select(vec![("MINUTELY", 7, 7), ("MINUTELY", 45, 45), ("HOURLY", 1, 60), ("HOURLY", 5, 300)]);
    let limits =
        prop::sample::select(vec!["", ";BYHOUR=0,1,2,3,9", ";BYDAY=SU,MO", ";BYDAY=MO", ";BYHOUR=2,23;BYDAY=SU"]);
    (starts, steps, limits).prop_map(|(start, (frequency, interval, minutes), limits)| {
        (format!("DTSTART:{start}\nRRULE:FREQ={frequency};INTERVAL={interval}{limits}"), minutes)
    })
}

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(FEWEST_CASES), ..config }
}

/// Returns each instant at which a reminder of a request is due, with its rule. A new time of a move is not returned.
fn instants(request: &Request) -> Vec<(Timestamp, Option<&Rule>)> {
    match request {
        Request::Remind(wanted) => wanted.iter().map(|wanted| (wanted.due, wanted.rule.as_ref())).collect(),
        Request::Ask(Question::Task { due, rule, .. }) => vec![(*due, rule.as_ref())],
        Request::Time { due, .. } => vec![(*due, None)],
        Request::Snooze { until, .. } => vec![(*until, None)],
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_time_that_is_understood_is_in_the_future(
        text in text(), now in instant(), zone in zone(), country in country(), question in question(),
    ) {
        let request = understand(&text, now, &zone, &Hints { country, question });
        if let Request::Remind(wanted) = &request {
            prop_assert!(!wanted.is_empty());
            prop_assert!(wanted.iter().all(|wanted| !wanted.task.trim().is_empty()));
        }
        for (due, _) in instants(&request) {
            prop_assert!(due > now, "{due} is not after {now}: {text:?}");
        }
        if let Request::Past { was, .. } = &request {
            // `now` is rounded up to a whole second.
            prop_assert!(was.as_second() <= now.as_second() + 1);
        }
    }

    #[test]
    fn a_repeated_reminder_is_due_at_the_first_time_of_its_rule(text in text(), now in instant(), zone in zone(), country in country()) {
        let request = understand(&format!("{text} every day"), now, &zone, &Hints { country, question: None });
        let Request::Remind(wanted) = &request else { return Ok(()) };
        for wanted in wanted {
            let Some(rule) = &wanted.rule else { continue };
            let in_zone = wanted.zone.as_ref().unwrap_or(&zone);
            prop_assert_eq!(rule.next_after(now, in_zone), Some(wanted.due), "{:?}", text);
            prop_assert_eq!(&rule.to_string().parse::<Rule>().unwrap(), rule);
        }
    }

    #[test]
    fn a_question_is_read_as_it_was_stored(text in text(), now in instant(), zone in zone()) {
        let request = understand(&text, now, &zone, &Hints { country: Country::US, question: None });
        if let Request::Ask(question) = request {
            prop_assert_eq!(question.to_string().parse(), Ok(question));
        }
    }

    #[test]
    fn a_rule_that_counts_from_a_fraction_of_a_second_is_read_as_it_was_written(now in instant(), zone in zone(), minutes in 1_i64..300) {
        let hints = Hints { country: Country::US, question: None };
        let request = understand(&format!("drink water every {minutes} minutes"), now, &zone, &hints);
        for (due, rule) in instants(&request) {
            let rule = rule.unwrap();
            prop_assert_eq!(&rule.to_string().parse::<Rule>().unwrap(), rule);
            // Dues are whole seconds, so the rule counts from `now` rounded up. A rule that begins in an hour that the
            // clocks show twice starts earlier, but its next time after this second is the same.
            let counted_from = Timestamp::from_second(now.as_second() + 1).unwrap();
            prop_assert_eq!(rule.next_after(counted_from, &zone), Some(due));
        }
    }

    #[test]
    fn the_next_time_of_a_rule_of_steps_is_the_first_of_all_its_times(
        (rule, step_minutes) in rule_of_steps(), zone in zone(), near in 0..100_usize, minutes in -3000_i64..3000,
    ) {
        let rule: Rule = rule.parse().unwrap();
        // Most searches begin near a change of the clocks.
        let start = zone.to_ambiguous_timestamp(rule.start()).compatible().unwrap();
        let change = zone.following(start).nth(near % 3).map_or(start, |change| change.timestamp());
        let after = (change + SignedDuration::from_mins(minutes)).max(start - SignedDuration::from_hours(1));
        let step = SignedDuration::from_mins(step_minutes);
        let rrule = rule.rrule();
        let list = |key: &str| rrule.split(';').find_map(|part| part.strip_prefix(key));
        let (hours, weekdays) = (list("BYHOUR="), list("BYDAY="));
        let allowed = |at: DateTime| {
            hours.is_none_or(|hours| hours.split(',').any(|hour| hour.parse() == Ok(at.hour())))
                && weekdays.is_none_or(|days| days.contains(WEEKDAYS[at.weekday().to_monday_zero_offset() as usize]))
        };
        let first = if rule.counts_elapsed_time() {
            std::iter::successors(Some(start), |at| Some(*at + step)).find(|at| *at > after && allowed(zone.to_datetime(*at)))
        } else {
            std::iter::successors(Some(rule.start()), |at| at.checked_add(step).ok())
                .filter(|at| allowed(*at))
                .map(|at| zone.to_ambiguous_timestamp(at).compatible().unwrap())
                .find(|at| *at > after)
        };
        prop_assert_eq!(rule.next_after(after, &zone), first, "{} after {}", rule, after);
    }

    #[test]
    fn a_date_and_time_that_are_given_in_full_are_understood_exactly(now in instant(), minutes in 1_i64..500_000, zone in zone()) {
        let due = Timestamp::from_second(now.as_second() / 60 * 60).unwrap() + SignedDuration::from_mins(minutes + 1);
        let local = zone.to_datetime(due);
        // If the clocks show a time twice, a text can name only the first of the two.
        prop_assume!(zone.to_ambiguous_timestamp(local).compatible().unwrap() == due);
        for format in ["%A, %B %-d, %Y at %-I:%M %p", "%a %b %-d %Y %-I:%M%P", "%Y-%m-%d %H:%M", "%-I:%M %p on %b %-d, %Y"] {
            let text = format!("remind me to buy milk {}", local.strftime(format));
            let request = understand(&text, now, &zone, &Hints { country: Country::US, question: None });
            prop_assert_eq!(instants(&request), vec![(due, None)], "{}", text);
        }
    }

    #[test]
    fn the_words_around_a_task_do_not_change_it(hour in 1_i8..=12, now in instant(), zone in zone()) {
        let task = "order 2 kg of flour";
        for text in [
            format!("remind me to {task} at {hour}pm"),
            format!("at {hour}pm remind me to {task}"),
            format!("Please remind me at {hour} pm to {task}, thanks!"),
            format!("{task} {hour}pm"),
            format!("set a reminder for {hour}pm to {task}"),
        ] {
            let request = understand(&text, now, &zone, &Hints { country: Country::US, question: None });
            let Request::Remind(wanted) = &request else { panic!("{text:?} is {request:?}") };
            prop_assert_eq!(&wanted[0].task, task, "{}", text);
            prop_assert_eq!(i32::from(zone.to_datetime(wanted[0].due).hour() % 12), i32::from(hour % 12));
        }
    }
}

/// Longest time that the text may take: a thousand times as long as it takes without optimization.
const TIME_LIMIT: Duration = Duration::from_secs(5);

#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures a duration")]
fn many_reminders_before_a_day_that_does_not_exist_are_read_quickly() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let now = "2027-03-10T15:15:00Z".parse().unwrap();
    let hints = Hints { country: Country::US, question: None };
    let text = "milk at 5, eggs at 6, ".repeat(20) + "soup on feb 30 at 5";
    let started = Instant::now();
    drop(understand(&text, now, &zone, &hints));
    assert!(started.elapsed() < TIME_LIMIT, "{:?}", started.elapsed());
}

/// Returns the shortest of some times that a text takes.
#[expect(clippy::disallowed_methods, reason = "this test measures a duration")]
fn shortest_time(text: &str, now: Timestamp, zone: &TimeZone) -> Duration {
    const RUNS: usize = 5;
    let timed = || {
        let started = Instant::now();
        drop(understand(text, now, zone, &Hints { country: Country::US, question: None }));
        started.elapsed()
    };
    (0..RUNS).map(|_| timed()).min().unwrap()
}

/// How many times as long as a usual text the text may take. It takes 50 times as long. It took 20,000 times as long
/// when the search for each next minute of the night read the whole day again.
const MOST_TIMES_AS_LONG: u32 = 1000;

#[test]
fn the_minutes_of_a_night_are_counted_quickly() {
    let zone = TimeZone::get("Australia/Lord_Howe").unwrap();
    for now in ["2027-03-09T16:00:00Z", "2074-03-09T16:00:00Z"] {
        let now = now.parse().unwrap();
        let usual = shortest_time("call mom at 5", now, &zone);
        for text in ["every minute from 3am to 3am today stretch", "every minute from 10pm to 9pm tonight stretch"] {
            let took = shortest_time(text, now, &zone);
            assert!(took < usual * MOST_TIMES_AS_LONG, "{text}: {took:?}, but a usual text takes {usual:?}");
        }
    }
}
