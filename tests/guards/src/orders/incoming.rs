//! The steps around an incoming text: stored, then its effects, then its answer.

use super::mutation;
use crate::mutation::Mutation;

const FOLLOW_UP: &str = "crates/executor/src/incoming/follow_up.rs";

pub(super) fn all() -> Vec<Mutation> {
    vec![
        answer_before_transaction(),
        answer_before_wake_up(),
        answer_before_all_has_ended(),
        older_epochs_stay_after_start(),
    ]
}

/// Answers a text even if its transaction fails.
fn answer_before_transaction() -> Mutation {
    mutation(
        "order: transaction, then answer",
        vec![(
            "crates/executor/src/incoming/intake.rs",
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
            FOLLOW_UP,
            "        join_all(effects.iter().map(|effect| execute(context, &profile.person, effect))).await;",
            "        if route == AnswerRoute::Sms {\n            \
             join_all(effects.iter().map(|effect| execute(context, &profile.person, effect))).await;\n        }",
        )],
    )
}

/// Confirms an opt-out before the open reminders have ended; Lambda may freeze the function after the reply.
fn answer_before_all_has_ended() -> Mutation {
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

/// Lets the reminders of an older epoch live when their person opts in again.
fn older_epochs_stay_after_start() -> Mutation {
    mutation(
        "START ends older epochs",
        vec![(
            "crates/reminder/src/conversation/consent.rs",
            "    Decision { answer, ..situation.end_left_behind() }",
            "    Decision { answer, ..situation.silence() }",
        )],
    )
}
