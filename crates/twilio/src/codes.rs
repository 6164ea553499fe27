//! Twilio's error codes, and the meaning of each for the next request. Beside each code is Twilio's own title
//! (<https://www.twilio.com/docs/api/errors>, with a page for each code).

use std::ops::RangeInclusive;

use reminder::ports::UndeliveredCause;

/// The meaning of an error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The failure may pass, or its reason is unknown. This is also the meaning of every code that is not listed.
    Passing,
    /// The number that was called or texted can't be reached this way.
    Number,
    /// The operator's account or number can't place such calls or send such texts until the operator acts.
    Operator,
    /// The person has opted out of texts from this number, even if the service never received the STOP.
    OptedOut,
}

/// The codes whose meaning is known.
///
/// A code that can also be about the account or the account's own number must not be listed with the meaning `Number`:
/// a problem of the account would then end the reminders of every person. Therefore 21216 (the call is blocked, which
/// also happens to an account without a customer profile) and 21612 (about a pair of numbers) are not listed.
const MEANINGS: [(u32, Meaning); 32] = [
    // Twilio refuses a request with one of these codes.
    (20003, Meaning::Operator), // Permission Denied: wrong credentials
    (20005, Meaning::Operator), // Account not active
    (21202, Meaning::Number),   // 'To' number is a premium number
    (21211, Meaning::Number),   // Invalid 'To' Phone Number
    (21212, Meaning::Operator), // Invalid 'From' Number
    (21214, Meaning::Number),   // 'To' phone number cannot be reached
    (21215, Meaning::Operator), // Account not authorized to call this country
    (21217, Meaning::Number),   // Phone number does not appear to be valid
    (21265, Meaning::Number),   // 'To' number cannot be a Short Code
    (21408, Meaning::Operator), // Permission to send an SMS has not been enabled for the region
    (21606, Meaning::Operator), // The 'From' phone number is not a valid, SMS-capable number of the account
    (21608, Meaning::Operator), // A trial account, and the 'To' number is not verified
    (21610, Meaning::OptedOut), // Attempt to send to unsubscribed recipient
    (21614, Meaning::Number),   // 'To' number is not a valid mobile number
    (21635, Meaning::Number),   // 'To' number cannot be a landline
    // Twilio accepts the text, and later reports one of these codes with its status.
    (30001, Meaning::Passing),  // Queue overflow
    (30002, Meaning::Operator), // Account suspended
    (30003, Meaning::Passing),  // Unreachable destination handset: it may be off
    (30004, Meaning::Number),   // Message blocked: by the recipient, or the number can't receive texts
    (30005, Meaning::Number),   // Unknown destination handset: the number is not in use
    (30006, Meaning::Number),   // Landline or unreachable carrier
    (30007, Meaning::Operator), // Message filtered: by Twilio or a carrier, for its content or its sender
    (30008, Meaning::Passing),  // Unknown error
    (30010, Meaning::Operator), // Message price exceeds the operator's max price
    (30017, Meaning::Passing),  // Carrier network congestion
    (30018, Meaning::Operator), // Destination carrier requires sender ID pre-registration
    (30022, Meaning::Passing),  // US A2P 10DLC: rate limits exceeded
    (30023, Meaning::Operator), // US A2P 10DLC: daily message cap reached
    (30032, Meaning::Operator), // Toll-free number has not been verified
    (30033, Meaning::Operator), // US A2P 10DLC: campaign suspended
    (30034, Meaning::Operator), // US A2P 10DLC: message from an unregistered number
    (30035, Meaning::Operator), // US A2P 10DLC: message from a number that is still being configured
];

/// Error codes of the API itself, about credentials, the account and too many requests. After most of these codes,
/// Twilio refuses the following requests as well.
const ABOUT_THE_ACCOUNT: RangeInclusive<u32> = 20_001..=20_999;

impl Meaning {
    /// Returns the meaning of a code.
    pub(crate) fn of(code: u32) -> Self {
        MEANINGS.iter().find(|(known, _)| *known == code).map_or(Self::Passing, |(_, meaning)| *meaning)
    }
}

impl From<Meaning> for UndeliveredCause {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Passing => Self::Passing,
            Meaning::Number => Self::Number,
            Meaning::Operator => Self::Operator,
            Meaning::OptedOut => Self::OptedOut,
        }
    }
}

/// Whether a refusal with this code is about the account, and not only about one request.
pub(crate) fn is_about_the_account(code: u32) -> bool {
    ABOUT_THE_ACCOUNT.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_listed_once_in_order() {
        assert!(MEANINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn every_listed_code_about_the_account_needs_the_operator() {
        for (code, meaning) in MEANINGS {
            assert!(!is_about_the_account(code) || meaning == Meaning::Operator, "{code}");
        }
    }

    #[test]
    fn the_failure_of_a_code_that_is_not_listed_may_pass() {
        for code in [0, 1, 29_999, 30_999, u32::MAX] {
            assert_eq!(Meaning::of(code), Meaning::Passing, "{code}");
        }
    }
}
