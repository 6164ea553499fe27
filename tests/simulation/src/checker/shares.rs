//! Which share of what was seen is judged for each guarantee, and what excuses the rest.
//!
//! A case is judged if only one behavior of the service would have been accepted, and excused if the judge would have
//! accepted both that it acted and that it did not.

use std::collections::BTreeMap;

/// A guarantee of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Nothing is lost. A case is a due of a promise.
    G1,
    /// Nothing is duplicated. A case is a request for a call or for a text that replaces a call.
    G2,
    /// Nothing stale acts. A case is a call on which the acknowledging key was answered.
    G3,
    /// Nothing comes after a cancellation. A case is a confirmed cancellation of a reminder.
    G4,
    /// Nothing comes early. A case is a request for a call.
    G5,
    /// Lateness is bounded. A case is a request for a call.
    G6,
    /// A failure stays isolated. A case is a later occurrence of a series, an alarm or a message that was set aside.
    G7,
    /// Texts are kept. A case is a text from a person.
    G8,
}

impl Guarantee {
    /// Every guarantee, in order.
    pub const ALL: [Self; 8] = [Self::G1, Self::G2, Self::G3, Self::G4, Self::G5, Self::G6, Self::G7, Self::G8];

    fn case(self) -> &'static str {
        match self {
            Self::G1 => "dues",
            Self::G2 => "requests for calls and texts",
            Self::G3 => "acknowledged calls",
            Self::G4 => "confirmed cancellations",
            Self::G5 => "calls, not early",
            Self::G6 => "calls, not too late",
            Self::G7 => "later occurrences, alarms, dead letters",
            Self::G8 => "texts from people",
        }
    }
}

/// Declares the excuses, each with its guarantee and its proof.
macro_rules! excuses {
    ($($(#[doc = $doc:literal])+ $name:ident of $guarantee:ident,)+) => {
        /// Why both behaviors of the service are legal in a case. The comment of each proves it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Excuse { $($(#[doc = $doc])+ $name,)+ }

        impl Excuse {
            /// The guarantee of the cases that it excuses.
            pub fn guarantee(self) -> Guarantee {
                match self { $(Self::$name => Guarantee::$guarantee,)+ }
            }
        }
    };
}

excuses! {
    /// The person opted out, and no reply proves when the service learned it: the text was parked, lost or still on its
    /// way, or only the carrier knew. Until the service learns it the reminder lives, and after that it has ended.
    OptOutNotProved of G1,
    /// A text that deletes it was sent before it had to be over, and no answer to that text was seen. It may have been
    /// stored at any time since.
    DeletionNotAnswered of G1,
    /// A text that moves it was sent before it had to be over, and no answer was seen. It may have skipped the
    /// occurrence that was current when it was stored.
    MoveNotAnswered of G1,
    /// A text that snoozes was sent within the hour in which this occurrence rang, and no answer was seen. It may have
    /// acknowledged this occurrence.
    SnoozeNotAnswered of G1,
    /// "Done" was sent within the hour in which this occurrence rang, and no answer was seen. It may have acknowledged
    /// this occurrence.
    DoneNotAnswered of G1,
    /// The person said where they are, and no answer was seen, or it was due in the quarter of an hour before, or a
    /// fault kept it from its first call for longer, so that it may still have waited for that. It may be due in the
    /// old or in the new zone.
    ZoneNotAnswered of G1,
    /// The series was paused, and a RESUME was sent whose answer was not seen. It may have been stored at any time
    /// since.
    ResumeNotAnswered of G1,
    /// A text that was accepted did not arrive, every report of that was lost, and a fault hit the moment at which the
    /// carrier is asked. PROTOCOL: the carrier is asked once, then the text counts as delivered.
    StatusLost of G1,
    /// The item of the reminder can't be read any more, so it is not known what is still owed. The operator was
    /// alarmed, which is judged separately.
    ItemUnreadable of G1,
    /// A function that crashed, timed out or lost the answer of its write did not know that it had asked before. It
    /// must ask again, since the first request may not have arrived.
    OutcomeNotWritten of G2,
    /// A function froze before the key was answered, for at most an hour, and sent its one request for a text when it
    /// thawed: the try was counted before. A second request would be a breach.
    FrozenBeforeKey of G3,
    /// A fault hit while "done" was handled. Its function may have died before it withdrew the text: the confirmation
    /// was written before, and a text too many is better than a confirmation too few.
    NotWithdrawn of G3,
    /// A function froze before the cancellation was confirmed, for at most an hour, and sent its one request when it
    /// thawed: the claim was written before. A second request, or the words of the reminder, would be a breach.
    FrozenBeforeCancellation of G4,
    /// A fault was injected while the opt-out was handled, so its reply may mean that it was parked and not stored.
    OptOutMaybeParked of G4,
    /// The person said where they are, and no answer was seen, or it was due in the quarter of an hour before, so that
    /// it may still have waited for its first call. It may be due in the old or in the new zone.
    ZoneMaybeCorrected of G5,
    /// A function froze after its claim, for at most an hour, and sent its one request when it thawed.
    FrozenBeforeRequest of G6,
    /// A function froze within the hour before. It may have failed when it thawed, for no other reason.
    FrozenBeforeAlarm of G7,
    /// The previous occurrence still had a call to make when this one was due.
    PreviousStillRang of G7,
    /// The person may have been opted out when the text was handled: an opt-out was under way, or only the carrier knew
    /// it. People who have opted out are not answered.
    MaybeOptedOut of G8,
    /// "Yes" or "no", which answers no question that is open. Without a question it is a pleasantry, and a machine that
    /// says thanks would also thank for the answer.
    NothingAsked of G8,
    /// The fourth unreadable text within an hour. The sender may be a machine, and a machine is not answered.
    TooManyUnread of G8,
    /// The text could be written neither to the store nor to the queue. Its carrier knows: no delivery was answered with
    /// 2xx, and a fault hit each. The person sees no answer, and the operator was alarmed or a function died.
    NotTaken of G8,
    /// The dead letters hold this text, by its id. The operator was alarmed.
    SetAside of G8,
    /// An alarm names this text: its answer was tried three times or for a day.
    AnswerAlarmed of G8,
    /// At least three faults since the text was received may each have used up one of the three tries of its answer:
    /// the function died between the count and the request, the request had no readable answer, or each breaker was
    /// open and the write that takes the count back was lost. PROTOCOL allows three tries with an unknown outcome, and
    /// an answer that is given up raises no alarm, since its sender can text again.
    AnswerGivenUp of G8,
    /// The carrier refused the answer because of the number itself. No text can reach this person.
    AnswerRefused of G8,
    /// The world ended before everything that was begun had to be over: a text to a person of a herd waits for its
    /// turn.
    EndOfWorld of G8,
}

/// Number of cases that were judged and seen, of each guarantee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares {
    judged: BTreeMap<Guarantee, u64>,
    excused: BTreeMap<Excuse, u64>,
}

/// Smallest share of the cases that a long run must judge, in percent.
const LEAST: u64 = 90;

/// Number of histories from which a run is long.
pub const LONG: u64 = 10_000;

impl Shares {
    /// Counts a case that was judged.
    pub(super) fn judge(&mut self, guarantee: Guarantee) {
        *self.judged.entry(guarantee).or_insert(0) += 1;
    }

    /// Counts a case that was excused.
    pub(super) fn excuse(&mut self, excuse: Excuse) {
        *self.excused.entry(excuse).or_insert(0) += 1;
    }

    /// Counts a case: excused if there is an excuse, otherwise judged.
    pub(super) fn case(&mut self, guarantee: Guarantee, excuse: Option<Excuse>) {
        match excuse {
            Some(excuse) => self.excuse(excuse),
            None => self.judge(guarantee),
        }
    }

    /// Adds the counts of another world or thread.
    pub fn merge(&mut self, other: Self) {
        for (guarantee, count) in other.judged {
            *self.judged.entry(guarantee).or_insert(0) += count;
        }
        for (excuse, count) in other.excused {
            *self.excused.entry(excuse).or_insert(0) += count;
        }
    }

    /// Number of judged and of seen cases of a guarantee.
    pub fn of(&self, guarantee: Guarantee) -> (u64, u64) {
        let judged = self.judged.get(&guarantee).copied().unwrap_or(0);
        let excused = self.excused.iter().filter(|(excuse, _)| excuse.guarantee() == guarantee);
        (judged, judged + excused.map(|(_, count)| count).sum::<u64>())
    }

    /// What a run of this many histories should have judged but did not.
    pub fn shortfalls(&self, histories: u64) -> Vec<String> {
        if histories < LONG {
            return Vec::new();
        }
        let short = |guarantee: &Guarantee| {
            let (judged, seen) = self.of(*guarantee);
            (judged * 100 < seen * LEAST || seen == 0)
                .then(|| format!("{guarantee:?}: {judged} of {seen} cases were judged, expected {LEAST}%"))
        };
        Guarantee::ALL.iter().filter_map(short).collect()
    }

    /// The share judged of each guarantee, and the number of each excuse, as lines.
    pub fn table(&self) -> Vec<String> {
        let mut lines = vec![format!("{:<44} {:>12} {:>12} {:>8}", "guarantee", "judged", "seen", "share")];
        for guarantee in Guarantee::ALL {
            let (judged, seen) = self.of(guarantee);
            let name = format!("{guarantee:?} {}", guarantee.case());
            lines.push(format!("{name:<44} {judged:>12} {seen:>12} {}", percent(judged, seen)));
        }
        lines.extend([String::new(), format!("{:<44} {:>12} {:>12} {:>8}", "excuse", "excused", "seen", "share")]);
        for (excuse, count) in &self.excused {
            let (_, seen) = self.of(excuse.guarantee());
            let name = format!("{:?} {excuse:?}", excuse.guarantee());
            lines.push(format!("{name:<44} {count:>12} {seen:>12} {}", percent(*count, seen)));
        }
        lines
    }
}

/// A share in percent, with one decimal.
fn percent(part: u64, all: u64) -> String {
    let tenths = (part * 1000).checked_div(all).unwrap_or(0);
    format!("{:>6}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(judged: u64, excused: u64) -> Shares {
        let mut shares = Shares::default();
        for guarantee in Guarantee::ALL {
            shares.judge(guarantee);
        }
        shares.judged.insert(Guarantee::G8, judged);
        shares.excused.insert(Excuse::MaybeOptedOut, excused);
        shares
    }

    #[test]
    fn a_long_run_is_short_below_nine_tenths_and_a_short_one_never_is() {
        assert_eq!(shares(90, 10).shortfalls(LONG), Vec::<String>::new());
        assert_eq!(shares(89, 11).shortfalls(LONG), ["G8: 89 of 100 cases were judged, expected 90%"]);
        assert_eq!(shares(89, 11).shortfalls(LONG - 1), Vec::<String>::new());
    }

    #[test]
    fn a_guarantee_of_which_nothing_was_seen_is_short() {
        assert_eq!(Shares::default().shortfalls(LONG).len(), Guarantee::ALL.len());
    }
}
