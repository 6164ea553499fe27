//! The item of an outgoing text.

use reminder::outgoing_text::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};
use reminder::ports::Versioned;

use super::attributes::{Draft, Fields, Item, NotOurs, shown, words};
use super::keys::Key;
use super::reminder::{slot, with_slot};

const OWED: &str = "owed";
const ACCEPTED: &str = "accepted";
const DELIVERED: &str = "delivered";
const SENT: &str = "sent";
const UNDELIVERED: &str = "undelivered";
const WITHDRAWN: &str = "withdrawn";
const GIVEN_UP: &str = "given_up";

const ANSWER: &str = "answer";
const INSTEAD_OF_CALL: &str = "instead_of_call";

words!(NewestTry { NewestTry::Open => "open", NewestTry::Failed => "failed" });

/// Returns the item of an outgoing text, which is kept for `retention_days` days after the text has ended.
pub(crate) fn write(text: &OutgoingText, version: u64, retention_days: u32) -> Item {
    let draft = Draft::new(Key::of_outgoing_text(&text.key), version, state_word(&text.life))
        .text("write_id", &text.write_id)
        .text("words", &text.words)
        .number("epoch", text.epoch)
        .text("owed_since", text.owed_since);
    let draft = match &text.kind {
        TextKind::Answer => draft.text("kind", ANSWER),
        TextKind::InsteadOfCall(reminder) => draft.text("kind", INSTEAD_OF_CALL).text("reminder", reminder),
    };
    match &text.life {
        TextLife::Live { state, deadline } => write_state(draft, state).live(*deadline),
        TextLife::Ended { end, at } => {
            let draft = match end {
                TextEnd::Undelivered { code } => draft.number("code", code),
                TextEnd::Sent { tries } => draft.number("tries", tries),
                TextEnd::Delivered | TextEnd::Withdrawn | TextEnd::GivenUp => draft,
            };
            draft.text("ended_at", at).kept(*at, retention_days)
        }
    }
    .done()
}

fn state_word(life: &TextLife) -> &'static str {
    match life {
        TextLife::Live { state: TextState::Owed { .. }, .. } => OWED,
        TextLife::Live { state: TextState::Accepted { .. }, .. } => ACCEPTED,
        TextLife::Ended { end: TextEnd::Delivered, .. } => DELIVERED,
        TextLife::Ended { end: TextEnd::Sent { .. }, .. } => SENT,
        TextLife::Ended { end: TextEnd::Undelivered { .. }, .. } => UNDELIVERED,
        TextLife::Ended { end: TextEnd::Withdrawn, .. } => WITHDRAWN,
        TextLife::Ended { end: TextEnd::GivenUp, .. } => GIVEN_UP,
    }
}

fn write_state(draft: Draft, state: &TextState) -> Draft {
    match state {
        TextState::Owed { tries, slot, newest } => {
            with_slot(draft.number("tries", tries).word("newest_try", *newest), slot.as_ref())
        }
        TextState::Accepted { tries, sent, inquiries } => {
            draft.number("tries", tries).text("sent", sent).number("inquiries", inquiries)
        }
    }
}

/// Reads the outgoing text of an item.
pub(crate) fn read(item: &Item) -> Result<Versioned<OutgoingText>, NotOurs> {
    let fields = Fields::of_schema(item)?;
    let key = fields.key()?.outgoing_text();
    let text = OutgoingText {
        key: key.ok_or_else(|| fields.not_ours("pk, sk", "an outgoing text's key", "another"))?,
        kind: match fields.text("kind")? {
            ANSWER => TextKind::Answer,
            INSTEAD_OF_CALL => TextKind::InsteadOfCall(fields.parsed("reminder", "a reminder's id")?),
            other => return Err(fields.not_ours("kind", "a kind of text", &shown(other))),
        },
        words: fields.text("words")?.to_owned(),
        epoch: fields.number("epoch")?,
        owed_since: fields.instant("owed_since")?,
        life: read_life(fields)?,
        write_id: fields.parsed("write_id", "a write id")?,
    };
    Ok(Versioned::read(text, fields.number("version")?))
}

fn read_life(fields: Fields<'_>) -> Result<TextLife, NotOurs> {
    let end = match fields.text("state")? {
        OWED => {
            let state = TextState::Owed {
                tries: fields.number("tries")?,
                slot: slot(fields)?,
                newest: fields.word("newest_try")?,
            };
            return live(fields, state);
        }
        ACCEPTED => {
            let state = TextState::Accepted {
                tries: fields.number("tries")?,
                sent: fields.parsed("sent", "a sent text's id")?,
                inquiries: fields.number("inquiries")?,
            };
            return live(fields, state);
        }
        DELIVERED => TextEnd::Delivered,
        SENT => TextEnd::Sent { tries: fields.number("tries")? },
        UNDELIVERED => TextEnd::Undelivered { code: fields.number("code")? },
        WITHDRAWN => TextEnd::Withdrawn,
        GIVEN_UP => TextEnd::GivenUp,
        other => return Err(fields.not_ours("state", "a state of an outgoing text", &shown(other))),
    };
    Ok(TextLife::Ended { end, at: fields.instant("ended_at")? })
}

fn live(fields: Fields<'_>, state: TextState) -> Result<TextLife, NotOurs> {
    Ok(TextLife::Live { state, deadline: fields.deadline()? })
}
