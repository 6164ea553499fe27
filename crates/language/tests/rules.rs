//! Tests of the dates of rules. They are compared with an independent implementation of RFC 5545, and with dates found
//! by hand where clocks change.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use language::{Country, Hints, Request, Rule, rule_in_words, understand};

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
    "FREQ=YEARLY;BYYEARDAY=-36,-35,-34,-33,-32,-31,-30;BYDAY=MO",
    "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR",
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
    // Without an end the rule would go on for thousands of years.
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
fn a_time_that_the_clocks_skip_moves_to_the_time_after_the_gap_on_that_day_only() {
    check(
        "DTSTART:20270313T023000\nRRULE:FREQ=DAILY",
        "America/New_York",
        "2027-03-13T12:00:00Z",
        &["2027-03-14T07:30:00Z", "2027-03-15T06:30:00Z"],
    );
}

#[test]
fn a_time_that_the_clocks_show_twice_means_the_first_of_the_two() {
    check(
        "DTSTART:20271106T013000\nRRULE:FREQ=DAILY",
        "America/New_York",
        "2027-11-06T12:00:00Z",
        &["2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"],
    );
}

#[test]
fn a_rule_of_hours_counts_the_hours_that_pass_when_the_clocks_change() {
    check(
        "DTSTART:20270314T000000\nRRULE:FREQ=HOURLY;INTERVAL=2",
        "America/New_York",
        "2027-03-14T05:00:00Z",
        &["2027-03-14T07:00:00Z", "2027-03-14T09:00:00Z"],
    );
}

#[test]
fn a_rule_of_certain_hours_of_the_day_keeps_the_hours_when_the_clocks_change() {
    check(
        "DTSTART:20270313T090000\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=9,11,13",
        "America/New_York",
        "2027-03-13T17:30:00Z",
        &["2027-03-13T18:00:00Z", "2027-03-14T13:00:00Z", "2027-03-14T15:00:00Z"],
    );
}

#[test]
fn a_rule_ends_after_its_number_of_times_or_after_its_last_day() {
    let zone = TimeZone::UTC;
    let counted: Rule = "DTSTART:20270310T090000\nRRULE:FREQ=DAILY;COUNT=2".parse().unwrap();
    assert_eq!(counted.next_after("2027-03-10T09:00:00Z".parse().unwrap(), &zone), "2027-03-11T09:00:00Z".parse().ok());
    assert_eq!(counted.next_after("2027-03-11T09:00:00Z".parse().unwrap(), &zone), None);
    let until: Rule = "DTSTART:20270310T090000\nRRULE:FREQ=DAILY;UNTIL=20270311T235959".parse().unwrap();
    assert_eq!(until.next_after("2027-03-11T08:59:59Z".parse().unwrap(), &zone), "2027-03-11T09:00:00Z".parse().ok());
    assert_eq!(until.next_after("2027-03-11T09:00:00Z".parse().unwrap(), &zone), None);
}

#[test]
fn the_search_for_a_date_ends_if_a_rule_has_no_date() {
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

/// Checks a rule that a person in New York requests at an instant: its words, and the times at which it rings. Of an
/// endless rule only the first times are checked.
fn check_request(text: &str, now: &str, words: &str, expected: &[&str]) {
    let (zone, now): (_, Timestamp) = (TimeZone::get("America/New_York").unwrap(), now.parse().unwrap());
    let hints = Hints { country: Country::US, question: None };
    let understood = understand(&format!("remind me to stretch {text}"), now, &zone, &hints);
    let Request::Remind(wanted) = understood else { panic!("{text:?} is {understood:?}") };
    let rule = wanted[0].rule.as_ref().unwrap();
    assert_eq!(rule_in_words(rule, &zone), words, "{text:?} at {now}");
    let next = |due: &Timestamp| rule.next_after(*due, &zone);
    let dues: Vec<String> =
        std::iter::successors(Some(wanted[0].due), next).take(expected.len() + 1).map(|due| due.to_string()).collect();
    let is_endless = rule.next_after(wanted[0].due, &zone).is_some() && !words.contains("until");
    assert_eq!(dues[..dues.len() - usize::from(is_endless)], *expected, "{text:?} at {now}: {rule}");
}

#[test]
fn a_rule_that_counts_from_now_counts_the_time_that_passes_when_clocks_are_set_back() {
    // One minute before two o'clock, when the clocks show one o'clock again.
    let now = "2027-11-07T05:59:13Z";
    let three_dues = ["2027-11-07T06:14:13Z", "2027-11-07T06:29:13Z", "2027-11-07T06:44:13Z"];
    check_request("every 15 minutes 3 times", now, "every 15 minutes until 1:44 AM", &three_dues);
    check_request("every 15 minutes", now, "every 15 minutes", &three_dues);
    check_request("every 2 hours", now, "every 2 hours", &["2027-11-07T07:59:13Z", "2027-11-07T09:59:13Z"]);
    check_request(
        "every 15 minutes until 1:30 am",
        "2027-11-07T06:02:00Z",
        "every 15 minutes until 1:17 AM",
        &["2027-11-07T06:17:00Z"],
    );
    let full_hours = ["2027-11-07T06:00:00Z", "2027-11-07T07:00:00Z"];
    check_request("every hour on the hour", now, "every hour", &full_hours);
    // The series lasts an hour longer than it would if the clocks were not set back.
    let four_dues = ["2027-11-07T04:30:00Z", "2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z", "2027-11-07T07:30:00Z"];
    check_request("every hour until 2:30 am", "2027-11-07T03:30:00Z", "every hour until 2:30 AM", &four_dues);
}

#[test]
fn a_rule_that_counts_from_now_counts_the_time_that_passes_when_clocks_are_set_forward() {
    let two_dues = ["2027-03-14T08:50:00Z", "2027-03-14T10:50:00Z"];
    check_request("every 2 hours", "2027-03-14T06:50:00Z", "every 2 hours", &two_dues);
    check_request("every 2 hours 2 times", "2027-03-14T06:50:00Z", "every 2 hours until 6:50 AM", &two_dues);
}

/// The clocks skip two o'clock, so the step of that hour and the next one ring once, at three. Both count in COUNT.
#[test]
fn a_night_on_which_clocks_are_set_forward_rings_until_its_end() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let check = |text: &str, times: usize, last: &str| {
        let hints = Hints { country: Country::US, question: None };
        let understood = understand(text, "2027-03-13T20:15:00Z".parse().unwrap(), &zone, &hints);
        let Request::Remind(wanted) = understood else { panic!("{text:?} is {understood:?}") };
        let rule = wanted[0].rule.as_ref().unwrap();
        let dues: Vec<Timestamp> =
            std::iter::successors(Some(wanted[0].due), |due| rule.next_after(*due, &zone)).collect();
        assert_eq!(dues.len(), times, "{text:?}: {rule}");
        assert_eq!(dues.last().map(ToString::to_string).as_deref(), Some(last), "{text:?}: {rule}");
    };
    check("check the dough every hour from 10pm to 6am tonight", 8, "2027-03-14T10:00:00Z");
    check("check the dough every 30 minutes from 11pm to 4am tonight", 8, "2027-03-14T07:30:00Z");
    check("check the dough every hour from 7pm to 1am tonight", 7, "2027-03-14T06:00:00Z");
}
