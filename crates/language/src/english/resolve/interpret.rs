//! Decides which pieces of time say when a reminder is due, and which belong to its task.
//!
//! Pieces that touch form a group. The best group is near the request and says much about the time. Another group
//! joins the best one if it gives an aspect that is still missing ("tomorrow … at 5"). A group that repeats an aspect
//! stays in the task ("Sunday gym every Saturday evening").

pub(crate) mod aspects;
pub(crate) mod group;
pub(crate) mod relevant;

use crate::english::{
    grammar::{
        clock::Meridiem,
        dates::{
            calendar,
            day::{Day, Grain, IfPast},
        },
        piece::{FoundPiece, Piece},
        request_words::RequestWords,
    },
    resolve::{
        interpret::{
            aspects::aspect,
            group::{Group, Joint},
        },
        time_spec::TimeSpec,
    },
    text::{reader::Reader, word::Word},
};
use jiff::{SignedDuration, civil::Date};

/// How long before an event in the morning an hour without AM or PM is in the same morning.
const MOST_BEFORE_EVENT: SignedDuration = SignedDuration::from_hours(3);

/// Returns everything that the text says about the time. In `consumed`, marks the tokens that say it.
pub(crate) fn interpret(
    r: &Reader,
    found: Vec<FoundPiece>,
    request_words: &RequestWords,
    consumed: &mut [bool],
) -> TimeSpec {
    let (inside_request, found) = relevant::split_by_request(found, request_words);
    let found = relevant::relevant(r, found, request_words, &inside_request);
    let groups = group::groups(r, &found, request_words);
    let mut spec = TimeSpec::default();
    for found in &inside_request {
        spec.add(&found.piece);
        consumed[found.start..found.end].fill(true);
    }
    let says_when = |i: &usize| groups[*i].aspects & aspect::WHEN != 0;
    let Some(best) = (0..groups.len()).filter(says_when).max_by_key(|i| groups[*i].score) else { return spec };
    let close = group::is_by_request(&groups[best], &found, request_words);
    let (chosen, said) = join_others(r, &groups, best, &found, close);
    let event = if leaves_day_open(&groups[best], said, &found) { event_before(&groups, &chosen, best) } else { None };
    if let Some(piece) = event.and_then(|event| day_of_event(event, &found)) {
        spec.add(piece);
    }
    let also = alternatives(r, &groups, &chosen, best, &found);
    for index in chosen {
        take(r, &groups[index], &found, &mut spec, consumed);
    }
    spec.days = within_span(&spec.days);
    if let Some(event) = event {
        before_morning_event(r, &mut spec, event, &found);
    }
    for index in also {
        let mut other = TimeSpec::default();
        take(r, &groups[index], &found, &mut other, consumed);
        other.repeat_like(&spec);
        // Marks the words between the group and its neighbor on the side of the best group.
        let left = if index > best { index - 1 } else { index };
        consumed[found[groups[left].last].end..found[groups[left + 1].first].start].fill(true);
        spec.also.push(other);
    }
    spec
}

/// Returns the best group and the groups that say the time together with it, in order, and every aspect that at least
/// one of them gives. `close` is whether the best group follows the request directly.
fn join_others(r: &Reader, groups: &[Group], best: usize, found: &[FoundPiece], close: bool) -> (Vec<usize>, u16) {
    let mut chosen = vec![best];
    let mut said = groups[best].aspects;
    // The nearest group joins first.
    let mut others: Vec<usize> = (0..groups.len()).filter(|i| *i != best).collect();
    others.sort_by_key(|i| i.abs_diff(best));
    for other in others {
        let group = &groups[other];
        let named = said & (aspect::DAY | aspect::CLOCK | aspect::NOW | aspect::EVERY) != 0
            && group::is_name(r, group, found)
            && !group::completes_rule(
                (groups[best].first..=groups[best].last).chain(group.first..=group.last).map(|i| &found[i].piece),
            )
            && (close || !group::is_before_event(r, group, found));
        if !named && group::go_together(said, group.aspects, &groups[best], group, found) {
            said |= group.aspects;
            chosen.push(other);
        }
    }
    chosen.sort_unstable();
    (chosen, said)
}

/// Whether the text may mean the day of an event that was named before: no chosen group has a day of its own, and the
/// best group has no offset or an offset in days.
fn leaves_day_open(best: &Group, said: u16, found: &[FoundPiece]) -> bool {
    let has_no_offset = best.aspects & aspect::OFFSET == 0;
    let is_day_offset = |i: usize| matches!(&found[i].piece, Piece::Offset(amount, _) if amount.is_of_days());
    said & (aspect::DAY | aspect::NOW | aspect::EVERY | aspect::START | aspect::SPAN) == 0
        && (has_no_offset || (best.first..=best.last).any(is_day_offset))
}

/// Adds a group's pieces to `spec`. Marks the tokens of the pieces, the tokens between the pieces, and words like
/// "sharp" after a piece.
fn take(r: &Reader, group: &Group, found: &[FoundPiece], spec: &mut TimeSpec, consumed: &mut [bool]) {
    for i in group.first..=group.last {
        spec.add(&found[i].piece);
        spec.from_midnight |= i > group.first
            && matches!(
                (&found[i - 1].piece, &found[i].piece),
                (Piece::Offset(amount, None), Piece::Day(_)) if !amount.is_of_days()
            );
        consumed[found[i].start..behind(r, found[i].end)].fill(true);
        if i > group.first {
            consumed[found[i - 1].end..found[i].start].fill(true);
        }
    }
}

/// Returns the groups that are joined to the best one by "and", "or", a comma or a slash, and have a time and a day or
/// rule of their own.
fn alternatives(r: &Reader, groups: &[Group], chosen: &[usize], best: usize, found: &[FoundPiece]) -> Vec<usize> {
    let whole =
        |group: &Group| group.aspects & aspect::CLOCK != 0 && group.aspects & (aspect::DAY | aspect::EVERY) != 0;
    let follows = |i: &usize| {
        let joint = group::touching(r, found[groups[i - 1].last].end, found[groups[*i].first].start);
        whole(&groups[i - 1]) && whole(&groups[*i]) && joint == Some(Joint::List)
    };
    let last = best + (best + 1..groups.len()).take_while(follows).count();
    let first = best - (1..=best).rev().take_while(follows).count();
    (first..=last).filter(|i| *i != best && !chosen.contains(i)).collect()
}

/// Returns the event that was named before and has its own time: "I have a meeting tomorrow at 10. Remind me at 9".
fn event_before<'g>(groups: &'g [Group], chosen: &[usize], best: usize) -> Option<&'g Group> {
    let is_event = |i: &usize| !chosen.contains(i) && groups[*i].aspects & aspect::CLOCK != 0;
    (0..best).rev().find(is_event).map(|event| &groups[event])
}

/// Returns the day or the rule of an event.
fn day_of_event<'f>(event: &Group, found: &'f [FoundPiece]) -> Option<&'f Piece> {
    let pieces = found[event.first..=event.last].iter().map(|found| &found.piece);
    pieces.into_iter().find(|piece| matches!(piece, Piece::Day(_) | Piece::Every(_)))
}

/// Makes an hour shortly before an event AM if the event is in a morning to come: "flight at 6:30am saturday, remind me
/// at 4".
fn before_morning_event(r: &Reader, spec: &mut TimeSpec, event: &Group, found: &[FoundPiece]) {
    let pieces = || found[event.first..=event.last].iter().map(|found| &found.piece);
    let today = r.sender.today();
    let day_is =
        |is: fn(&Date, &Date) -> bool| pieces().any(|piece| matches!(piece, Piece::Day(day) if is(&day.date, &today)));
    let on_later_day = day_is(Date::gt) || pieces().any(|piece| matches!(piece, Piece::Every(_)));
    let on_earlier_day = day_is(Date::lt);
    let is_ahead = |time| on_later_day || !on_earlier_day && time > r.sender.clock.time();
    let times = pieces().filter_map(|piece| {
        let Piece::Clock(clock, _) = piece else { return None };
        clock.time().filter(|_| clock.meridiem == Meridiem::Known && clock.hour < 12)
    });
    for time in times.filter(|time| is_ahead(*time)) {
        for clock in spec.clocks.iter_mut().filter(|clock| clock.meridiem == Meridiem::Open && clock.hour != 12) {
            let lead = clock.in_morning().time().map(|morning| morning.duration_until(time));
            if lead.is_some_and(|lead| lead.is_positive() && lead <= MOST_BEFORE_EVENT) {
                *clock = clock.in_morning();
            }
        }
    }
}

/// Narrows a week, month or year to the day that is named within it: "next week … on tuesday", "next month … on the
/// 3rd".
fn within_span(days: &[Day]) -> Vec<Day> {
    let span = days.iter().find(|day| matches!(day.grain, Grain::Week | Grain::Month | Grain::Year)).copied();
    let Some(span) = span.filter(|_| days.len() > 1) else { return days.to_vec() };
    days.iter()
        .filter(|day| !matches!(day.grain, Grain::Week | Grain::Month | Grain::Year))
        .map(|day| {
            let date = match (span.grain, day.if_past) {
                (Grain::Week, IfPast::Weekly) => calendar::on_or_after(span.date, day.date.weekday()),
                (Grain::Month, IfPast::Monthly) => Date::new(span.date.year(), span.date.month(), day.date.day()).ok(),
                (Grain::Year, IfPast::Yearly | IfPast::OnHoliday(_)) => day.in_year(span.date.year()),
                (Grain::Month, IfPast::Weekly) => calendar::on_or_after(span.date, day.date.weekday()),
                _ => None,
            };
            date.map_or(*day, |date| Day { part: day.part, ..Day::fixed(date) })
        })
        .collect()
}

/// Returns the place after words that follow a time without changing it, or `at` if there are none.
fn behind(r: &Reader, at: usize) -> usize {
    // For instance "5pm-ish".
    let at = if r.is_mark(at, b'-') && r.word(at + 1) == Word::Ish { at + 1 } else { at };
    r.says_one_of(
        at,
        &[
            "sharp",
            "sharply",
            "exactly",
            "prompt",
            "promptly",
            "on the dot",
            "at the latest",
            "latest",
            "or so",
            "or earlier",
            "ish",
            "instead",
        ],
    )
    .unwrap_or(at)
}
