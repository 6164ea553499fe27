//! Names of carriers and numbers of people.

use reminder::ids::{CarrierName, Number};

/// Returns the name of the carrier with this index.
pub fn carrier_name(which: usize) -> CarrierName {
    let text = if which == 0 { "twilio" } else { "twilio2" };
    let Ok(name) = text.parse() else { unreachable!("{text} is a carrier's name") };
    name
}

/// Area codes in the zone [`crate::world::ZONE`].
const AREAS: [&str; 104] = [
    "212", "646", "917", "718", "347", "929", "332", "516", "631", "914", "845", "315", "518", "585", "607", "716",
    "201", "551", "609", "732", "215", "267", "640", "848", "856", "862", "908", "973", "223", "272", "412", "445",
    "484", "570", "610", "717", "724", "814", "878", "339", "351", "413", "508", "617", "774", "781", "857", "978",
    "203", "475", "860", "959", "401", "802", "603", "207", "302", "240", "301", "410", "443", "667", "202", "276",
    "434", "540", "571", "703", "757", "804", "252", "336", "704", "743", "828", "910", "919", "980", "984", "803",
    "843", "854", "864", "229", "404", "470", "478", "678", "706", "762", "770", "912", "216", "220", "234", "330",
    "380", "419", "440", "513", "567", "614", "740", "937",
];

/// Returns the fictional number of the person with this index. Up to 10296 people have different numbers.
pub fn number(person: usize) -> Number {
    // 555-0100 is the service's own number.
    let text = format!("+1{}5550{:03}", AREAS[person / 99 % AREAS.len()], 101 + person % 99);
    let Ok(number) = text.parse() else { unreachable!("{text} is an E.164 number") };
    number
}
