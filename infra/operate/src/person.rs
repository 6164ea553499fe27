//! Finds a person and the person's records: by phone number, by the id that logs show, or by the id of a reminder.

use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use aws::secret::Secret;
use lambda::numbers::normal_form;
use reminder::ids::{Number, PersonId, ReminderId};

use crate::access::{Access, described};
use crate::stack::Stack;
use crate::table::{Item, RecordTable, text_of};

/// Whom a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The person with this phone number.
    Number(Number),
    /// The person with this id.
    Person(PersonId),
    /// The person with this reminder.
    Reminder(ReminderId),
}

/// The error for a text that names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesNobody;

impl std::fmt::Display for NamesNobody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "expected a phone number with its country code (+12125550142), the id of a reminder (26 characters), or \
             the id of a person (32 characters)",
        )
    }
}

impl std::error::Error for NamesNobody {}

/// The error for a text that is not a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANumber;

impl std::fmt::Display for NotANumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected a phone number with its country code, for example +12125550142")
    }
}

impl std::error::Error for NotANumber {}

impl FromStr for Who {
    type Err = NamesNobody;

    fn from_str(text: &str) -> Result<Self, NamesNobody> {
        let text = text.trim();
        if text.starts_with('+') {
            return number(text).map(Self::Number).map_err(|NotANumber| NamesNobody);
        }
        let id = || text.parse().map(Self::Person).ok();
        let reminder = || text.to_ascii_uppercase().parse().map(Self::Reminder).ok();
        id().or_else(reminder).ok_or(NamesNobody)
    }
}

/// Parses a phone number as people write it, and returns its normal form, as the functions do.
///
/// # Errors
/// Fails if the text is not a phone number with its country code.
pub fn number(text: &str) -> Result<Number, NotANumber> {
    let digits: String = text.chars().filter(|character| !matches!(character, ' ' | '-' | '(' | ')' | '.')).collect();
    normal_form(&digits).ok_or(NotANumber)
}

/// Reads the JSON of the secret of the stack.
pub(crate) async fn secret_json(access: &Access, stack: &Stack) -> Result<String> {
    let id = stack.output("SecretId")?;
    let read = access.secrets().get_secret_value().secret_id(id).send().await.map_err(described);
    let read = read.with_context(|| format!("could not read the secret {id} (output SecretId)"))?;
    Ok(read.secret_string().context("expected a text secret, found a binary one")?.to_owned())
}

/// Returns the id of the person with this number. It is a keyed hash, whose key is in the secret.
pub(crate) async fn of_number(access: &Access, stack: &Stack, number: &Number) -> Result<PersonId> {
    let secret = Secret::parse(&secret_json(access, stack).await?);
    let secret =
        secret.with_context(|| format!("the secret; {} says what is wrong with it", access.command("doctor")))?;
    Ok(PersonId::of(number, secret.person_key()))
}

/// Returns the person and all items of the person's partition.
///
/// # Errors
/// Fails if nothing is stored about the person.
pub(crate) async fn find(
    access: &Access,
    stack: &Stack,
    table: &RecordTable,
    who: &Who,
) -> Result<(PersonId, Vec<Item>)> {
    let person = match who {
        Who::Number(number) => of_number(access, stack, number).await?,
        Who::Person(person) => person.clone(),
        Who::Reminder(reminder) => owner(table, reminder).await?,
    };
    let items = table.of_person(&person).await?;
    if items.is_empty() {
        let shown = match who {
            Who::Number(number) => format!("the number {number:?}"),
            Who::Person(_) | Who::Reminder(_) => format!("the person {person}"),
        };
        bail!("nothing is stored about {shown} in the stack {} at {}", access.stack(), access.location());
    }
    Ok((person, items))
}

/// Returns the person with this reminder. The whole table is read, because its keys begin with the person.
async fn owner(table: &RecordTable, reminder: &ReminderId) -> Result<PersonId> {
    let found = table.with_sort(&format!("REM#{reminder}")).await?;
    let partition = found.first().and_then(|item| text_of(item, "pk"));
    let person = partition.and_then(|partition| partition.strip_prefix("PERSON#")?.parse().ok());
    person.with_context(|| {
        format!(
            "no reminder {reminder} is stored; ended reminders are deleted after RetentionDays (by default 30 days)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_a_number_or_an_id() {
        for (text, expected) in [
            ("+1 (212) 555-0142", Ok(Who::Number("+12125550142".parse().unwrap()))),
            ("+44 0207 946 0142", Ok(Who::Number("+442079460142".parse().unwrap()))),
            ("01jz0000000000000000000000", Ok(Who::Reminder("01JZ0000000000000000000000".parse().unwrap()))),
            ("0123456789abcdef0123456789abcdef", Ok(Who::Person("0123456789abcdef0123456789abcdef".parse().unwrap()))),
            ("2125550142", Err(NamesNobody)),
            ("mom", Err(NamesNobody)),
            ("", Err(NamesNobody)),
        ] {
            assert_eq!(text.parse::<Who>(), expected, "{text}");
        }
    }
}
