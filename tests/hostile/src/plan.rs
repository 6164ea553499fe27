//! The requests of a run, generated from its seed.

use fastrand::Rng;
use reqwest::Method;

use super::form::{Form, Spoiling, WEBHOOK_MAX, raw_body};
use super::numbers::{Role, UNUSUAL};
use super::request::{Expected, Forgery, Request, signature};
use super::routes::{Route, Target};
use super::{nasty, unusual, words};

const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Generates requests about the targets. The same seed and the same targets make the same requests.
pub(crate) struct Planner<'a> {
    rng: Rng,
    seed: u64,
    canary: &'a str,
    targets: &'a [Target],
    /// Number of message ids made so far.
    ids: u64,
    /// One spoiled field for each route, field and way to spoil it, in random order.
    spoiled: Vec<(Route, usize, Spoiling)>,
}

/// A request before it is signed.
struct Draft {
    description: String,
    method: Method,
    path: String,
    content_type: &'static str,
    body: Vec<u8>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(seed: u64, canary: &'a str, targets: &'a [Target]) -> Self {
        let mut planner = Self { rng: Rng::with_seed(seed), seed, canary, targets, ids: 0, spoiled: vec![] };
        planner.spoil_every_field();
        planner
    }

    fn spoil_every_field(&mut self) {
        for route in Route::ALL {
            let fields = route.form(&mut self.rng, "SM", "+", "").0.len();
            for place in 0..fields {
                self.spoiled.extend(Spoiling::all().map(|how| (route, place, how)));
            }
        }
        self.rng.shuffle(&mut self.spoiled);
    }

    /// Returns requests that the carrier did not sign.
    pub(crate) fn forged(&mut self, count: usize) -> Vec<Request> {
        (0..count)
            .map(|index| {
                let draft = self.draft(index, Role::Forged);
                let forgery = Forgery::ALL[index % Forgery::ALL.len()];
                let signatures = forgery.signatures(&mut self.rng, &draft.path, &draft.body);
                draft.with(signatures, Expected::Refused, &format!("signature {forgery:?}"))
            })
            .collect()
    }

    /// Returns requests that the carrier signed: `count` that must change no row, and those that are texts.
    pub(crate) fn signed(&mut self, count: usize) -> (Vec<Request>, Vec<Request>) {
        let (mut no_row, mut texts) = (Vec::new(), Vec::new());
        let mut index = 0;
        while no_row.len() < count {
            let draft = self.draft(index, Role::Sender);
            index += 1;
            let expected = draft.effect();
            let list = if expected == Expected::NoRow { &mut no_row } else { &mut texts };
            let signatures = vec![signature(&draft.path, &draft.body)];
            list.push(draft.with(signatures, expected, "signed"));
        }
        (no_row, texts)
    }

    /// Returns every report of the carrier about calls and texts that never were.
    pub(crate) fn reports(&mut self) -> Vec<Request> {
        let reports =
            Route::ALL.into_iter().flat_map(|route| route.reports().into_iter().map(move |report| (route, report)));
        let mut requests = Vec::new();
        for (route, report) in reports.collect::<Vec<_>>() {
            let (path, mut form) = self.good(route, Role::Sender);
            report.iter().for_each(|(name, value)| form.set(name, *value));
            let draft = Draft::of_form(format!("{}: a report {report:?}", route.name()), path, &form);
            let signatures = vec![signature(&draft.path, &draft.body)];
            requests.push(draft.with(signatures, Expected::NoRow, "signed, of a call or text that never was"));
        }
        requests
    }

    /// Returns signed texts from unusual numbers and with unusual ids.
    pub(crate) fn unusual_texts(&mut self, count: usize) -> Vec<Request> {
        (0..count)
            .map(|index| {
                let from = match index % 3 {
                    0 => UNUSUAL[index / 3 % UNUSUAL.len()].to_owned(),
                    _ => Role::Sender.number(index),
                };
                let id = if index % 3 == 1 {
                    let unique = self.id();
                    unusual::id(&mut self.rng, &unique)
                } else {
                    self.id().into_bytes()
                };
                let mut form = self.text_form("", &from, &format!("remind me to {} in 3 hours", self.canary));
                form.set("MessageSid", id);
                self.signed_text(&form, "unusual number or id")
            })
            .collect()
    }

    /// Returns hostile texts. Half of them come from one number.
    pub(crate) fn texts(&mut self, count: usize) -> Vec<Request> {
        (0..count)
            .map(|index| {
                let (description, words) = words::hostile(&mut self.rng, self.canary);
                let from = if index % 2 == 0 { Role::Sender.number(0) } else { Role::Sender.number(1 + index / 4) };
                let id = self.id();
                let form = self.text_form(&id, &from, &words);
                self.signed_text(&form, description)
            })
            .collect()
    }

    /// Returns one signed text with a new id.
    pub(crate) fn text(&mut self, from: &str, words: &str) -> Request {
        let id = self.id();
        let form = self.text_form(&id, from, words);
        self.signed_text(&form, "a text")
    }

    /// Returns the text of another sender with the id of an earlier text.
    pub(crate) fn stolen_id(&mut self, of: &Request, from: &str, words: &str) -> Request {
        let id = Form::decoded(&of.body).text().map(|(id, _)| id.to_owned()).unwrap_or_default();
        let form = self.text_form(&id, from, words);
        self.signed_text(&form, "another sender's id")
    }

    /// Returns a new message id.
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("SM{:08x}{:024x}", self.seed & 0xffff_ffff, self.ids)
    }

    fn text_form(&mut self, id: &str, from: &str, words: &str) -> Form {
        Route::Sms.form(&mut self.rng, id, from, words)
    }

    fn signed_text(&self, form: &Form, description: &str) -> Request {
        let draft = Draft::of_form(description.to_owned(), "/sms".to_owned(), form);
        let (expected, signatures) = (draft.effect(), vec![signature(&draft.path, &draft.body)]);
        draft.with(signatures, expected, "signed")
    }

    fn draft(&mut self, index: usize, role: Role) -> Draft {
        // Half of the requests spoil one field each, until every field was spoiled in every way.
        if index.is_multiple_of(2)
            && let Some((route, place, how)) = self.spoiled.get(index / 2).copied()
        {
            let (path, mut form) = self.good(route, role);
            let description = format!("{}: {} {}", route.name(), form.0[place].0, how.name());
            form.spoil(place, how, self.canary);
            return Draft::of_form(description, path, &form);
        }
        let route = Route::ALL[self.rng.usize(..Route::ALL.len())];
        let (path, mut form) = self.good(route, role);
        let name = route.name();
        match self.rng.usize(..7) {
            0 => Draft::of_form(format!("{name}: a good form"), path, &form),
            1 => {
                let (description, content_type, body) = raw_body(&mut self.rng, &form, self.canary);
                Draft { content_type, body, ..Draft::of_form(format!("{name}: {description}"), path, &form) }
            }
            2 => {
                let unusual = UNUSUAL[self.rng.usize(..UNUSUAL.len())];
                form.set("From", unusual);
                form.set("To", unusual);
                Draft::of_form(format!("{name}: number {unusual:?}"), path, &form)
            }
            3 => {
                let unique = self.id();
                let id = unusual::id(&mut self.rng, &unique);
                form.set("MessageSid", id.clone());
                form.set("CallSid", id);
                Draft::of_form(format!("{name}: an unusual id"), path, &form)
            }
            4 => {
                let path = unusual::path(&mut self.rng, &path, self.canary);
                Draft::of_form(format!("{name}: an unusual path"), path, &form)
            }
            5 => Draft {
                method: unusual::method(&mut self.rng),
                ..Draft::of_form(format!("{name}: a method"), path, &form)
            },
            _ => {
                for _ in 0..self.rng.usize(2..5) {
                    let (place, ways) = (self.rng.usize(..form.0.len()), Spoiling::all().collect::<Vec<_>>());
                    form.spoil(place, ways[self.rng.usize(..ways.len())], self.canary);
                }
                Draft::of_form(format!("{name}: spoiled fields"), path, &form)
            }
        }
    }

    /// Returns the path and the form of a request that only the carrier could make. Half of the forged requests claim
    /// to come from a target. Signed requests come from another person, because a target may change their own rows.
    fn good(&mut self, route: Route, role: Role) -> (String, Form) {
        const WORDS: [&str; 5] = ["STOP", "DELETE ALL", "remind me to X in 3 hours", "ZONE Tokyo", "LIST"];
        let mut target = self.targets[self.rng.usize(..self.targets.len())].clone();
        if role == Role::Sender && route == Route::AnswerStatus {
            // An answer has no record, so the carrier is believed that there was one.
            target.person = format!("{:032x}", self.rng.u128(..));
        }
        let stranger = role.number(self.rng.usize(..role.people()));
        let from = if role == Role::Forged && self.rng.bool() { target.number.clone() } else { stranger };
        let words = format!("{} {}", WORDS[self.rng.usize(..WORDS.len())], self.canary);
        let path = route.path(&mut self.rng, &target);
        let id = self.id();
        (path, route.form(&mut self.rng, &id, &from, &words))
    }
}

impl Draft {
    fn of_form(description: String, path: String, form: &Form) -> Self {
        Self { description, method: Method::POST, path, content_type: FORM_TYPE, body: form.encoded() }
    }

    fn with(self, signatures: Vec<String>, expected: Expected, signed: &str) -> Request {
        let Self { description, method, path, content_type, body } = self;
        Request {
            description: format!("{description}, {signed}"),
            method,
            path,
            content_type,
            signatures,
            body,
            expected,
        }
    }

    /// Returns the effect that this request may have if the carrier signed it.
    fn effect(&self) -> Expected {
        let route = self.path.split('?').next().unwrap_or_default().trim_start_matches('/');
        if self.method != Method::POST || route != "sms" || self.body.len() > WEBHOOK_MAX {
            return Expected::NoRow;
        }
        match Form::decoded(&self.body).text() {
            Some((id, from)) => Expected::Text { id: id.to_owned(), from: from.to_owned() },
            None => Expected::NoRow,
        }
    }
}

/// Returns the canary of a seed.
pub(crate) fn canary(seed: u64) -> String {
    nasty::canary(&mut Rng::with_seed(seed))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn targets() -> Vec<Target> {
        let (person, reminder) = ("0".repeat(32), "01JZ0000000000000000000000".to_owned());
        vec![Target { number: Role::Target.number(0), person, reminder }]
    }

    fn planned<T>(seed: u64, plan: impl Fn(&mut Planner<'_>) -> T) -> T {
        plan(&mut Planner::new(seed, "qcanary", &targets()))
    }

    #[test]
    fn a_seed_makes_the_same_requests() {
        let bodies = |seed| {
            planned(seed, |planner| planner.forged(300).into_iter().map(|request| request.body).collect::<Vec<_>>())
        };
        assert_eq!(bodies(1), bodies(1));
        assert_ne!(bodies(1), bodies(2));
    }

    #[test]
    fn a_long_run_spoils_every_field_of_every_route_with_and_without_a_signature() {
        let count = 2 * planned(1, |planner| planner.spoiled.len());
        assert!(count < crate::sizes::Sizes::of(crate::RunLength::Long).signed, "found {count}");
        let forged: BTreeSet<String> = planned(1, |planner| {
            planner
                .forged(count)
                .into_iter()
                .map(|request| request.description.split(',').next().unwrap_or_default().to_owned())
                .collect()
        });
        for route in Route::ALL {
            for how in Spoiling::all() {
                let ending = format!(" {}", how.name());
                let is_there =
                    |description: &&String| description.starts_with(route.name()) && description.ends_with(&ending);
                assert!(forged.iter().any(|description| is_there(&description)), "{} {}", route.name(), how.name());
            }
        }
    }

    #[test]
    fn no_forged_request_is_signed_and_every_other_request_is() {
        planned(3, |planner| {
            for request in planner.forged(600) {
                assert!(
                    !request.signatures.contains(&signature(&request.path, &request.body)),
                    "{}",
                    request.description
                );
            }
            let (no_row, texts) = planner.signed(600);
            for request in no_row.iter().chain(&texts) {
                assert_eq!(request.signatures, [signature(&request.path, &request.body)]);
            }
            assert!(texts.len() > 15 && texts.iter().all(|request| matches!(request.expected, Expected::Text { .. })));
        });
    }
}
