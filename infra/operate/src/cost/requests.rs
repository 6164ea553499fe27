//! The requests of one reminder's life if nothing fails. ARCHITECTURE.md has the same table ("Limits and stages"), and
//! an end-to-end test counts the requests of real functions.

/// Numbers of requests by kind. The names of DynamoDB's operations are in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Requests {
    /// Transactions of several items (`TransactWriteItems`).
    pub transactions: u32,
    /// Conditional writes of a reminder or an outgoing text (`PutItem`).
    pub writes: u32,
    /// Conditional updates of turns and slots (`UpdateItem`).
    pub updates: u32,
    /// Reads of one item (`GetItem`).
    pub reads: u32,
    /// Queries for a person's reminders (`Query`).
    pub queries: u32,
    /// Messages through the dial queue.
    pub messages: u32,
    /// Schedules that functions create.
    pub schedules: u32,
    /// Requests of the carrier to the HTTP API.
    pub webhooks: u32,
}

impl Requests {
    /// Names of the numbers, in the order of [`Self::numbers`].
    pub const NAMES: [&str; 8] =
        ["transactions", "writes", "updates", "reads", "queries", "messages", "schedules", "webhooks"];

    /// Returns the numbers in the order of the table.
    #[must_use]
    pub fn numbers(&self) -> [u32; 8] {
        [
            self.transactions,
            self.writes,
            self.updates,
            self.reads,
            self.queries,
            self.messages,
            self.schedules,
            self.webhooks,
        ]
    }

    const fn of(numbers: [u32; 8]) -> Self {
        let [transactions, writes, updates, reads, queries, messages, schedules, webhooks] = numbers;
        Self { transactions, writes, updates, reads, queries, messages, schedules, webhooks }
    }
}

/// The kinds of reminders whose cost is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A one-off within 14 minutes, heard at the first call.
    Near,
    /// A one-off farther ahead, heard at the first call.
    Far,
    /// One occurrence of a series, heard at the first call. Its text was sent long ago.
    Occurrence,
    /// A far one-off that nobody picks up: three calls, then a text.
    Missed,
}

impl Kind {
    /// All kinds, in the order of the table.
    pub const ALL: [Self; 4] = [Self::Near, Self::Far, Self::Occurrence, Self::Missed];

    /// Returns the name of the kind in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Near => "near, heard",
            Self::Far => "far, heard",
            Self::Occurrence => "of a series, heard",
            Self::Missed => "far, missed",
        }
    }

    /// Returns the requests of one such reminder, of a person whose number is confirmed.
    #[must_use]
    pub const fn requests(self) -> Requests {
        Requests::of(match self {
            Self::Near => [1, 4, 2, 15, 1, 1, 0, 8],
            Self::Far => [1, 5, 2, 18, 1, 2, 1, 8],
            Self::Occurrence => [0, 5, 2, 14, 0, 2, 1, 5],
            Self::Missed => [2, 11, 7, 31, 1, 4, 1, 13],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARCHITECTURE: &str = include_str!("../../../../ARCHITECTURE.md");

    /// Returns the cells of the table's row that begins with this one.
    fn row(first: &str) -> Vec<&'static str> {
        let begin = format!("| {first} |");
        let line = ARCHITECTURE.lines().find(|line| line.starts_with(&begin));
        let line = line.unwrap_or_else(|| panic!("expected a row {begin:?} in ARCHITECTURE.md, found none"));
        line.trim_matches('|').split('|').map(str::trim).skip(1).collect()
    }

    #[test]
    fn the_architecture_states_the_same_requests() {
        assert_eq!(row("if nothing fails"), Requests::NAMES);
        for kind in Kind::ALL {
            let numbers = kind.requests().numbers().map(|number| number.to_string());
            assert_eq!(row(kind.name()), numbers, "{}", kind.name());
        }
    }
}
