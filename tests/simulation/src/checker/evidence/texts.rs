//! Records the texts from and to people, and whether they arrived.

use jiff::tz::TimeZone;
use reminder::ids::MessageId;
use reminder::ports::UndeliveredCause;

use super::Evidence;
use crate::checker::person_history::{PersonHistory, PersonText, ServiceText, TextRequest, replaces_a_call};
use crate::fakes::{carrier_name, number};
use crate::history::{AnswerRoute, Observation, SentText};
use crate::people::Meaning;
use crate::world::Remains;

/// The status of a text that is on its way.
const SENT: &str = "sent";

/// When the text with this id was stored, and its answer. `None` if it was not stored.
pub(super) fn stored<'a>(remains: &'a Remains, id: &MessageId) -> Option<(i64, &'a str)> {
    remains.handled.get(id).map(|handled| (handled.at_ms, handled.answer.as_str()))
}

/// What the cause of a failed delivery means for the service. An opt-out at the second carrier concerns only that
/// carrier's number: the text is still wanted, and another try may be sent by the first carrier.
fn cause_for_service(text: &SentText, cause: UndeliveredCause) -> UndeliveredCause {
    match (text, cause) {
        (SentText::Sent(id), UndeliveredCause::OptedOut) if id.carrier() != carrier_name(0).as_str() => {
            UndeliveredCause::Passing
        }
        _ => cause,
    }
}

impl<'a> Evidence<'a> {
    pub(super) fn record_incoming_text(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextSent { id, person, meaning, route } => {
                while self.people.len() <= *person {
                    let who = self.people.len();
                    self.by_number.insert(number(who).as_str().to_owned(), who);
                    let zones = vec![self.zone.clone()];
                    self.people.push(PersonHistory { who, zones, ..PersonHistory::default() });
                }
                if let Meaning::Zone(place) = meaning
                    && let Ok(zone) = TimeZone::get(place.zone)
                {
                    self.people[*person].zones.push(zone);
                }
                let texts = &mut self.people[*person].texts;
                self.by_text.insert(id, (*person, texts.len()));
                let by_queue = *route == AnswerRoute::Text;
                let (handed, replies, id) = (Vec::new(), Vec::new(), id.clone());
                let (taken, stored, key_about) = (false, stored(self.remains, &id), None);
                texts.push(PersonText { id, at_ms, meaning, taken, by_queue, handed, replies, stored, key_about });
            }
            Observation::TextDelivered { id } => self.change_text(id, |text| text.handed.push(at_ms)),
            Observation::TextTaken { id } => self.change_text(id, |text| text.taken = true),
            Observation::Reply { id, body } => {
                self.change_text(id, |text| text.replies.push((at_ms, body)));
                if let Some((who, text)) = self.by_text.get(id).copied().filter(|_| !body.is_empty()) {
                    self.people[who].sent_answers.push(ServiceText { to: Some(text), ..ServiceText::at(at_ms, body) });
                }
            }
            _ => {}
        }
    }

    fn change_text(&mut self, id: &MessageId, change: impl FnOnce(&mut PersonText<'a>)) {
        if let Some((who, text)) = self.by_text.get(id).copied() {
            change(&mut self.people[who].texts[text]);
        }
    }

    pub(super) fn record_outgoing_text(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextRequested { route, to, body } => {
                if let Some(person) = self.person(to.as_str()) {
                    let first = person.text_requests.iter().find(|request| request.route.key == route.key);
                    let first_requested_ms = first.map_or(at_ms, |first| first.at_ms);
                    person.text_requests.push(TextRequest { at_ms, first_requested_ms, route, body, heard: None });
                }
            }
            Observation::TextRequestOutcome { route, to, heard, .. } => {
                let text_requests = self.person(to.as_str()).map(|person| person.text_requests.iter_mut());
                let is_open = |request: &&mut TextRequest<'_>| request.heard.is_none() && request.route == route;
                if let Some(request) = text_requests.and_then(|text_requests| text_requests.rev().find(is_open)) {
                    request.heard = Some((at_ms, *heard));
                }
            }
            Observation::TextAccepted { text, route, to, body } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let request = person.text_requests.iter().rev().find(|request| request.route == route);
                let (said_ms, first_requested_ms) =
                    request.map_or((at_ms, at_ms), |request| (request.at_ms, request.first_requested_ms));
                let words = ServiceText { said_ms, first_requested_ms, ..ServiceText::at(at_ms, body) };
                let replaces = replaces_a_call(body);
                let texts = if replaces { &mut person.replacement_texts } else { &mut person.sent_answers };
                person.places.push((text, replaces, texts.len()));
                texts.push(words);
            }
            _ => {}
        }
    }

    pub(super) fn record_delivery(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextStatusPosted { text, status } => {
                self.record_report(text, status, |failed| _ = failed.posted_ms.get_or_insert(at_ms));
            }
            Observation::TextStatusTaken { text, status } => {
                self.record_report(text, status, |failed| _ = failed.reported_ms.get_or_insert(at_ms));
            }
            _ => {}
        }
        let Observation::TextUndelivered { text, to, cause, .. } = seen else { return };
        let replied_to = match text {
            SentText::ReplyTo { text, copy } => self.by_text.get(text).map(|(_, text)| (*text, *copy)),
            SentText::Sent(_) => None,
        };
        let Some(person) = self.person(to.as_str()) else { return };
        let place = match replied_to {
            Some((to, copy)) => {
                let answers = person.sent_answers.iter().enumerate();
                let mut copies = answers.filter(|(_, answer)| answer.to == Some(to));
                copies.nth(copy).map(|(place, _)| (false, place))
            }
            None => person.places.iter().find(|(id, ..)| *id == text).map(|(_, replaces, place)| (*replaces, *place)),
        };
        let Some((replaces, place)) = place else { return };
        let texts = if replaces { &mut person.replacement_texts } else { &mut person.sent_answers };
        texts[place].undelivered = Some((at_ms, cause_for_service(text, *cause)));
        let place = (person.who, replaces, place);
        self.undelivered.insert(text, place);
    }

    /// Records a status of a text that did not arrive, unless the status is [`SENT`].
    fn record_report(&mut self, text: &SentText, status: &str, record: impl FnOnce(&mut ServiceText<'a>)) {
        let Some((who, replaces, place)) = self.undelivered.get(text).copied().filter(|_| status != SENT) else {
            return;
        };
        let person = &mut self.people[who];
        let texts = if replaces { &mut person.replacement_texts } else { &mut person.sent_answers };
        record(&mut texts[place]);
    }
}
