//! Time zones by name: a place, the letters of a zone, the IANA database's own name, or an offset from UTC.

pub(crate) mod names;

use crate::places::names::{LETTERS, PLACES};
use jiff::tz::{Offset, TimeZone};

/// The regions of the IANA database in which a city is looked up.
const REGIONS: [&str; 9] =
    ["Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "America/Argentina"];

/// No city of the IANA database has a name that is longer than this, in characters.
const LONGEST_NAME: usize = 24;

/// Maximum number of whole hours in an offset from UTC.
pub(crate) const MOST_OFFSET_HOURS: u32 = 14;

/// Finds a zone by name: its letters ("ET"), a place ("Boston"), the IANA database's own name, the city in such a name,
/// or an offset from UTC.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    if let Some(zone) = by_offset(name) {
        return Some(zone);
    }
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    let name = name.strip_prefix("the ").unwrap_or(name);
    let lower = name.to_ascii_lowercase().replace('.', "");
    let plain = ["time", "zone", "daylight", "standard", "timezone"]
        .iter()
        .fold(lower.as_str(), |name, word| name.strip_suffix(word).map_or(name, str::trim_end));
    if plain.is_empty() {
        return None;
    }
    if let Some((_, zone)) = LETTERS.iter().chain(PLACES).find(|(known, _)| *known == plain) {
        return TimeZone::get(zone).ok();
    }
    // The database also has names such as "EST5EDT", which people do not text, so only names with a region are looked
    // up.
    if name.contains('/') {
        return TimeZone::get(name).ok();
    }
    if plain.len() > LONGEST_NAME
        || !plain.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-'))
    {
        return None;
    }
    // The database ignores case.
    let city = plain.replace(' ', "_");
    REGIONS.iter().find_map(|region| TimeZone::get(&format!("{region}/{city}")).ok())
}

/// Reads an offset from UTC: "UTC+2", "GMT-5:30", "+2".
fn by_offset(name: &str) -> Option<TimeZone> {
    let lower = name.trim().to_ascii_lowercase();
    let rest = lower.strip_prefix("utc").or_else(|| lower.strip_prefix("gmt")).unwrap_or(&lower).trim_start();
    let (sign, digits) = match rest.as_bytes().first()? {
        b'+' => (1, &rest[1..]),
        b'-' => (-1, &rest[1..]),
        _ => return None,
    };
    let (hours, minutes) = digits.trim_start().split_once(':').unwrap_or((digits.trim_start(), "0"));
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > MOST_OFFSET_HOURS || minutes > 59 {
        return None;
    }
    let seconds = sign * i32::try_from(hours * 3600 + minutes * 60).ok()?;
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}
