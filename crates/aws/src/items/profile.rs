//! The item of a person's profile.

use aws_sdk_dynamodb::types::AttributeValue;
use reminder::limits::{Answers, Calls, HourlyLimit, Limits, WrongCodes};
use reminder::ports::Versioned;
use reminder::profile::{
    Asked, Changed, Consent, LastMentioned, OptStatus, Profile, Restorable, SmallNumbers, Undoable, ZoneSource,
};

use super::attributes::{Draft, Fields, Item, NotOurs, Word, words};
use super::keys::Key;
use super::reminder::zone;

words!(ZoneSource {
    ZoneSource::Guessed => "guessed",
    ZoneSource::GuessTold => "guess_told",
    ZoneSource::Said => "said",
});

words!(OptStatus { OptStatus::OptedIn => "opted_in", OptStatus::OptedOut => "opted_out" });

/// Returns the item of a profile. A profile never ends, so the item never expires.
pub(crate) fn write(profile: &Profile, version: u64) -> Item {
    let Profile { consent, limits, numbers, question, last, .. } = profile;
    let draft = Draft::new(Key::of_profile(&profile.person), version, status(consent.status))
        .text("number", profile.number.as_str())
        .text("zone", profile.zone.name())
        .word("zone_source", profile.zone_source)
        .number("epoch", consent.epoch)
        .maybe("consent_since", consent.since)
        .maybe("opted_out_at", consent.opted_out_at)
        .maybe("confirmed_at", profile.confirmed_at)
        .instants("calls_asked", limits.calls.dues())
        .instants("refusals", limits.refusals.texts())
        .instants("unclear", limits.unclear.texts())
        .instants("answers", limits.answers.texts())
        .instants("wrong_codes", limits.wrong_codes.texts())
        .number("last_number", numbers.last)
        .text("number_given_at", numbers.given_at)
        .maybe("question", question.as_ref().map(|asked| &asked.question))
        .maybe("asked_at", question.as_ref().map(|asked| asked.at))
        .maybe("last_reminder", last.as_ref().map(|last| &last.reminder))
        .maybe("last_at", last.as_ref().map(|last| last.at))
        .maybe("last_is_snooze", last.as_ref().map(|last| last.is_snooze));
    let draft = match &profile.restorable {
        Some(restorable) => draft.number("restorable_epoch", restorable.epoch).text("restorable_at", restorable.at),
        None => draft,
    };
    let draft = match &profile.undoable {
        Some(undoable) => write_undoable(draft, undoable),
        None => draft,
    };
    draft.done()
}

fn write_undoable(draft: Draft, undoable: &Undoable) -> Draft {
    let changed = undoable.changed.iter().map(|one| {
        AttributeValue::M(Item::from([
            ("reminder".to_owned(), AttributeValue::S(one.reminder.to_string())),
            ("due".to_owned(), AttributeValue::S(one.due.to_string())),
            ("due_source".to_owned(), AttributeValue::S(one.source.word().to_owned())),
        ]))
    });
    draft
        .text("undoable_at", undoable.at)
        .with("undoable", AttributeValue::L(changed.collect()))
        .maybe("undoable_made", undoable.made.as_ref())
}

fn status(status: OptStatus) -> &'static str {
    status.word()
}

/// Reads the profile of an item.
pub(crate) fn read(item: &Item) -> Result<Versioned<Profile>, NotOurs> {
    let fields = Fields::of_schema(item)?;
    let person = fields.key()?.profile();
    let profile = Profile {
        person: person.ok_or_else(|| fields.not_ours("pk, sk", "a profile's key", "another"))?,
        number: fields.parsed("number", "an E.164 number")?,
        zone: zone(fields)?,
        zone_source: fields.word("zone_source")?,
        consent: Consent {
            epoch: fields.number("epoch")?,
            status: fields.word("state")?,
            since: fields.maybe_instant("consent_since")?,
            opted_out_at: fields.maybe_instant("opted_out_at")?,
        },
        confirmed_at: fields.maybe_instant("confirmed_at")?,
        limits: Limits {
            calls: Calls::noted(fields.instants("calls_asked")?),
            refusals: HourlyLimit::noted(fields.instants("refusals")?),
            unclear: HourlyLimit::noted(fields.instants("unclear")?),
            answers: Answers::noted(fields.instants("answers")?),
            wrong_codes: WrongCodes::noted(fields.instants("wrong_codes")?),
        },
        numbers: SmallNumbers { last: fields.number("last_number")?, given_at: fields.instant("number_given_at")? },
        question: optional("question", question(fields)),
        last: optional("last_reminder", last(fields)),
        undoable: optional("undoable", undoable(fields)),
        restorable: optional("restorable", restorable(fields)),
    };
    Ok(Versioned::read(profile, fields.number("version")?))
}

/// Returns an optional part of the profile. If it can't be read, it is treated as absent, so that the person is still
/// served.
fn optional<T>(name: &'static str, read: Result<Option<T>, NotOurs>) -> Option<T> {
    read.unwrap_or_else(|error| {
        tracing::error!(name, ?error, "an optional part of a profile can't be read; treating it as absent");
        None
    })
}

fn undoable(fields: Fields<'_>) -> Result<Option<Undoable>, NotOurs> {
    let Some(at) = fields.maybe_instant("undoable_at")? else { return Ok(None) };
    let changed = |fields: &Fields<'_>| {
        Ok(Changed {
            reminder: fields.parsed("reminder", "a reminder's id")?,
            due: fields.instant("due")?,
            source: fields.word("due_source")?,
        })
    };
    let changed = fields.maps("undoable")?.iter().map(changed).collect::<Result<_, NotOurs>>()?;
    Ok(Some(Undoable { at, changed, made: fields.maybe("undoable_made", "a reminder's id")? }))
}

fn restorable(fields: Fields<'_>) -> Result<Option<Restorable>, NotOurs> {
    let Some(epoch) = fields.maybe_number("restorable_epoch")? else { return Ok(None) };
    Ok(Some(Restorable { epoch, at: fields.instant("restorable_at")? }))
}

fn question(fields: Fields<'_>) -> Result<Option<Asked>, NotOurs> {
    let Some(question) = fields.maybe("question", "a question")? else { return Ok(None) };
    Ok(Some(Asked { question, at: fields.instant("asked_at")? }))
}

fn last(fields: Fields<'_>) -> Result<Option<LastMentioned>, NotOurs> {
    let Some(reminder) = fields.maybe("last_reminder", "a reminder's id")? else { return Ok(None) };
    // An older item does not have this attribute. Then a second snooze adds a call and does not move the first
    // snooze's call.
    let is_snooze = fields.maybe("last_is_snooze", "true or false")?.unwrap_or(false);
    Ok(Some(LastMentioned { reminder, at: fields.instant("last_at")?, is_snooze }))
}
