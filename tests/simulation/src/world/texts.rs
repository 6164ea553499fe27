//! Texts from people, delivered by webhook or by queue until the service has taken them.

use std::rc::Rc;

use jiff::tz::TimeZone;
use reminder::ids::{MessageId, Number};
use reminder::ports::TextStatus;

use super::World;
use super::planned::{PlannedEvent, Text, Trigger};
use crate::events::{InvocationOutcome, QueueName};
use crate::fakes::{SentMessage, number};
use crate::faults::Fault;
use crate::functions::SERVICE_NUMBER;
use crate::history::{AnswerRoute, Observation, SentText};
use crate::people::{self, CodeReply, Due, Interest, Meaning, Person, Place};
use crate::twilio_forms;

/// How often a carrier posts the webhook of a text before it gives up.
const TEXT_TRIES: u32 = 3;

/// How long a carrier waits for the reply to each try of a text's webhook, in milliseconds.
const TRY_MS: i64 = 15_000;

impl World {
    /// Plans a person's next text, unless they have sent all their texts.
    pub(super) fn plan_next_text(&mut self, person: usize) {
        let left = &mut self.people[person].texts_left;
        *left = left.saturating_sub(1);
        if *left > 0 {
            // In a world of days people also text hours later, and at night.
            let may_wait_hours = self.scale.days() > 0 && self.cloud.engine.chance(4000);
            let next_ms = match self.people[person].interest {
                // At most 60 texts an hour are answered.
                Interest::Crowd => self.cloud.engine.between(62_000, 80_000),
                Interest::Forged => self.cloud.engine.between(500, 120_000),
                Interest::Series => self.cloud.engine.between(200, 3_000_000),
                Interest::Unheard | Interest::UnheardDaily => {
                    self.cloud.engine.between(200, if may_wait_hours { 20 * 3_600_000 } else { 1_800_000 })
                }
                Interest::Varied => {
                    self.cloud.engine.between(200, if may_wait_hours { 20 * 3_600_000 } else { 800_000 })
                }
            };
            self.plan(next_ms, PlannedEvent::NextText(person));
        }
    }

    /// The time zone of a person's clock: the zone of the place that they have named, or else the zone of their area
    /// code.
    pub(super) fn zone_of(&self, person: usize) -> TimeZone {
        let named_zone = self.people[person].place.and_then(|place| TimeZone::get(place.zone).ok());
        named_zone.unwrap_or_else(|| self.zone.clone())
    }

    /// Whether a person of a crowd waits for their first call before they ask for more reminders. Until they have
    /// pressed a key, they may ask for few.
    pub(super) fn waits_for_call(&self, person: usize) -> bool {
        let Person { interest, asked, presses, .. } = &self.people[person];
        *interest == Interest::Crowd && *asked == 1 && *presses == 0
    }

    /// A text reaches a person, who reads it.
    pub(super) fn texted(&mut self, to: &Number, words: &str) {
        if let Some(person) = self.person_of(to) {
            self.people[person].read(words);
            self.resume_later(person, words);
            self.reply_with_code(person, words);
        }
    }

    /// A person who gets a text with the code of their number replies to it, unless they ignore such texts. Some people
    /// mistype the code first.
    fn reply_with_code(&mut self, person: usize, words: &str) {
        let Some(code) = people::code(words) else { return };
        let wrong = match self.people[person].code_reply {
            CodeReply::Nothing => return,
            CodeReply::ToAnswers if !words.contains(" and I'll call.") => return,
            CodeReply::Code | CodeReply::ToAnswers => 0,
            CodeReply::WrongCodes(wrong) => wrong,
        };
        let mut reply_ms = self.cloud.engine.between(2000, 600_000);
        for n in 1..=wrong {
            self.plan(reply_ms, PlannedEvent::SendText(person, Meaning::Code((code + n) % 1_000_000)));
            reply_ms += self.cloud.engine.between(5000, 60_000);
        }
        self.plan(reply_ms, PlannedEvent::SendText(person, Meaning::Code(code)));
    }

    /// If a text says that a series is paused, most people answer RESUME some time later.
    fn resume_later(&mut self, person: usize, words: &str) {
        if self.people[person].interest.is_unheard() {
            return self.answer_pause(person, words);
        }
        let Some(number) = people::resumes(words).filter(|_| !self.is_scripted && self.cloud.engine.chance(7000))
        else {
            return;
        };
        let later_ms = self.cloud.engine.between(20_000, 2_400_000);
        self.plan(later_ms, PlannedEvent::SendText(person, Meaning::Resume(number)));
    }

    /// A person reads that a series is paused. Most people text RESUME. Some of them text at once, while a late report
    /// about the last call may still come, and some text RESUME twice. One person in five texts MOVE instead of RESUME.
    /// Some people send other texts as well, or move to another zone.
    fn answer_pause(&mut self, person: usize, words: &str) {
        let Some(number) = people::resumes(words) else { return };
        let cloud = Rc::clone(&self.cloud);
        let engine = &cloud.engine;
        let later_ms = || engine.between(500, if engine.chance(5000) { 60_000 } else { 2_400_000 });
        for _ in 0..engine.between(0, 2) {
            self.plan(later_ms(), PlannedEvent::SendText(person, Person::after_a_pause(number, engine)));
        }
        if engine.chance(8000) {
            let resume_ms = later_ms();
            self.plan(resume_ms, PlannedEvent::SendText(person, Meaning::Resume(number)));
            if engine.chance(4000) {
                let again_ms = resume_ms + engine.between(0, 90_000);
                self.plan(again_ms, PlannedEvent::SendText(person, Meaning::Resume(number)));
            }
        } else {
            // More than an hour after the last call, a MOVE is not about that call. Because the series is paused, there
            // is no next call that the MOVE could skip. So the MOVE makes a one-off, and the series stays paused.
            let move_ms = engine.between(3_700_000, 7_200_000);
            self.plan(move_ms, PlannedEvent::SendText(person, Meaning::Move(number, engine.between(1, 20))));
        }
        if engine.chance(if self.scale.days() > 0 { 8000 } else { 4000 }) {
            let (zone_ms, place) = (later_ms(), engine.one_of(&Place::ALL));
            self.move_along(person, zone_ms, place);
        }
    }

    /// A person texts the name of a place in another zone, `zone_ms` milliseconds from now. Up to five minutes later
    /// they text YES, so that their series move to that zone.
    pub(super) fn move_along(&mut self, person: usize, zone_ms: i64, place: Option<Place>) {
        let Some(place) = place else { return };
        self.plan(zone_ms, PlannedEvent::SendText(person, Meaning::Zone(place)));
        let yes_ms = zone_ms + self.cloud.engine.between(1000, 300_000);
        self.plan(yes_ms, PlannedEvent::SendText(person, Meaning::Yes));
    }

    /// Index of the person with this number.
    pub(super) fn person_of(&self, to: &Number) -> Option<usize> {
        self.by_number.get(to).copied()
    }

    /// A person sends a random text.
    pub(super) fn send_random_text(&mut self, person: usize) {
        let zone = self.zone_of(person);
        let meaning = self.people[person].next_text(person, &self.cloud.engine, &zone);
        self.ask_twice(person, &meaning);
        self.send_text(person, meaning);
    }

    /// Some people ask for two calls about one task, and snooze the first call when it rings.
    fn ask_twice(&mut self, person: usize, meaning: &Meaning) {
        let engine = &self.cloud.engine;
        let Meaning::Remind { task, due: Due::In(minutes @ 1..=6) } = meaning else { return };
        if self.is_scripted || !engine.chance(2000) {
            return;
        }
        let second_request = Meaning::Remind { task: task.clone(), due: Due::In(engine.between(60, 200)) };
        let again_ms = engine.between(1000, 20_000);
        let (snooze_ms, snooze) =
            (minutes * 60_000 + engine.between(5000, 200_000), Meaning::Snooze(engine.between(1, 20)));
        self.plan(again_ms, PlannedEvent::SendText(person, second_request));
        self.plan(snooze_ms, PlannedEvent::SendText(person, snooze));
    }

    /// A person sends a text with this meaning.
    pub(super) fn send_text(&mut self, person: usize, meaning: Meaning) {
        let (carrier, sid) = match self.answer_route(person) {
            AnswerRoute::Reply => ("twilio", format!("SM{:032x}", self.texts.len())),
            AnswerRoute::Text => ("aws", format!("m-{}", self.texts.len())),
        };
        let Ok(id) = MessageId::new(carrier, &sid) else { return };
        self.cloud.record(Observation::TextSent {
            id: id.clone(),
            person,
            meaning: meaning.clone(),
            route: self.answer_route(person),
        });
        if let Meaning::Zone(place) = meaning {
            self.people[person].place = Some(place);
        }
        let is_withheld = self.handled_by_carrier(person, &meaning);
        let text = self.texts.len();
        let opt_out_type = self.opt_out_type(&meaning);
        self.texts.push(Text { person, meaning, sid, id, opt_out_type, posts: 0, taken: false, answered: 0 });
        if is_withheld {
            return;
        }
        match self.answer_route(person) {
            AnswerRoute::Reply => self.plan_deliveries(text),
            AnswerRoute::Text => self.publish(text),
        }
        if text == 0 {
            self.flood(text);
        }
    }

    /// The carrier handles an opt-out or an opt-in itself before it delivers the text. Returns whether it withholds the
    /// text from the service.
    fn handled_by_carrier(&self, person: usize, meaning: &Meaning) -> bool {
        let mut opted_out = self.cloud.opted_out.borrow_mut();
        if meaning.opts_out() {
            opted_out.insert(number(person));
            self.cloud.record(Observation::OptedOutAtCarrier { person });
            self.cloud.injects(Fault::OptOutNotReported)
        } else if meaning.opts_in() && (opted_out.remove(&number(person)) || *meaning == Meaning::OptIn) {
            self.cloud.record(Observation::OptedInAtCarrier { person });
            self.cloud.injects(Fault::OptInNotReported)
        } else {
            false
        }
    }

    /// The webhook's field about the carrier's own handling of a text. It is absent at random, because only some
    /// accounts get this field.
    fn opt_out_type(&self, meaning: &Meaning) -> Option<&'static str> {
        let opt_out_type = if meaning.opts_out() {
            "STOP"
        } else if meaning.opts_in() || *meaning == Meaning::Yes {
            "START"
        } else {
            return None;
        };
        self.cloud.engine.chance(5000).then_some(opt_out_type)
    }

    /// In a world of a flood, the carrier delivers the same text thousands of times, often at the same time.
    fn flood(&mut self, text: usize) {
        for _ in 0..self.scale.copies() {
            let within_ms = if self.cloud.engine.chance(8000) { 2000 } else { 600_000 };
            let again_ms = self.cloud.engine.between(0, within_ms);
            match self.answer_route(self.texts[text].person) {
                AnswerRoute::Reply => self.plan(again_ms, PlannedEvent::PostText(text)),
                AnswerRoute::Text => self.plan(again_ms, PlannedEvent::PublishText(text)),
            }
        }
    }

    /// Twilio delivers a text, perhaps several times or late.
    fn plan_deliveries(&mut self, text: usize) {
        let soon_ms = self.cloud.engine.between(5, 80);
        let late_ms = if self.cloud.injects(Fault::TextLate) { self.cloud.engine.between(1000, 1_200_000) } else { 0 };
        self.plan(soon_ms + late_ms, PlannedEvent::PostText(text));
        if self.cloud.injects(Fault::TextTwice) {
            for _ in 0..self.cloud.engine.between(1, 4) {
                let apart_ms = if self.cloud.engine.chance(7000) { 30 } else { 3_600_000 };
                let again_ms = self.cloud.engine.between(0, apart_ms);
                self.plan(soon_ms + again_ms, PlannedEvent::PostText(text));
            }
        }
    }

    /// AWS End User Messaging publishes a text to the SNS topic that feeds the inbound queue.
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
        self.cloud.record(Observation::TextDelivered { id: id.clone() });
        self.cloud.record(Observation::TextTaken { id });
        self.cloud.enqueue(QueueName::Inbound, notification.to_string(), 20);
    }

    /// Posts the webhook of a text.
    pub(super) fn deliver(&mut self, text: usize) {
        self.texts[text].posts += 1;
        let Text { person, meaning, sid, id, opt_out_type, .. } = self.texts[text].clone();
        self.cloud.record(Observation::TextDelivered { id });
        let (from, body) = (number(person), meaning.text());
        let mut form =
            vec![("MessageSid", sid.as_str()), ("From", from.as_str()), ("To", SERVICE_NUMBER), ("Body", &body)];
        form.extend(opt_out_type.map(|value| ("OptOutType", value)));
        let request = twilio_forms::post("/sms", &form);
        let posted_ms = self.cloud.engine.now_ms();
        let invocation = self.invocation(Trigger::Text { text, posted_ms });
        if self.starts(invocation, &[]) {
            Rc::clone(&self.product).text(&Rc::clone(&self.cloud), invocation, request);
        }
    }

    /// Handles the function's reply to the webhook of a text.
    pub(super) fn text_over(&mut self, text: usize, posted_ms: i64, outcome: &InvocationOutcome) {
        let in_time = self.cloud.engine.now_ms() - posted_ms <= TRY_MS;
        let id = self.texts[text].id.clone();
        if let InvocationOutcome::Http { status: 200..=299, body } = outcome
            && in_time
        {
            self.texts[text].taken = true;
            self.cloud.record(Observation::TextTaken { id: id.clone() });
            let twiml = twilio_forms::read(body).unwrap_or_default();
            let words = twiml.texts.join("\n");
            self.cloud.record(Observation::Reply { id: id.clone(), body: words.clone() });
            if !words.is_empty() {
                let to = number(self.texts[text].person);
                let sent = SentMessage { to, body: words, status_to: twiml.status_to, status: TextStatus::Pending };
                let reply = SentText::ReplyTo { text: id, copy: self.texts[text].answered };
                self.texts[text].answered += 1;
                self.cloud.sent_texts.borrow_mut().insert(reply.clone(), sent);
                self.text_accepted(reply);
            }
        } else if self.texts[text].posts < TEXT_TRIES {
            let again_ms = self.cloud.engine.between(200, 4000);
            self.plan(again_ms, PlannedEvent::PostText(text));
        } else if !self.texts[text].taken {
            self.cloud.record(Observation::TextNotTaken { id });
        }
    }
}
