//! Attributes, written and read by name. What can't be read is told by its item's key, what was expected and of what
//! kind the found is: never its content, which may be a person's words.

use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::keys::Key;
use super::{SCHEMA, expiry_s};

/// An item as the SDK has it.
#[expect(clippy::disallowed_types, reason = "it is the SDK's; nothing here depends on its order")]
pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;

/// An item, or a part of it, that is not of our form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotOurs(pub(crate) String);

/// An item that is being written.
pub(crate) struct Draft {
    item: Item,
    key: Key,
}

impl Draft {
    /// The item of this key, in this version and state.
    pub(crate) fn new(key: Key, version: u64, state: &str) -> Self {
        let draft = Self { item: Item::new(), key: key.clone() };
        draft
            .text("pk", key.partition)
            .text("sk", key.sort)
            .number("schema", SCHEMA)
            .number("version", version)
            .text("state", state)
    }

    /// It stands in the deadline index.
    pub(crate) fn live(self, deadline: Timestamp) -> Self {
        let shard = self.key.shard();
        self.text("shard", shard).number("deadline", milliseconds_rounded_up(deadline))
    }

    /// It is kept for so many days from then on.
    pub(crate) fn kept(self, from: Timestamp, days: u32) -> Self {
        self.number("expires", expiry_s(from, days))
    }

    pub(crate) fn text(self, name: &str, text: impl ToString) -> Self {
        self.with(name, AttributeValue::S(text.to_string()))
    }

    pub(crate) fn number(self, name: &str, number: impl ToString) -> Self {
        self.with(name, AttributeValue::N(number.to_string()))
    }

    /// A text, where there is one.
    pub(crate) fn maybe(self, name: &str, text: Option<impl ToString>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// A list of instants, where there are any.
    pub(crate) fn instants(self, name: &str, instants: &[Timestamp]) -> Self {
        match instants {
            [] => self,
            some => {
                let texts = some.iter().map(|instant| AttributeValue::S(instant.to_string()));
                self.with(name, AttributeValue::L(texts.collect()))
            }
        }
    }

    /// One of a fixed set of words.
    pub(crate) fn word(self, name: &str, word: impl Word) -> Self {
        self.text(name, word.word())
    }

    /// Any attribute.
    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.item.insert(name.to_owned(), value);
        self
    }

    /// The item.
    pub(crate) fn done(self) -> Item {
        self.item
    }
}

/// An instant that is not before its time: a deadline is never met before it has passed, and no slot.
pub(crate) fn milliseconds_rounded_up(instant: Timestamp) -> i64 {
    let down = instant.as_millisecond();
    if Timestamp::from_millisecond(down).is_ok_and(|floor| floor < instant) { down + 1 } else { down }
}

/// An item that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'i> {
    item: &'i Item,
}

impl<'i> Fields<'i> {
    /// The attributes of a map, without a look at its schema.
    pub(crate) fn of(item: &'i Item) -> Self {
        Self { item }
    }

    /// The attributes of an item of the schema that is read here.
    pub(crate) fn of_schema(item: &'i Item) -> Result<Self, NotOurs> {
        let fields = Self { item };
        match fields.number::<u32>("schema")? {
            SCHEMA => Ok(fields),
            other => Err(fields.not_ours("schema", &SCHEMA.to_string(), &other.to_string())),
        }
    }

    /// The item's key.
    pub(crate) fn key(&self) -> Result<Key, NotOurs> {
        Ok(Key { partition: self.text("pk")?.to_owned(), sort: self.text("sk")?.to_owned() })
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'i str, NotOurs> {
        self.maybe_text(name)?.ok_or_else(|| self.not_ours(name, "a text", "nothing"))
    }

    /// A text that says something of a form.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<T, NotOurs> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.not_ours(name, expected, &shown(text)))
    }

    /// A text that says something of a form, where there is one.
    pub(crate) fn maybe<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, NotOurs> {
        if self.item.contains_key(name) { self.parsed(name, expected).map(Some) } else { Ok(None) }
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<T, NotOurs> {
        self.maybe_number(name)?.ok_or_else(|| self.not_ours(name, "a number", "nothing"))
    }

    pub(crate) fn maybe_number<T: FromStr>(&self, name: &str) -> Result<Option<T>, NotOurs> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => {
                digits.parse().map(Some).map_err(|_| self.not_ours(name, "a number in its range", digits))
            }
            Some(other) => Err(self.not_ours(name, "a number", kind(other))),
        }
    }

    pub(crate) fn instant(&self, name: &str) -> Result<Timestamp, NotOurs> {
        self.parsed(name, "an instant")
    }

    pub(crate) fn maybe_instant(&self, name: &str) -> Result<Option<Timestamp>, NotOurs> {
        self.maybe(name, "an instant")
    }

    /// A list of instants; none where there is no list.
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

    /// The deadline under which it stands in the index.
    pub(crate) fn deadline(&self) -> Result<Timestamp, NotOurs> {
        let ms: i64 = self.number("deadline")?;
        Timestamp::from_millisecond(ms)
            .map_err(|_| self.not_ours("deadline", "milliseconds since 1970", &ms.to_string()))
    }

    /// One of a fixed set of words.
    pub(crate) fn word<W: Word>(&self, name: &str) -> Result<W, NotOurs> {
        let text = self.text(name)?;
        W::read(text).ok_or_else(|| self.not_ours(name, W::EXPECTED, &shown(text)))
    }

    /// One of a fixed set of words, where there is one.
    pub(crate) fn maybe_word<W: Word>(&self, name: &str) -> Result<Option<W>, NotOurs> {
        if self.item.contains_key(name) { self.word(name).map(Some) } else { Ok(None) }
    }

    /// The maps of a list.
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

    /// The error that says so.
    pub(crate) fn not_ours(&self, name: &str, expected: &str, found: &str) -> NotOurs {
        let part = |name| match self.item.get(name) {
            Some(AttributeValue::S(text)) => text.as_str(),
            _ => "?",
        };
        NotOurs(format!("{} / {}: {name}: expected {expected}, found {found}", part("pk"), part("sk")))
    }
}

/// A text, as it may be told.
pub(crate) fn shown(text: &str) -> String {
    format!("a text of {} characters", text.chars().count())
}

fn kind(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "a text",
        AttributeValue::N(_) => "a number",
        AttributeValue::B(_) => "bytes",
        AttributeValue::Bool(_) => "a truth value",
        AttributeValue::Null(_) => "null",
        AttributeValue::L(_) => "a list",
        AttributeValue::M(_) => "a map",
        _ => "a set",
    }
}

/// A value that is stored as one of a fixed set of words.
pub(crate) trait Word: Sized {
    /// All the words.
    const EXPECTED: &str;

    /// Its word.
    fn word(&self) -> &'static str;

    /// The value of a word.
    fn read(word: &str) -> Option<Self>;
}

/// The words of an enum's values: an exhaustive `match` writes them, its inverse reads them.
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
