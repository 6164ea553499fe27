//! The lines whose values CloudWatch counts: what the directed cases count, that each metric is counted by some world, and
//! that an occurrence is on time or late, but not both.

mod logged;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use jiff::tz::TimeZone;
use reminder::metrics::{FIELD, Metric, TARGET};
use reminder::policy::Rate;
use simulation::cases::Case;
use simulation::engine::Step;
use simulation::events::WorldEvent;
use simulation::fakes::Cloud;
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::history::{Entry, Observation};
use simulation::people::{Due, Habit, Meaning, Phone};
use simulation::twilio_forms;
use simulation::world::script::{Script, act_among};
use simulation::world::{self, START, ZONE};

use logged::Line;

/// Returns the lines with values of metrics that are logged meanwhile.
fn lines(run: impl FnOnce()) -> Vec<Line> {
    logged::lines(|metadata| metadata.target() == TARGET, run)
}

fn functions() -> (Rc<Functions>, TimeZone) {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    (functions, zone)
}

/// Returns the metrics of a line with their values.
fn values(line: &Line) -> Vec<(Metric, i64)> {
    let value = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((Metric::named(name)?, value.parse().ok()?))
    };
    line[FIELD].split_whitespace().map(|pair| value(pair).unwrap_or_else(|| panic!("unknown value {pair}"))).collect()
}

/// Adds up the values of each metric that counts something. Lateness and the sweeper's values of each minute are left
/// out.
fn counts(lines: &[Line]) -> BTreeMap<&'static str, i64> {
    let mut counts: BTreeMap<_, i64> = BTreeMap::new();
    for (metric, value) in lines.iter().flat_map(values) {
        if !matches!(metric, Metric::Lateness | Metric::TextLateness | Metric::ShardsUnread | Metric::OldestDueAge) {
            *counts.entry(metric.name()).or_default() += value;
        }
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// Runs a case. Returns what it counts, and how many calls were picked up.
fn run_case(name: &str) -> (BTreeMap<&'static str, i64>, i64) {
    let case = Case::named(name).unwrap_or_else(|| panic!("expected the case {name}, found none"));
    let (functions, zone) = functions();
    let mut pickups = 0;
    let lines = lines(|| {
        let remains = case.run(0, &functions, &zone, |_| ());
        let is_pickup = |entry: &&Entry| matches!(entry.seen, Observation::PickedUp { .. });
        pickups = remains.entries.iter().filter(is_pickup).count().try_into().unwrap_or(i64::MAX);
    });
    (counts(&lines), pickups)
}

#[test]
fn a_reminder_that_is_heard_counts_once_in_each_metric_on_its_way() {
    let (counts, _) = run_case("screener-joined");
    let expected = [
        Metric::TextsStored,
        Metric::RemindersAccepted,
        Metric::CallsPlaced,
        Metric::RemindersOnTime,
        Metric::CallsPickedUp,
        Metric::AnsweredByPerson,
        Metric::RemindersHeard,
    ];
    assert_eq!(counts, expected.iter().map(|metric| (metric.name(), 1)).collect());
}

#[test]
fn each_pickup_and_each_end_of_an_occurrence_counts() {
    for (name, expected) in [
        ("mailbox", vec![("CallsPlaced", 3), ("RemindersMissed", 1), ("TextsDelivered", 1)]),
        // The first answer is not delivered either: the operator's number can't send texts.
        (
            "text-undelivered",
            vec![("TextsUndeliveredOperator", 2), ("RemindersFailed", 1), ("RemindersOnTime", 1), ("CallsPlaced", 3)],
        ),
        // The last occurrence gets no call, because the number is not confirmed. A text replaces it in time.
        (
            "unheard-series",
            vec![("RemindersOnTime", 7), ("RemindersMissed", 6), ("CallsOverPersonLimit", 1), ("RemindersHeard", 1)],
        ),
        // The second call waits until the first one is over.
        ("two-at-once", vec![("RemindersOnTime", 1), ("RemindersLate", 1), ("RemindersHeard", 2)]),
        ("silence", vec![("RequestsRefusedByLimit", 3), ("TextsStored", 6), ("RemindersAccepted", 3)]),
    ] {
        let (counts, pickups) = run_case(name);
        for (metric, value) in expected {
            assert_eq!(counts.get(metric).copied().unwrap_or_default(), value, "{name}: {metric} of {counts:?}");
        }
        assert_eq!(counts.get("CallsPickedUp").copied().unwrap_or_default(), pickups, "{name}: {counts:?}");
    }
}

/// Alarms watch the average of late occurrences, and whether a sweep has had the credentials. So the zeros of these
/// metrics must have values too, always together with what they are a part of.
fn check_zeros(values: &[(Metric, i64)]) {
    let value = |metric| values.iter().find(|(found, _)| *found == metric).map(|(_, value)| *value);
    let punctuality = (value(Metric::RemindersOnTime), value(Metric::RemindersLate));
    assert!([(None, None), (Some(1), Some(0)), (Some(0), Some(1))].contains(&punctuality), "{values:?}");
    let is_sweep = value(Metric::ShardsUnread).is_some();
    assert_eq!(value(Metric::CredentialsMissing), is_sweep.then_some(0), "{values:?}");
}

/// Number of worlds after which each metric must have had a value, except those that no fault of a world causes.
const WORLDS: u64 = 200;

#[test]
fn worlds_count_each_metric_and_no_occurrence_is_on_time_and_late() {
    let (functions, zone) = functions();
    let mut seen = BTreeSet::new();
    for seed in 1..=WORLDS {
        let mut punctual: BTreeMap<_, Line> = BTreeMap::new();
        for line in lines(|| drop(world::run(seed, &functions, &zone, |_| ()))) {
            let values = values(&line);
            let is_gauge = |metric| matches!(metric, Metric::ShardsUnread | Metric::OldestDueAge);
            seen.extend(values.iter().filter(|(m, value)| *value > 0 || is_gauge(*m)).map(|(m, _)| *m));
            check_zeros(&values);
            if values.iter().any(|(metric, _)| *metric == Metric::RemindersOnTime) {
                let occurrence = (line["reminder.id"].clone(), line["due"].clone());
                let earlier = punctual.insert(occurrence, line.clone());
                assert_eq!(earlier, None, "seed {seed}: an occurrence counts twice: {line:?}");
            }
        }
    }
    let unseen: Vec<&Metric> = Metric::ALL.iter().filter(|metric| !seen.contains(metric)).collect();
    let elsewhere = [
        // The two tests below.
        Metric::RequestsRefusedNotServed,
        Metric::RequestsRefusedInvalid,
        Metric::CallsOverBudget,
        Metric::CallBudgetsUsedUp,
        Metric::SignaturesRefused,
        Metric::RequestsUnsigned,
        // The world's functions have started. An end-to-end test starts functions without credentials.
        Metric::CredentialsMissing,
    ];
    assert_eq!(unseen, elsewhere.iter().collect::<Vec<_>>());
}

/// Sends a text from this number to the service, and returns what that counts.
fn counts_of_text(from: &str, body: &str, change: impl FnOnce(&mut ApiGatewayV2httpRequest)) -> Vec<&'static str> {
    let ((functions, _), cloud) = (functions(), Cloud::new(1, START));
    let mut request =
        twilio_forms::post("/sms", &[("MessageSid", "SM1"), ("From", from), ("To", SERVICE_NUMBER), ("Body", body)]);
    change(&mut request);
    let lines = lines(|| {
        functions.text(&cloud, 7, request);
        while !matches!(cloud.engine.step(), Step::Event(WorldEvent::InvocationEnded(7, _)) | Step::Idle) {}
    });
    counts(&lines).into_keys().collect()
}

#[test]
fn a_refused_text_counts_by_its_reason() {
    const SIGNATURE: &str = "x-twilio-signature";
    let served = "+12125550142";
    for (from, body, expected) in [
        (served, "remind me to call mom on february 30", vec!["RequestsRefusedInvalid", "TextsStored"]),
        (served, "zucchini", vec!["TextsNotUnderstood", "TextsStored"]),
        ("+442079460958", "remind me to call mom at 5pm", vec!["RequestsRefusedNotServed", "TextsStored"]),
    ] {
        assert_eq!(counts_of_text(from, body, |_| ()), expected, "{from} {body}");
    }
    let unsigned = |request: &mut ApiGatewayV2httpRequest| drop(request.headers.remove(SIGNATURE));
    assert_eq!(counts_of_text(served, "list", unsigned), ["RequestsUnsigned"]);
    let other_path = |request: &mut ApiGatewayV2httpRequest| request.raw_path = Some("/other".to_owned());
    assert_eq!(counts_of_text(served, "list", other_path), ["SignaturesRefused"]);
}

#[test]
fn the_last_call_of_an_hour_and_each_call_after_it_count() {
    let rate = Rate { calls_per_hour: 1, ..Rate::DEFAULT };
    let (Ok(functions), (_, zone)) = (Functions::at_rate(rate), functions()) else {
        panic!("the configuration is valid")
    };
    let phone = Phone { habit: Habit::Never, ..Phone::default() };
    let script = Script { start: START, phone, by_queue: false, texts: vec![], calls_to_service: vec![], days: 0 };
    let remind = |task: &str| Meaning::Remind { task: task.to_owned(), due: Due::In(5) };
    let texts = vec![(10, remind("buy milk")), (20, remind("feed the cat"))];
    let lines = lines(|| drop(act_among(1, &script, texts, &functions, &zone)));
    let counts = counts(&lines);
    // The second call of the first reminder and the first call of the second reminder are over the budget.
    assert_eq!(
        (counts["CallsPlaced"], counts["CallBudgetsUsedUp"], counts["CallsOverBudget"]),
        (1, 1, 2),
        "{counts:?}"
    );
}

/// A store that refuses every write must not hide what the operator has to know: the removal of a record that can't be
/// handled fails every time.
#[test]
fn a_record_that_is_never_removed_from_the_index_counts_as_set_aside() {
    let counts = counts(&lines_of_sweep_without_writes(|cloud| {
        cloud.table.borrow_mut().plant("other", "key", START);
    }));
    assert_eq!(counts.get("RecordsSetAside"), Some(&1), "{counts:?}");
}

/// Reminders that stay due because nothing can be written about them are what the metric is for.
#[test]
fn the_age_of_a_due_reminder_is_known_if_it_can_be_read_but_not_written() {
    let lines = lines_of_sweep_without_writes(|cloud| {
        cloud.faults.set(Fault::QueueNever, 10_000);
        let remind = [
            ("MessageSid", "SM1"),
            ("From", "+12125550142"),
            ("To", SERVICE_NUMBER),
            ("Body", "remind me to call mom in 1 minute"),
        ];
        functions().0.text(cloud, 6, twilio_forms::post("/sms", &remind));
        while !matches!(cloud.engine.step(), Step::Event(WorldEvent::InvocationEnded(6, _)) | Step::Idle) {}
    });
    let ages: Vec<i64> =
        lines.iter().flat_map(values).filter(|(m, _)| *m == Metric::OldestDueAge).map(|(_, age)| age).collect();
    assert!(matches!(ages[..], [age] if age >= 500), "{ages:?}");
}

/// Returns the lines of a sweep ten minutes after the start, while the store can be read but refuses every write.
fn lines_of_sweep_without_writes(prepare: impl FnOnce(&Rc<Cloud>)) -> Vec<Line> {
    let ((functions, _), cloud) = (functions(), Cloud::new(1, START));
    prepare(&cloud);
    cloud.faults.set(Fault::SpuriousConflict, 10_000);
    let is_over = Rc::new(Cell::new(false));
    let over = Rc::clone(&is_over);
    cloud.engine.run_in(600_000, move || over.set(true));
    while !is_over.get() {
        cloud.engine.step();
    }
    let lines = lines(|| {
        functions.sweep(&cloud, 7);
        while !matches!(cloud.engine.step(), Step::Event(WorldEvent::InvocationEnded(7, _)) | Step::Idle) {}
    });
    cloud.engine.clear();
    lines
}
