//! Fresh ids and random delays.

use std::str::FromStr;

use jiff::SignedDuration;
use reminder::confirmation::ConfirmationCode;
use reminder::ids::{ClaimId, Malformed, ReminderId, WriteId};
use reminder::ports::Ids;
use ulid::Ulid;

/// Makes ULIDs for all ids. They are unique, and reminders' ids sort by creation time.
#[derive(Debug, Clone, Copy)]
pub struct Ulids;

impl Ids for Ulids {
    fn reminder(&self) -> ReminderId {
        fresh()
    }

    fn claim(&self) -> ClaimId {
        fresh()
    }

    fn write_id(&self) -> WriteId {
        fresh()
    }

    /// A ULID's random bits come from a cryptographically secure generator.
    fn confirmation_code(&self) -> ConfirmationCode {
        ConfirmationCode::of_random(generate().random())
    }

    fn jitter(&self, limit: SignedDuration) -> SignedDuration {
        part_of(limit, generate().random())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the adapter behind the `Ids` port")]
fn generate() -> Ulid {
    Ulid::generate()
}

#[expect(clippy::expect_used, reason = "a ULID's text is 26 letters and digits, the form of all these ids")]
fn fresh<T: FromStr<Err = Malformed>>() -> T {
    generate().to_string().parse().expect("a ULID is an id")
}

/// Returns a duration from zero to `limit`, in whole milliseconds, computed from the 80 random bits of `random`. With
/// so many bits the bias of the remainder is negligible.
fn part_of(limit: SignedDuration, random: u128) -> SignedDuration {
    let parts = u128::try_from(limit.as_millis()).unwrap_or(0) + 1;
    SignedDuration::from_millis(i64::try_from(random % parts).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fresh_id_differs_from_the_id_before_it() {
        assert_ne!(Ulids.reminder(), Ulids.reminder());
        assert_ne!(Ulids.claim(), Ulids.claim());
        assert_ne!(Ulids.write_id(), Ulids.write_id());
        assert_ne!([(); 3].map(|()| Ulids.confirmation_code()), [(); 3].map(|()| Ulids.confirmation_code()));
    }

    #[test]
    fn jitter_is_between_zero_and_its_limit_both_included() {
        let limit = SignedDuration::from_secs(2);
        let part = |random| part_of(limit, random).as_millis();
        assert_eq!([part(0), part(1), part(2000), part(2001)], [0, 1, 2000, 0]);
        assert_eq!(part_of(SignedDuration::ZERO, u128::MAX), SignedDuration::ZERO);
        assert_eq!(part_of(SignedDuration::from_secs(-1), 7), SignedDuration::ZERO);
    }
}
