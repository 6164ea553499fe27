//! README's examples of what people can text, as conversations. The simulation holds them at every hour of a week.

/// How the answer to a request for a reminder begins.
const MAKES: &str = "OK, I'll call you ";
/// How the first such answer to a person begins.
pub(crate) const FIRST: &str = "sixthirty: OK, I'll call you ";
const MILK: &str = "remind me to buy milk at 6:30 PM";
const PILLS: &str = "take my pills every day at 12:01 am";

/// A text, and the parts of its answer in their order. The answer begins with the first part.
pub(crate) type TextAndAnswer = (&'static str, &'static [&'static str]);

/// Each conversation is with one person. Together the conversations have every example of the table that needs no call.
pub(crate) const CONVERSATIONS: &[&[TextAndAnswer]] = &[
    &[("Remind me to buy milk at 6:30 PM", &[FIRST, "6:30 PM", "buy milk (#1)"])],
    &[("milk 630pm", &[FIRST, "6:30 PM", "milk (#1)"])],
    &[("call me in 20 min about the oven", &[FIRST, "oven (#1)"])],
    &[("pls dont let me forget gym tmrw at noon", &[FIRST, "tomorrow at noon", "gym (#1)"])],
    &[(
        "I need to pick Reed up tomorrow at 5; call me 15 minutes before",
        &[FIRST, "tomorrow at 4:45 PM", "pick Reed up (#1)"],
    )],
    &[("take my pills every weekday at 8am", &[FIRST, "every weekday at 8 AM", "take your pills (#1)"])],
    &[("rent on the 1st of each month at 9", &[FIRST, "on the 1st", "rent (#1)"])],
    &[("yoga every other friday at 6 for 3 months", &[FIRST, "every other Friday", "yoga (#1)"])],
    &[("Remind me to buy milk", &["When should I remind you: buy milk?"]), ("6:30", &[FIRST, "6:30", "buy milk (#1)"])],
    &[
        ("Remind me at 6:30", &["OK, ", "6:30", "What should I remind you about?"]),
        ("buy milk", &[FIRST, "6:30", "buy milk (#1)"]),
    ],
    &[
        (MILK, &[FIRST]),
        ("no, tomorrow", &["Moved: I'll call you tomorrow at 6:30 PM", "buy milk (#1)"]),
        ("make it 7pm", &["Moved: I'll call you ", "7 PM", "buy milk (#1)"]),
        ("call Ann tomorrow at noon", &[MAKES, "call Ann (#2)"]),
        ("MOVE 2 to friday", &["Moved: I'll call you ", "call Ann (#2)"]),
    ],
    &[
        (MILK, &[FIRST]),
        // LIST shows reminders in the order of time. At every time of day, this reminder is due after the milk.
        ("call Ann tomorrow at 7 PM", &[MAKES, "#2"]),
        ("LIST", &["#1 ", "buy milk", "#2 ", "call Ann"]),
        ("DELETE 2", &["Deleted #2 call Ann."]),
        ("drop the milk one", &["Deleted #1 buy milk."]),
        ("call Bob tomorrow at noon", &[MAKES]),
        ("delete all", &["Deleted #"]),
        ("LIST", &["You have no reminders."]),
        ("UNDO", &["Undone: I'll call you tomorrow at noon", "call Bob"]),
    ],
    &[
        (MILK, &[FIRST]),
        (PILLS, &[MAKES, "take your pills (#2)"]),
        ("skip tomorrow's pills", &["Skipped. Next call: ", "12:01 AM", "take your pills (#2)"]),
        ("UNDO", &["Undone: I'll call you ", "12:01 AM", "take your pills (#2)"]),
        ("SKIP 2", &["Skipped. Next call: ", "take your pills (#2)"]),
        ("MOVE 1 to friday", &["Moved: I'll call you ", "buy milk (#1)"]),
        ("UNDO", &["Undone: I'll call you ", "6:30 PM", "buy milk (#1)"]),
        ("RESUME 3", &["You have no paused reminders."]),
    ],
    &[
        ("ZONE Paris", &["OK, I'll use Paris time from now on."]),
        (PILLS, &["OK, I'll call you "]),
        ("I'm in Berlin", &["OK, Berlin time. Should your repeating reminder move to Berlin time too? YES or NO"]),
        ("YES", &["OK, "]),
        ("ZONE Tokyo", &["OK, Tokyo time. Should your repeating reminder move to Tokyo time too? YES or NO"]),
        ("NO", &["Your repeating reminders stay on Berlin time."]),
    ],
    &[
        ("HELP", &["sixthirty: I call you with reminders. Try: remind me to buy milk at 6:30 PM"]),
        (MILK, &[FIRST]),
        ("STOP", &[""]),
        ("LIST", &[""]),
        ("START", &["Welcome back! 1 reminder was stopped: text RESTORE to get it back."]),
        ("RESTORE", &["Restored: I'll call you ", "6:30 PM", "buy milk"]),
    ],
];

/// Whether the answer begins with the first part, and has the other parts after it in their order. A single empty part
/// means that there must be no answer.
pub(crate) fn fits(answer: &str, parts: &[&str]) -> bool {
    let mut rest = answer;
    for (index, part) in parts.iter().enumerate() {
        let Some(place) = rest.find(part).filter(|place| index > 0 || *place == 0) else { return false };
        rest = &rest[place + part.len()..];
    }
    parts != [""] || answer.is_empty()
}
