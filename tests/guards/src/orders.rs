//! Orders that are kept, turned round; and conditions that are no predicates. Each names the exact text it replaces, so
//! that a changed source is told and not passed over.
//!
//! Not here: that an early wake-up is done with only when it was sent on. Where that send is lost the record's deadline
//! brings it back, a minute later; no guarantee hangs on it.

use crate::mutation::{Edit, Mutation};

/// All of them.
pub(crate) fn all() -> Vec<Mutation> {
    vec![
        version_unseen(),
        effect_before_write(),
        claim_after_call(),
        unknown_dialed_again(),
        slot_not_waited_for(),
        alarm_after_write(),
        answer_before_transaction(),
        answer_before_wake_up(),
        answer_before_all_has_ended(),
        text_counted_after_it_is_sent(),
        answer_counted_after_it_is_sent(),
    ]
}

fn mutation(name: &str, edits: Vec<(&str, &str, &str)>) -> Mutation {
    let edit = |(file, old, new): (&str, &str, &str)| Edit { file: file.into(), old: old.into(), new: new.into() };
    Mutation { name: name.to_owned(), edits: edits.into_iter().map(edit).collect() }
}

fn version_unseen() -> Mutation {
    const STORE: &str = "tests/simulation/src/fakes/table.rs";
    mutation(
        "version condition",
        vec![
            (STORE, "    #[default]\n    Held,", "    Held,"),
            (STORE, "    VersionUnseen,\n}", "    #[default]\n    VersionUnseen,\n}"),
        ],
    )
}

/// What follows from a change is done first, and the change written then.
fn effect_before_write() -> Mutation {
    const ADVANCE: &str = "crates/perform/src/advance.rs";
    mutation(
        "order: write, then effect",
        vec![
            (
                ADVANCE,
                "        for effect in effects {\n            events.extend(perform(service, &next, effect).await);\n        }\n",
                "        events.extend(effects);\n",
            ),
            (ADVANCE, "<Reminder>, Change, Vec<Effect>)>, Failed> {", "<Reminder>, Change, Vec<Event>)>, Failed> {"),
            (
                ADVANCE,
                "Reaction::Act(effects) => return Ok(Some((record, Change::None, effects))),",
                "Reaction::Act(effects) => {\n\
                 let events = performed(service, &record, effects).await;\n\
                 return Ok(Some((record, Change::None, events)));\n}",
            ),
            (
                ADVANCE,
                "        failure = match store.replace(&write).await {\n            \
                 Ok(()) => return Ok(Some((write.written(), Change::Made, effects))),",
                "        let events = performed(service, &write, effects).await;\n        \
                 failure = match store.replace(&write).await {\n            \
                 Ok(()) => return Ok(Some((write.written(), Change::Made, events))),",
            ),
            (
                ADVANCE,
                "        if stored.mark == mark {\n            return Ok(Some((write.written(), Change::Made, effects)));",
                "        if stored.mark == mark {\n            return Ok(Some((write.written(), Change::Made, events)));",
            ),
            (
                ADVANCE,
                "enum Change {\n    Made,",
                "async fn performed<P: Ports>(\n    service: Service<'_, P>,\n    record: &Reminder,\n    \
                 effects: Vec<Effect>,\n) -> Vec<Event> {\n    \
                 let mut events = Vec::new();\n\
                 for effect in effects {\n        events.extend(perform(service, record, effect).await);\n    }\n\
                 events\n}\n\nenum Change {\n    Made,",
            ),
        ],
    )
}

/// The call is asked for, and the claim written when the carrier has answered.
fn claim_after_call() -> Mutation {
    const DIAL: &str = "functions/dialer/src/dial.rs";
    mutation(
        "order: claim, then call",
        vec![
            (
                DIAL,
                "    let Advanced::Changed(claimed) = advance(",
                "    let route = CallRoute { key: reminder.key.clone(), claim: claim.clone() };\n    \
                 let placed = way.carrier().place(&Dial { to: profile.number.clone(), route }).await;\n    \
                 way.learn(Went::of(&placed)).await;\n    \
                 let Advanced::Changed(claimed) = advance(",
            ),
            (
                DIAL,
                "        place(way, service, *claimed, &profile, claim, last_start).await;\n",
                "        if let Some(event) = outcome(service, &claimed, claim, placed) {\n            \
                 write(service, *claimed, event).await;\n        }\n",
            ),
        ],
    )
}

/// A call of which nobody knows whether it was placed is taken for one that was refused.
fn unknown_dialed_again() -> Mutation {
    mutation(
        "unknown is not dialed again",
        vec![(
            "functions/dialer/src/dial.rs",
            "\"call may have been placed; it is not dialed again\");\n            None",
            "\"call may have been placed; it is dialed again\");\n            \
             let retry_at = again_after(service, claimed, service.ports.clock().now());\n            \
             Some(Event::RefusedForNow { claim, retry_at })",
        )],
    )
}

/// A slot is reserved, and not waited for.
fn slot_not_waited_for() -> Mutation {
    mutation(
        "a slot is waited for",
        vec![(
            "functions/dialer/src/dial.rs",
            "        Ok(Turned::At(slot)) => Err(Event::Paced { generation, slot }),",
            "        Ok(Turned::At(_)) => Ok(way),",
        )],
    )
}

/// The end is written first, and the operator alarmed then.
fn alarm_after_write() -> Mutation {
    const ADVANCE: &str = "crates/perform/src/advance.rs";
    const ALARM: &str = "        if effects.contains(&Effect::RaiseAlarm) {\n            alarm(&record);\n        }\n";
    mutation(
        "order: alarm, then write",
        vec![
            (ADVANCE, ALARM, ""),
            (
                ADVANCE,
                "            Ok(()) => return Ok(Some((write.written(), Change::Made, effects))),\n",
                &format!(
                    "            Ok(()) => {{\n{ALARM}        return Ok(Some((write.written(), Change::Made, effects)));\n}}\n"
                ),
            ),
        ],
    )
}

/// A text is answered from what was decided, whatever the table says to it.
fn answer_before_transaction() -> Mutation {
    mutation(
        "order: transaction, then answer",
        vec![(
            "functions/inbound/src/intake.rs",
            "            Ok(()) => {\n                let Acceptance",
            "            Ok(()) | Err(_) => {\n                let Acceptance",
        )],
    )
}

/// The webhook is answered, and the function frozen, before wake-ups are sent.
fn answer_before_wake_up() -> Mutation {
    mutation(
        "order: wake-up, then answer",
        vec![(
            "functions/inbound/src/follow_up.rs",
            "        join_all(effects.iter().map(|effect| follow(service, &profile.person, effect))).await;",
            "        if via == Via::Sms {\n            \
             join_all(effects.iter().map(|effect| follow(service, &profile.person, effect))).await;\n        }",
        )],
    )
}

/// Leaving is answered, and the function frozen, before what was open has ended.
fn answer_before_all_has_ended() -> Mutation {
    const FOLLOW_UP: &str = "functions/inbound/src/follow_up.rs";
    mutation(
        "order: all ended, then goodbye",
        vec![
            (
                FOLLOW_UP,
                "            cancel_all(service, &profile).await?;",
                "            let _ = cancel_all(service, &profile);",
            ),
            (FOLLOW_UP, "        None if is_gone => Err(StillOpen),\n", ""),
        ],
    )
}

/// A text in the place of a call is sent again without its try being counted before.
fn text_counted_after_it_is_sent() -> Mutation {
    mutation(
        "order: try counted, then text",
        vec![(
            "crates/reminder/src/life/texting.rs",
            "let tried = Texting { tries: tries + 1, slot: None, ..texting };",
            "let tried = Texting { tries, slot: None, ..texting };",
        )],
    )
}

/// An answer is sent, and its try counted then.
fn answer_counted_after_it_is_sent() -> Mutation {
    const ANSWER: &str = "crates/perform/src/answer.rs";
    mutation(
        "order: try counted, then answer",
        vec![(
            ANSWER,
            "    store.replace_message(&tried).await?;\n    \
             let sent = way.carrier().send_text(&profile.number, &tried.answer).await;\n",
            "    let sent = way.carrier().send_text(&profile.number, &tried.answer).await;\n    \
             store.replace_message(&tried).await?;\n",
        )],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn each_text_that_is_replaced_stands_in_the_source() {
        for mutation in all() {
            for edit in mutation.edits {
                let text = std::fs::read_to_string(root().join(&edit.file)).unwrap();
                assert!(edit.apply(&text).is_ok(), "{}: {:?}", mutation.name, edit.apply(&text));
            }
        }
    }
}
