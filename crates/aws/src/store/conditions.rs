//! What must be so for a write to happen.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::items::Item;

/// A condition on the item that a write replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// There is none.
    Absent,
    /// There is none, or one that has expired and was not deleted yet.
    AbsentOrExpired {
        /// By when.
        at: Timestamp,
    },
    /// It has this version.
    Version(u64),
}

#[expect(clippy::disallowed_types, reason = "they are the SDK's; nothing here depends on their order")]
pub(super) type Names = std::collections::HashMap<String, String>;

/// `#name` for each attribute that an expression names, since DynamoDB reserves many a word: `shard` is one.
pub(super) fn placeholders(names: &[&str]) -> Names {
    names.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect()
}

impl Condition {
    /// What must be so for a record to be given `version`: that it has the one below, and does not exist where that is
    /// none.
    pub(super) fn after(version: u64) -> Self {
        if version <= 1 { Self::Absent } else { Self::Version(version - 1) }
    }

    pub(super) fn expression(self) -> &'static str {
        match self {
            Self::Absent => "attribute_not_exists(pk)",
            Self::AbsentOrExpired { .. } => "attribute_not_exists(pk) OR #expires <= :at",
            Self::Version(_) => "#version = :version",
        }
    }

    pub(super) fn names(self) -> Option<Names> {
        match self {
            Self::Absent => None,
            Self::AbsentOrExpired { .. } => Some(placeholders(&["expires"])),
            Self::Version(_) => Some(placeholders(&["version"])),
        }
    }

    pub(super) fn values(self) -> Option<Item> {
        let (name, number) = match self {
            Self::Absent => return None,
            Self::AbsentOrExpired { at } => (":at", at.as_second().to_string()),
            Self::Version(version) => (":version", version.to_string()),
        };
        Some(Item::from([(name.to_owned(), AttributeValue::N(number))]))
    }
}
