//! Mutations that swap the order of two steps, or remove a condition that is not a predicate. Each contains the exact
//! text that it replaces, so a changed source leads to an error.
//!
//! Left out: an early wake-up is deleted from the queue only after it was sent again. If that send is lost, the sweeper
//! recovers the record a minute later, so no guarantee depends on this order.

use crate::mutation::{Edit, Mutation};

/// All mutations of this module.
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

/// Performs the effects of a change before the change is written.
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

/// Requests the call before the claim is written.
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

/// Treats a call with an unknown outcome as refused.
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

/// Reserves a slot without waiting for it.
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

/// Raises the alarm after the end is written.
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

/// Answers a text even if its transaction fails.
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

/// Replies to the webhook before wake-ups are sent; Lambda may freeze the function after the reply.
fn answer_before_wake_up() -> Mutation {
    mutation(
        "order: wake-up, then answer",
        vec![(
            "functions/inbound/src/follow_up.rs",
            "        join_all(effects.iter().map(|effect| execute(context, &profile.person, effect))).await;",
            "        if route == AnswerRoute::Sms {\n            \
             join_all(effects.iter().map(|effect| execute(context, &profile.person, effect))).await;\n        }",
        )],
    )
}

/// Confirms an opt-out before the open reminders have ended; Lambda may freeze the function after the reply.
fn answer_before_all_has_ended() -> Mutation {
    const FOLLOW_UP: &str = "functions/inbound/src/follow_up.rs";
    mutation(
        "order: all ended, then opt-out reply",
        vec![
            (
                FOLLOW_UP,
                "            cancel_all(context, &profile).await?;",
                "            let _ = cancel_all(context, &profile);",
            ),
            (FOLLOW_UP, "        None if is_opted_out => Err(StillOpen),\n", ""),
        ],
    )
}

/// Sends a replacement text again without counting the try before.
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

/// Counts the try of an answer after the answer is sent.
fn answer_counted_after_it_is_sent() -> Mutation {
    const ANSWER: &str = "crates/executor/src/answer.rs";
    mutation(
        "order: try counted, then answer",
        vec![(
            ANSWER,
            "    store.replace_incoming_text(&tried).await?;\n    \
             let sent = selected.carrier().send_text(&profile.number, &tried.answer, &route).await;\n",
            "    let sent = selected.carrier().send_text(&profile.number, &tried.answer, &route).await;\n    \
             store.replace_incoming_text(&tried).await?;\n",
        )],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn each_replaced_text_occurs_once_in_the_source() {
        for mutation in all() {
            for edit in mutation.edits {
                let text = std::fs::read_to_string(root().join(&edit.file)).unwrap();
                assert!(edit.apply(&text).is_ok(), "{}: {:?}", mutation.name, edit.apply(&text));
            }
        }
    }
}
