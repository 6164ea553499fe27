//! Confirms a number by the code that a text told it.

use super::{Decision, Situation};
use crate::confirmation::ConfirmationCode;
use crate::words::Answer;

/// Whether the digits of a text are the number's code.
// guard: is_its_code
fn is_its_code(digits: &str, code: ConfirmationCode) -> bool {
    digits.parse() == Ok(code)
}

/// Confirms the number if the code is right. After too many wrong codes, no code is accepted, not even the right one.
pub(super) fn confirm(mut situation: Situation<'_>, digits: &str) -> Decision {
    let Some(code) = situation.code else { return situation.say(&Answer::Unclear) };
    let Some(wrong_codes) = situation.profile.limits.wrong_codes.with(situation.received_at) else {
        return situation.say(&Answer::TooManyCodes);
    };
    if is_its_code(digits, code) {
        situation.profile.confirmed_at.get_or_insert(situation.now);
        return situation.say(&Answer::Confirmed);
    }
    situation.profile.limits.wrong_codes = wrong_codes;
    situation.say(&Answer::WrongCode)
}
