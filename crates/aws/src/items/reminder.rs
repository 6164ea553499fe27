//! The item of a reminder.

use jiff::Timestamp;
use reminder::channel::Slot;
use reminder::ports::Versioned;
use reminder::record::{AnsweredBy, DueSource, End, LastEnd, Lifecycle, Reminder, State, Zone};

use super::STOPPED_DAYS_MIN;
use super::attributes::{Draft, Fields, Item, NotOurs, shown, words};
use super::keys::{Key, Listing};

words!(DueSource {
    DueSource::GuessedClock => "guessed_clock",
    DueSource::Fixed => "fixed",
    DueSource::GuessedEnd => "guessed_end",
});

words!(AnsweredBy {
    AnsweredBy::Nobody => "nobody",
    AnsweredBy::Machine => "machine",
    AnsweredBy::Unknown => "unknown",
    AnsweredBy::Person => "person",
});

const WAITING: &str = "waiting";
const DIALING: &str = "dialing";
const RINGING: &str = "ringing";
const PAUSED: &str = "paused";
const ENDED: &str = "ended";

const HEARD: &str = "heard";
const UNCONFIRMED: &str = "unconfirmed";
const MISSED: &str = "missed";
const CANCELLED: &str = "cancelled";
const OPTED_OUT: &str = "opted_out";

/// Returns the item of a reminder, which is kept for `retention_days` days after the reminder has ended. A reminder
/// that an opt-out ended is kept at least as long as RESTORE may make it anew.
pub(crate) fn write(reminder: &Reminder, version: u64, retention_days: u32) -> Item {
    let draft = Draft::new(Key::of_reminder(&reminder.key), version, state_word(&reminder.life))
        .text("write_id", &reminder.write_id)
        .number("number", reminder.number)
        .text("task", &reminder.task)
        .text("zone", reminder.zone.name())
        .maybe("rule", reminder.rule.as_ref())
        .text("due", reminder.due)
        .word("due_source", reminder.due_source)
        .text("created_at", reminder.created_at)
        .number("generation", reminder.generation)
        .number("epoch", reminder.epoch)
        .maybe("last_claim", reminder.last_claim.as_ref())
        .maybe("cancelled_claim", reminder.cancelled_claim.as_ref())
        .number("missed_in_row", reminder.missed_in_row)
        .maybe("code", reminder.code);
    let draft = match &reminder.last_end {
        Some(LastEnd { end, due, at, claim, text }) => write_end(draft, "last_end", *end)
            .text("last_end_due", due)
            .text("last_end_at", at)
            .maybe("last_end_claim", claim.as_ref())
            .maybe("last_end_text", text.as_ref()),
        None => draft,
    };
    match &reminder.life {
        Lifecycle::Live { state, deadline, recoveries } => {
            write_state(draft, state).live(*deadline).listed(Listing::Open).number("recoveries", recoveries)
        }
        Lifecycle::Ended { end, at } => {
            let draft = write_end(draft, "end", *end).text("ended_at", at);
            match end {
                End::OptedOut { epoch } => {
                    draft.listed(Listing::Stopped { epoch: *epoch }).kept(*at, retention_days.max(STOPPED_DAYS_MIN))
                }
                End::Heard | End::Unconfirmed | End::Missed | End::Cancelled => {
                    draft.listed(Listing::Ended { at: *at }).kept(*at, retention_days)
                }
            }
        }
    }
    .done()
}

fn write_end(draft: Draft, name: &str, end: End) -> Draft {
    match end {
        End::Heard => draft.text(name, HEARD),
        End::Unconfirmed => draft.text(name, UNCONFIRMED),
        End::Missed => draft.text(name, MISSED),
        End::Cancelled => draft.text(name, CANCELLED),
        End::OptedOut { epoch } => draft.text(name, OPTED_OUT).number(&epoch_of(name), epoch),
    }
}

fn read_end(fields: Fields<'_>, name: &str) -> Result<End, NotOurs> {
    Ok(match fields.text(name)? {
        HEARD => End::Heard,
        UNCONFIRMED => End::Unconfirmed,
        MISSED => End::Missed,
        CANCELLED => End::Cancelled,
        OPTED_OUT => End::OptedOut { epoch: fields.number(&epoch_of(name))? },
        other => return Err(fields.not_ours(name, "an end of a reminder", &shown(other))),
    })
}

/// Returns the name of the attribute that holds the opt-out's epoch. `name` is the attribute of the end. Only an end by
/// an opt-out has this second attribute.
fn epoch_of(name: &str) -> String {
    format!("{name}_epoch")
}

fn state_word(life: &Lifecycle) -> &'static str {
    match life {
        Lifecycle::Live { state: State::Waiting { .. }, .. } => WAITING,
        Lifecycle::Live { state: State::Dialing { .. }, .. } => DIALING,
        Lifecycle::Live { state: State::Ringing { .. }, .. } => RINGING,
        Lifecycle::Live { state: State::Paused, .. } => PAUSED,
        Lifecycle::Ended { .. } => ENDED,
    }
}

fn write_state(draft: Draft, state: &State) -> Draft {
    match state {
        State::Waiting { attempt, wake_at, slot, answered } => {
            let draft = draft.number("attempt", attempt).text("wake_at", wake_at).word("answered", *answered);
            with_slot(draft, slot.as_ref())
        }
        State::Dialing { attempt, claim, answered } => {
            draft.number("attempt", attempt).text("claim", claim).word("answered", *answered)
        }
        State::Ringing { attempt, claim, call, pickup, answered } => draft
            .number("attempt", attempt)
            .text("claim", claim)
            .text("call", call)
            .word("pickup", *pickup)
            .word("answered", *answered),
        State::Paused => draft,
    }
}

/// Adds a reserved slot, if there is one.
pub(super) fn with_slot(draft: Draft, slot: Option<&Slot>) -> Draft {
    draft.maybe("slot", slot.map(|slot| slot.at)).maybe("slot_of", slot.map(|slot| &slot.carrier))
}

/// Reads the reminder of an item.
pub(crate) fn read(item: &Item) -> Result<Versioned<Reminder>, NotOurs> {
    let fields = Fields::of_schema(item)?;
    let key = fields.key()?.reminder();
    let reminder = Reminder {
        key: key.ok_or_else(|| fields.not_ours("pk, sk", "a reminder's key", "another"))?,
        number: fields.number("number")?,
        task: fields.text("task")?.to_owned(),
        zone: zone(fields)?,
        rule: fields.maybe("rule", "a rule")?,
        due: fields.instant("due")?,
        due_source: due_source(fields)?,
        created_at: fields.instant("created_at")?,
        generation: fields.number("generation")?,
        epoch: fields.number("epoch")?,
        last_claim: fields.maybe("last_claim", "a claim's id")?,
        last_end: last_end(fields)?,
        cancelled_claim: fields.maybe("cancelled_claim", "a claim's id")?,
        missed_in_row: fields.number("missed_in_row")?,
        code: fields.maybe("code", "a code of 6 digits")?,
        life: read_life(fields)?,
        write_id: fields.parsed("write_id", "a write id")?,
    };
    Ok(Versioned::read(reminder, fields.number("version")?))
}

/// Reads the time zone of an item.
pub(super) fn zone(fields: Fields<'_>) -> Result<Zone, NotOurs> {
    let name = fields.text("zone")?;
    Zone::named(name).map_err(|_| fields.not_ours("zone", "the name of an IANA time zone", &shown(name)))
}

/// Reads how the due was determined. An item without this attribute has a fixed due.
fn due_source(fields: Fields<'_>) -> Result<DueSource, NotOurs> {
    Ok(fields.maybe_word("due_source")?.unwrap_or(DueSource::Fixed))
}

/// Reads how the last occurrence ended. Returns `None` if no occurrence has ended yet.
fn last_end(fields: Fields<'_>) -> Result<Option<LastEnd>, NotOurs> {
    let Some(at) = fields.maybe_instant("last_end_at")? else { return Ok(None) };
    Ok(Some(LastEnd {
        end: read_end(fields, "last_end")?,
        due: fields.instant("last_end_due")?,
        at,
        claim: fields.maybe("last_end_claim", "a claim's id")?,
        text: fields.maybe("last_end_text", "an outgoing text's id")?,
    }))
}

/// Reads the slot that a reminder or an outgoing text holds, with the carrier whose channel the slot belongs to.
/// Returns `None` if it holds no slot.
pub(super) fn slot(fields: Fields<'_>) -> Result<Option<Slot>, NotOurs> {
    let Some(at) = fields.maybe_instant("slot")? else { return Ok(None) };
    Ok(Some(Slot { at, carrier: fields.parsed("slot_of", "a carrier's name")? }))
}

fn read_life(fields: Fields<'_>) -> Result<Lifecycle, NotOurs> {
    let state = match fields.text("state")? {
        WAITING => State::Waiting {
            attempt: fields.number("attempt")?,
            wake_at: fields.instant("wake_at")?,
            slot: slot(fields)?,
            answered: fields.word("answered")?,
        },
        DIALING => State::Dialing {
            attempt: fields.number("attempt")?,
            claim: fields.parsed("claim", "a claim's id")?,
            answered: fields.word("answered")?,
        },
        RINGING => State::Ringing {
            attempt: fields.number("attempt")?,
            claim: fields.parsed("claim", "a claim's id")?,
            call: fields.parsed("call", "a call's id")?,
            pickup: fields.word("pickup")?,
            answered: fields.word("answered")?,
        },
        PAUSED => State::Paused,
        ENDED => return Ok(Lifecycle::Ended { end: read_end(fields, "end")?, at: fields.instant("ended_at")? }),
        other => return Err(fields.not_ours("state", "a state of a reminder", &shown(other))),
    };
    let deadline: Timestamp = fields.deadline()?;
    Ok(Lifecycle::Live { state, deadline, recoveries: fields.number("recoveries")? })
}
