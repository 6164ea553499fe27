//! The phone numbers of a run: people of six roles, and numbers of every unusual kind.

/// Numbers in each area code that are reserved for fiction: 555-0100 to 555-0199.
const NUMBERS_PER_AREA: usize = 100;

/// The part that the owner of a number plays. Each role has area codes of its own, so that a row of the table or a line
/// of a log shows which requests caused it. No other test uses these area codes on the same stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Sends an ordinary reminder during the run.
    Honest,
    /// Has a reminder that forged requests try to change.
    Target,
    /// Appears only in requests that must be refused.
    Forged,
    /// Sends hostile texts that the carrier signs.
    Sender,
    /// Sends one text that arrives many times, or the id of such a text.
    Copied,
    /// Asks for a call at the same time as many others, and never presses a key.
    Crowd,
}

impl Role {
    const ALL: [Self; 6] = [Self::Honest, Self::Target, Self::Forged, Self::Sender, Self::Copied, Self::Crowd];

    const fn area_codes(self) -> &'static [u32] {
        match self {
            Self::Honest => &[202],
            Self::Target => &[203],
            Self::Forged => &[205, 207, 208, 209, 210],
            Self::Sender => &[213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239],
            Self::Copied => &[240],
            Self::Crowd => &[248, 251, 252],
        }
    }

    /// Number of people with this role.
    pub(crate) const fn people(self) -> usize {
        self.area_codes().len() * NUMBERS_PER_AREA
    }

    /// Returns the number of a person in E.164 form. The numbers repeat after [`Role::people`].
    pub(crate) fn number(self, index: usize) -> String {
        let areas = self.area_codes();
        let area = areas[index / NUMBERS_PER_AREA % areas.len()];
        format!("+1{area}55501{:02}", index % NUMBERS_PER_AREA)
    }
}

/// Returns the numbers of all people.
pub(crate) fn everybody() -> impl Iterator<Item = String> {
    Role::ALL.into_iter().flat_map(|role| (0..role.people()).map(move |index| role.number(index)))
}

/// Senders and callers that are no ordinary telephone: names, short codes, premium, foreign, unassigned and withheld
/// numbers, the service's own number, and numbers in other spellings.
pub(crate) const UNUSUAL: [&str; 56] = [
    "",
    "+",
    "+0",
    "73119",
    "773119",
    "+73119",
    "SIXTHIRTY",
    "anonymous",
    "+Anonymous",
    "Restricted",
    "+266696687",
    "+19005550123",
    "+18005550123",
    "+15005550123",
    "+19765550123",
    local::parameters::SERVICE_NUMBER,
    "+112125550100",
    "+442079460958",
    "+4402079460958",
    "+447700900123",
    "+639170000123",
    "+8816123456789",
    "+882133000001",
    "+9991234567",
    "+10005550123",
    "+11115550123",
    "+1213555",
    "00442079460958",
    "0012135550142",
    "012135550142",
    "12135550142",
    "+1 213 555 0142",
    "+1-213-555-0142",
    "(213) 555-0142",
    "tel:+12135550142",
    "sip:x@sixthirty.example",
    "whatsapp:+12135550142",
    "\u{ff0b}\u{ff11}\u{ff12}\u{ff11}\u{ff13}\u{ff15}\u{ff15}\u{ff15}\u{ff10}\u{ff11}\u{ff14}\u{ff12}",
    "+\u{661}\u{662}\u{661}\u{663}\u{665}\u{665}\u{665}\u{660}\u{661}\u{664}\u{662}",
    "+1213555014\u{968}",
    "++12135550142",
    "+-12135550142",
    "-12135550142",
    "+12135550142\r\nX-Twilio-Signature: x",
    "+12135550142\0",
    "+12135550142,+12145550142",
    "+1234567890123456",
    "+1234567890123456789012345678901234567890",
    "+000000000000",
    "+1e10",
    "0x2125550142",
    "NaN",
    "null",
    "+1213555014O",
    " +12135550142",
    "+12135550142 ",
];

/// Whether the text is a number in E.164 form: `+`, then 7 to 15 digits, of which the first is not 0.
pub(crate) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_share_a_number() {
        let numbers: BTreeSet<String> = everybody().collect();
        assert_eq!(numbers.len(), Role::ALL.iter().map(|role| role.people()).sum::<usize>());
        assert!(numbers.iter().all(|number| is_e164(number)));
    }
}
