//! The tries of outgoing texts, as the store shows them.

use std::collections::BTreeMap;

use reminder::ids::OutgoingTextId;
use reminder::outgoing_text::{OutgoingText, TextEnd, TextLife, TextState};

/// The tries of an outgoing text that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// When the text was written, in milliseconds since 1970.
    pub owed_ms: i64,
    /// When each try was counted whose count was not taken back, in milliseconds since 1970.
    pub counted_ms: Vec<i64>,
}

/// What the writes so far show about the tries of outgoing texts.
#[derive(Debug, Default)]
pub(super) struct Tries {
    live: BTreeMap<OutgoingTextId, GivenUp>,
    given_up: BTreeMap<OutgoingTextId, GivenUp>,
}

impl Tries {
    /// Records what this write of an outgoing text shows.
    pub(super) fn record(&mut self, next: &OutgoingText, at_ms: i64) {
        let id = next.key.text.clone();
        let text = self.live.entry(id.clone()).or_insert_with(|| GivenUp { owed_ms: at_ms, counted_ms: Vec::new() });
        match &next.life {
            TextLife::Live { state: TextState::Owed { tries, .. } | TextState::Accepted { tries, .. }, .. } => {
                text.counted_ms.resize(usize::from(*tries), at_ms);
            }
            TextLife::Ended { end: TextEnd::GivenUp, .. } => {
                self.given_up.insert(id, text.clone());
            }
            TextLife::Ended { .. } => {}
        }
    }

    /// The tries of this text, if it was given up.
    pub(super) fn given_up(&self, text: &OutgoingTextId) -> Option<&GivenUp> {
        self.given_up.get(text)
    }
}
