//! Answers about the person's zone.

use super::*;

#[test]
fn a_correction_says_when_each_reminder_rings_now_or_which_reminders_have_moved() {
    let west =
        |number, due: &str, rule| reminder("call mom", number, due.parse().unwrap(), "America/Los_Angeles", rule);
    let one = west(1, "2026-09-24T15:00:00Z", None);
    let pills = west(2, "2026-09-24T20:30:00Z", daily());
    let many: Vec<Reminder> = (1..=80).map(|number| west(number, "2026-09-24T15:00:00Z", None)).collect();
    let check = |moved: &[&Reminder], kept: &[&Reminder], expected: &str| {
        let tail = if kept.is_empty() { "" } else { "What time should I move it to?" };
        let why_kept = WhyKept::Passed;
        let said = Answer::Zone { zone: "America/Los_Angeles", moved, kept, why_kept, tail }.render(now());
        assert_eq!(said, expected);
        assert_eq!(segments(&said), 1, "{said}");
    };
    check(&[&one], &[], "OK, using Los Angeles time. Now #1 rings tomorrow at 8 AM PDT.");
    let both = "OK, using Los Angeles time. Now #1 rings tomorrow at 8 AM PDT; #2 rings every day at 1:30 PM, starting tomorrow at 1:30 PM PDT.";
    check(&[&one, &pills], &[], both);
    let kept = "OK, using Los Angeles time. #1 still rings tomorrow at 8 AM PDT because its new time has passed. What time should I move it to?";
    check(&[], &[&one], kept);
    let all: Vec<&Reminder> = many.iter().collect();
    let by_number =
        "OK, using Los Angeles time. Moved: #1, #2, #3, #4, #5, #6, #7, #8, #9, #10, #11, #12, and 68 more.";
    check(&all, &[], by_number);
}

#[test]
fn a_new_zone_asks_about_repeating_reminders_or_only_names_the_zone() {
    let said = |tail: &str| {
        let why_kept = WhyKept::Passed;
        Answer::Zone { zone: "Europe/Paris", moved: &[], kept: &[], why_kept, tail }.render(now())
    };
    let ask = |series| Answer::AskMoveSeries { zone: "Europe/Paris", series }.render(now());
    assert_eq!(said(""), "OK, I'll use Paris time from now on.");
    let two = "OK, Paris time. Should your 2 repeating reminders move to Paris time too? YES or NO";
    assert_eq!(said(&ask(2)), two);
    assert_eq!(ask(1), "Should your repeating reminder move to Paris time too? YES or NO");
    let stay = Answer::SeriesStay("America/New_York").render(now());
    assert_eq!(stay, "Your repeating reminders stay on New York time.");
}

#[test]
fn an_answer_about_a_zone_is_one_sms() {
    let (zone, one) = ("America/Argentina/ComodRivadavia", longest());
    let ask = Answer::AskMoveSeries { zone, series: OPEN_MAX }.render(now());
    let stay = format!("{} {}", Answer::SeriesStay(zone).render(now()), Answer::AskWhere.render(now()));
    for why_kept in [WhyKept::Passed, WhyKept::TooManyAtOnce] {
        for tail in ["", &ask, &stay] {
            one_sms(&Answer::Zone { zone, moved: &[], kept: &[], why_kept, tail }.render(now()));
        }
        let tail = "What time should I move it to?";
        one_sms(&Answer::Zone { zone, moved: &[], kept: &[&one], why_kept, tail }.render(now()));
    }
}
