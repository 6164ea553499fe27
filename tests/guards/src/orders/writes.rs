//! The rules of a safe write: the write names the version that was read, and effects come after the write.

use super::mutation;
use crate::mutation::Mutation;

const APPLY: &str = "crates/executor/src/apply.rs";

pub(super) fn all() -> Vec<Mutation> {
    vec![version_ignored(), effect_before_write()]
}

/// Writes a record even if its stored version is not the version that was read. Removes the condition from the
/// simulation's store, because the real condition is an expression in DynamoDB.
fn version_ignored() -> Mutation {
    const STORE: &str = "tests/simulation/src/fakes/table.rs";
    mutation(
        "version condition",
        vec![
            (STORE, "    #[default]\n    Held,", "    Held,"),
            (STORE, "    VersionIgnored,\n}", "    #[default]\n    VersionIgnored,\n}"),
        ],
    )
}

/// Performs the effects of a change before the change is written.
fn effect_before_write() -> Mutation {
    mutation(
        "order: write, then effect",
        vec![
            (
                APPLY,
                "    for effect in handled.effects {\n        \
                 events.extend(perform(context, record, effect).await);\n    }\n",
                "    let _ = record;\n    events.extend(handled.effects);\n",
            ),
            (APPLY, "    effects: Vec<Effect>,\n    is_changed", "    effects: Vec<Event>,\n    is_changed"),
            (
                APPLY,
                "            Transition::Act(effects) => {\n",
                "            Transition::Act(effects) => {\n                \
                 let effects = performed(context, &record, effects).await;\n",
            ),
            (
                APPLY,
                "        failure = match store.replace(&write, text.as_ref()).await {\n            \
                 Ok(()) => return Ok(Some(changed(write, text, change.effects))),",
                "        let events = performed(context, &write, change.effects).await;\n        \
                 failure = match store.replace(&write, text.as_ref()).await {\n            \
                 Ok(()) => return Ok(Some(changed(write, text, events))),",
            ),
            (APPLY, "        tried.push((write, text, change.effects));", "        tried.push((write, text, events));"),
            (
                APPLY,
                "fn changed(\n    write: Replacement<Reminder>,\n    text: Option<Replacement<OutgoingText>>,\n    \
                 effects: Vec<Effect>,",
                "async fn performed<P: Ports>(\n    context: Context<'_, P>,\n    record: &Reminder,\n    \
                 effects: Vec<Effect>,\n) -> Vec<Event> {\n    let mut events = Vec::new();\n    \
                 for effect in effects {\n        events.extend(perform(context, record, effect).await);\n    }\n    \
                 events\n}\n\nfn changed(\n    write: Replacement<Reminder>,\n    \
                 text: Option<Replacement<OutgoingText>>,\n    effects: Vec<Event>,",
            ),
        ],
    )
}
