//! Words for instants.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reminder::record::Zone;

/// How long after its deadline a record counts as overdue here, in seconds. The sweeper runs every minute by default.
const OVERDUE_S: i64 = 120;

/// Returns a note if the deadline passed some time ago, so that the sweeper should have acted.
pub(super) fn overdue(deadline: Timestamp, now: Timestamp) -> String {
    let late_s = now.duration_since(deadline).as_secs();
    if late_s < OVERDUE_S {
        return String::new();
    }
    format!(
        " (OVERDUE by {} min: the sweeper should have acted; are calls stopped, or does the sweeper not run?)",
        late_s / 60
    )
}

/// Shows an instant in a zone, or in UTC.
pub(super) fn at(instant: Timestamp, zone: Option<&Zone>) -> String {
    let rules = zone.map_or(TimeZone::UTC, |zone| zone.rules().clone());
    instant.to_zoned(rules).strftime("%a %b %-d %Y, %-I:%M:%S %p %Z").to_string()
}
