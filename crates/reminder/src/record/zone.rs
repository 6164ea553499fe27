//! Time zones by their IANA names.

use jiff::tz::TimeZone;

/// An IANA time zone that the bundled database knows by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A time zone has no name that the bundled database knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of an IANA time zone, found {0:?}")]
pub struct UnknownZone(String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Returns the zone called `name`.
    ///
    /// # Errors
    /// Fails if the bundled IANA database has no zone of that name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned())).and_then(Self::try_from)
    }

    /// The zone's IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone's rules.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }
}

impl TryFrom<TimeZone> for Zone {
    type Error = UnknownZone;

    fn try_from(zone: TimeZone) -> Result<Self, UnknownZone> {
        if zone.iana_name().is_some() { Ok(Self(zone)) } else { Err(UnknownZone("a zone without a name".to_owned())) }
    }
}
