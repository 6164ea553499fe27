//! Identifiers. Each identifier is parsed once, at the edge, and is well-formed from then on.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// An identifier is not well-formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found another value of length {length}")]
pub struct Malformed {
    expected: &'static str,
    length: usize,
}

impl Malformed {
    pub(crate) fn new(expected: &'static str, found: &str) -> Self {
        Self { expected, length: found.chars().count() }
    }
}

/// A telephone number in E.164 form: `+`, then 7 to 15 digits, of which the first is not 0 (ITU-T E.164, section 6).
/// Its `Debug` form shows the last two digits only, so that a full number can't reach a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

impl Number {
    /// The number in full, for the carrier and the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+…{}", &self.0[self.0.len() - 2..])
    }
}

impl FromStr for Number {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let digits = text.strip_prefix('+').unwrap_or("");
        let well_formed =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(Malformed::new("an E.164 number", text)) }
    }
}

/// Declares an identifier by its characters and its length. Both are restricted, so that it is safe in a URL path, a
/// key and a log, even if it comes from a message that the service did not write.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident of $alphabet:expr, $expected:literal, $min:literal ..= $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as it is written in keys and URLs.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let alphabet: fn(u8) -> bool = $alphabet;
                if ($min..=$max).contains(&text.len()) && text.bytes().all(alphabet) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Malformed::new($expected, text))
                }
            }
        }

        strings!($name);
    };
}

/// The conversions that the identifiers share: to a displayed form, and from and into a `String`.
macro_rules! strings {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        from_string!($name);
    };
}

/// The conversions that serde needs.
macro_rules! from_string {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

from_string!(Number);

name!(
    /// A person's id: a keyed hash of the number, so that no wake-up, schedule, URL or log contains the number.
    PersonId of |b| matches!(b, b'0'..=b'9' | b'a'..=b'f'), "a person's id of 32 characters", 32..=32
);
name!(
    /// A reminder's id, a ULID, unique among the reminders of its person.
    ReminderId of is_of_ulid, "a reminder's id of 26 characters", 26..=26
);
name!(
    /// An outgoing text's id, unique among the outgoing texts of its person. It has the length and the digits of a
    /// ULID.
    OutgoingTextId of is_of_ulid, "an outgoing text's id of 26 characters", 26..=26
);
name!(
    /// The id of one invocation's right to place one call. It is fresh for each invocation, and never derived from the
    /// generation or the attempt.
    ClaimId of is_of_ulid, "a claim's id of 26 characters", 26..=26
);
name!(
    /// The id of one write, by which a writer that got no response recognizes its own write.
    WriteId of is_of_ulid, "a write id of 26 characters", 26..=26
);
name!(
    /// A carrier's name, the prefix of the ids that the carrier gives.
    CarrierName of |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_', "a carrier's name of 1 to 16 characters", 1..=16
);

/// Whether a byte can be part of an id that is a ULID or looks like one: a digit or a capital letter.
fn is_of_ulid(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// The digits of Crockford's base 32, in which ULIDs are written.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl OutgoingTextId {
    /// Returns the id of the text that replaces the call of one occurrence. It has the first 19 characters of the
    /// reminder's id, which hold the instant and 45 random bits, and the generation in the last 7. An occurrence ends
    /// under exactly one generation, so it has at most one such text.
    pub fn of_occurrence(reminder: &ReminderId, generation: u32) -> Self {
        let digit = |place: u32| char::from(BASE32[(u64::from(generation) >> (5 * place) & 31) as usize]);
        Self(reminder.as_str().chars().take(19).chain((0..7).rev().map(digit)).collect())
    }

    /// Returns the id of the text that answers an incoming text: a keyed hash of that text's id, so that a repeat finds
    /// the same text.
    pub fn of_answer(message: &MessageId, key: &PersonKey) -> Self {
        let digest = key.digest(&format!("answer {message}"));
        Self(digest[..26].iter().map(|byte| char::from(BASE32[usize::from(byte & 31)])).collect())
    }
}

impl PersonId {
    /// Returns the id of a number's person: the first 16 bytes of HMAC-SHA256 under the operator's key, in
    /// hexadecimal.
    pub fn of(number: &Number, key: &PersonKey) -> Self {
        let digest = key.digest(number.as_str());
        Self(digest[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The operator's secret key for keyed hashes, such as the ids of people.
#[derive(Clone)]
pub struct PersonKey(Hmac<Sha256>);

impl PersonKey {
    /// Makes a key from at least 16 bytes. HMAC (RFC 2104) hashes a key that is longer than its block, and pads a
    /// shorter key.
    ///
    /// # Errors
    /// Fails if the key has fewer than 16 bytes, because it could be guessed.
    pub fn new(key: &[u8]) -> Result<Self, Malformed> {
        let too_short = || Malformed { expected: "a key of at least 16 bytes", length: key.len() };
        if key.len() < 16 {
            return Err(too_short());
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| too_short())
    }

    /// Returns the HMAC-SHA256 of a text under this key.
    pub fn digest(&self, text: &str) -> [u8; 32] {
        self.0.clone().chain_update(text).finalize().into_bytes().into()
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

/// Declares an identifier that a carrier gives: `carrier#id`, because two carriers may give the same id.
macro_rules! name_at_carrier {
    ($(#[$doc:meta])* $name:ident of $alphabet:expr, $bad:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The whole identifier, `carrier#id`.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Makes the identifier of `id` at `carrier`.
            ///
            /// # Errors
            #[doc = $bad]
            pub fn new(carrier: &str, id: &str) -> Result<Self, Malformed> {
                format!("{carrier}#{id}").parse()
            }

            /// The name of the carrier that gave the id.
            pub fn carrier(&self) -> &str {
                self.0.split_once('#').map_or("", |(carrier, _)| carrier)
            }

            /// The id without the carrier's name.
            pub fn at_carrier(&self) -> &str {
                self.0.split_once('#').map_or("", |(_, id)| id)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let well_formed = text.split_once('#').is_some_and(|(carrier, id)| {
                    carrier.parse::<CarrierName>().is_ok() && (1..=100).contains(&id.len()) && id.bytes().all($alphabet)
                });
                if well_formed { Ok(Self(text.to_owned())) } else { Err(Malformed::new("carrier#id", text)) }
            }
        }

        strings!($name);
    };
}

name_at_carrier!(
    /// The id of an incoming text at the carrier that delivered it, or of a pressed key that is handled as a text. It
    /// is the same for each delivery of the same text. Two people's texts can have the same id, because a request can
    /// be forged. The id is safe in a log: Twilio's ids are letters and digits, those of AWS are UUIDs, and that of a
    /// key is the claim or the id of its call, and its digit.
    MessageId of |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_',
    "Fails if the carrier's name is not a [`CarrierName`], or the id is not 1 to 100 letters, digits, `-` and `_`."
);
name_at_carrier!(
    /// A call's id at the carrier that placed it. It is part of the path of requests about the call.
    CallId of |b| b.is_ascii_alphanumeric(),
    "Fails if the carrier's name is not a [`CarrierName`], or the id is not 1 to 100 letters and digits."
);
name_at_carrier!(
    /// A sent text's id at the carrier that accepted it. It is part of the path of requests about the text.
    SentTextId of |b| b.is_ascii_alphanumeric(),
    "Fails if the carrier's name is not a [`CarrierName`], or the id is not 1 to 100 letters and digits."
);

/// The address of a sender or receiver as a carrier gives it: a number, a short code, letters or a SIP address. It is
/// not checked to be a telephone number. Its `Debug` form shows the length only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

impl Address {
    /// The longest address in bytes: Twilio's longest are SIP addresses of at most 255 characters
    /// (<https://www.twilio.com/docs/voice/twiml/sip>).
    pub const MAX: usize = 256;

    /// The address in the carrier's spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({} bytes)", self.0.len())
    }
}

impl FromStr for Address {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.len() <= Self::MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new("an address of at most 256 bytes", text))
        }
    }
}

from_string!(Address);

impl From<Number> for Address {
    fn from(number: Number) -> Self {
        Self(number.0)
    }
}

/// The key of a reminder's record: the person and the reminder's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReminderKey {
    /// The person that the reminder belongs to.
    pub person: PersonId,
    /// The reminder's id.
    pub reminder: ReminderId,
}

/// The key of an outgoing text's record: the person and the text's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutgoingTextKey {
    /// The person that the text is sent to.
    pub person: PersonId,
    /// The text's id.
    pub text: OutgoingTextId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_plus_and_7_to_15_digits() {
        let well_formed = |text: &str| text.parse::<Number>().is_ok();
        for good in ["+12125550142", "+4915112345678", "+3905550142"] {
            assert!(well_formed(good), "{good}");
        }
        for bad in
            ["", "+", "12125550142", "+0123456789", "+1212555014x", "+1234567890123456", "SIXTHIRTY", "+１２３４５６７"]
        {
            assert!(!well_formed(bad), "{bad}");
        }
    }

    #[test]
    fn a_number_is_not_shown_in_full() {
        let number: Number = "+12125550142".parse().unwrap();
        assert_eq!(format!("{number:?}"), "+…42");
    }

    #[test]
    fn a_number_has_the_same_person_id_only_under_the_same_key() {
        let number: Number = "+12125550142".parse().unwrap();
        let key = |text: &str| PersonKey::new(text.as_bytes()).unwrap();
        let person = PersonId::of(&number, &key("0123456789abcdef"));
        assert_eq!(person, PersonId::of(&number, &key("0123456789abcdef")));
        assert_ne!(person, PersonId::of(&number, &key("0123456789abcdeg")));
        assert_eq!(person, person.as_str().parse().unwrap());
    }

    #[test]
    fn each_occurrence_and_each_answer_has_one_text() {
        let reminder: ReminderId = "01JZ0000000000000000000000".parse().unwrap();
        let text = |generation| OutgoingTextId::of_occurrence(&reminder, generation);
        assert_eq!(text(1).as_str(), "01JZ0000000000000000000001");
        assert_eq!(text(33).as_str(), "01JZ0000000000000000000011");
        assert_eq!(text(u32::MAX).as_str(), "01JZ00000000000000003ZZZZZZ".replacen("00", "0", 1));
        let key = PersonKey::new(b"0123456789abcdef").unwrap();
        let answer = |id: &str| OutgoingTextId::of_answer(&MessageId::new("twilio", id).unwrap(), &key);
        assert_eq!(answer("SM1"), answer("SM1"));
        assert_ne!(answer("SM1"), answer("SM2"));
        assert_eq!(answer("SM1").as_str().parse(), Ok(answer("SM1")));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(PersonKey::new(b"short").is_err());
    }

    #[test]
    fn an_identifier_in_a_url_path_contains_no_path_separator() {
        assert!("../../../../../../etc/passw".parse::<ClaimId>().is_err());
        assert!("CA1".parse::<CallId>().is_err());
        assert!("SM1".parse::<SentTextId>().is_err());
        assert!("twilio#../SM1".parse::<SentTextId>().is_err());
        assert!("../../../../../../etc/passw".parse::<OutgoingTextId>().is_err());
        assert!("twilio#../CA1".parse::<CallId>().is_err());
        assert!("twilio/2".parse::<CarrierName>().is_err());
    }

    #[test]
    fn text_of_the_right_length_but_with_other_characters_is_not_an_id() {
        let text = "remind me to call mom at 5";
        for id in [text.to_owned(), text.replace(' ', "-"), "callmomonhermobile1-212555".to_owned()] {
            assert_eq!(id.len(), 26);
            assert!(id.parse::<ReminderId>().is_err() && id.parse::<OutgoingTextId>().is_err(), "{id}");
            assert!(id.parse::<ClaimId>().is_err() && id.parse::<WriteId>().is_err(), "{id}");
        }
        for id in ["callmomonhermobile+1-212-555-014", &"F".repeat(32), &"g".repeat(32)] {
            assert!(id.parse::<PersonId>().is_err(), "{id}");
        }
    }

    #[test]
    fn a_malformed_id_at_a_carrier_and_a_malformed_carrier_name_are_refused() {
        for id in ["SM0123456789abcdef", "9b2c1d6e-7f3a-4a5b-8c9d-0e1f2a3b4c5d", "CLAIM-2"] {
            assert!(MessageId::new("twilio", id).is_ok(), "{id}");
        }
        for id in ["", "+12125550142", "call mom", "a#b", "SM1/", "SM1\"", "é", &"1".repeat(101)] {
            assert!(MessageId::new("twilio", id).is_err(), "{id}");
        }
        for carrier in ["", "call mom", "+1212555", "twilio/2", &"c".repeat(5000)] {
            assert!(MessageId::new(carrier, "SM1").is_err() && CallId::new(carrier, "CA1").is_err(), "{carrier}");
            assert!(SentTextId::new(carrier, "SM1").is_err(), "{carrier}");
        }
    }

    #[test]
    fn the_length_of_each_part_of_a_carriers_id_is_bounded() {
        for (carrier, id, accepted) in [
            (16, 100, true),
            (1, 1, true),
            (17, 1, false),
            (5_000, 1, false),
            (0, 1, false),
            (1, 101, false),
            (1, 0, false),
        ] {
            let text = format!("{}#{}", "c".repeat(carrier), "1".repeat(id));
            assert_eq!(text.parse::<MessageId>().is_ok(), accepted, "{carrier} {id}");
            assert_eq!(text.parse::<CallId>().is_ok(), accepted, "{carrier} {id}");
            assert_eq!(text.parse::<SentTextId>().is_ok(), accepted, "{carrier} {id}");
        }
        assert!("tw ilio#1".parse::<MessageId>().is_err());
    }

    #[test]
    fn an_address_is_bounded_and_not_shown() {
        assert!("a".repeat(Address::MAX).parse::<Address>().is_ok());
        assert!("a".repeat(Address::MAX + 1).parse::<Address>().is_err());
        let address: Address = "+12125550142".parse().unwrap();
        assert_eq!(format!("{address:?}"), "Address(12 bytes)");
    }

    #[test]
    fn the_id_of_a_call_or_a_sent_text_names_its_carrier() {
        let call = CallId::new("twilio", "CA1").unwrap();
        assert_eq!((call.carrier(), call.at_carrier()), ("twilio", "CA1"));
        assert_eq!(call, call.as_str().parse().unwrap());
        let text = SentTextId::new("twilio2", "SM1").unwrap();
        assert_eq!((text.carrier(), text.at_carrier()), ("twilio2", "SM1"));
        assert_eq!(text, text.as_str().parse().unwrap());
    }
}
