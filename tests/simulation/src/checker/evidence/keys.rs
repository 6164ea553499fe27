//! Records the keys on calls. A key that asks for the same as a text is recorded as a text.

use reminder::ids::{CallId, MessageId};

use super::Evidence;
use super::texts::stored;
use crate::checker::person_history::{PersonText, ServiceText};
use crate::people::Meaning;

/// The requests that keys stand for: the key 2 on every call, and the key 1 on a call to the service's number.
static AGAIN: Meaning = Meaning::Snooze(10);
static DONE: Meaning = Meaning::Done;

/// The request that the key 9 stands for when it is pressed a second time.
static STOP: Meaning = Meaning::OptOut;

impl<'a> Evidence<'a> {
    /// Records a key on a call. The key 2 and a second key 9 ask for the same as a text. On a call to the service's
    /// number, the keys 1 and 2 do.
    pub(super) fn record_key(&mut self, at_ms: i64, call: &'a CallId, digit: char) {
        if let Some(call_to_service) = self.calls_to_service.get(call) {
            let (who, said) = (call_to_service.who, call_to_service.said.clone());
            let meaning = match (call_to_service.key_text, digit) {
                (None, '1') => &DONE,
                (None, '2') => &AGAIN,
                // A key that is posted again is the same key.
                (Some(text), _) => {
                    self.people[who].texts[text].handed.push(at_ms);
                    return;
                }
                (None, _) => return,
            };
            let text = self.add_key(who, at_ms, call.at_carrier(), digit, meaning, said);
            if let Some(text) = text {
                self.people[who].texts[text].handed.push(at_ms);
            }
            self.calls_to_service.entry(call).and_modify(|call_to_service| call_to_service.key_text = text);
            return;
        }
        let Some((who, place)) = self.by_call.get(call).copied() else { return };
        let known = &mut self.people[who].calls[place];
        let is_asked_to_stop = known.asks_to_stop();
        let meaning = match digit {
            '9' if is_asked_to_stop => &STOP,
            // Any other key answers no to the question.
            _ if is_asked_to_stop => return,
            '2' => &AGAIN,
            _ => {
                known.pressed.push((at_ms, digit));
                return;
            }
        };
        known.pressed.push((at_ms, digit));
        let (said, claim) = (known.said.clone(), known.claim);
        let text = self.add_key(who, at_ms, claim.as_str(), digit, meaning, said);
        self.people[who].calls[place].key_text = text;
    }

    /// Adds the text that stands for a key, and returns its index. `call` is the claim of the call, or the id at the
    /// carrier of a person's call.
    fn add_key(
        &mut self,
        who: usize,
        at_ms: i64,
        call: &str,
        digit: char,
        meaning: &'a Meaning,
        said: Vec<&'a str>,
    ) -> Option<usize> {
        let id = MessageId::new("key", &format!("{call}-{digit}")).ok()?;
        let stored = stored(self.remains, &id);
        let texts = &mut self.people[who].texts;
        texts.push(PersonText {
            id,
            at_ms,
            meaning,
            taken: true,
            by_queue: false,
            handed: Vec::new(),
            replies: Vec::new(),
            stored,
            key_about: Some(said),
        });
        texts.len().checked_sub(1)
    }

    /// The person of a call, and the index of the text that stands for a key of the call.
    fn key_place(&self, call: &CallId) -> Option<(usize, usize)> {
        if let Some(call_to_service) = self.calls_to_service.get(call) {
            return Some((call_to_service.who, call_to_service.key_text?));
        }
        let (who, place) = self.by_call.get(call).copied()?;
        Some((who, self.people[who].calls[place].key_text?))
    }

    /// The text that stands for a key of a call. `None` if there is no such key, or if the key has been answered.
    pub(super) fn key_text(&mut self, call: &CallId) -> Option<&mut PersonText<'a>> {
        let (who, text) = self.key_place(call)?;
        let text = &mut self.people[who].texts[text];
        Some(text).filter(|text| text.replies.is_empty())
    }

    pub(super) fn record_key_answer(&mut self, at_ms: i64, call: &CallId, words: &'a str) {
        let Some((who, text)) = self.key_place(call) else { return };
        let person = &mut self.people[who];
        if person.texts[text].replies.is_empty() {
            person.texts[text].replies.push((at_ms, words));
            person.sent_answers.push(ServiceText { to: Some(text), ..ServiceText::at(at_ms, words) });
        }
    }
}
