//! Questions that show which times a text may mean, and the replies that settle one. The person texts on Monday, March
//! 2, 2026, at noon.

use super::person::{MADE, Person, check};
use crate::words::segments;

const FAR_DAY: &str = "remind me to call mom friday the 29th at 5pm";

const WHICH_DAY: &str = "Did you mean Fri, May 29 at 5 PM EDT, or Fri, Mar 6 at 5 PM EST: call mom? Text the day.";

#[test]
fn a_reply_to_two_possible_days_settles_one_and_keeps_the_task() {
    for (reply, expected) in [
        ("May 29", "OK, I'll call you Fri, May 29 at 5 PM EDT: call mom (#1)."),
        ("the 29th", "OK, I'll call you Fri, May 29 at 5 PM EDT: call mom (#1)."),
        ("this friday", "OK, I'll call you Fri, Mar 6 at 5 PM EST: call mom (#1)."),
        ("the second one", "OK, I'll call you Fri, Mar 6 at 5 PM EST: call mom (#1)."),
        ("saturday", "OK, I'll call you Sat, Mar 7 at 5 PM EST: call mom (#1)."),
        ("6pm", "Did you mean Fri, May 29 at 6 PM EDT, or Fri, Mar 6 at 6 PM EST: call mom? Text the day."),
        ("yes", WHICH_DAY),
        ("no", "When should I remind you: call mom?"),
    ] {
        check(Person::confirmed(), &[(0, FAR_DAY, WHICH_DAY), (1, reply, expected)]);
    }
}

#[test]
fn a_reply_to_the_understood_time_confirms_or_changes_it() {
    let question = "Did you mean tomorrow at 9 AM EST: buy the 9am train ticket? Text YES, or the right time.";
    for (reply, expected) in [
        ("yes", "tomorrow at 9 AM EST: buy the 9am train ticket (#1)."),
        ("ok", "tomorrow at 9 AM EST: buy the 9am train ticket (#1)."),
        ("at 7", "tomorrow at 7 PM EST: buy the 9am train ticket (#1)."),
        ("no, friday at 8am", "Fri, Mar 6 at 8 AM EST: buy the 9am train ticket (#1)."),
        ("in 2 hours", "today at 2:00:01 PM EST: buy the 9am train ticket (#1)."),
    ] {
        let texts = [(0, "buy the 9am train ticket tomorrow", question), (1, reply, &format!("{MADE} {expected}"))];
        check(Person::confirmed(), &texts);
    }
}

#[test]
fn a_zone_is_read_between_the_question_and_the_reply() {
    let texts = [
        (0, "buy the 9am train ticket tomorrow", "Did you mean tomorrow at 9 AM EST: buy the 9am train ticket?"),
        (1, "ZONE Denver", "OK, Denver time. Did you mean tomorrow at 9 AM MST: buy the 9am train ticket?"),
        (2, "yes", "OK, I'll call you tomorrow at 9 AM MST: buy the 9am train ticket (#1)."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_question_that_names_times_is_one_sms() {
    for text in [
        "remind me to call the office of Dr. Aronowitz about it friday the 29th at 10:45pm",
        "take my 10:45pm pills with a lot of water and bread every other monday and thursday",
    ] {
        let answer = Person::confirmed().text(0, text);
        assert!(answer.starts_with("Did you mean ") && segments(&answer) == 1, "{answer}");
    }
}
