//! Reads varied texts for a number of minutes and checks each request. Takes the minutes and the seed as arguments, and
//! rows with `text` on stdin, such as those of `tests/corpus`. Stops at the first finding.
//!
//! A text is varied by swapping, doubling, cutting and joining words, by other case, and by characters that look alike.
//! Checked are: no panic, no text that takes longer than [`SLOWEST`], every due after now, no empty task, and a rule that is
//! read as it was written and whose words can be written.

use fastrand::Rng;
use jiff::{Timestamp, tz::TimeZone};
use language::{Country, Hints, Question, Request, Rule, rule_in_words, understand};
use serde_json::Value;
use std::{
    io::BufRead,
    time::{Duration, Instant},
};

/// Longest time for one text. The machine may do other work, so the fastest of twenty runs counts.
const SLOWEST: Duration = Duration::from_millis(5);

const ZONES: [&str; 6] =
    ["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];

const SPLICES: [&str; 16] =
    ["'", "\u{200b}", "½", "💧", "\n", "99999999999", "0", "-", ":", "/", "３", "é", "\u{301}", "’s", ". ", "  "];

/// Returns a random number below `end`, or 0 if there is none.
fn below(rng: &mut Rng, end: usize) -> usize {
    rng.usize(..end.max(1))
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let minutes: u64 = arguments.next().unwrap_or_else(|| "1".to_owned()).parse()?;
    let mut rng = Rng::with_seed(arguments.next().unwrap_or_else(|| "1".to_owned()).parse()?);
    let mut texts = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        texts.extend(row["text"].as_str().map(str::to_owned));
    }
    if texts.is_empty() {
        return Err("expected rows with a text on stdin".into());
    }
    let end = now() + Duration::from_secs(60 * minutes);
    let (mut count, mut reminders) = (0u64, 0u64);
    while now() < end {
        for _ in 0..1000 {
            let text = varied(&texts, &mut rng);
            let second = 946_684_800 + i64::try_from(below(&mut rng, 3_155_760_000))?;
            let at = Timestamp::from_second(second)?;
            let zone = TimeZone::get(ZONES[below(&mut rng, ZONES.len())])?;
            reminders += u64::from(check(&text, at, &zone).map_err(|why| format!("{why}: {text:?} at {at} {zone:?}"))?);
            count += 1;
        }
    }
    println!("{count} texts, of which {reminders} set a reminder: no finding in {minutes} minutes");
    Ok(())
}

fn varied(texts: &[String], rng: &mut Rng) -> String {
    let mut words: Vec<&str> = texts[below(rng, texts.len())].split(' ').collect();
    let other: Vec<&str> = texts[below(rng, texts.len())].split(' ').collect();
    for _ in 0..=below(rng, 4) {
        let (at, from) = (below(rng, words.len()), below(rng, words.len()));
        match below(rng, 7) {
            0 => words.swap(at, from),
            1 => words.insert(at, words[from]),
            2 if words.len() > 1 => drop(words.remove(at)),
            3 => words[at] = other[below(rng, other.len())],
            4 => words.insert(at, other[below(rng, other.len())]),
            5 => words.extend(&other),
            _ => words.insert(at, SPLICES[below(rng, SPLICES.len())]),
        }
    }
    let separator = if below(rng, 20) == 0 { "" } else { " " };
    let text = words.join(separator);
    match below(rng, 12) {
        0 => text.to_uppercase(),
        1 => {
            let at = below(rng, text.len());
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            format!("{}{}{}", &text[..at], SPLICES[below(rng, SPLICES.len())], &text[at..])
        }
        2 => text.repeat(1 + below(rng, 8)),
        _ => text,
    }
}

/// Checks one text. Returns whether it sets a reminder.
fn check(text: &str, at: Timestamp, zone: &TimeZone) -> Result<bool, String> {
    let hints = Hints { country: Country::US, question: None };
    let timed = || {
        let start = now();
        let request = understand(text, at, zone, &hints);
        (start.elapsed(), request)
    };
    let (took, request) = timed();
    if took > SLOWEST && (0..19).all(|_| timed().0 > SLOWEST) {
        return Err(format!("took {took:?}"));
    }
    for (due, rule) in dues(&request) {
        if due <= at {
            return Err(format!("due {due} is not after now"));
        }
        if let Some(rule) = rule {
            if rule_in_words(&rule, zone).is_empty() {
                return Err("a rule without words".to_owned());
            }
            if rule.to_string().parse() != Ok(rule) {
                return Err("the stored rule is read as another".to_owned());
            }
        }
    }
    let Request::Remind(wanted) = &request else { return Ok(false) };
    if wanted.iter().any(|wanted| wanted.task.trim().is_empty()) {
        return Err("empty task".to_owned());
    }
    Ok(true)
}

fn dues(request: &Request) -> Vec<(Timestamp, Option<Rule>)> {
    match request {
        Request::Remind(wanted) => wanted.iter().map(|wanted| (wanted.due, wanted.rule.clone())).collect(),
        Request::Ask(Question::Task { due, rule, .. }) => vec![(*due, rule.clone())],
        Request::Time { due, .. } | Request::Snooze { until: due, .. } => vec![(*due, None)],
        _ => Vec::new(),
    }
}
