//! What is known about a person.

use jiff::Timestamp;
use language::Question;

use crate::ids::{Number, PersonId, ReminderId};
use crate::limits::Limits;
use crate::policy::NUMBER_REST_S;
use crate::record::Zone;

/// A person: who texts from one number.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Who.
    pub person: PersonId,
    /// Where they are called and texted.
    pub number: Number,
    /// The zone in which they mean times of the day.
    pub zone: Zone,
    /// How that is known.
    pub zone_source: ZoneSource,
    /// Whether they want to hear from us.
    pub consent: Consent,
    /// When they first pressed a key on a call: until then the number may be forged.
    pub confirmed_at: Option<Timestamp>,
    /// What they have asked for of late.
    pub limits: Limits,
    /// The small numbers given to reminders.
    pub numbers: SmallNumbers,
    /// What we asked them, and have no answer to.
    pub question: Option<Asked>,
    /// The reminder that the last answer was about.
    pub last: Option<LastMentioned>,
}

/// How a person's zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneSource {
    /// From their number, and they have not been told.
    Guessed,
    /// From their number, and an answer said so.
    GuessTold,
    /// They said it.
    Said,
}

/// Whether a person wants to hear from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// How often they left. What was made in an older epoch is not wanted.
    pub epoch: u32,
    /// Whether they are here now.
    pub status: OptStatus,
    /// When the last word about it was received.
    pub since: Option<Timestamp>,
    /// When they last left: what they texted before is not wanted any more, also after they came back.
    pub opted_out_at: Option<Timestamp>,
}

/// Of two words about leaving and coming back, the one received later counts.
// guard: is_newer
pub fn is_newer(received_at: Timestamp, consent_at: Option<Timestamp>) -> bool {
    consent_at.is_none_or(|consent_at| received_at >= consent_at)
}

/// Whether a person is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptStatus {
    /// They may be called and texted.
    OptedIn,
    /// They opted out.
    OptedOut,
}

/// Gives reminders their small numbers: 1, 2, 3 …, and from 1 again only after a month without a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallNumbers {
    /// The one given last; 0 before the first.
    pub last: u32,
    /// When.
    pub given_at: Timestamp,
}

impl SmallNumbers {
    /// The next number at `now`, for a person with `open` reminders.
    pub fn give(&mut self, now: Timestamp, open: usize) -> u32 {
        let rested = now.duration_since(self.given_at).as_secs() > NUMBER_REST_S;
        self.last = if rested && open == 0 { 1 } else { self.last.saturating_add(1) };
        self.given_at = now;
        self.last
    }
}

/// A question that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What was asked.
    pub question: Question,
    /// When the text that made us ask was received.
    pub at: Timestamp,
}

/// The reminder that an answer was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMentioned {
    /// Which.
    pub reminder: ReminderId,
    /// When the text that was answered was received.
    pub at: Timestamp,
}

impl Profile {
    /// Somebody who has never texted before.
    pub fn new_profile(person: PersonId, number: Number, zone: Zone, now: Timestamp) -> Self {
        Self {
            person,
            number,
            zone,
            zone_source: ZoneSource::Guessed,
            consent: Consent { epoch: 0, status: OptStatus::OptedIn, since: None, opted_out_at: None },
            confirmed_at: None,
            limits: Limits::default(),
            numbers: SmallNumbers { last: 0, given_at: now },
            question: None,
            last: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn of_two_words_about_leaving_the_one_received_later_counts() {
        for (received_s, since, expected) in
            [(5, None, true), (5, Some(t(4)), true), (5, Some(t(5)), true), (5, Some(t(6)), false)]
        {
            assert_eq!(is_newer(t(received_s), since), expected, "{since:?}");
        }
    }
}
