//! What must be so for a write to happen.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::ports::Replacement;

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
    /// What must be so for this to be written.
    pub(super) fn of<T>(replacement: &Replacement<T>) -> Self {
        replacement.replaced().map_or(Self::Absent, Self::Version)
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
    use reminder::ports::Versioned;

    use super::*;

    #[test]
    fn a_record_is_written_over_the_version_that_was_read() {
        assert_eq!(Condition::of(&Versioned::read("a", 1).replaced_by("b")), Condition::Version(1));
        assert_eq!(Condition::of(&Versioned::read("a", 12).replaced_by("b")), Condition::Version(12));
    }

    #[test]
    fn a_first_version_is_written_over_nothing() {
        assert_eq!(Condition::of(&Replacement::creation("a")), Condition::Absent);
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
