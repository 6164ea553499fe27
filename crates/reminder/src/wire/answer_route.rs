//! The path of the callback with the status of an answer.

use jiff::Timestamp;

use crate::ids::{Malformed, PersonId};

/// The callback with the status of an answer that was the reply to a webhook. Such an answer has no record, so its path
/// names the person and the instant. The person is needed to store their opt-out if the answer failed because of an
/// opt-out at the carrier. The instant is needed because they may have opted in again before the failure is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerStatusRoute {
    /// The person who was answered.
    pub person: PersonId,
    /// When they were answered, to the millisecond.
    pub answered_at: Timestamp,
}

impl AnswerStatusRoute {
    /// Returns the path of the callback, from the root of the service's public URL.
    pub fn path(&self) -> String {
        format!("/answers/{}/{}/status", self.person, self.answered_at.as_millisecond())
    }

    /// Parses the path of the callback.
    ///
    /// # Errors
    /// Fails if the path is not that of the status of an answer.
    pub fn parse(path: &str) -> Result<Self, NotAnAnswerStatusRoute> {
        let parts: Vec<&str> = path.strip_prefix("/answers/").ok_or(NotAnAnswerStatusRoute)?.split('/').collect();
        let [person, answered_at, "status"] = parts[..] else { return Err(NotAnAnswerStatusRoute) };
        let answered_at = answered_at.parse().map_err(|_| NotAnAnswerStatusRoute)?;
        let answered_at = Timestamp::from_millisecond(answered_at).map_err(|_| NotAnAnswerStatusRoute)?;
        let route = Self { person: person.parse()?, answered_at };
        // "+1" and "01" are numbers too, but our paths never contain them.
        if route.path() == path { Ok(route) } else { Err(NotAnAnswerStatusRoute) }
    }

    /// Whether an opt-in or opt-out that was received at `since` is later than the answer, so that a failure of the
    /// answer says nothing about that opt-in or opt-out.
    pub fn is_before(&self, since: Timestamp) -> bool {
        self.answered_at.as_millisecond() < since.as_millisecond()
    }
}

/// A path that is not `/answers/{person}/{answered_at}/status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected /answers/{{person}}/{{answered_at}}/status, found another path")]
pub struct NotAnAnswerStatusRoute;

impl From<Malformed> for NotAnAnswerStatusRoute {
    fn from(_: Malformed) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_path_of_an_answers_status_parses_to_the_same_person_and_instant() {
        let answered_at = Timestamp::from_millisecond(1_800_000_000_123).unwrap();
        let route = AnswerStatusRoute { person: PERSON.parse().unwrap(), answered_at };
        assert_eq!(route.path(), format!("/answers/{PERSON}/1800000000123/status"));
        assert_eq!(AnswerStatusRoute::parse(&route.path()), Ok(route));
        for bad in [
            "",
            "/answers/status",
            &format!("/answers/{PERSON}/status"),
            &format!("/answers/{PERSON}/1800000000123"),
            &format!("/answers/{PERSON}/+1800000000123/status"),
            &format!("/answers/{PERSON}/9999999999999999999/status"),
            &format!("/answers/{PERSON}/999999999999999999/status"),
            "/answers/+12125550142/1800000000123/status",
        ] {
            assert_eq!(AnswerStatusRoute::parse(bad), Err(NotAnAnswerStatusRoute), "{bad}");
        }
    }

    #[test]
    fn a_later_opt_in_is_not_contradicted_by_the_failure_of_an_answer() {
        let at = |ms: i64| Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap();
        let route = AnswerStatusRoute { person: PERSON.parse().unwrap(), answered_at: at(5) };
        assert!(route.is_before(at(6)));
        assert!(!route.is_before(at(5)) && !route.is_before(at(4)));
    }
}
