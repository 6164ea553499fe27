//! The conditions of conditional writes.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::ports::Replacement;

use crate::items::Item;

/// A condition on the item that a write replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// There must be no item.
    Absent,
    /// There must be no item, or an item that has expired but was not deleted yet.
    AbsentOrExpired {
        /// The instant by which it must have expired.
        at: Timestamp,
    },
    /// The item must have this version.
    Version(u64),
}

#[expect(clippy::disallowed_types, reason = "the type is the SDK's; nothing depends on the order of its entries")]
pub(super) type Names = std::collections::HashMap<String, String>;

/// Returns a placeholder `#name` for each attribute of an expression. DynamoDB reserves many words, such as `shard`.
pub(super) fn placeholders(names: &[&str]) -> Names {
    names.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect()
}

impl Condition {
    /// Returns the condition under which a replacement is written.
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
    fn a_record_replaces_only_the_version_that_was_read() {
        assert_eq!(Condition::of(&Versioned::read("a", 1).replaced_by("b")), Condition::Version(1));
        assert_eq!(Condition::of(&Versioned::read("a", 12).replaced_by("b")), Condition::Version(12));
    }

    #[test]
    fn a_first_version_is_written_only_if_there_is_no_item() {
        assert_eq!(Condition::of(&Replacement::creation("a")), Condition::Absent);
    }

    #[test]
    fn a_condition_declares_exactly_the_placeholders_that_its_expression_uses() {
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
