//! Lists of weekdays.
//!
//! ```text
//! list  = range { [","] ["and"|"or"|"&"|"/"|"+"] ["every"] ["on"] range }
//! range = weekday [("-"|symbol|"to"|"through"|"until") weekday] | "weekends" | "weekdays"
//! ```

use crate::english::{
    grammar::recurrence::every::{weekend, working},
    text::{
        reader::{Read, Reader},
        word::{Form, Word},
    },
};
use jiff::civil::Weekday;

/// Whether a word is a part of the day in the plural, which repeats: "mornings", "nights".
pub(crate) fn is_plural_part(r: &Reader, at: usize) -> bool {
    matches!(r.spelling(at), "mornings" | "afternoons" | "evenings" | "nights")
}

pub(crate) type Days = Vec<Weekday>;

/// Reads a list of weekdays in any form.
pub(crate) fn list(r: &Reader, at: usize) -> Read<Days> {
    let mut days = Days::with_capacity(7);
    let (mut next, _) = range(r, at, &mut days)?;
    loop {
        let comma = r.skip_mark(next, b',');
        let joined = match r.word(comma) {
            Word::And | Word::Or | Word::Mark(b'&' | b'/' | b'+') => comma + 1,
            _ => comma,
        };
        // "every monday sunday lunch" is not a list; "every tuesday thursday and saturday" is.
        if joined == next && !goes_on(r, next) {
            return Some((days, next));
        }
        let joined = if joined > next { r.skip(r.skip(joined, Word::Every), Word::On) } else { joined };
        match range(r, joined, &mut days) {
            Some((behind, _)) => next = behind,
            None => return Some((days, next)),
        }
    }
}

/// Whether weekdays without a separator are a list: "and", "&", a comma, a time, or the end of the text follows them.
fn goes_on(r: &Reader, at: usize) -> bool {
    let is_weekday = |at: usize| matches!(r.word(at), Word::Weekday(..));
    is_weekday(at)
        && (at..at + 7).find(|at| !is_weekday(*at)).is_some_and(|end| {
            matches!(r.word(end), Word::And | Word::At | Word::Number(..) | Word::Noon | Word::Mark(0 | b'&' | b','))
        })
}

/// Reads a weekday or a range of weekdays into `days`. Also returns whether the words may repeat without "every",
/// because they are a range, a plural, or a word such as "weekends".
fn range(r: &Reader, at: usize, days: &mut Days) -> Option<(usize, bool)> {
    let mut add = |day| {
        if !days.contains(&day) {
            days.push(day);
        }
    };
    match r.word(at) {
        Word::Weekends | Word::Weekend => weekend().into_iter().for_each(&mut add),
        Word::WorkingDays | Word::WorkingDay => working().into_iter().for_each(&mut add),
        Word::Weekday(first, form) => {
            let next = dot(r, at);
            let Some((last, behind)) = range_end(r, next) else {
                add(first);
                return Some((next, form == Form::Plural));
            };
            let mut day = first;
            add(day);
            while day != last {
                day = day.next();
                add(day);
            }
            return Some((behind, true));
        }
        _ => return None,
    }
    Some((at + 1, true))
}

fn range_end(r: &Reader, at: usize) -> Read<Weekday> {
    let to = matches!(r.word(at), Word::Mark(b'-') | Word::To | Word::Through | Word::Until | Word::Symbol);
    match r.word(at + 1) {
        Word::Weekday(last, _) if to => Some((last, dot(r, at + 1))),
        _ => None,
    }
}

/// Returns the place after a weekday and the dot of its abbreviation.
fn dot(r: &Reader, at: usize) -> usize {
    let short = matches!(r.word(at), Word::Weekday(_, Form::Short | Form::Doubtful));
    if short && r.is_mark(at + 1, b'.') && r.is_adjacent(at + 1) && at + 2 < r.len() { at + 2 } else { at + 1 }
}

/// Reads weekdays by letters: "m/w/f", "t/th". There must be at least three days, or two days of which one is written
/// with two letters, because "w/" means "with".
fn letters(r: &Reader, at: usize) -> Read<Days> {
    let day = |at: usize| match r.spelling(at) {
        "m" => Some(Weekday::Monday),
        "t" | "tu" => Some(Weekday::Tuesday),
        "w" => Some(Weekday::Wednesday),
        "th" | "r" => Some(Weekday::Thursday),
        "f" => Some(Weekday::Friday),
        "sa" => Some(Weekday::Saturday),
        "su" => Some(Weekday::Sunday),
        _ => None,
    };
    let mut days = vec![day(at)?];
    let mut next = at + 1;
    while let Some(more) =
        (r.is_mark(next, b'/') && r.is_adjacent(next) && days.len() < 7).then(|| day(next + 1)).flatten()
    {
        days.push(more);
        next += 2;
    }
    let long = (at..next).any(|at| r.spelling(at).len() > 1);
    (days.len() > 2 || days.len() == 2 && long).then_some((days, next))
}

/// Reads weekdays that repeat without "every": "mondays and thursdays", "mon-fri", "weekends", "mwf".
pub(crate) fn plural(r: &Reader, at: usize) -> Read<Days> {
    let word = match r.spelling(at) {
        "mwf" => Some(vec![Weekday::Monday, Weekday::Wednesday, Weekday::Friday]),
        "tth" | "tuth" => Some(vec![Weekday::Tuesday, Weekday::Thursday]),
        _ => None,
    };
    if let Some(days) = word {
        return Some((days, at + 1));
    }
    if r.spelling(at) == "m" && r.is_mark(at + 1, b'-') && r.spelling(at + 2) == "f" {
        return Some((working(), at + 3));
    }
    if let Some(found) = letters(r, at) {
        return Some(found);
    }
    let all = r.spelling(at) == "all" && matches!(r.word(at + 1), Word::WorkingDays | Word::Weekends);
    let start = if all { at + 1 } else { at };
    let single = matches!(r.word(start), Word::Weekend | Word::WorkingDay);
    if single && is_plural_part(r, start + 1) {
        return range(r, start, &mut Days::new()).and_then(|_| list(r, start));
    }
    if single || r.is_possessive(start) {
        return None;
    }
    let mut first = Days::new();
    let (_, repeats) = range(r, start, &mut first)?;
    let (days, next) = list(r, start)?;
    // In "saturday and sundays" the plural shows that the days repeat; in "tues/thurs at 6" the slash shows it.
    let is_weekday = |at: usize| matches!(r.word(at), Word::Weekday(..));
    let slash = is_weekday(start) && r.is_mark(start + 1, b'/') && is_weekday(start + 2);
    let ends_in_plural = matches!(r.word_before(next), Some(Word::Weekday(_, Form::Plural)));
    let mornings = is_plural_part(r, next);
    // A list of three or more weekdays always repeats.
    (mornings || repeats || slash || ends_in_plural || days.len() > 2).then_some((days, next))
}
