//! Writes and reads attributes by name.
//!
//! The error for an unreadable attribute names the item's key, the expected form and the found value. For a value of
//! the wrong kind, that is the kind, otherwise the number or the length of the text. The error must not contain a
//! stored text, which may be a person's words.

use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};

use super::keys::{Key, Listing};
pub(crate) use super::schema::NotOurs;
use super::schema::{OLDEST_SCHEMA, SCHEMA};

/// An item, in the SDK's type.
#[expect(clippy::disallowed_types, reason = "the type is the SDK's; nothing depends on the order of its entries")]
pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;

/// An item under construction, before it is written.
pub(crate) struct Draft {
    item: Item,
    key: Key,
}

impl Draft {
    /// Starts an item with this key, version and state.
    pub(crate) fn new(key: Key, version: u64, state: &str) -> Self {
        let draft = Self { item: Item::new(), key: key.clone() };
        draft
            .text("pk", key.partition)
            .text("sk", key.sort)
            .number("schema", SCHEMA)
            .number("version", version)
            .text("state", state)
    }

    /// Adds the keys of the deadline index, for a live record.
    pub(crate) fn live(self, deadline: Timestamp) -> Self {
        let shard = self.key.shard();
        self.text("shard", shard).number("deadline", milliseconds_rounded_up(deadline))
    }

    /// Adds the sort key for the index of a person's reminders. Open reminders are sorted by id, ended reminders by the
    /// instant of their end, and reminders that an opt-out ended by its epoch and then by id.
    pub(crate) fn listed(self, listing: Listing) -> Self {
        let key = listing.sort_key(&self.key);
        self.text("listed", key)
    }

    /// Adds the time to live of a record that is kept for `days` days after `from`.
    pub(crate) fn kept(self, from: Timestamp, days: u32) -> Self {
        self.number("expires", expires_s(from, days))
    }

    /// Adds a text.
    pub(crate) fn text(self, name: &str, text: impl ToString) -> Self {
        self.with(name, AttributeValue::S(text.to_string()))
    }

    /// Adds a number.
    pub(crate) fn number(self, name: &str, number: impl ToString) -> Self {
        self.with(name, AttributeValue::N(number.to_string()))
    }

    /// Adds a text unless it is `None`.
    pub(crate) fn maybe(self, name: &str, text: Option<impl ToString>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds a list of instants unless it is empty.
    pub(crate) fn instants(self, name: &str, instants: &[Timestamp]) -> Self {
        match instants {
            [] => self,
            instants => {
                let texts = instants.iter().map(|instant| AttributeValue::S(instant.to_string()));
                self.with(name, AttributeValue::L(texts.collect()))
            }
        }
    }

    /// Adds the word that stands for a value.
    pub(crate) fn word(self, name: &str, word: impl Word) -> Self {
        self.text(name, word.word())
    }

    /// Adds an attribute of any kind.
    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.item.insert(name.to_owned(), value);
        self
    }

    /// Returns the finished item.
    pub(crate) fn done(self) -> Item {
        self.item
    }
}

/// Returns the value of an attribute that holds this text.
pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Returns an instant in milliseconds since 1970, rounded up. A stored deadline or end of a turn must not be earlier
/// than the real instant. For slots, see `SlotRequest::now_ms`.
pub(crate) fn milliseconds_rounded_up(instant: Timestamp) -> i64 {
    let down = instant.as_millisecond();
    if Timestamp::from_millisecond(down).is_ok_and(|floor| floor < instant) { down + 1 } else { down }
}

/// Returns the time to live of an item that is kept for `days` days after `start`, in seconds since 1970.
fn expires_s(start: Timestamp, days: u32) -> i64 {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    start.saturating_add(kept).unwrap_or(Timestamp::MAX).as_second()
}

/// Reads the attributes of an item.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'i> {
    item: &'i Item,
}

impl<'i> Fields<'i> {
    /// Reads the attributes of an item or a map without checking its schema.
    pub(crate) fn of(item: &'i Item) -> Self {
        Self { item }
    }

    /// Reads the attributes of an item. Fails if this release does not read the item's schema version.
    pub(crate) fn of_schema(item: &'i Item) -> Result<Self, NotOurs> {
        let fields = Self { item };
        match fields.number::<u32>("schema")? {
            OLDEST_SCHEMA..=SCHEMA => Ok(fields),
            newer if newer > SCHEMA => {
                Err(NotOurs::Newer(fields.mismatch("schema", &format!("at most {SCHEMA}"), &newer.to_string())))
            }
            older => Err(fields.not_ours("schema", &format!("at least {OLDEST_SCHEMA}"), &older.to_string())),
        }
    }

    /// Returns the item's key.
    pub(crate) fn key(&self) -> Result<Key, NotOurs> {
        Ok(Key { partition: self.text("pk")?.to_owned(), sort: self.text("sk")?.to_owned() })
    }

    /// Reads a text.
    pub(crate) fn text(&self, name: &str) -> Result<&'i str, NotOurs> {
        self.maybe_text(name)?.ok_or_else(|| self.not_ours(name, "a text", "nothing"))
    }

    /// Reads a text and parses it.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<T, NotOurs> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.not_ours(name, expected, &shown(text)))
    }

    /// Reads a text and parses it. Returns `None` if the attribute is missing.
    pub(crate) fn maybe<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, NotOurs> {
        if self.item.contains_key(name) { self.parsed(name, expected).map(Some) } else { Ok(None) }
    }

    /// Reads a number.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<T, NotOurs> {
        self.maybe_number(name)?.ok_or_else(|| self.not_ours(name, "a number", "nothing"))
    }

    /// Reads a number. Returns `None` if the attribute is missing.
    pub(crate) fn maybe_number<T: FromStr>(&self, name: &str) -> Result<Option<T>, NotOurs> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => digits
                .parse()
                .map(Some)
                .map_err(|_| self.not_ours(name, "a number in its range", &shown_number(digits))),
            Some(other) => Err(self.not_ours(name, "a number", kind(other))),
        }
    }

    /// Reads a list of numbers. It is empty if the attribute is missing.
    pub(crate) fn numbers<T: FromStr>(&self, name: &str) -> Result<Vec<T>, NotOurs> {
        let number = |value: &AttributeValue| match value {
            AttributeValue::N(digits) => {
                digits.parse().map_err(|_| self.not_ours(name, "numbers in their range", &shown_number(digits)))
            }
            other => Err(self.not_ours(name, "numbers", kind(other))),
        };
        match self.item.get(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(list)) => list.iter().map(number).collect(),
            Some(other) => Err(self.not_ours(name, "a list of numbers", kind(other))),
        }
    }

    /// Reads a list of texts. It is empty if the attribute is missing.
    pub(crate) fn texts<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<Vec<T>, NotOurs> {
        let text = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.parse().map_err(|_| self.not_ours(name, expected, &shown(text))),
            other => Err(self.not_ours(name, expected, kind(other))),
        };
        match self.item.get(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(list)) => list.iter().map(text).collect(),
            Some(other) => Err(self.not_ours(name, "a list", kind(other))),
        }
    }

    pub(crate) fn instant(&self, name: &str) -> Result<Timestamp, NotOurs> {
        self.parsed(name, "an instant")
    }

    pub(crate) fn maybe_instant(&self, name: &str) -> Result<Option<Timestamp>, NotOurs> {
        self.maybe(name, "an instant")
    }

    /// Reads a list of instants. It is empty if the attribute is missing.
    pub(crate) fn instants(&self, name: &str) -> Result<Vec<Timestamp>, NotOurs> {
        let instant = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.parse().map_err(|_| self.not_ours(name, "instants", &shown(text))),
            other => Err(self.not_ours(name, "instants", kind(other))),
        };
        match self.item.get(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(list)) => list.iter().map(instant).collect(),
            Some(other) => Err(self.not_ours(name, "a list of instants", kind(other))),
        }
    }

    /// Reads the record's deadline, the sort key of the deadline index.
    pub(crate) fn deadline(&self) -> Result<Timestamp, NotOurs> {
        let ms: i64 = self.number("deadline")?;
        Timestamp::from_millisecond(ms)
            .map_err(|_| self.not_ours("deadline", "milliseconds since 1970", &shown_number(&ms.to_string())))
    }

    /// Reads a value that is stored as a word.
    pub(crate) fn word<W: Word>(&self, name: &str) -> Result<W, NotOurs> {
        let text = self.text(name)?;
        W::read(text).ok_or_else(|| self.not_ours(name, W::EXPECTED, &shown(text)))
    }

    /// Reads a value that is stored as a word. Returns `None` if the attribute is missing.
    pub(crate) fn maybe_word<W: Word>(&self, name: &str) -> Result<Option<W>, NotOurs> {
        if self.item.contains_key(name) { self.word(name).map(Some) } else { Ok(None) }
    }

    /// Reads a list of maps.
    pub(crate) fn maps(&self, name: &str) -> Result<Vec<Fields<'i>>, NotOurs> {
        let Some(AttributeValue::L(list)) = self.item.get(name) else {
            return Err(self.not_ours(name, "a list", self.item.get(name).map_or("nothing", kind)));
        };
        let map = |value: &'i AttributeValue| match value {
            AttributeValue::M(item) => Ok(Fields { item }),
            other => Err(self.not_ours(name, "a list of maps", kind(other))),
        };
        list.iter().map(map).collect()
    }

    fn maybe_text(&self, name: &str) -> Result<Option<&'i str>, NotOurs> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(other) => Err(self.not_ours(name, "a text", kind(other))),
        }
    }

    /// Returns the error for an attribute with an unexpected value. `found` must not quote a stored text.
    pub(crate) fn not_ours(&self, name: &str, expected: &str, found: &str) -> NotOurs {
        NotOurs::Malformed(self.mismatch(name, expected, found))
    }

    fn mismatch(&self, name: &str, expected: &str, found: &str) -> String {
        let part = |name| match self.item.get(name) {
            Some(AttributeValue::S(text)) => Some(text.clone()),
            _ => None,
        };
        let key = part("pk").zip(part("sk")).map(|(partition, sort)| Key { partition, sort }.shown());
        format!("{}: {name}: expected {expected}, found {found}", key.as_deref().unwrap_or("no key"))
    }
}

/// Describes a text by its length, so that an error does not quote it.
pub(crate) fn shown(text: &str) -> String {
    format!("a text of {} characters", text.chars().count())
}

/// Describes a number. A long one could be a phone number, so only its length is shown.
fn shown_number(digits: &str) -> String {
    const SHOWN_MAX: usize = 6;
    if digits.len() <= SHOWN_MAX { digits.to_owned() } else { format!("a number of {} characters", digits.len()) }
}

fn kind(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "a text",
        AttributeValue::N(_) => "a number",
        AttributeValue::B(_) => "bytes",
        AttributeValue::Bool(_) => "a boolean",
        AttributeValue::Null(_) => "null",
        AttributeValue::L(_) => "a list",
        AttributeValue::M(_) => "a map",
        _ => "a set",
    }
}

/// A value that is stored as one of a fixed set of words.
pub(crate) trait Word: Sized {
    /// A description of all the words, for errors.
    const EXPECTED: &str;

    /// Returns the word for the value.
    fn word(&self) -> &'static str;

    /// Returns the value for a word. Returns `None` if there is no such word.
    fn read(word: &str) -> Option<Self>;
}

/// Implements [`Word`] for an enum. The `match` that writes is exhaustive, so a new variant does not compile without a
/// word.
macro_rules! words {
    ($type:ty { $($value:path => $word:literal),+ $(,)? }) => {
        impl $crate::items::attributes::Word for $type {
            const EXPECTED: &str = concat!("one of" $(, " ", $word)+);

            fn word(&self) -> &'static str {
                match self {
                    $($value => $word),+
                }
            }

            fn read(word: &str) -> Option<Self> {
                match word {
                    $($word => Some($value),)+
                    _ => None,
                }
            }
        }
    };
}

pub(super) use words;
