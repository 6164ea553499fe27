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
    const APPLY: &str = "crates/executor/src/apply.rs";
    mutation(
        "order: write, then effect",
        vec![
            (
                APPLY,
                "        for effect in effects {\n            events.extend(perform(context, &next, effect).await);\n        }\n",
                "        events.extend(effects);\n",
            ),
            (APPLY, "<Reminder>, Change, Vec<Effect>)>, Failed> {", "<Reminder>, Change, Vec<Event>)>, Failed> {"),
            (
                APPLY,
                "Transition::Act(effects) => return Ok(Some((record, Change::None, effects))),",
                "Transition::Act(effects) => {\n\
                 let events = performed(context, &record, effects).await;\n\
                 return Ok(Some((record, Change::None, events)));\n}",
            ),
            (
                APPLY,
                "        failure = match store.replace(&write).await {\n            \
                 Ok(()) => return Ok(Some((write.written(), Change::Made, effects))),",
                "        let events = performed(context, &write, effects).await;\n        \
                 failure = match store.replace(&write).await {\n            \
                 Ok(()) => return Ok(Some((write.written(), Change::Made, events))),",
            ),
            (
                APPLY,
                "        if stored.write_id == write_id {\n            return Ok(Some((write.written(), Change::Made, effects)));",
                "        if stored.write_id == write_id {\n            return Ok(Some((write.written(), Change::Made, events)));",
            ),
            (
                APPLY,
                "enum Change {\n    Made,",
                "async fn performed<P: Ports>(\n    context: Context<'_, P>,\n    record: &Reminder,\n    \
                 effects: Vec<Effect>,\n) -> Vec<Event> {\n    \
                 let mut events = Vec::new();\n\
                 for effect in effects {\n        events.extend(perform(context, record, effect).await);\n    }\n\
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
                "    let Applied::Changed(claimed) = apply(",
                "    let route = CallRoute { key: reminder.key.clone(), claim: claim.clone() };\n    \
                 let placed = selected.carrier().place(&Dial { to: profile.number.clone(), route }).await;\n    \
                 selected.record_health(Health::of(&placed)).await;\n    \
                 let Applied::Changed(claimed) = apply(",
            ),
            (
                DIAL,
                "        place(selected, context, *claimed, &profile, claim, last_start).await;\n",
                "        if let Some(event) = outcome(context, &claimed, claim, placed) {\n            \
                 write(context, *claimed, event).await;\n        }\n",
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
             let retry_at = again_after(context, claimed, context.ports.clock().now());\n            \
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
            "        Ok(SlotGrant::At(slot)) => Err(Event::SlotAssigned { generation, slot }),",
            "        Ok(SlotGrant::At(_)) => Ok(selected),",
        )],
    )
}

/// The end is written first, and the operator alarmed then.
fn alarm_after_write() -> Mutation {
    const APPLY: &str = "crates/executor/src/apply.rs";
    const ALARM: &str = "        if effects.contains(&Effect::RaiseAlarm) {\n            alarm(&record);\n        }\n";
    mutation(
        "order: alarm, then write",
        vec![
            (APPLY, ALARM, ""),
            (
                APPLY,
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
            "            Ok(()) => {\n                let TextTransaction",
            "            Ok(()) | Err(_) => {\n                let TextTransaction",
        )],
    )
}

/// The webhook is answered, and the function frozen, before wake-ups are sent.
fn answer_before_wake_up() -> Mutation {
    mutation(
        "order: wake-up, then answer",
        vec![(
            "functions/inbound/src/follow_up.rs",
            "        join_all(effects.iter().map(|effect| follow(context, &profile.person, effect))).await;",
            "        if via == Via::Sms {\n            \
             join_all(effects.iter().map(|effect| follow(context, &profile.person, effect))).await;\n        }",
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
                "            cancel_all(context, &profile).await?;",
                "            let _ = cancel_all(context, &profile);",
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
            "crates/reminder/src/lifecycle/texting.rs",
            "let tried = Texting { tries: tries + 1, slot: None, ..texting };",
            "let tried = Texting { tries, slot: None, ..texting };",
        )],
    )
}

/// An answer is sent, and its try counted then.
fn answer_counted_after_it_is_sent() -> Mutation {
    const ANSWER: &str = "crates/executor/src/answer.rs";
    mutation(
        "order: try counted, then answer",
        vec![(
            ANSWER,
            "    store.replace_incoming_text(&tried).await?;\n    \
             let sent = selected.carrier().send_text(&profile.number, &tried.answer).await;\n",
            "    let sent = selected.carrier().send_text(&profile.number, &tried.answer).await;\n    \
             store.replace_incoming_text(&tried).await?;\n",
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
