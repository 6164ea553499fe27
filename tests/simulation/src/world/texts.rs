//! Texts from people, by webhook or by queue, until the service has taken them.

use std::rc::Rc;

use reminder::ids::{MessageId, Number};

use super::{Moment, Purpose, Text, World};
use crate::fakes::{Outcome, QueueName, number};
use crate::faults::Fault;
use crate::functions::SERVICE_NUMBER;
use crate::history::{AnswerRoute, Observation};
use crate::people::Meaning;
use crate::twilio_forms;

/// How often a carrier hands a text over before it gives up: once, and twice more as the webhook's URL asks.
const TRIES: u32 = 3;

/// How long a carrier waits for an answer to its webhook, in milliseconds.
const WEBHOOK_MS: i64 = 15_000;

impl World {
    /// A person's further texts, until they have sent as many as they wanted to.
    pub(super) fn act_again(&mut self, who: usize) {
        let left = &mut self.people[who].texts_left;
        *left = left.saturating_sub(1);
        if *left > 0 {
            // Over days people text now and then, also at night.
            let days = self.scale.days() > 0 && self.cloud.engine.chance(4000);
            let next_ms = self.cloud.engine.between(200, if days { 20 * 3_600_000 } else { 800_000 });
            self.plan(next_ms, Moment::Act(who));
        }
    }

    /// Somebody reads a text.
    pub(super) fn texted(&mut self, to: &Number, words: &str) {
        if let Some(who) = self.who(to) {
            self.people[who].read(words);
        }
    }

    /// Whose number this is.
    pub(super) fn who(&self, to: &Number) -> Option<usize> {
        (0..self.people.len()).find(|who| number(*who) == *to)
    }

    /// A person sends a text.
    pub(super) fn act(&mut self, who: usize) {
        let meaning = self.people[who].next_text(who, &self.cloud.engine, &self.zone);
        self.say(who, meaning);
    }

    /// A person sends this text.
    pub(super) fn say(&mut self, who: usize, meaning: Meaning) {
        let (carrier, sid) = match self.answer_route(who) {
            AnswerRoute::Reply => ("twilio", format!("SM{:032x}", self.texts.len())),
            AnswerRoute::Text => ("aws", format!("m-{}", self.texts.len())),
        };
        let Ok(id) = MessageId::new(carrier, &sid) else { return };
        self.cloud.saw(Observation::TextIn {
            id: id.clone(),
            person: who,
            meaning: meaning.clone(),
            route: self.answer_route(who),
        });
        let is_untold = self.tell_the_carrier(who, &meaning);
        let text = self.texts.len();
        self.texts.push(Text { person: who, meaning, sid, id, tries: 0, taken: false });
        if is_untold {
            return;
        }
        match self.answer_route(who) {
            AnswerRoute::Reply => self.send(text),
            AnswerRoute::Text => self.publish(text),
        }
        if text == 0 {
            self.flood(text);
        }
    }

    /// A carrier acts on words about leaving and coming back before it brings them. It returns whether it keeps them to
    /// itself.
    fn tell_the_carrier(&self, who: usize, meaning: &Meaning) -> bool {
        let mut opted_out = self.cloud.opted_out.borrow_mut();
        match meaning {
            Meaning::Leave => {
                opted_out.insert(number(who));
                self.cloud.strikes(Fault::OptOutUntold)
            }
            Meaning::Return => {
                opted_out.remove(&number(who));
                false
            }
            Meaning::Remind { .. }
            | Meaning::Delete(_)
            | Meaning::DeleteAll
            | Meaning::Done
            | Meaning::Snooze(_)
            | Meaning::Move(..)
            | Meaning::List
            | Meaning::Noise => false,
        }
    }

    /// A carrier gone mad brings the same text over and over, much of it at once.
    fn flood(&mut self, text: usize) {
        for _ in 0..self.scale.copies() {
            let within_ms = if self.cloud.engine.chance(8000) { 2000 } else { 600_000 };
            let again_ms = self.cloud.engine.between(0, within_ms);
            match self.answer_route(self.texts[text].person) {
                AnswerRoute::Reply => self.plan(again_ms, Moment::Deliver(text)),
                AnswerRoute::Text => self.plan(again_ms, Moment::Publish(text)),
            }
        }
    }

    /// Twilio brings a text, perhaps twice or late.
    fn send(&mut self, text: usize) {
        let soon_ms = self.cloud.engine.between(5, 80);
        let late_ms = if self.cloud.strikes(Fault::TextLate) { self.cloud.engine.between(1000, 1_200_000) } else { 0 };
        self.plan(soon_ms + late_ms, Moment::Deliver(text));
        if self.cloud.strikes(Fault::TextTwice) {
            for _ in 0..self.cloud.engine.between(1, 4) {
                let apart_ms = if self.cloud.engine.chance(7000) { 30 } else { 3_600_000 };
                let again_ms = self.cloud.engine.between(0, apart_ms);
                self.plan(soon_ms + again_ms, Moment::Deliver(text));
            }
        }
    }

    /// AWS publishes a text to the topic that feeds the inbound queue.
    pub(super) fn publish(&mut self, text: usize) {
        let Text { person, meaning, sid, id, .. } = self.texts[text].clone();
        let message = serde_json::json!({
            "originationNumber": number(person).as_str(),
            "destinationNumber": SERVICE_NUMBER,
            "messageKeyword": "KEYWORD_1",
            "messageBody": meaning.text(),
            "inboundMessageId": sid,
        });
        let notification = serde_json::json!({
            "Type": "Notification",
            "MessageId": sid,
            "Message": message.to_string(),
            "Timestamp": self.cloud.engine.now().to_string(),
        });
        self.texts[text].taken = true;
        self.cloud.saw(Observation::Handed { id: id.clone() });
        self.cloud.saw(Observation::Taken { id });
        self.cloud.enqueue(QueueName::Inbound, notification.to_string(), 20);
    }

    /// The webhook of a text is posted.
    pub(super) fn deliver(&mut self, text: usize) {
        self.texts[text].tries += 1;
        let Text { person, meaning, sid, id, .. } = self.texts[text].clone();
        self.cloud.saw(Observation::Handed { id });
        let (from, body) = (number(person), meaning.text());
        let form = [("MessageSid", sid.as_str()), ("From", from.as_str()), ("To", SERVICE_NUMBER), ("Body", &body)];
        let request = twilio_forms::post("/sms", &form);
        let since_ms = self.cloud.engine.now_ms();
        let invocation = self.invocation(Purpose::Text { text, since_ms });
        self.functions.text(&Rc::clone(&self.cloud), invocation, request);
    }

    /// The webhook of a text was answered, or not.
    pub(super) fn text_over(&mut self, text: usize, since_ms: i64, outcome: &Outcome) {
        let in_time = self.cloud.engine.now_ms() - since_ms <= WEBHOOK_MS;
        let id = self.texts[text].id.clone();
        if let Outcome::Http { status: 200..=299, body } = outcome
            && in_time
        {
            self.texts[text].taken = true;
            self.cloud.saw(Observation::Taken { id: id.clone() });
            let told = twilio_forms::read(body).unwrap_or_default();
            let words = told.texts.join("\n");
            let person = self.texts[text].person;
            self.people[person].read(&words);
            self.cloud.saw(Observation::Reply { id, body: words });
        } else if self.texts[text].tries < TRIES {
            let again_ms = self.cloud.engine.between(200, 4000);
            self.plan(again_ms, Moment::Deliver(text));
        } else if !self.texts[text].taken {
            self.cloud.saw(Observation::NotTaken { id });
        }
    }
}
