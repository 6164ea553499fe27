//! The words that are spoken on a picked-up call, and whether a person hears them or a mailbox records them.

use reminder::ids::CallId;

use crate::history::{Observation, PickedUpBy, Recorded};
use crate::twilio_forms::{Twiml, Utterance};

/// A call that was picked up.
#[derive(Debug)]
pub(super) struct Talk {
    /// Index of the called person.
    pub(super) person: usize,
    /// Who or what picked up.
    pub(super) by: PickedUpBy,
    /// When the call was picked up, in milliseconds since 1970.
    pub(super) since_ms: i64,
    /// Since when the person listens, in milliseconds since 1970.
    pub(super) person_from_ms: Option<i64>,
    /// When the mailbox begins to record, in milliseconds since 1970.
    pub(super) beep_ms: Option<i64>,
    /// How many documents have begun.
    pub(super) document: u32,
    /// Path to which a key is posted now.
    pub(super) keys_to: Option<String>,
    /// Until when the carrier waits for a key, in milliseconds since 1970.
    pub(super) keys_until_ms: i64,
    /// Path to which the carrier goes on after the current document, if the document names one.
    pub(super) redirects_to: Option<String>,
    /// The utterances of the current document. Their times are in milliseconds since 1970.
    spoken: Vec<Utterance>,
}

impl Talk {
    pub(super) fn new(person: usize, by: PickedUpBy, since_ms: i64, greeting_ms: i64) -> Self {
        Self {
            person,
            by,
            since_ms,
            person_from_ms: (by == PickedUpBy::Person).then_some(since_ms),
            beep_ms: (by == PickedUpBy::Mailbox).then_some(since_ms + greeting_ms),
            document: 0,
            keys_to: None,
            keys_until_ms: 0,
            redirects_to: None,
            spoken: Vec::new(),
        }
    }

    /// Begins to follow a document.
    pub(super) fn begin(&mut self, twiml: &Twiml, now_ms: i64) {
        self.document += 1;
        self.keys_to.clone_from(&twiml.keys_to);
        self.keys_until_ms = now_ms + twiml.keys_until_ms;
        self.redirects_to.clone_from(&twiml.redirects_to);
        let shifted = |spoken: &Utterance| Utterance {
            words: spoken.words.clone(),
            from_ms: now_ms + spoken.from_ms,
            to_ms: now_ms + spoken.to_ms,
        };
        self.spoken = twiml.utterances.iter().map(shifted).collect();
    }

    /// Stops the current document, and returns the facts about the words spoken so far.
    pub(super) fn stop(&mut self, call: &CallId, now_ms: i64) -> Vec<Observation> {
        let spoken = std::mem::take(&mut self.spoken);
        let begun = spoken.into_iter().filter(|spoken| spoken.from_ms < now_ms);
        begun.filter_map(|spoken| self.fact(call, spoken, now_ms)).collect()
    }

    fn fact(&self, call: &CallId, spoken: Utterance, now_ms: i64) -> Option<Observation> {
        let Utterance { words, from_ms, to_ms } = spoken;
        let is_whole = |since_ms: i64| since_ms <= from_ms && to_ms <= now_ms;
        let call = call.clone();
        if let Some(beep_ms) = self.beep_ms {
            let recorded = if is_whole(beep_ms) { Recorded::Whole } else { Recorded::Part };
            return (to_ms > beep_ms && now_ms > beep_ms).then_some(Observation::MessageLeft { call, words, recorded });
        }
        let hears = self.person_from_ms.is_some_and(is_whole);
        hears.then_some(Observation::Heard { call, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio_forms;

    /// A sentence of 50 characters, which takes 3.3 s, is spoken twice, with a pause of 1 s in between. Then the person
    /// has 5 s to press a key.
    const DOCUMENT: &str = "<Response><Gather timeout=\"5\" action=\"/key\">\
        <Say>This is a sentence of exactly fifty characters, ok</Say><Pause length=\"1\"/>\
        <Say>This is a sentence of exactly fifty characters, ok</Say></Gather><Say>Bye.</Say></Response>";

    /// The words that were heard or recorded in a talk that begins at 0 and ends at `over_ms`.
    fn facts(mut talk: Talk, over_ms: i64) -> Vec<String> {
        let call = "twilio#CA1".parse().unwrap();
        talk.begin(&twilio_forms::read(DOCUMENT).unwrap(), 0);
        let name = |fact| match fact {
            Observation::Heard { words, .. } => format!("heard {}", &words[..3]),
            Observation::MessageLeft { words, recorded, .. } => format!("{recorded:?} {}", &words[..3]),
            other => format!("{other:?}"),
        };
        talk.stop(&call, over_ms).into_iter().map(name).collect()
    }

    #[test]
    fn a_document_takes_as_long_as_its_words_pauses_and_waits() {
        let twiml = twilio_forms::read(DOCUMENT).unwrap();
        let times: Vec<_> = twiml.utterances.iter().map(|spoken| (spoken.from_ms, spoken.to_ms)).collect();
        assert_eq!(times, [(0, 3300), (4300, 7600), (12_600, 12_864)]);
        assert_eq!((twiml.keys_until_ms, twiml.lasts_ms), (12_600, 12_864));
        assert_eq!(twiml.keys_to.as_deref(), Some("/key"));
    }

    #[test]
    fn a_person_hears_the_sentences_that_were_spoken_in_full() {
        let person = || Talk::new(0, PickedUpBy::Person, 0, 0);
        assert_eq!(facts(person(), 3299), [""; 0]);
        assert_eq!(facts(person(), 7000), ["heard Thi"]);
        assert_eq!(facts(person(), 13_000), ["heard Thi", "heard Thi", "heard Bye"]);
    }

    #[test]
    fn a_person_who_joins_a_screened_call_hears_the_words_that_begin_afterwards() {
        let mut joined = Talk::new(0, PickedUpBy::Screener, 0, 0);
        joined.person_from_ms = Some(4000);
        assert_eq!(facts(joined, 13_000), ["heard Thi", "heard Bye"]);
        assert_eq!(facts(Talk::new(0, PickedUpBy::Screener, 0, 0), 13_000), [""; 0]);
    }

    #[test]
    fn a_mailbox_records_from_its_beep_on() {
        let mailbox = |greeting_ms| Talk::new(0, PickedUpBy::Mailbox, 0, greeting_ms);
        assert_eq!(facts(mailbox(0), 13_000), ["Whole Thi", "Whole Thi", "Whole Bye"]);
        assert_eq!(facts(mailbox(5000), 13_000), ["Part Thi", "Whole Bye"]);
        assert_eq!(facts(mailbox(4000), 6000), ["Part Thi"]);
        assert_eq!(facts(mailbox(14_000), 13_000), [""; 0]);
    }
}
