//! Messages and records of a later release that was rolled back. This release can't read these messages and records, so
//! they wait.

use super::mutation;
use crate::mutation::Mutation;

pub(super) fn all() -> Vec<Mutation> {
    vec![
        version_of_message_ignored(),
        schema_ignored(),
        newer_messages_are_dead(),
        wake_ups_of_newer_records_fail(),
        newer_records_stay(),
    ]
}

/// Treats a message of a later release like a message that the service did not write.
fn version_of_message_ignored() -> Mutation {
    mutation(
        "messages of a later release are recognized",
        vec![(
            "crates/reminder/src/wire/version.rs",
            "    if (newest + 1..=VERSION_MAX).contains(&found) {",
            "    if found == VERSION_MAX {",
        )],
    )
}

/// Treats a record of a later release like a record that can never be read.
fn schema_ignored() -> Mutation {
    mutation(
        "records of a later release are recognized",
        vec![(
            "crates/aws/src/items/attributes.rs",
            "            newer if newer > SCHEMA => {",
            "            newer if newer == 0 => {",
        )],
    )
}

/// Moves the messages of a later release to the dead letters.
fn newer_messages_are_dead() -> Mutation {
    mutation(
        "messages of a later release wait",
        vec![
            (
                "functions/dialer/src/dial.rs",
                "wait_for_later_release(context, queue, body, WrittenLater::Message, &error).await",
                "move_to_dead_letters(context, queue, body, &error).await",
            ),
            (
                "functions/inbound/src/queue.rs",
                "wait_for_later_release(context, queue, body, WrittenLater::Message, &error).await",
                "move_to_dead_letters(context, queue, body, &error).await",
            ),
        ],
    )
}

/// Fails a wake-up if a later release wrote its record. This uses up the receives of the wake-up.
fn wake_ups_of_newer_records_fail() -> Mutation {
    mutation(
        "wake-ups of records of a later release wait",
        vec![(
            "functions/dialer/src/dial.rs",
            "            return Ok(wait_for_later_release(context, SourceQueue::Dial, body, later, &error).await?);",
            "            let _ = later;\n            return Err(error.into());",
        )],
    )
}

/// Leaves overdue records of a later release where they are, so that each sweep finds them again.
fn newer_records_stay() -> Mutation {
    mutation(
        "records of a later release are put off",
        vec![(
            "functions/sweeper/src/sweep.rs",
            "        Remedy::LaterRelease => put_off(context, overdue, &error).await,",
            "        Remedy::LaterRelease => Recovery::Unread,",
        )],
    )
}
