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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_written_over_the_version_below_its_own() {
        assert_eq!(Condition::after(2), Condition::Version(1));
        assert_eq!(Condition::after(u64::MAX), Condition::Version(u64::MAX - 1));
    }

    #[test]
    fn a_first_version_is_written_over_nothing() {
        assert_eq!(Condition::after(1), Condition::Absent);
        assert_eq!(Condition::after(0), Condition::Absent);
    }

    #[test]
    fn an_expression_names_what_it_uses_and_nothing_else() {
        for condition in
            [Condition::Absent, Condition::AbsentOrExpired { at: Timestamp::UNIX_EPOCH }, Condition::Version(7)]
        {
            let expression = condition.expression();
            let placeholders = expression.matches(['#', ':']).count();
            let names = condition.names().unwrap_or_default();
            let values = condition.values().unwrap_or_default();
            assert_eq!(names.len() + values.len(), placeholders, "{expression}");
            assert!(names.keys().chain(values.keys()).all(|name| expression.contains(name)), "{expression}");
        }
    }
}
