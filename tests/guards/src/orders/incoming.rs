//! The steps around an incoming text: the text is stored, then its effects follow, then its answer.

use super::mutation;
use crate::mutation::Mutation;

const FOLLOW_UP: &str = "crates/executor/src/incoming/follow_up.rs";

pub(super) fn all() -> Vec<Mutation> {
    vec![
        answer_before_transaction(),
        wake_ups_not_sent(),
        opt_out_ends_nothing(),
        older_epochs_stay_after_start(),
        done_skips(),
        restored_twice(),
        anything_is_noise(),
        carrier_opt_out_unrecorded(),
        loops_are_stopped(),
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

/// Replies to the webhook without sending wake-ups. Sending them after the reply would often mean the same, because
/// Lambda may freeze the function after the reply.
fn wake_ups_not_sent() -> Mutation {
    mutation(
        "wake-ups are sent for a webhook",
        vec![(
            FOLLOW_UP,
            "        join_all(effects.iter().map(|effect| execute(context, &profile.person, received_at, effect))).await;",
            "        if route == AnswerRoute::Text {\n            \
             join_all(effects.iter().map(|effect| execute(context, &profile.person, received_at, effect))).await;\n        }",
        )],
    )
}

/// Confirms an opt-out without ending the open reminders. Ending them after the reply would often mean the same,
/// because Lambda may freeze the function after the reply.
fn opt_out_ends_nothing() -> Mutation {
    mutation(
        "an opt-out ends all reminders",
        vec![
            (
                FOLLOW_UP,
                "            cancel_all(context, &profile, &have_ended).await?;",
                "            let _ = cancel_all(context, &profile, &have_ended);",
            ),
            (FOLLOW_UP, "        None if !have_ended.load(Ordering::Relaxed) => Err(StillOpen),\n", ""),
        ],
    )
}

/// Leaves the reminders of an older epoch live when their person opts in again.
fn older_epochs_stay_after_start() -> Mutation {
    mutation(
        "START ends older epochs",
        vec![(
            "crates/reminder/src/conversation/consent.rs",
            "    Decision { answer, ..situation.end_left_behind(0) }",
            "    Decision { answer, ..situation.silence() }",
        )],
    )
}

/// Lets DONE without a number skip the next occurrence if nothing rang.
fn done_skips() -> Mutation {
    mutation(
        "DONE skips nothing",
        vec![(
            "crates/reminder/src/conversation/done.rs",
            "                last.map(|one| acknowledged(one)).into_iter().collect()",
            "                let next = || self.last_open().map(|one| (one.clone(), Event::Skipped));\n                \
             last.map(|one| acknowledged(one)).or_else(next).into_iter().collect()",
        )],
    )
}

/// Lets RESTORE make the same reminders anew each time.
fn restored_twice() -> Mutation {
    mutation(
        "RESTORE works once",
        vec![(
            "crates/reminder/src/conversation/consent.rs",
            "    situation.profile.restorable = None;\n    situation.profile.question = None;\n",
            "    situation.profile.question = None;\n",
        )],
    )
}

/// Counts every text as unreadable, so that the fourth text within an hour is not answered.
fn anything_is_noise() -> Mutation {
    mutation(
        "only unreadable texts may get no answer",
        vec![(
            "crates/reminder/src/conversation/limits.rs",
            "    if decision.answer.is_empty() || !is_unreadable(request) {",
            "    let _ = is_unreadable(request);\n    if decision.answer.is_empty() {",
        )],
    )
}

/// Does not record the opt-out if the carrier refuses a text because the person has opted out at the carrier.
fn carrier_opt_out_unrecorded() -> Mutation {
    mutation(
        "an opt-out at the carrier is recorded",
        vec![(
            "crates/executor/src/text/sending.rs",
            "        return Some(match opt_out(context, text, |newest| newest.consent.since != profile.consent.since).await {",
            "        return Some(match Ok::<OptOut, crate::Failed>(OptOut::Known) {",
        )],
    )
}

/// Deploys the functions without `RecursiveLoop`, so that Lambda stops a chain after about 16 invocations.
fn loops_are_stopped() -> Mutation {
    const INBOUND: &str = "that release runs again.\n      RecursiveLoop: Allow\n      AutoPublishAlias: live\n      DeploymentPreference: &Canary";
    const DIALER: &str = "that release runs again.\n      RecursiveLoop: Allow\n      AutoPublishAlias: live\n      DeploymentPreference: *Canary\n\n  DialerWakeUps:";
    let without = |text: &str| text.replace("      RecursiveLoop: Allow\n", "");
    mutation(
        "long chains of invocations are allowed",
        vec![("infra/template.yaml", INBOUND, &without(INBOUND)), ("infra/template.yaml", DIALER, &without(DIALER))],
    )
}
