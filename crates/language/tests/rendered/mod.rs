//! Requests as rows of the corpus, which a person can read and check.

use jiff::{Timestamp, tz::TimeZone};
use language::{Candidate, Country, NewReminder, NewTime, Place, Question, Request, Rule, Target, Unclear, understand};
use serde_json::{Map, Value, json};

/// The sender of a text, and the instant at which the text was received.
pub(crate) struct Sender {
    now: Timestamp,
    zone: TimeZone,
    country: Country,
}

impl Sender {
    /// Reads the fields `now` (wall-clock time) and `zone` of a file's first line.
    pub(crate) fn of(head: &Value) -> Result<Sender, Box<dyn std::error::Error>> {
        let field = |name: &str| head[name].as_str().ok_or(format!("expected a head with {name:?}, found {head}"));
        let zone = TimeZone::get(field("zone")?)?;
        let now: jiff::civil::DateTime = field("now")?.parse()?;
        let now = zone.to_ambiguous_timestamp(now).compatible()?;
        Ok(Sender { now, zone, country: Country::of_zone(field("zone")?).unwrap_or(Country::US) })
    }

    /// Returns the request that a text makes, in the fields of a row.
    pub(crate) fn understood(&self, text: &str, question: Option<Question>) -> Value {
        let hints = language::Hints { country: self.country, question };
        Value::Object(self.request(&understand(text, self.now, &self.zone, &hints)))
    }

    fn request(&self, request: &Request) -> Map<String, Value> {
        let mut row = Map::new();
        let mut set = |key: &str, value: Value| row.insert(key.to_owned(), value);
        match request {
            Request::Remind(wanted) => {
                set("request", json!("remind"));
                if let [only] = wanted.as_slice() {
                    row.extend(self.wanted(only));
                } else {
                    let all: Vec<Value> = wanted.iter().map(|wanted| Value::Object(self.wanted(wanted))).collect();
                    set("all", json!(all));
                }
            }
            Request::Time { due, zone, .. } => {
                set("request", json!("time"));
                row.extend(self.time(*due, zone.as_ref(), None));
            }
            Request::Ask(question) => {
                row.extend(self.question(question));
            }
            Request::List => drop(set("request", json!("list"))),
            Request::Help => drop(set("request", json!("help"))),
            Request::OptOut => drop(set("request", json!("leave"))),
            Request::OptIn => drop(set("request", json!("return"))),
            Request::DropQuestion => drop(set("request", json!("forget"))),
            Request::Done(_)
            | Request::Delete(_)
            | Request::Skip { .. }
            | Request::Resume(_)
            | Request::Code(_)
            | Request::Move { .. }
            | Request::Restore
            | Request::Undo
            | Request::Yes
            | Request::No => row.extend(self.change(request)),
            Request::Snooze { until, .. } => {
                set("request", json!("snooze"));
                set("due", json!(self.local(*until, None)));
            }
            Request::Zone(Place::Known(zone)) => {
                set("request", json!("zone"));
                set("place", json!(zone_name(zone)));
            }
            Request::Zone(Place::Unknown(name)) => {
                set("request", json!("zone"));
                set("unknown", json!(name));
            }
            Request::Past { task, was } => {
                set("request", json!("past"));
                set("task", json!(task));
                set("was", json!(self.local(*was, None)));
            }
            Request::Pleasantry => drop(set("request", json!("courtesy"))),
            Request::Unknown(why) => {
                set("request", json!("unknown"));
                let why = match why {
                    Unclear::NoRequest => "words",
                    Unclear::NoSuchDay => "no such day",
                    Unclear::TooFar => "too far",
                    Unclear::TooLong => "too long",
                    _ => "a reason that no row names",
                };
                set("why", json!(why));
            }
        }
        row
    }

    /// Returns the row of a request about reminders that exist.
    fn change(&self, request: &Request) -> Map<String, Value> {
        let (name, which) = match request {
            Request::Done(which) => ("done", Some(which)),
            Request::Delete(which) => ("delete", Some(which)),
            Request::Skip { target, .. } => ("skip", Some(target)),
            Request::Resume(which) => ("resume", Some(which)),
            Request::Move { target, .. } => ("move", Some(target)),
            Request::Restore => ("restore", None),
            Request::Code(_) => ("code", None),
            Request::Undo => ("undo", None),
            Request::Yes => ("yes", None),
            Request::No => ("no", None),
            _ => ("a request that changes no reminder", None),
        };
        let mut row = Map::new();
        row.insert("request".to_owned(), json!(name));
        which.map(|which| row.insert("which".to_owned(), json!(self::target(which))));
        match request {
            Request::Skip { day: Some(day), .. } => drop(row.insert("day".to_owned(), json!(day.to_string()))),
            Request::Move { to, .. } => drop(row.insert("to".to_owned(), json!(self.to(to)))),
            _ => {}
        }
        row
    }

    fn question(&self, question: &Question) -> Map<String, Value> {
        let mut row = Map::new();
        let mut set = |key: &str, value: Value| row.insert(key.to_owned(), value);
        match question {
            Question::When { task, candidates } => {
                set("request", json!("ask when"));
                set("task", json!(task));
                let times = |one: &Candidate| Value::Object(self.time(one.due, one.zone.as_ref(), one.rule.as_ref()));
                if !candidates.is_empty() {
                    set("candidates", candidates.iter().map(times).collect());
                }
            }
            Question::Task { due, zone, rule, .. } => {
                set("request", json!("ask task"));
                row.extend(self.time(*due, zone.as_ref(), rule.as_ref()));
            }
            Question::Days { task, times, at } => {
                set("request", json!("ask days"));
                set("task", json!(task));
                set("times", json!(times));
                at.map(|at| set("at", json!(at.strftime("%H:%M").to_string())));
            }
            Question::Delete => drop(set("request", json!("ask delete"))),
            Question::Move { number } => {
                set("request", json!("ask move"));
                number.map(|number| set("number", json!(number)));
            }
            Question::Zone => drop(set("request", json!("ask zone"))),
            Question::MoveSeries { .. } => drop(set("request", json!("ask move series"))),
        }
        row
    }

    fn wanted(&self, wanted: &NewReminder) -> Map<String, Value> {
        let mut row = Map::new();
        row.insert("task".to_owned(), json!(wanted.task));
        row.extend(self.time(wanted.due, wanted.zone.as_ref(), wanted.rule.as_ref()));
        row
    }

    fn time(&self, due: Timestamp, zone: Option<&TimeZone>, rule: Option<&Rule>) -> Map<String, Value> {
        let mut row = Map::new();
        row.insert("due".to_owned(), json!(self.local(due, zone)));
        zone.map(|zone| row.insert("in".to_owned(), json!(zone_name(zone))));
        rule.map(|rule| row.insert("rule".to_owned(), json!(rule.rrule())));
        row
    }

    /// Returns the wall-clock time, without seconds if they are 0.
    fn local(&self, instant: Timestamp, zone: Option<&TimeZone>) -> String {
        let local = zone.unwrap_or(&self.zone).to_datetime(instant);
        local.strftime(if local.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
    }

    fn to(&self, to: &NewTime) -> String {
        match to {
            NewTime::At { due, .. } => self.local(*due, None),
            NewTime::Day(day) => day.to_string(),
            NewTime::Time(time) => time.strftime("%H:%M").to_string(),
            NewTime::Later(by) => format!("{:+} min", by.as_mins()),
        }
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Numbers(numbers) => numbers.iter().map(|number| format!("#{number}")).collect::<Vec<_>>().join(" "),
        Target::Words(words) => words.clone(),
        Target::Last => "the last".to_owned(),
        Target::Next => "the next".to_owned(),
        Target::All => "all".to_owned(),
    }
}

fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| format!("{zone:?}"), str::to_owned)
}
