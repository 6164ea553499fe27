//! Wall-clock time in a zone, and the names under which zones are stored.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// Returns the instant at which the clocks in `zone` show a date and time. If the clocks show the time twice, the first
/// of the two counts. If they skip it, the length of the gap is added: 2:30 becomes 3:30.
pub(crate) fn wall_clock(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()
}

/// Returns a zone's name, which [`zone_by_name`] can read again: its IANA name, or its offset from UTC. A zone with
/// neither is named "UTC".
pub(crate) fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None => zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), |offset| offset.to_string()),
    }
}

pub(crate) fn zone_by_name(name: &str) -> Option<TimeZone> {
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    // `jiff` writes a fixed offset as +HH, +HH:MM or +HH:MM:SS.
    let (sign, digits) = match name.as_bytes().first()? {
        b'+' => (1, &name[1..]),
        b'-' => (-1, &name[1..]),
        _ => return None,
    };
    let mut seconds = 0;
    for (part, unit) in digits.split(':').zip([3600, 60, 1]) {
        seconds += part.parse::<i32>().ok()? * unit;
    }
    Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(sign * seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_again_by_its_name() {
        let offset = TimeZone::fixed(jiff::tz::Offset::from_seconds(-(5 * 3600 + 30 * 60)).unwrap());
        for zone in [TimeZone::get("Asia/Kolkata").unwrap(), TimeZone::UTC, offset] {
            assert_eq!(zone_by_name(&zone_name(&zone)), Some(zone));
        }
    }
}
