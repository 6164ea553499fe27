//! Countries. The sender's country decides which holidays a text means, and whether dates begin with the day.

use std::{fmt, str::FromStr};

/// A country by its ISO 3166-1 alpha-2 code, such as `US`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// The IANA time zones of each country, for guessing the country from a zone.
const ZONES: &[(&str, &[&str])] = &[
    (
        "US",
        &[
            "America/New_York",
            "America/Detroit",
            "America/Kentucky/Louisville",
            "America/Kentucky/Monticello",
            "America/Indiana/Indianapolis",
            "America/Indiana/Vincennes",
            "America/Indiana/Winamac",
            "America/Indiana/Marengo",
            "America/Indiana/Petersburg",
            "America/Indiana/Vevay",
            "America/Chicago",
            "America/Indiana/Tell_City",
            "America/Indiana/Knox",
            "America/Menominee",
            "America/North_Dakota/Center",
            "America/North_Dakota/New_Salem",
            "America/North_Dakota/Beulah",
            "America/Denver",
            "America/Boise",
            "America/Phoenix",
            "America/Los_Angeles",
            "America/Anchorage",
            "America/Juneau",
            "America/Sitka",
            "America/Metlakatla",
            "America/Yakutat",
            "America/Nome",
            "America/Adak",
            "Pacific/Honolulu",
        ],
    ),
    (
        "CA",
        &[
            "America/St_Johns",
            "America/Halifax",
            "America/Glace_Bay",
            "America/Moncton",
            "America/Goose_Bay",
            "America/Toronto",
            "America/Iqaluit",
            "America/Winnipeg",
            "America/Resolute",
            "America/Rankin_Inlet",
            "America/Regina",
            "America/Swift_Current",
            "America/Edmonton",
            "America/Cambridge_Bay",
            "America/Inuvik",
            "America/Dawson_Creek",
            "America/Fort_Nelson",
            "America/Whitehorse",
            "America/Dawson",
            "America/Vancouver",
        ],
    ),
    (
        "MX",
        &[
            "America/Mexico_City",
            "America/Cancun",
            "America/Merida",
            "America/Monterrey",
            "America/Chihuahua",
            "America/Hermosillo",
            "America/Mazatlan",
            "America/Tijuana",
        ],
    ),
    (
        "BR",
        &[
            "America/Sao_Paulo",
            "America/Bahia",
            "America/Fortaleza",
            "America/Recife",
            "America/Manaus",
            "America/Belem",
            "America/Cuiaba",
        ],
    ),
    ("AR", &["America/Argentina/Buenos_Aires", "America/Argentina/Cordoba", "America/Argentina/Mendoza"]),
    ("CL", &["America/Santiago"]),
    ("CO", &["America/Bogota"]),
    ("PE", &["America/Lima"]),
    ("VE", &["America/Caracas"]),
    ("EC", &["America/Guayaquil"]),
    ("UY", &["America/Montevideo"]),
    ("PY", &["America/Asuncion"]),
    ("BO", &["America/La_Paz"]),
    ("CR", &["America/Costa_Rica"]),
    ("PA", &["America/Panama"]),
    ("GT", &["America/Guatemala"]),
    ("DO", &["America/Santo_Domingo"]),
    ("PR", &["America/Puerto_Rico"]),
    ("JM", &["America/Jamaica"]),
    ("CU", &["America/Havana"]),
    ("GB", &["Europe/London"]),
    ("IE", &["Europe/Dublin"]),
    ("PT", &["Europe/Lisbon"]),
    ("ES", &["Europe/Madrid", "Atlantic/Canary"]),
    ("FR", &["Europe/Paris"]),
    ("BE", &["Europe/Brussels"]),
    ("NL", &["Europe/Amsterdam"]),
    ("LU", &["Europe/Luxembourg"]),
    ("DE", &["Europe/Berlin"]),
    ("CH", &["Europe/Zurich"]),
    ("AT", &["Europe/Vienna"]),
    ("IT", &["Europe/Rome"]),
    ("MT", &["Europe/Malta"]),
    ("DK", &["Europe/Copenhagen"]),
    ("SE", &["Europe/Stockholm"]),
    ("NO", &["Europe/Oslo"]),
    ("FI", &["Europe/Helsinki"]),
    ("IS", &["Atlantic/Reykjavik"]),
    ("PL", &["Europe/Warsaw"]),
    ("CZ", &["Europe/Prague"]),
    ("SK", &["Europe/Bratislava"]),
    ("HU", &["Europe/Budapest"]),
    ("SI", &["Europe/Ljubljana"]),
    ("HR", &["Europe/Zagreb"]),
    ("RS", &["Europe/Belgrade"]),
    ("RO", &["Europe/Bucharest"]),
    ("BG", &["Europe/Sofia"]),
    ("GR", &["Europe/Athens"]),
    ("CY", &["Asia/Nicosia"]),
    ("TR", &["Europe/Istanbul"]),
    ("UA", &["Europe/Kyiv", "Europe/Kiev"]),
    ("EE", &["Europe/Tallinn"]),
    ("LV", &["Europe/Riga"]),
    ("LT", &["Europe/Vilnius"]),
    ("RU", &["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok"]),
    ("IL", &["Asia/Jerusalem"]),
    ("EG", &["Africa/Cairo"]),
    ("MA", &["Africa/Casablanca"]),
    ("NG", &["Africa/Lagos"]),
    ("GH", &["Africa/Accra"]),
    ("KE", &["Africa/Nairobi"]),
    ("ZA", &["Africa/Johannesburg"]),
    ("AE", &["Asia/Dubai"]),
    ("SA", &["Asia/Riyadh"]),
    ("QA", &["Asia/Qatar"]),
    ("PK", &["Asia/Karachi"]),
    ("IN", &["Asia/Kolkata", "Asia/Calcutta"]),
    ("LK", &["Asia/Colombo"]),
    ("BD", &["Asia/Dhaka"]),
    ("NP", &["Asia/Kathmandu"]),
    ("TH", &["Asia/Bangkok"]),
    ("VN", &["Asia/Ho_Chi_Minh"]),
    ("MY", &["Asia/Kuala_Lumpur"]),
    ("SG", &["Asia/Singapore"]),
    ("ID", &["Asia/Jakarta", "Asia/Makassar"]),
    ("PH", &["Asia/Manila"]),
    ("CN", &["Asia/Shanghai", "Asia/Urumqi"]),
    ("HK", &["Asia/Hong_Kong"]),
    ("TW", &["Asia/Taipei"]),
    ("JP", &["Asia/Tokyo"]),
    ("KR", &["Asia/Seoul"]),
    (
        "AU",
        &[
            "Australia/Sydney",
            "Australia/Melbourne",
            "Australia/Brisbane",
            "Australia/Adelaide",
            "Australia/Darwin",
            "Australia/Perth",
            "Australia/Hobart",
            "Australia/Lord_Howe",
        ],
    ),
    ("NZ", &["Pacific/Auckland", "Pacific/Chatham"]),
    ("FJ", &["Pacific/Fiji"]),
];

/// The error for a text that is not a country's two-letter code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected two letters of ISO 3166-1, found {found:?}")]
#[non_exhaustive]
pub struct ParseCountryError {
    /// The text that could not be parsed.
    pub found: String,
}

impl Country {
    /// The country code of the United States, `US`.
    pub const US: Country = Country(*b"US");

    /// Returns the two letters of the code, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both bytes are ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("US")
    }

    /// Returns the country that an IANA time zone lies in, or `None` if the zone is not in the table. The name is
    /// matched without regard to case.
    #[must_use]
    pub fn of_zone(name: &str) -> Option<Country> {
        let (country, _) = ZONES.iter().find(|(_, zones)| zones.iter().any(|zone| zone.eq_ignore_ascii_case(name)))?;
        country.parse().ok()
    }

    /// Whether dates begin with the day, so that 3/4 is the third of April. The month comes before the day in the
    /// United States, in the countries that follow its custom, and in countries where full dates begin with the year.
    pub(crate) fn writes_day_first(&self) -> bool {
        const MONTH_FIRST: [&str; 15] =
            ["US", "PH", "CA", "PR", "GU", "VI", "FM", "MH", "PW", "JP", "CN", "KR", "TW", "HU", "LT"];
        !MONTH_FIRST.contains(&self.as_str())
    }
}

impl FromStr for Country {
    type Err = ParseCountryError;

    fn from_str(text: &str) -> Result<Self, ParseCountryError> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(ParseCountryError { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
