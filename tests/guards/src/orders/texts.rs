//! The steps around an outgoing text: it is created in one transaction with the end of its occurrence, each try is
//! counted before it is sent, and the alarm is raised before the text's end is written.

use super::mutation;
use crate::mutation::Mutation;

const TEXT: &str = "crates/executor/src/text.rs";

pub(super) fn all() -> Vec<Mutation> {
    vec![end_without_text(), try_counted_after_it_is_sent(), answer_counted_after_it_is_sent(), alarm_after_write()]
}

/// Writes the end of an occurrence first, and its text in a write of its own.
fn end_without_text() -> Mutation {
    const APPLY: &str = "crates/executor/src/apply.rs";
    const CREATE: &str = "if let Some(text) = &text {\n                    \
        let _ = store.replace_outgoing_text(text).await;\n                }";
    const SEEN: &str = "            return Ok(Some(changed(write, text, effects)));";
    mutation(
        "end and text in one transaction",
        vec![
            (
                APPLY,
                "store.replace(&write, text.as_ref()).await {\n            \
                 Ok(()) => return Ok(Some(changed(write, text, change.effects))),",
                &format!(
                    "store.replace(&write, None).await {{\n            Ok(()) => {{\n                {CREATE}\n                \
                     return Ok(Some(changed(write, text, change.effects)))\n            }}"
                ),
            ),
            (APPLY, SEEN, &format!("            {CREATE}\n{SEEN}")),
        ],
    )
}

/// Sends each further try of a text before that try is written.
fn try_counted_after_it_is_sent() -> Mutation {
    mutation(
        "order: try counted, then text",
        vec![
            (
                TEXT,
                "            for effect in effects {\n                \
                 events.extend(perform(context, &next, effect, shown).await);\n            }\n",
                "            events.extend(effects);\n",
            ),
            (TEXT, "Option<Vec<TextEffect>>)>, Failed> {", "Option<Vec<TextEvent>>)>, Failed> {"),
            (
                TEXT,
                "        let write = record.replaced_by(*next)",
                "        let (mut sent, mut shown) = (Vec::new(), ShownHealth::none());\n        for effect in effects {\n            \
                 sent.extend(perform(context, &next, effect, &mut shown).await);\n        }\n        \
                 shown.record().await;\n        let effects = sent;\n        \
                 let write = record.replaced_by(*next)",
            ),
        ],
    )
}

/// Creates the text of an answer without counting the first try, which is sent immediately.
fn answer_counted_after_it_is_sent() -> Mutation {
    mutation(
        "order: try counted, then answer",
        vec![
            (
                "crates/executor/src/incoming/stored.rs",
                "state: TextState::Owed { tries: 1, slot: None, newest: NewestTry::Open },",
                "state: TextState::Owed { tries: 0, slot: None, newest: NewestTry::Open },",
            ),
            (
                "crates/executor/src/incoming/follow_up.rs",
                "            start_text(context, text).await;",
                "            use reminder::outgoing_text::{NewestTry, OutgoingText, TextLife, TextState};\n            \
                 let state = TextState::Owed { tries: 1, slot: None, newest: NewestTry::Open };\n            \
                 let text = text.map(|text| match text.life {\n                \
                 TextLife::Live { deadline, .. } => OutgoingText { life: TextLife::Live { state, deadline }, ..text },\n                \
                 TextLife::Ended { .. } => text,\n            });\n            start_text(context, text).await;",
            ),
        ],
    )
}

/// Raises the alarm after the end of a text is written.
fn alarm_after_write() -> Mutation {
    const ALARM: &str =
        "        if effects.contains(&TextEffect::RaiseAlarm) {\n            alarm(&record, event);\n        }\n";
    mutation(
        "order: alarm, then write",
        vec![
            (TEXT, ALARM, ""),
            (
                TEXT,
                "            Ok(()) => return Ok(Some((write.written(), Some(effects)))),\n",
                &format!(
                    "            Ok(()) => {{\n{ALARM}                \
                     return Ok(Some((write.written(), Some(effects))));\n            }}\n"
                ),
            ),
        ],
    )
}
