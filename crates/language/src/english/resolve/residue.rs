//! The residue of a time: tokens that may belong to the time, that nothing understood, and that would stay in the task
//! beside a time that was set from the rest. Such a text gets a question instead of a reminder at a doubtful time.
//!
//! A token is in doubt if it is next to the words that say the time, with only marks and prepositions between. A number
//! in the task itself is not: "buy 2 eggs tomorrow". After "to" or "about" everything is the task: "remind me tomorrow
//! to ask about Monday". Words that exclude or repeat, and days in other languages, are in doubt wherever they stand.

use crate::english::{
    grammar::{bare_number, number, request_words::RequestWords, time_words::is_day_word},
    text::{
        phrases::Phrases,
        reader::Reader,
        word::{Unit, Word},
    },
};

/// Words that exclude or change a time. Beside a time, what follows them may belong to it.
#[rustfmt::skip]
static CHANGES: Phrases = Phrases::of(&[
    "except", "excluding", "but not", "not", "instead", "i mean", "i meant", "actually", "rather", "no wait", "unless",
    "moved to", "changed to", "rescheduled to", "or rather", "scratch that", "make that", "except for", "excepting",
    "no", "during the day", "during", "every", "each", "skipping", "skip", "apart from", "other than", "until", "since",
    "before", "prior to",
]);

/// Words that always exclude something from the time before them.
#[rustfmt::skip]
static EXCLUDES: Phrases = Phrases::of(&[
    "except", "excluding", "excepting", "except for", "unless", "apart from", "other than", "but not", "but never",
]);

/// Words that exclude a time after them, wherever they stand.
static EXCLUDES_TIME: Phrases =
    Phrases::of(&["not on", "not in", "not at", "except on", "except in", "but not on", "never on", "excluding"]);

/// Today, tomorrow, weekdays and parts of the day in languages that people mix with English. Words that English has too
/// are missing.
#[rustfmt::skip]
static FOREIGN: Phrases = Phrases::of(&[
    "mañana", "manana", "hoy", "pasado mañana", "lunes", "martes", "miercoles", "miércoles", "jueves", "viernes",
    "sabado", "sábado", "domingo", "semana", "noche", "tarde", "ayer", "demain", "aujourdhui", "ce soir", "lundi",
    "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "matin", "soir", "hier", "morgen", "übermorgen",
    "uebermorgen", "heute", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "uhr",
    "abend", "nachmittag", "woche", "domani", "oggi", "dopodomani", "lunedi", "lunedì", "martedi", "martedì",
    "mercoledi", "mercoledì", "giovedi", "giovedì", "venerdi", "venerdì", "sabato", "domenica", "stasera", "ieri",
    "amanha", "amanhã", "hoje", "segunda-feira", "terça", "terca", "quarta", "quinta", "sexta", "noite", "ontem",
    "kal", "aaj", "parso", "subah", "shaam", "sham", "raat", "dopahar", "baje", "somvar", "mangalvar", "budhvar",
    "guruvar", "shukravar", "shanivar", "ravivar", "завтра", "сегодня", "послезавтра", "вчера", "понедельник",
    "вторник", "среда", "среду", "четверг", "пятница", "пятницу", "суббота", "субботу", "воскресенье", "утром",
    "вечером", "vandaag", "overmorgen", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    "avond", "middag", "imorgon", "idag", "imorgen", "jutro", "dzisiaj", "dzis", "pojutrze", "poniedzialek", "wtorek",
    "środa", "sroda", "czwartek", "piatek", "piątek", "sobota", "niedziela", "yarin", "yarın", "bugün", "bugun", "besok",
    "bukas", "ngayon", "zítra", "zitra", "dnes", "holnap", "huomenna", "tänään", "αύριο", "σήμερα", "غدا", "اليوم",
    "明天", "明日", "今天", "今日", "내일", "오늘", "कल", "आज", "ngày", "mai", "bukas", "segunda", "kl", "às", "alle",
]);

/// Maximum number of tokens between a time and a token in doubt.
const NEAR: usize = 3;

/// Whether a token that may belong to the time is left in the task. `said` marks the tokens that say the time, and
/// `consumed` also those of the request.
pub(crate) fn is_in_doubt(r: &Reader, request_words: &RequestWords, said: &[bool], consumed: &[bool]) -> bool {
    if is_foreign(r, consumed)
        || lists_hours(r, consumed)
        || counts_from_an_hour(r)
        || excludes_elsewhere(r, request_words, consumed)
    {
        return true;
    }
    (0..r.len()).filter(|at| said[*at]).any(|at| {
        let behind = at + 1 == r.len() || !said[at + 1];
        let before = at == 0 || !said[at - 1];
        behind && is_doubtful_behind(r, consumed, at + 1)
            || before && is_doubtful_before(r, request_words, consumed, at)
    })
}

/// Whether "and", "or" or marks join a day that was not taken to the words before it that say the time: "every year on
/// march 3 and june 5".
pub(crate) fn continues(r: &Reader, said: &[bool], start: usize) -> bool {
    let mut last = start;
    while last > 0
        && last + NEAR > start
        && matches!(r.word(last - 1), Word::And | Word::Or | Word::On | Word::Mark(b'&' | b'/'))
    {
        last -= 1;
    }
    last < start && last > 0 && said[last - 1]
}

/// Whether an unused day is followed by "to" or a hyphen, and then by words that say the time: the 3rd in "june 3rd to
/// 5th".
pub(crate) fn begins_range(r: &Reader, said: &[bool], start: usize) -> bool {
    let is_joint = |at: usize| matches!(r.word(at), Word::To | Word::Mark(b'-'));
    let end = (start..r.len().min(start + 5)).find(|at| said[*at] || is_joint(*at));
    end.is_some_and(|end| is_joint(end) && said.get(end + 1) == Some(&true))
}

/// Whether a range of hours ("from 5 to 6"), digits with a dot ("9.15") or the 8 of "a table for 8" were not taken. They may be the time of a
/// reminder whose text says no other time of day.
pub(crate) fn leaves_hours(r: &Reader, consumed: &[bool]) -> bool {
    let is_hour = |at: usize| matches!(r.word(at), Word::Number(1..=24, 1..=2)) && !consumed[at];
    (0..r.len()).any(|at| {
        let is_range = matches!(r.word(at), Word::From | Word::Between)
            && is_hour(at + 1)
            && matches!(r.word(at + 2), Word::To | Word::And | Word::Mark(b'-'))
            && is_hour(at + 3);
        let is_dotted = is_hour(at)
            && r.is_mark(at + 1, b'.')
            && r.is_adjacent(at + 1)
            && r.is_adjacent(at + 2)
            && matches!(r.word(at + 2), Word::Number(..=59, 2))
            && number::ends(r, at + 3)
            && !r.is_mark(at + 3, b'.');
        let is_party = is_hour(at) && bare_number::is_party(r, at) && r.word(at - 1) == Word::For;
        is_range || is_dotted || is_party
    })
}

/// Whether an hour of a list was not taken: "tomorrow 9: gym, 11: dentist".
fn lists_hours(r: &Reader, consumed: &[bool]) -> bool {
    (1..r.len()).any(|at| {
        matches!(r.word(at), Word::Number(1..=24, 1..=2))
            && !consumed[at]
            && matches!(r.word(at - 1), Word::Mark(b',' | b';' | b'\n'))
            && matches!(r.word(at + 1), Word::Mark(b':' | b'-' | b'='))
            && matches!(r.word(at + 2), Word::Other)
    })
}

/// Whether minutes are counted from an hour that the text does not name: "at ten past", "half past every hour".
fn counts_from_an_hour(r: &Reader) -> bool {
    (1..r.len()).any(|at| {
        let is_part = r.word(at - 1) == Word::Half || r.spelling(at - 1) == "quarter";
        let is_count = is_part || matches!(r.word(at - 1), Word::Number(1..=59, 1..=2) | Word::Small(_));
        let follows_at = at >= 2 && r.word(at - 2) == Word::At;
        let of_the_hour =
            r.word(at + 1) == Word::Every || r.word(at + 1) == Word::The && r.word(at + 2) == Word::Unit(Unit::Hour);
        let is_open = at + 1 == r.len() || r.ends_clause(at + 1) || r.word(at + 1) == Word::To;
        let is_past = r.spelling(at) == "past"
            && (of_the_hour || is_open || (is_part || follows_at) && r.word(at + 1) == Word::Other);
        is_count && (is_past || r.word(at) == Word::To && of_the_hour)
    })
}

/// Whether a time of day that starts at this place and was not taken is one of several, and a later one was taken:
/// "take 2 pills at 8 and 1 at 9".
pub(crate) fn is_one_of_several(r: &Reader, said: &[bool], consumed: &[bool], start: usize) -> bool {
    /// Maximum number of tokens between the two times.
    const APART: usize = 7;
    let Some(taken) = (start..r.len().min(start + APART)).find(|at| said[*at]) else { return false };
    let is_hour = r.word(start) == Word::At && r.word(start + 2) != Word::Other;
    is_hour && (start..taken).any(|at| r.word(at) == Word::And && !consumed[at])
}

/// Whether a time is excluded somewhere else than next to the time that was understood: "not on mondays: gym daily".
fn excludes_elsewhere(r: &Reader, request_words: &RequestWords, consumed: &[bool]) -> bool {
    let asked = request_words.spans.last().map_or(0, |(_, end)| *end);
    let from = if request_words.spans.is_empty() { 0 } else { asked };
    (from..r.len()).filter(|at| !consumed[*at] && (*at == from || consumed[at - 1] || r.is_mark(at - 1, b','))).any(
        |at| {
            r.says_any(at, &EXCLUDES_TIME).is_some_and(|end| {
                matches!(
                    r.word(end),
                    Word::Weekday(..) | Word::Month(..) | Word::Weekends | Word::Weekend | Word::WorkingDays
                )
            })
        },
    )
}

/// Whether words of another language name a day, or most words are in a script other than Latin.
fn is_foreign(r: &Reader, consumed: &[bool]) -> bool {
    let may_name = |at: usize| !consumed[at] && r.word(at) == Word::Other;
    if (0..r.len()).any(|at| may_name(at) && r.says_any(at, &FOREIGN).is_some()) {
        return true;
    }
    if r.lower.is_ascii() {
        return false;
    }
    let is_word = |at: &usize| r.spelling(*at).starts_with(char::is_alphabetic);
    let is_other = |at: &usize| r.spelling(*at).starts_with(|c: char| c.is_alphabetic() && c > '\u{24f}');
    (0..r.len()).filter(is_other).count() * 2 > (0..r.len()).filter(is_word).count()
}

/// Whether the words after a time begin with a token that may belong to it.
fn is_doubtful_behind(r: &Reader, consumed: &[bool], at: usize) -> bool {
    let mut next = at;
    while next < r.len() && next < at + NEAR && !consumed[next] && is_between(r, next) {
        next += 1;
    }
    let is_date =
        |at: usize| matches!(r.word(at), Word::Month(..)) && matches!(r.word(at + 1), Word::Number(1..=31, _));
    // "Every day june 3 to june 5": the "to" may have been taken for that of the request.
    if r.word(at) == Word::To && is_date(at + 1) && !consumed[at + 1] {
        return true;
    }
    if next >= r.len() || consumed[next] || r.ends_clause(next) {
        return false;
    }
    // Where people do not say "tuesday week", it may still mean the Tuesday after the next. "5 their time" is in a zone
    // that the text does not name.
    let is_week = next == at && r.word(at) == Word::Unit(Unit::Week) && matches!(r.word(at - 1), Word::Weekday(..));
    if is_week || r.says_one_of(next, &["their time", "his time", "her time", "there time"]).is_some() {
        return true;
    }
    // "The morning of my flight" names no day.
    if r.word(at - 1) == Word::Of {
        return true;
    }
    // "June 3 through 5" has an end.
    let is_number = |at: usize| matches!(r.word(at), Word::Number(1..=31, _)) && !number::is_counted(r, at + 1);
    if next == at && matches!(r.word(next), Word::To | Word::Through | Word::Until) && is_number(next + 1) {
        return true;
    }
    // "The weekend of june 5", "at 8 then every hour", "and every 10 minutes after".
    let of_day =
        r.word(next) == Word::Of && matches!(r.word(r.skip(next + 1, Word::The)), Word::Month(..) | Word::Number(..));
    let is_then = r.spelling(next) == "then" && consumed.get(next + 1) == Some(&true);
    let is_after = r.word(next) == Word::After && (next + 1 == r.len() || r.ends_clause(next + 1));
    if next == at && (of_day || is_then || is_after) {
        return true;
    }
    let joined = next == at || r.word(next - 1) != Word::To;
    may_be_time(r, next, joined) || r.says_any(next, &CHANGES).is_some_and(|end| changes_time(r, next, end))
}

/// Whether the words before a time end with a token that may belong to it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn is_doubtful_before(r: &Reader, request_words: &RequestWords, consumed: &[bool], at: usize) -> bool {
    let mut last = at;
    while last > 0 && last + NEAR > at && !consumed[last - 1] && is_between(r, last - 1) {
        last -= 1;
    }
    if last == 0 || consumed[last - 1] {
        return false;
    }
    let token = last - 1;
    // "10 to 8" may be ten minutes before eight.
    if last == at && r.word(token) == Word::To && token > 0 && !consumed[token - 1] {
        return matches!(r.word(token - 1), Word::Number(1..=59, 1..=2) | Word::Small(_));
    }
    // "Call mom 2 or 3pm".
    if last + 1 == at && r.word(last) == Word::Or && matches!(r.word(at), Word::Number(..)) {
        return matches!(r.word(token), Word::Number(1..=12, 1..=2) | Word::Small(1..=12));
    }
    let in_clause = request_words.spans.iter().any(|(_, end)| *end <= token);
    match r.word(token) {
        Word::Am | Word::Pm | Word::Yesterday | Word::Every | Word::NthSuffix if last == at => true,
        // "The first week of june", "the second half of june".
        Word::Nth(_) => last == at && matches!(r.word(at), Word::Unit(_)),
        Word::Of => last == at && token > 0 && matches!(r.word(token - 1), Word::Half | Word::Unit(_)),
        Word::Weekday(..) | Word::Today | Word::Tomorrow | Word::Tonight => last == at && !in_clause,
        Word::Number(..) => {
            last == at
                && (starts(consumed, first_digits(r, token))
                    || is_before_day(r, token, at)
                    || matches!(r.word_before(token), Some(Word::Letters(Unit::Hour) | Word::Unit(Unit::Hour))))
        }
        _ => false,
    }
}

/// Returns the place of the first digits that marks join to the digits at a place: the 14 of "14.3".
fn first_digits(r: &Reader, at: usize) -> usize {
    let mut first = at;
    while first >= 2
        && matches!(r.word(first - 1), Word::Mark(b'.' | b'/' | b'-' | b':'))
        && matches!(r.word(first - 2), Word::Number(..))
    {
        first -= 2;
    }
    first
}

/// Whether a number directly before a day may be its time: "lunch 12 friday", but not "room 12 friday".
fn is_before_day(r: &Reader, token: usize, at: usize) -> bool {
    let first = first_digits(r, token);
    let label = first.checked_sub(1).map_or("", |before| r.spelling(before));
    let is_hour = matches!(r.word(token), Word::Number(1..=24, 1..=2))
        || matches!(r.word(token), Word::Number(value, 3..=4) if value % 5 == 0 && value < 2400);
    is_day_word(r.word(at)) && is_hour && !number::is_label(label) && !r.is_mark(first.wrapping_sub(1), b'#')
}

/// Whether a token is the first of the text, or the first after the request or another time.
fn starts(consumed: &[bool], at: usize) -> bool {
    at == 0 || consumed[at - 1]
}

/// Whether a token may stand between a time and the rest of it.
fn is_between(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at),
        Word::Mark(b',' | b':' | b'-' | b'/' | b'.' | b'(' | b'~' | b'&')
            | Word::At
            | Word::The
            | Word::On
            | Word::In
            | Word::And
            | Word::Or
            | Word::Symbol
    ) && !r.ends_clause(at)
}

/// Whether a token that follows a time may belong to it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn may_be_time(r: &Reader, at: usize, joined: bool) -> bool {
    match r.word(at) {
        Word::Number(_, digits) => {
            let glued = r.is_adjacent(at + 1) && matches!(r.word(at + 1), Word::Other);
            // "2 pay rent" is short for "to pay rent".
            let is_to = r.word(at) == Word::Number(2, 1) && r.word(at + 1) == Word::Other;
            !is_to && joined && digits <= 4 && !glued && !number::is_counted(r, at + 1)
        }
        Word::Am | Word::Pm | Word::Yesterday | Word::OClock | Word::NthSuffix => true,
        Word::Weekday(..) | Word::Today | Word::Tomorrow | Word::Tonight | Word::Noon | Word::Midnight => {
            !r.is_possessive(at) && (number::ends(r, at + 1) || at + 1 == r.len())
        }
        Word::Small(15 | 30 | 45) => number::ends(r, at + 1),
        Word::Month(..) => matches!(r.word(at + 1), Word::Number(1..=31, _)),
        // "Friday and the day after" names two days.
        Word::Unit(_) => r.word(at + 1) == Word::After,
        Word::Half => matches!(r.word(at + 1), Word::Unit(_)),
        _ => false,
    }
}

/// Whether a time follows words that change one.
fn changes_time(r: &Reader, at: usize, end: usize) -> bool {
    let weak =
        matches!(r.spelling(at), "no" | "not" | "every" | "each" | "before" | "until" | "since" | "skip" | "during");
    let next = (end..end + NEAR)
        .find(|at| !is_between(r, *at) && !matches!(r.word(*at), Word::The | Word::Every | Word::Next | Word::This));
    let follows = next.is_some_and(|at| {
        matches!(
            r.word(at),
            Word::Number(..)
                | Word::Month(..)
                | Word::Unit(_)
                | Word::Weekend
                | Word::Weekends
                | Word::WorkingDays
                | Word::DayPart(_)
                | Word::Today
                | Word::Tomorrow
                | Word::Small(_)
                | Word::Nth(_)
                | Word::Last
        ) || matches!(r.word(at), Word::Weekday(..)) && !(r.spelling(end - 1) == "before" && r.is_possessive(at))
            || matches!(r.spelling(at), "holidays" | "holiday" | "christmas" | "vacation" | "vacations" | "easter")
    });
    follows || !weak && r.says_any(at, &EXCLUDES).is_some() || r.says_one_of(at, &["during the day"]).is_some()
}
