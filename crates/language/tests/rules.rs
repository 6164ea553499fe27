//! The dates of rules, compared with an independent implementation of RFC 5545, and checked by hand where clocks change.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use language::{Country, Hints, Request, Rule, understand};

const ZONES: [&str; 20] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Halifax",
    "America/Sao_Paulo",
    "America/Santiago",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
];

const PATTERNS: &[&str] = &[
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,WE,FR",
    "FREQ=DAILY;INTERVAL=5;BYHOUR=8,20;BYMINUTE=0",
    "FREQ=DAILY;INTERVAL=4;COUNT=50",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SA,SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=4,10",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR,3FR",
    "FREQ=MONTHLY;BYDAY=-2FR",
    "FREQ=MONTHLY;BYDAY=5WE",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=TU,FR;BYSETPOS=1,-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    "FREQ=YEARLY;INTERVAL=3;BYMONTH=11;BYDAY=4TH",
    "FREQ=YEARLY;BYYEARDAY=31,-1",
    "FREQ=YEARLY;BYDAY=1FR,-1MO",
    "FREQ=YEARLY;BYWEEKNO=12;BYDAY=FR",
];

const START: &str = "20270310T183000";
const END: &str = "2037-03-10T00:00";
/// More dates than any of the rules above has in ten years.
const MOST: u16 = 10_000;

fn ours(pattern: &str, zone: &TimeZone) -> Vec<String> {
    let rule: Rule = format!("DTSTART:{START}\nRRULE:{pattern}").parse().unwrap();
    let mut after: Timestamp = zone.to_timestamp(rule.start()).unwrap() - jiff::SignedDuration::from_secs(1);
    let end: DateTime = END.parse().unwrap();
    let mut dates = Vec::new();
    while let Some(next) = rule.next_after(after, zone) {
        let local = zone.to_datetime(next);
        if local >= end {
            break;
        }
        dates.push(local.strftime("%Y-%m-%dT%H:%M").to_string());
        after = next;
    }
    dates
}

fn theirs(pattern: &str, zone: &str) -> Vec<String> {
    // Without an end it would go on for thousands of years.
    let until = if pattern.contains("COUNT") { "" } else { ";UNTIL=20370401T000000Z" };
    let set: rrule::RRuleSet = format!("DTSTART;TZID={zone}:{START}\nRRULE:{pattern}{until}").parse().unwrap();
    set.all(MOST)
        .dates
        .iter()
        .map(|date| date.format("%Y-%m-%dT%H:%M").to_string())
        .take_while(|date| date.as_str() < END)
        .collect()
}

#[test]
fn ten_years_of_dates_agree_with_another_implementation_in_twenty_zones() {
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        for pattern in PATTERNS {
            assert_eq!(ours(pattern, &zone), theirs(pattern, name), "{pattern} in {name}");
        }
    }
}

fn check(rule: &str, zone: &str, after: &str, expected: &[&str]) {
    let rule: Rule = rule.parse().unwrap();
    let zone = TimeZone::get(zone).unwrap();
    let mut after: Timestamp = after.parse().unwrap();
    for expected in expected {
        let next = rule.next_after(after, &zone).unwrap();
        assert_eq!(next, expected.parse().unwrap(), "{rule}");
        after = next;
    }
}

#[test]
fn a_time_that_the_clocks_skip_moves_forward_and_comes_back() {
    check(
        "DTSTART:20270313T023000\nRRULE:FREQ=DAILY",
        "America/New_York",
        "2027-03-13T12:00:00Z",
        &["2027-03-14T07:30:00Z", "2027-03-15T06:30:00Z"],
    );
}

#[test]
fn a_time_that_the_clocks_show_twice_is_the_first() {
    check(
        "DTSTART:20271106T013000\nRRULE:FREQ=DAILY",
        "America/New_York",
        "2027-11-06T12:00:00Z",
        &["2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"],
    );
}

#[test]
fn hours_that_go_by_are_counted_through_a_change_of_the_clocks() {
    check(
        "DTSTART:20270314T000000\nRRULE:FREQ=HOURLY;INTERVAL=2",
        "America/New_York",
        "2027-03-14T05:00:00Z",
        &["2027-03-14T07:00:00Z", "2027-03-14T09:00:00Z"],
    );
}

#[test]
fn hours_of_the_day_stay_on_the_clock_through_a_change() {
    check(
        "DTSTART:20270313T090000\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=9,11,13",
        "America/New_York",
        "2027-03-13T17:30:00Z",
        &["2027-03-13T18:00:00Z", "2027-03-14T13:00:00Z", "2027-03-14T15:00:00Z"],
    );
}

#[test]
fn a_rule_ends_after_its_count_and_with_its_last_day() {
    let zone = TimeZone::UTC;
    let counted: Rule = "DTSTART:20270310T090000\nRRULE:FREQ=DAILY;COUNT=2".parse().unwrap();
    assert_eq!(counted.next_after("2027-03-10T09:00:00Z".parse().unwrap(), &zone), "2027-03-11T09:00:00Z".parse().ok());
    assert_eq!(counted.next_after("2027-03-11T09:00:00Z".parse().unwrap(), &zone), None);
    let until: Rule = "DTSTART:20270310T090000\nRRULE:FREQ=DAILY;UNTIL=20270311T235959".parse().unwrap();
    assert_eq!(until.next_after("2027-03-11T08:59:59Z".parse().unwrap(), &zone), "2027-03-11T09:00:00Z".parse().ok());
    assert_eq!(until.next_after("2027-03-11T09:00:00Z".parse().unwrap(), &zone), None);
}

#[test]
fn a_rule_without_any_date_ends_instead_of_searching_on() {
    let never: Rule = "DTSTART:20270310T090000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30".parse().unwrap();
    assert_eq!(never.next_after("2027-03-10T09:00:00Z".parse().unwrap(), &TimeZone::UTC), None);
}

#[test]
fn a_rule_that_counts_minutes_ends_on_the_clocks_of_another_zone() {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let (here, due) = (zone("America/New_York"), "2027-03-10T17:30:00Z".parse().unwrap());
    let check = |pattern: &str, there: &str, expected: &str| {
        let rule: Rule = format!("DTSTART:20270310T123000\nRRULE:{pattern}").parse().unwrap();
        let moved = rule.ending_in(&zone(there), &here, due);
        assert_eq!(moved.to_string(), expected, "{pattern} in {there}");
    };
    // Every 30 minutes from 12:30 until 6 PM.
    let until_six = "FREQ=MINUTELY;INTERVAL=30;COUNT=12";
    let in_los_angeles = "DTSTART:20270310T093000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=18";
    check(until_six, "America/Los_Angeles", in_los_angeles);
    check(until_six, "Europe/London", "DTSTART:20270310T173000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=2");
    // In Berlin it is past six, so only the next time is left.
    check(until_six, "Europe/Berlin", "DTSTART:20270310T183000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=1");
    check("FREQ=HOURLY", "Europe/London", "DTSTART:20270310T173000\nRRULE:FREQ=HOURLY");
    check("FREQ=DAILY", "Europe/London", "DTSTART:20270310T123000\nRRULE:FREQ=DAILY");
}

/// What counts minutes or hours from now counts the time that passes, also while the clocks are set forward or back.
#[test]
fn a_rule_that_counts_from_now_counts_the_time_that_passes_while_the_clocks_change() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let check = |now: &str, text: &str, expected: &[&str]| {
        let now: Timestamp = now.parse().unwrap();
        let hints = Hints { country: Country::US, question: None };
        let Request::Remind(wanted) = understand(text, now, &zone, &hints) else { panic!("{text}") };
        let (first, rule) = (wanted[0].due, wanted[0].rule.clone().unwrap());
        let next = |due: &Timestamp| rule.next_after(*due, &zone);
        let dues: Vec<Timestamp> = std::iter::successors(Some(first), next).take(4).collect();
        let expected: Vec<Timestamp> = expected.iter().map(|due| due.parse().unwrap()).collect();
        assert_eq!(dues, expected, "{text} at {now}: {rule}");
        assert_eq!(rule.next_after(now, &zone), Some(first), "{text} at {now}: {rule}");
    };
    // The clocks are set back at 06:00Z: 1:59 AM EDT is followed by 1:00 AM EST.
    check(
        "2027-11-07T05:59:34Z",
        "remind me to drink water every 15 minutes",
        &["2027-11-07T06:14:34Z", "2027-11-07T06:29:34Z", "2027-11-07T06:44:34Z", "2027-11-07T06:59:34Z"],
    );
    check(
        "2027-11-07T05:59:34Z",
        "remind me to drink water every 40 minutes for 3 times",
        &["2027-11-07T06:39:34Z", "2027-11-07T07:19:34Z", "2027-11-07T07:59:34Z"],
    );
    check(
        "2027-11-07T04:30:00Z",
        "remind me to drink water every 2 hours for 2 times",
        &["2027-11-07T06:30:00Z", "2027-11-07T08:30:00Z"],
    );
    // They are set forward at 07:00Z: 1:59 AM EST is followed by 3:00 AM EDT.
    check(
        "2027-03-14T06:00:00Z",
        "remind me to drink water every 2 hours for 2 times",
        &["2027-03-14T08:00:00Z", "2027-03-14T10:00:00Z"],
    );
}
