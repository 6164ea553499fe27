//! Forms as the carrier sends them, and the ways in which a hostile sender spoils them.

use fastrand::Rng;

use super::nasty;

/// A text of at most this many UTF-16 units is accepted, as Twilio documents.
const TEXT_MAX: usize = 1600;
/// The longest message id that is accepted.
const ID_MAX: usize = 100;
/// The size in bytes up to which the service reads a webhook.
pub(crate) const WEBHOOK_MAX: usize = 64 * 1024;

/// A form: its fields in order, each with the bytes of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form(pub(crate) Vec<(String, Vec<u8>)>);

/// How one field of a form is spoiled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spoiling {
    Missing,
    Empty,
    Doubled,
    DoubledWithAnother,
    OtherCase,
    Injected(nasty::Injection),
}

impl Spoiling {
    /// Returns every kind.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        [Self::Missing, Self::Empty, Self::Doubled, Self::DoubledWithAnother, Self::OtherCase]
            .into_iter()
            .chain(nasty::ALL.into_iter().map(Self::Injected))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::Doubled => "doubled",
            Self::DoubledWithAnother => "doubled with another value",
            Self::OtherCase => "in lower case",
            Self::Injected(injection) => injection.name,
        }
    }
}

impl Form {
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect())
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        if let Some((_, found)) = self.0.iter_mut().find(|(known, _)| known == name) {
            *found = value.into();
        }
    }

    /// Spoils the field at this place.
    pub(crate) fn spoil(&mut self, place: usize, how: Spoiling, canary: &str) {
        let (name, value) = self.0[place].clone();
        match how {
            Spoiling::Missing => drop(self.0.remove(place)),
            Spoiling::Empty => self.0[place].1.clear(),
            Spoiling::Doubled => self.0.push((name, value)),
            Spoiling::DoubledWithAnother => self.0.push((name, canary.as_bytes().to_vec())),
            Spoiling::OtherCase => self.0[place].0 = name.to_lowercase(),
            Spoiling::Injected(injection) => self.0[place].1 = injection.value(canary),
        }
    }

    /// Encodes the form. Every byte that is not a letter or a digit is escaped.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        let pairs = self.0.iter().map(|(name, value)| format!("{}={}", escaped(name.as_bytes()), escaped(value)));
        pairs.collect::<Vec<_>>().join("&").into_bytes()
    }

    /// Decodes a body as Twilio encodes it. An escape that is not complete stands for itself.
    pub(crate) fn decoded(body: &[u8]) -> Self {
        let pair = |pair: &[u8]| {
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let value = unescaped(pair.get(equals + 1..).unwrap_or_default());
            (String::from_utf8_lossy(&unescaped(&pair[..equals])).into_owned(), value)
        };
        Self(body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    /// Returns the only value of a field. Absent if the field is missing, repeated, or not UTF-8.
    fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let value = values.next()?;
        if values.next().is_some() { None } else { std::str::from_utf8(value).ok() }
    }

    /// Returns the message id and the sender if the form is a text that the service must take. Decided from Twilio's
    /// documentation, independently of the service's code.
    pub(crate) fn text(&self) -> Option<(&str, &str)> {
        let is_utf8 = self.0.iter().all(|(_, value)| std::str::from_utf8(value).is_ok());
        let has_one_command = self.0.iter().filter(|(name, _)| name == "OptOutType").count() <= 1;
        let (id, from, body) = (self.only("MessageSid")?, self.only("From")?, self.only("Body")?);
        // The longest address of a carrier is a SIP address of 255 characters.
        let has_address = self.only("To")?.len() <= 256;
        let is_id = (1..=ID_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let is_short = body.encode_utf16().count() <= TEXT_MAX;
        (is_utf8 && has_one_command && has_address && is_id && is_short && super::numbers::is_e164(from))
            .then_some((id, from))
    }
}

fn escaped(bytes: &[u8]) -> String {
    let escape = |byte: &u8| {
        if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    bytes.iter().map(escape).collect()
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let digit = |place: usize| text.get(place).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut place = 0;
    while let Some(byte) = text.get(place) {
        match (byte, digit(place + 1), digit(place + 2)) {
            (b'%', Some(high), Some(low)) => {
                // Two hexadecimal digits are at most 255.
                bytes.push((high * 16 + low) as u8);
                place += 3;
            }
            (b'+', ..) => {
                bytes.push(b' ');
                place += 1;
            }
            _ => {
                bytes.push(*byte);
                place += 1;
            }
        }
    }
    bytes
}

/// Returns a body that is unusual in its type, size or encoding, with its name and its content type. One of them is a
/// good form of exactly the largest size.
pub(crate) fn raw_body(rng: &mut Rng, form: &Form, canary: &str) -> (&'static str, &'static str, Vec<u8>) {
    const FORM: &str = "application/x-www-form-urlencoded";
    let good = form.encoded();
    let padded = |length: usize| {
        let mut body = good.clone();
        body.extend_from_slice(b"&Pad=");
        body.resize(length.max(body.len()), b'a');
        body
    };
    let json =
        format!("{{\"From\":\"+12135550142\",\"Body\":\"{canary}\",\"x\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let part = format!("--b\r\nContent-Disposition: form-data; name=\"Body\"\r\n\r\n{canary}\r\n--b--\r\n");
    match rng.usize(..21) {
        0 => ("no body", FORM, Vec::new()),
        1 => ("JSON", "application/json", json.into_bytes()),
        2 => ("multipart", "multipart/form-data; boundary=b", part.into_bytes()),
        3 => ("XML", "text/xml", format!("<Response><Message>{canary}</Message></Response>").into_bytes()),
        4 => ("the form as text", "text/plain; charset=utf-8", good),
        5 => ("the form without a type", "", good),
        6 => ("the form as UTF-16", "application/x-www-form-urlencoded; charset=utf-16", utf16(&good)),
        7 => ("the form as JSON", "application/json", good),
        8 => ("an unknown type", "application/x-no\u{e9}", good),
        9 => ("bad escapes", FORM, [&good[..], b"&Body=%&To=%zz&%u0041=%2"].concat()),
        10 => ("separators only", FORM, b"&&&==&=&==".repeat(100)),
        11 => ("names only", FORM, format!("MessageSid&From&To&Body&{canary}").into_bytes()),
        12 => ("random bytes", FORM, random_bytes(rng, 4000)),
        13 => ("random bytes as text", "text/plain", random_bytes(rng, 500)),
        14 => (
            "13 000 fields",
            FORM,
            (0..13_000).flat_map(|field| format!("{field:x}&").into_bytes()).take(65_000).collect(),
        ),
        15 => ("the size limit and one byte", FORM, padded(WEBHOOK_MAX + 1)),
        16 => ("a third over the size limit", FORM, padded(WEBHOOK_MAX / 3 * 4 + 3)),
        17 => ("1 MB", FORM, padded(1 << 20)),
        18 => ("the size limit", FORM, padded(WEBHOOK_MAX)),
        19 => ("many short fields", FORM, b"a&b&".repeat(if rng.u8(..) < 16 { 1 << 20 } else { 20_000 })),
        _ => ("semicolons", FORM, good.iter().map(|byte| if *byte == b'&' { b';' } else { *byte }).collect()),
    }
}

/// Returns fewer than `most` random bytes.
pub(crate) fn random_bytes(rng: &mut Rng, most: usize) -> Vec<u8> {
    let length = rng.usize(..most);
    std::iter::repeat_with(|| rng.u8(..)).take(length).collect()
}

fn utf16(ascii: &[u8]) -> Vec<u8> {
    ascii.iter().flat_map(|byte| [*byte, 0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form::of(&[("MessageSid", "SM1"), ("From", "+12135550142"), ("To", "+12125550100"), ("Body", "hi")])
    }

    #[test]
    fn a_form_is_a_text_only_with_one_valid_value_of_each_field() {
        assert_eq!(form().text(), Some(("SM1", "+12135550142")));
        for place in 0..4 {
            for how in [Spoiling::Missing, Spoiling::Doubled, Spoiling::DoubledWithAnother, Spoiling::OtherCase] {
                let mut spoiled = form();
                spoiled.spoil(place, how, "q");
                assert_eq!(spoiled.text(), None, "{place} {}", how.name());
            }
        }
        for (name, value) in [("MessageSid", ""), ("MessageSid", "SM 1"), ("From", "73119"), ("From", "+0123456789")] {
            let mut spoiled = form();
            spoiled.set(name, value);
            assert_eq!(spoiled.text(), None, "{name} {value}");
        }
        let mut long = form();
        long.set("Body", "a".repeat(1600));
        assert!(long.text().is_some());
        long.set("Body", "a".repeat(1601));
        assert_eq!(long.text(), None);
    }

    #[test]
    fn an_incomplete_escape_stands_for_itself() {
        assert_eq!(Form::decoded(b"&a+b=%zz%2&c"), Form::of(&[("a b", "%zz%2"), ("c", "")]));
    }

    #[test]
    fn every_byte_of_a_form_is_encoded_and_decoded() {
        let mut form = form();
        form.set("Body", b"a&=\xff".to_vec());
        assert_eq!(Form::decoded(&form.encoded()), form);
        assert_eq!(form.encoded(), b"MessageSid=SM1&From=%2B12135550142&To=%2B12125550100&Body=a%26%3D%FF");
    }
}
