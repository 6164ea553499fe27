//! The costs of each reminder: its writes, transactions and messages.

/// The costs of a reminder's whole life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// Transactions that store a text from its person and change the reminder.
    pub by_texts: u32,
    /// Transactions that end an occurrence of the reminder, and create the text that replaces the call.
    pub with_text: u32,
    /// Writes of the reminder alone.
    pub writes: u32,
    /// Turns of its person that were taken for a call about the reminder.
    pub turns: u32,
    /// Turns that were given back, because the call was not placed.
    pub turns_given_back: u32,
    /// Claims and slots that were not written, because the reminder's item had changed meanwhile.
    pub lost: u32,
    /// Schedules that were created.
    pub schedules: u32,
    /// Wake-ups that were put on the dial queue.
    pub messages: u32,
}

impl Costs {
    /// How often its item was written.
    pub fn item_writes(self) -> u32 {
        self.by_texts + self.with_text + self.writes
    }
}
