//! The times that a text may mean if a part of it was not understood. The question shows them, and the sender confirms
//! one.

use crate::{
    english::{
        grammar::{clock::Clock, dates::day::Day, recurrence::every::Dates, request_words::PreferredHalf},
        resolve::{self, once, resolved::Resolved, time_spec::TimeSpec},
        text::reader::Sender,
    },
    question::Candidate,
};
use jiff::tz::TimeZone;

/// Returns the times that a text may mean. `left_clock` and `left_days` were found and not taken. Returns none if a time can't be
/// resolved, if no rule can have the dates, or if the text names several.
pub(crate) fn candidates(
    said: &TimeSpec,
    left_clock: Option<Clock>,
    left_days: &[Day],
    sender: &Sender,
    preferred_half: PreferredHalf,
    zone: Option<&TimeZone>,
) -> Vec<Candidate> {
    if said.every.as_ref().is_some_and(|every| every.dates == Dates::InNoRule) {
        return Vec::new();
    }
    let specs: Vec<TimeSpec> = match said.mismatch {
        Some(mismatch) => mismatch
            .dates(sender.today())
            .into_iter()
            .flatten()
            .map(|date| TimeSpec { days: vec![Day::fixed(date)], mismatch: None, ..said.clone() })
            .collect(),
        // In "take my 5pm pill every day" the time is probably that of the reminder.
        None if said.every.is_some() => {
            let clocks = if said.clocks.is_empty() { left_clock.into_iter().collect() } else { said.clocks.clone() };
            let days = if said.days.is_empty() { left_days.to_vec() } else { said.days.clone() };
            vec![TimeSpec { clocks, days, ..said.clone() }]
        }
        None => vec![said.clone()],
    };
    let mut candidates: Vec<Candidate> =
        specs.iter().filter_map(|spec| candidate(spec, sender, preferred_half, zone)).collect();
    candidates.dedup();
    candidates.truncate(Candidate::MOST);
    candidates
}

fn candidate(
    spec: &TimeSpec,
    sender: &Sender,
    preferred_half: PreferredHalf,
    zone: Option<&TimeZone>,
) -> Option<Candidate> {
    let Resolved::Times(times) = resolve::resolve(spec, sender, preferred_half) else { return None };
    let [(due, rule)] = times.as_slice() else { return None };
    let basis = once::basis(spec, sender);
    Some(Candidate { due: *due, zone: zone.cloned(), rule: rule.clone(), basis })
}
