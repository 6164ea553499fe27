//! The steps around a call: a slot, the person's turn, the claim, the request and the verdict of machine detection.

use super::mutation;
use crate::mutation::Mutation;

const DIAL: &str = "functions/dialer/src/dial.rs";

/// The line in the dialer that places the claimed call.
const PLACE: &str = "        place(selected, context, *claimed, &profile, claim, last_start).await;\n";

pub(super) fn all() -> Vec<Mutation> {
    vec![
        slot_not_waited_for(),
        turn_kept(),
        turn_kept_after_refusal(),
        turn_given_back_late(),
        last_call_not_counted(),
        turn_kept_without_claim(),
        claim_before_turn(),
        claim_after_call(),
        unknown_dialed_again(),
        verdict_unwritten(),
        never_paused(),
        never_paused_without_calls(),
        promised_without_calls(),
        picked_up_is_heard(),
    ]
}

/// Reserves a slot without waiting for it.
fn slot_not_waited_for() -> Mutation {
    mutation(
        "a slot is waited for",
        vec![(
            DIAL,
            "                Ok(SlotGrant::At(slot)) => Event::SlotAssigned { generation, slot },",
            "                Ok(SlotGrant::At(_)) => return Ok((selected, code)),",
        )],
    )
}

/// Keeps the person's turn while the call waits for a slot.
fn turn_kept() -> Mutation {
    mutation(
        "an unused turn is given back",
        vec![(
            DIAL,
            "    if instead.has_turn {\n        turn::give_back(context, &reminder.key, claim).await;\n    }\n",
            "    let _ = (instead.has_turn, claim);\n",
        )],
    )
}

/// Keeps the person's turn although the carrier refused the call for now.
fn turn_kept_after_refusal() -> Mutation {
    mutation(
        "the turn of a refused call is given back",
        vec![(
            DIAL,
            "        if let Some(claim) = not_placed.as_ref().filter(|claim| !text_says_last_call(applied, claim)) {\n            \
             turn::give_back(context, &key, claim).await;\n        }\n",
            "        let _ = not_placed.as_ref().is_some_and(|claim| text_says_last_call(applied, claim));\n",
        )],
    )
}

/// Gives the turn of a refused call back after the effects of the refusal, among them the request for a text.
fn turn_given_back_late() -> Mutation {
    mutation(
        "order: turn given back, then effects",
        vec![(
            DIAL,
            "    if let Err(error) = apply_with(context, claimed, event, give_back).await {\n",
            "    let mut give_back = give_back;\n    let applied = apply(context, claimed, event).await;\n    \
             if let Ok(applied) = &applied {\n        give_back(applied).await;\n    }\n    \
             if let Err(error) = applied {\n",
        )],
    )
}

/// Gives back the turn of a refused last call although the refusal is not written. A text then says that it was the last
/// call, but another call follows.
fn last_call_not_counted() -> Mutation {
    mutation(
        "a refused last call counts if its refusal is not written",
        vec![(DIAL, "not_placed.filter(|_| !is_applied && !is_last_call)", "not_placed.filter(|_| !is_applied)")],
    )
}

/// Keeps the person's turn although the claim was not written.
fn turn_kept_without_claim() -> Mutation {
    mutation(
        "a turn without a claim is given back",
        vec![(
            DIAL,
            "        if !is_claimed(applied) {\n            turn::give_back(context, &key, &claim).await;\n        }\n",
            "        let _ = is_claimed(applied);\n",
        )],
    )
}

/// Takes the person's turn after the claim is written. A claimed reminder can no longer wait for the turn.
fn claim_before_turn() -> Mutation {
    const TURN: &str = "    let code = turn::take(context, reminder, profile, planned.attempt, claim).await?;\n";
    let turn_of_claimed = "        if let Err(instead) = turn::take(context, &claimed, &profile, planned.attempt, &claim).await {\n            \
        return apply(context, *claimed, instead).await.map(drop).map_err(NotDialed::from);\n        }\n";
    mutation(
        "order: turn, then claim",
        vec![(DIAL, TURN, "    let code = None;\n"), (DIAL, PLACE, &format!("{turn_of_claimed}{PLACE}"))],
    )
}

/// Requests the call before the claim is written.
fn claim_after_call() -> Mutation {
    mutation(
        "order: claim, then call",
        vec![
            (
                DIAL,
                "    let applied = apply_with(context, reminder, woken, give_back_unclaimed).await?;",
                "    let route = CallRoute { key: reminder.key.clone(), claim: claim.clone() };\n    \
                 let placed = selected.carrier().place(&Dial { to: profile.number.clone(), route }).await;\n    \
                 selected.record_health(Health::of(&placed), context.ports.credentials().changes()).await;\n    \
                 let applied = apply_with(context, reminder, woken, give_back_unclaimed).await?;",
            ),
            (
                DIAL,
                PLACE,
                "        if let Some(event) = outcome(context, &claimed, claim, placed) {\n            \
                 write(context, *claimed, event).await;\n        }\n",
            ),
        ],
    )
}

/// Treats a call with an unknown outcome as refused for now.
fn unknown_dialed_again() -> Mutation {
    mutation(
        "a call with an unknown outcome is not dialed again",
        vec![(
            DIAL,
            "\"call may have been placed; it is not dialed again\");\n            None",
            "\"call may have been placed; it is dialed again\");\n            \
             let retry_at = again_after(context, claimed, context.ports.clock().now());\n            \
             Some(Event::RefusedForNow { claim, retry_at })",
        )],
    )
}

/// Acts on the carrier's verdict but does not write it, so that a repeated verdict is acted on again.
fn verdict_unwritten() -> Mutation {
    const RING: &str = "        self.ring(&Ringing { pickup, ..*ringing }, effects)\n";
    mutation(
        "order: verdict written, then acted on",
        vec![(
            "crates/reminder/src/lifecycle/ringing.rs",
            RING,
            &format!(
                "        if !effects.is_empty() {{\n            return Transition::Act(effects);\n        }}\n{RING}"
            ),
        )],
    )
}

/// Never pauses a series, however often it is missed.
fn never_paused() -> Mutation {
    mutation(
        "an unheard series is paused",
        vec![(
            "crates/reminder/src/lifecycle/texted.rs",
            "due.is_some() && is_given_up(next.missed_in_row);",
            "due.is_some() && is_given_up(0);",
        )],
    )
}

/// Texts a series of an unconfirmed number without calls for ever.
fn never_paused_without_calls() -> Mutation {
    mutation(
        "a series without calls is paused",
        vec![(
            "crates/reminder/src/lifecycle/texted.rs",
            "|| matches!(limit, Some(ReachedLimit::Unconfirmed(_)))",
            "&& !matches!(limit, Some(ReachedLimit::Unconfirmed(_)))",
        )],
    )
}

/// Promises a call to an unconfirmed number that has had all its calls.
fn promised_without_calls() -> Mutation {
    mutation(
        "an answer promises no call that does not come",
        vec![(
            "crates/reminder/src/conversation.rs",
            "None if self.calls.are_used_up() =>",
            "None if self.calls.ever == u32::MAX =>",
        )],
    )
}

/// Counts every picked-up call as heard, even if no key was pressed.
fn picked_up_is_heard() -> Mutation {
    mutation(
        "a call counts as heard only after a key",
        vec![(
            "crates/reminder/src/lifecycle/ringing.rs",
            "                Report::Completed | Report::NotReached => self.end_call(ringing, *report),",
            "                Report::Completed => self.heard(Some(ringing.claim)),\n                \
             Report::NotReached => self.end_call(ringing, *report),",
        )],
    )
}
