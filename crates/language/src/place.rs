//! Time zones as people name them: by letters, by city, country or state, by offset.
//!
//! ```text
//! zone = letters ["time"] | ("eastern"|"central"|"mountain"|"pacific") ["standard"|"daylight"] ["time"]
//!      | place "time" | ("utc"|"gmt") [("+"|"-") hours [":" minutes]] | ("+"|"-") hh ":" mm
//! ```
//! The letters stand for the clocks of a place, whether or not it has summer time now: "6pm EST" in July is New York's 6pm.

use crate::{
    lexicon::Word,
    piece::{Found, Piece},
    reader::{Read, Reader},
};
use jiff::tz::{Offset, TimeZone};

const LETTERS: &[(&str, &str)] = &[
    ("et", "America/New_York"),
    ("est", "America/New_York"),
    ("edt", "America/New_York"),
    ("eastern", "America/New_York"),
    ("ct", "America/Chicago"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("central", "America/Chicago"),
    ("mt", "America/Denver"),
    ("mst", "America/Denver"),
    ("mdt", "America/Denver"),
    ("mountain", "America/Denver"),
    ("pt", "America/Los_Angeles"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("pacific", "America/Los_Angeles"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
    ("hst", "Pacific/Honolulu"),
    ("ast", "America/Halifax"),
    ("nst", "America/St_Johns"),
    ("brt", "America/Sao_Paulo"),
    ("gmt", "UTC"),
    ("utc", "UTC"),
    ("zulu", "UTC"),
    ("bst", "Europe/London"),
    ("wet", "Europe/Lisbon"),
    ("cet", "Europe/Berlin"),
    ("cest", "Europe/Berlin"),
    ("eet", "Europe/Athens"),
    ("eest", "Europe/Athens"),
    ("msk", "Europe/Moscow"),
    ("ist", "Asia/Kolkata"),
    ("pkt", "Asia/Karachi"),
    ("gst", "Asia/Dubai"),
    ("sgt", "Asia/Singapore"),
    ("hkt", "Asia/Hong_Kong"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("sast", "Africa/Johannesburg"),
    ("awst", "Australia/Perth"),
    ("acst", "Australia/Adelaide"),
    ("aest", "Australia/Sydney"),
    ("aedt", "Australia/Sydney"),
    ("nzst", "Pacific/Auckland"),
    ("nzdt", "Pacific/Auckland"),
];

/// Places that give no zone its name, each with the zone most of its people live in.
const PLACES: &[(&str, &str)] = &[
    ("nyc", "America/New_York"),
    ("ny", "America/New_York"),
    ("new york city", "America/New_York"),
    ("boston", "America/New_York"),
    ("philadelphia", "America/New_York"),
    ("philly", "America/New_York"),
    ("washington", "America/New_York"),
    ("washington dc", "America/New_York"),
    ("dc", "America/New_York"),
    ("miami", "America/New_York"),
    ("orlando", "America/New_York"),
    ("tampa", "America/New_York"),
    ("atlanta", "America/New_York"),
    ("charlotte", "America/New_York"),
    ("pittsburgh", "America/New_York"),
    ("cleveland", "America/New_York"),
    ("columbus", "America/New_York"),
    ("cincinnati", "America/New_York"),
    ("baltimore", "America/New_York"),
    ("florida", "America/New_York"),
    ("georgia", "America/New_York"),
    ("new jersey", "America/New_York"),
    ("virginia", "America/New_York"),
    ("ohio", "America/New_York"),
    ("pennsylvania", "America/New_York"),
    ("massachusetts", "America/New_York"),
    ("michigan", "America/Detroit"),
    ("east coast", "America/New_York"),
    ("houston", "America/Chicago"),
    ("dallas", "America/Chicago"),
    ("austin", "America/Chicago"),
    ("san antonio", "America/Chicago"),
    ("minneapolis", "America/Chicago"),
    ("st louis", "America/Chicago"),
    ("kansas city", "America/Chicago"),
    ("new orleans", "America/Chicago"),
    ("nashville", "America/Chicago"),
    ("memphis", "America/Chicago"),
    ("milwaukee", "America/Chicago"),
    ("texas", "America/Chicago"),
    ("illinois", "America/Chicago"),
    ("wisconsin", "America/Chicago"),
    ("minnesota", "America/Chicago"),
    ("louisiana", "America/Chicago"),
    ("colorado", "America/Denver"),
    ("salt lake city", "America/Denver"),
    ("utah", "America/Denver"),
    ("albuquerque", "America/Denver"),
    ("arizona", "America/Phoenix"),
    ("tucson", "America/Phoenix"),
    ("la", "America/Los_Angeles"),
    ("sf", "America/Los_Angeles"),
    ("san francisco", "America/Los_Angeles"),
    ("san diego", "America/Los_Angeles"),
    ("san jose", "America/Los_Angeles"),
    ("sacramento", "America/Los_Angeles"),
    ("seattle", "America/Los_Angeles"),
    ("portland", "America/Los_Angeles"),
    ("las vegas", "America/Los_Angeles"),
    ("vegas", "America/Los_Angeles"),
    ("california", "America/Los_Angeles"),
    ("oregon", "America/Los_Angeles"),
    ("nevada", "America/Los_Angeles"),
    ("west coast", "America/Los_Angeles"),
    ("alaska", "America/Anchorage"),
    ("hawaii", "Pacific/Honolulu"),
    ("puerto rico", "America/Puerto_Rico"),
    ("montreal", "America/Toronto"),
    ("ottawa", "America/Toronto"),
    ("quebec", "America/Toronto"),
    ("ontario", "America/Toronto"),
    ("calgary", "America/Edmonton"),
    ("alberta", "America/Edmonton"),
    ("british columbia", "America/Vancouver"),
    ("cdmx", "America/Mexico_City"),
    ("mexico", "America/Mexico_City"),
    ("rio", "America/Sao_Paulo"),
    ("rio de janeiro", "America/Sao_Paulo"),
    ("brazil", "America/Sao_Paulo"),
    ("argentina", "America/Argentina/Buenos_Aires"),
    ("chile", "America/Santiago"),
    ("colombia", "America/Bogota"),
    ("peru", "America/Lima"),
    ("uk", "Europe/London"),
    ("england", "Europe/London"),
    ("scotland", "Europe/London"),
    ("wales", "Europe/London"),
    ("britain", "Europe/London"),
    ("manchester", "Europe/London"),
    ("birmingham", "Europe/London"),
    ("edinburgh", "Europe/London"),
    ("glasgow", "Europe/London"),
    ("ireland", "Europe/Dublin"),
    ("portugal", "Europe/Lisbon"),
    ("spain", "Europe/Madrid"),
    ("barcelona", "Europe/Madrid"),
    ("france", "Europe/Paris"),
    ("lyon", "Europe/Paris"),
    ("marseille", "Europe/Paris"),
    ("nice", "Europe/Paris"),
    ("belgium", "Europe/Brussels"),
    ("netherlands", "Europe/Amsterdam"),
    ("holland", "Europe/Amsterdam"),
    ("rotterdam", "Europe/Amsterdam"),
    ("germany", "Europe/Berlin"),
    ("munich", "Europe/Berlin"),
    ("hamburg", "Europe/Berlin"),
    ("frankfurt", "Europe/Berlin"),
    ("cologne", "Europe/Berlin"),
    ("switzerland", "Europe/Zurich"),
    ("geneva", "Europe/Zurich"),
    ("austria", "Europe/Vienna"),
    ("italy", "Europe/Rome"),
    ("milan", "Europe/Rome"),
    ("florence", "Europe/Rome"),
    ("venice", "Europe/Rome"),
    ("denmark", "Europe/Copenhagen"),
    ("sweden", "Europe/Stockholm"),
    ("norway", "Europe/Oslo"),
    ("finland", "Europe/Helsinki"),
    ("poland", "Europe/Warsaw"),
    ("krakow", "Europe/Warsaw"),
    ("czech republic", "Europe/Prague"),
    ("hungary", "Europe/Budapest"),
    ("romania", "Europe/Bucharest"),
    ("greece", "Europe/Athens"),
    ("turkey", "Europe/Istanbul"),
    ("ukraine", "Europe/Kyiv"),
    ("kiev", "Europe/Kyiv"),
    ("russia", "Europe/Moscow"),
    ("israel", "Asia/Jerusalem"),
    ("tel aviv", "Asia/Jerusalem"),
    ("egypt", "Africa/Cairo"),
    ("nigeria", "Africa/Lagos"),
    ("kenya", "Africa/Nairobi"),
    ("south africa", "Africa/Johannesburg"),
    ("cape town", "Africa/Johannesburg"),
    ("uae", "Asia/Dubai"),
    ("abu dhabi", "Asia/Dubai"),
    ("saudi arabia", "Asia/Riyadh"),
    ("pakistan", "Asia/Karachi"),
    ("india", "Asia/Kolkata"),
    ("mumbai", "Asia/Kolkata"),
    ("delhi", "Asia/Kolkata"),
    ("new delhi", "Asia/Kolkata"),
    ("bangalore", "Asia/Kolkata"),
    ("chennai", "Asia/Kolkata"),
    ("hyderabad", "Asia/Kolkata"),
    ("bangladesh", "Asia/Dhaka"),
    ("thailand", "Asia/Bangkok"),
    ("vietnam", "Asia/Ho_Chi_Minh"),
    ("hanoi", "Asia/Ho_Chi_Minh"),
    ("saigon", "Asia/Ho_Chi_Minh"),
    ("philippines", "Asia/Manila"),
    ("malaysia", "Asia/Kuala_Lumpur"),
    ("indonesia", "Asia/Jakarta"),
    ("bali", "Asia/Makassar"),
    ("china", "Asia/Shanghai"),
    ("beijing", "Asia/Shanghai"),
    ("shenzhen", "Asia/Shanghai"),
    ("taiwan", "Asia/Taipei"),
    ("korea", "Asia/Seoul"),
    ("south korea", "Asia/Seoul"),
    ("japan", "Asia/Tokyo"),
    ("osaka", "Asia/Tokyo"),
    ("kyoto", "Asia/Tokyo"),
    ("canberra", "Australia/Sydney"),
    ("new zealand", "Pacific/Auckland"),
    ("wellington", "Pacific/Auckland"),
];

/// Offsets lie between these hours.
const MOST_OFFSET_HOURS: u32 = 14;
/// A place has at most so many words.
const LONGEST_PLACE: usize = 3;

/// Whether a zone may begin here that its words alone do not show.
pub(crate) fn may_begin(r: &Reader, at: usize) -> bool {
    let said = r.said(at);
    is_said_time(r, at + 1)
        || is_said_time(r, at + 2)
        || is_letters(said)
        || matches!(said, "z" | "here" | "my" | "your" | "local")
}

fn is_said_time(r: &Reader, at: usize) -> bool {
    r.said(at) == "time"
}

fn is_letters(said: &str) -> bool {
    LETTERS.iter().any(|(letters, _)| *letters == said)
}

/// A zone: by letters or offset only behind a clock, by a place with "time" anywhere. `None` inside means "here".
pub(crate) fn zone(r: &Reader, at: usize, touches: Option<&Found>) -> Read<Option<TimeZone>> {
    let behind_clock = touches.is_some_and(|found| matches!(found.piece, Piece::Clock(..)));
    if is_said_time(r, at + 1) && matches!(r.said(at), "my" | "your" | "local" | "our") {
        return behind_clock.then_some((None, at + 2));
    }
    if behind_clock {
        let found = lettered(r, at).or_else(|| offset(r, at));
        if let Some((zone, next)) = found {
            return Some((Some(zone), next));
        }
    }
    (1..=LONGEST_PLACE).rev().find_map(|words| {
        if !is_said_time(r, at + words) {
            return None;
        }
        let (first, last) = (r.tokens.get(at)?, r.tokens.get(at + words - 1)?);
        let zone = named(&r.lower[first.start..last.end])?;
        Some((Some(zone), at + words + 1))
    })
}

fn lettered(r: &Reader, at: usize) -> Read<TimeZone> {
    let (_, name) = LETTERS.iter().find(|(letters, _)| *letters == r.said(at))?;
    if *name == "UTC"
        && let Some(found) = offset(r, at + 1)
    {
        return Some(found);
    }
    let mut next = at + 1;
    while matches!(r.said(next), "standard" | "daylight" | "time") {
        next += 1;
    }
    Some((TimeZone::get(name).ok()?, next))
}

/// "Z", "+02:00", "+2".
fn offset(r: &Reader, at: usize) -> Read<TimeZone> {
    if r.said(at) == "z" && r.is_glued(at) {
        return Some((TimeZone::UTC, at + 1));
    }
    let sign = match r.word(at) {
        Word::Mark(b'+') => 1,
        Word::Mark(b'-') if r.is_glued(at) && r.is_glued(at + 1) => -1,
        _ => return None,
    };
    let Word::Number(number, digits @ (1 | 2 | 4)) = r.word(at + 1) else { return None };
    let (hours, minutes, next) = match (digits, r.word(at + 3)) {
        (4, _) => (number / 100, number % 100, at + 2),
        (_, Word::Number(minutes, 2)) if r.is_mark(at + 2, b':') => (number, minutes, at + 4),
        _ => (number, 0, at + 2),
    };
    if hours > MOST_OFFSET_HOURS || minutes > 59 || crate::amount::unit(r, next).is_some() {
        return None;
    }
    let seconds = sign * i32::try_from(hours * 3600 + minutes * 60).ok()?;
    Some((TimeZone::fixed(Offset::from_seconds(seconds).ok()?), next))
}

/// The zone of a name: letters, a place, or the IANA database's own name or the last part of it.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
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
    // Beside places, the database has names such as "Etc/GMT+5" and "EST5EDT", which nobody texts.
    if name.contains('/') {
        return TimeZone::get(name).ok();
    }
    let city = plain.replace(' ', "_");
    let known = jiff::tz::db().available().find(|zone| {
        zone.as_str().rsplit_once('/').is_some_and(|(region, last)| region != "Etc" && last.eq_ignore_ascii_case(&city))
    })?;
    TimeZone::get(known.as_str()).ok()
}
