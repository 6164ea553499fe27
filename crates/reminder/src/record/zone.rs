//! Time zones that have a name.

use jiff::tz::TimeZone;

/// An IANA zone by its name, which is known to the bundled database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A zone that the bundled database does not know by a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of an IANA time zone, found {0:?}")]
pub struct UnknownZone(String);

impl Zone {
    /// The zone of nobody in particular.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone called `name`.
    ///
    /// # Errors
    /// The bundled IANA database has no zone of that name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned())).and_then(Self::try_from)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Its rules.
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
