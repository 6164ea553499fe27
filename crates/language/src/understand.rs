//! From a text to a request.

use crate::{Context, Question, Request, Unclear, Wanted, Which, to::wall_clock};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

pub(crate) fn understand(text: &str, now: Timestamp, zone: &TimeZone, context: &Context) -> Request {
    let lower = text.trim().to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().map(|word| word.trim_end_matches(['.', '!', '?', ','])).collect();
    if let Some(request) = command(&words) {
        return request;
    }
    let originals: Vec<&str> = text.split_whitespace().collect();
    let (due, taken) = when(&words, now, zone);
    let task = task(&words, &originals, &taken);
    match (due, task.is_empty(), &context.question) {
        (Some(due), false, _) => Request::Remind(vec![Wanted { task, due, zone: None, rule: None }]),
        (Some(due), true, Some(Question::When { task })) => {
            Request::Remind(vec![Wanted { task: task.clone(), due, zone: None, rule: None }])
        }
        (Some(due), true, _) => Request::Ask(Question::Task { due, zone: None, rule: None }),
        (None, false, Some(Question::Task { due, zone, rule })) if *due > now => {
            Request::Remind(vec![Wanted { task, due: *due, zone: zone.clone(), rule: rule.clone() }])
        }
        (None, false, _) if words.contains(&"remind") => Request::Ask(Question::When { task }),
        (None, _, _) => Request::Unknown(Unclear::Words),
    }
}

fn command(words: &[&str]) -> Option<Request> {
    Some(match words {
        [
            "stop" | "stopall" | "unsubscribe" | "end" | "quit" | "revoke" | "optout" | "cancel" | "remove" | "td"
            | "arret",
        ] => Request::Leave,
        ["start" | "unstop"] => Request::Return,
        ["list"] => Request::List,
        ["help" | "info"] => Request::Help,
        ["done"] => Request::Done(Which::Last),
        ["delete", "all"] => Request::Delete(Which::All),
        ["delete", number] => Request::Delete(Which::Numbers(vec![number.trim_start_matches('#').parse().ok()?])),
        _ => return None,
    })
}

/// The instant said, and which words say it.
fn when(words: &[&str], now: Timestamp, zone: &TimeZone) -> (Option<Timestamp>, Vec<usize>) {
    let today = zone.to_datetime(now).date();
    let (mut day, mut time, mut taken) = (None, None, Vec::new());
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1).copied();
        if *word == "in"
            && let Some(by) = next.and_then(|count| relative(count, words.get(i + 2)?))
        {
            return (now.checked_add(by).ok(), vec![i, i + 1, i + 2]);
        }
        if let Some(said) = day_said(word, today) {
            day = Some(said);
            taken.push(i);
        } else if time.is_none()
            && let Some(said) = time_said(word, next)
        {
            time = Some(said);
            taken.push(i);
            taken.extend(matches!(next, Some("am" | "pm")).then_some(i + 1));
        } else {
            continue;
        }
        if i > 0 && matches!(words[i - 1], "at" | "on" | "by") {
            taken.push(i - 1);
        }
    }
    let due = match (day, time) {
        (None, None) => None,
        (Some(day), time) => wall_clock(day, time.unwrap_or(NINE), zone),
        (None, Some(time)) => wall_clock(today, time, zone)
            .filter(|due| *due > now)
            .or_else(|| wall_clock(today.tomorrow().ok()?, time, zone)),
    };
    (due.filter(|due| *due > now), taken)
}

const NINE: Time = Time::constant(9, 0, 0, 0);

fn relative(count: &str, unit: &str) -> Option<SignedDuration> {
    let count: i64 = if matches!(count, "a" | "an") { 1 } else { count.parse().ok()? };
    let seconds = match unit {
        "minute" | "minutes" | "min" | "mins" => 60,
        "hour" | "hours" | "hr" | "hrs" => 3600,
        _ => return None,
    };
    Some(SignedDuration::from_secs(count.checked_mul(seconds)?))
}

fn day_said(word: &str, today: Date) -> Option<Date> {
    let weekday = match word {
        "today" => return Some(today),
        "tomorrow" => return today.tomorrow().ok(),
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    };
    today.checked_add(((i64::from(weekday.since(today.weekday())) + 6) % 7 + 1).days()).ok()
}

fn time_said(word: &str, next: Option<&str>) -> Option<Time> {
    let (digits, half) =
        match word.strip_suffix("pm").map(|digits| (digits, 12)).or_else(|| Some((word.strip_suffix("am")?, 0))) {
            Some((digits, half)) => (digits, Some(half)),
            None => (
                word,
                match next {
                    Some("pm") => Some(12),
                    Some("am") => Some(0),
                    _ => None,
                },
            ),
        };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    if half.is_none() && !digits.contains(':') {
        return None;
    }
    let hour: i8 = hour.parse().ok()?;
    let hour = half.map_or(hour, |half| hour % 12 + half);
    Time::new(hour, minute.parse().ok()?, 0, 0).ok()
}

fn task(words: &[&str], originals: &[&str], taken: &[usize]) -> String {
    let mut left: Vec<usize> = (0..words.len()).filter(|i| !taken.contains(i)).collect();
    let request: &[&[&str]] = &[&["please"], &["remind", "me"], &["to"], &["about"]];
    for part in request {
        if left.len() >= part.len() && left.iter().zip(*part).all(|(i, word)| words[*i] == *word) {
            left.drain(..part.len());
        }
    }
    left.iter().map(|i| originals[*i]).collect::<Vec<_>>().join(" ")
}
