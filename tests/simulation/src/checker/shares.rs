//! How large a share of the cases of each guarantee is judged, and the excuses for the other cases.
//!
//! A case is judged if the checker accepts only one behavior of the service. A case is excused if the checker would
//! accept both that the service acted and that it did not act.

use std::collections::BTreeMap;

/// A guarantee of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Nothing is lost. A case is a due of a promise.
    G1,
    /// Nothing is duplicated. A case is a request for a call, or a repeated request for a text that replaces a call.
    G2,
    /// Nothing stale acts. A case is an occurrence whose acknowledgement, by a key or by "done", was answered.
    G3,
    /// Nothing comes after a cancellation. A case is a confirmed deletion, move, skip, "done" or opt-out.
    G4,
    /// Nothing comes early. A case is a request for a call.
    G5,
    /// Lateness is bounded. A case is a request for a call.
    G6,
    /// A failure stays isolated. A case is an occurrence of a series except the first, an alarm, or a dead letter.
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
            Self::G3 => "acknowledged occurrences",
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
        /// The reason why both behaviors of the service are legal in a case. The comment of each reason proves it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Excuse { $($(#[doc = $doc])+ $name,)+ }

        impl Excuse {
            /// The guarantee whose cases it excuses.
            pub fn guarantee(self) -> Guarantee {
                match self { $(Self::$name => Guarantee::$guarantee,)+ }
            }
        }
    };
}

excuses! {
    /// The person opted out, and the service did not know it yet: the text was not handled, and the carrier had refused
    /// no text. Or the reminder may have been made after the opt-out. The reminder lives until the service learns of
    /// the opt-out, and has ended after that.
    OptOutNotProved of G1,
    /// The person called the service, was told about this occurrence and pressed the key 1, and heard no answer. The
    /// key may have acknowledged this occurrence.
    DoneNotAnswered of G1,
    /// The person named their city, and the occurrence may still have waited for its first call: it was due within the
    /// quarter of an hour before, or a fault had delayed that call for longer. Or an older release, which can't read
    /// each record, handled that text. The occurrence may be due in the old zone or in the new one.
    ZoneNotAnswered of G1,
    /// A text that was accepted did not arrive, and the service may not know it. The service received no report of the
    /// failure, and a fault hit its question to the carrier, or the report if the text failed after that question.
    /// After its last question, the service takes the text for sent.
    StatusLost of G1,
    /// The item of the reminder can't be read any more, so the service does not know what it still owes. That the
    /// operator was alarmed is judged separately.
    ItemUnreadable of G1,
    /// The service could not write that an earlier request for the text was accepted: its function crashed, timed out
    /// or lost the response to its write. It must request the text again, because the earlier request may not have
    /// arrived. Or a function froze after it had counted its try, and sent its one request when it thawed.
    OutcomeNotWritten of G2,
    /// A function froze before the key was answered, for at most an hour, and sent its one request for a text when it
    /// thawed. It had counted the try before it froze. A second request would be a breach.
    FrozenBeforeKey of G3,
    /// A fault hit while "done", or a key after the end of its occurrence, was handled. The function writes the
    /// acknowledgement first, and the text may then not be withdrawn. A superfluous text is better than a lost
    /// acknowledgement.
    NotWithdrawn of G3,
    /// A function froze before the cancellation was confirmed, for at most an hour, and sent its one request for a call
    /// when it thawed. It had written the claim before it froze. A second request would be a breach. So would a call on
    /// which the reminder is spoken.
    FrozenBeforeCancellation of G4,
    /// The person named their city, and the reminder was due within the quarter of an hour before and may still have
    /// waited for its first call. Or an older release handled that text. The reminder may be due in the old zone or in
    /// the new one.
    ZoneMaybeCorrected of G5,
    /// As [`ZoneMaybeCorrected`](Self::ZoneMaybeCorrected): it is not certain which due the lateness counts from.
    LateZoneMaybeCorrected of G6,
    /// A function froze after its claim, for at most an hour, and sent its one request when it thawed.
    FrozenBeforeRequest of G6,
    /// A function froze within the hour before the alarm or the dead letter. When it thawed, it may have failed only
    /// because it had been frozen.
    FrozenBeforeAlarm of G7,
    /// The previous occurrence had not ended when this occurrence was due.
    PreviousStillRang of G7,
    /// The person may have been opted out when the text was handled: an opt-out was under way, or only the carrier knew
    /// of it. A person who has opted out is not answered.
    MaybeOptedOut of G8,
    /// The text is "yes" or "no", perhaps no question was open, and the store shows that it gets no answer. It need not
    /// be answered: it is only polite, and a machine might reply to each answer without end.
    NothingAsked of G8,
    /// At least three other unreadable texts came within about an hour, and the store shows that this one gets no
    /// answer. The sender may be a machine, and a machine is not answered.
    TooManyUnread of G8,
    /// Within about an hour, at least thirty answers came before, and the text may not change anything. Or at least sixty
    /// answers came before. Then a text is not answered, because answers cost money and a sender can be forged.
    TooManyAnswers of G8,
    /// A fault hit each delivery of the text: its function gave no response in time, or could write the text neither to
    /// the store nor to the queue, or could not complete an opt-out. Its carrier knows it, because no delivery was
    /// answered with 2xx.
    NotTaken of G8,
    /// A dead letter contains the id of this text. The operator was alarmed.
    SetAside of G8,
    /// The store shows that the service gave up the answer. Either carriers refused it for now for a day, or each of
    /// its three counted tries was used up: the function died between the count and the request, the request had no
    /// readable response, or each breaker was open and the write that takes the count back was lost. An answer that is
    /// given up raises no alarm, because its sender can text again.
    AnswerGivenUp of G8,
    /// The carrier refused the answer because of the number itself. No text can reach this person.
    AnswerRefused of G8,
    /// The world ended before the time by which the text had to be taken and answered. While an older release runs, a
    /// text that needs a record of the later release waits for that release.
    EndOfWorld of G8,
}

/// Number of judged cases of each guarantee, and of the cases with each excuse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares {
    judged: BTreeMap<Guarantee, u64>,
    excused: BTreeMap<Excuse, u64>,
}

/// Smallest share of the cases that a long run must judge, in percent.
const LEAST: u64 = 90;

/// Smallest number of histories of a long run.
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

    /// Number of judged cases of a guarantee, and number of all its cases.
    pub fn of(&self, guarantee: Guarantee) -> (u64, u64) {
        let judged = self.judged.get(&guarantee).copied().unwrap_or(0);
        let excused = self.excused.iter().filter(|(excuse, _)| excuse.guarantee() == guarantee);
        (judged, judged + excused.map(|(_, count)| count).sum::<u64>())
    }

    /// One line for each guarantee of which a long run judged too few cases. Returns no lines if the run of this many
    /// histories is not long.
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

    /// The lines of a table: the judged cases of each guarantee, and the excused cases of each excuse, with their
    /// shares.
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
    fn a_long_run_must_judge_nine_tenths_of_the_cases_and_a_short_run_any_share() {
        assert_eq!(shares(90, 10).shortfalls(LONG), Vec::<String>::new());
        assert_eq!(shares(89, 11).shortfalls(LONG), ["G8: 89 of 100 cases were judged, expected 90%"]);
        assert_eq!(shares(89, 11).shortfalls(LONG - 1), Vec::<String>::new());
    }

    #[test]
    fn a_long_run_must_see_cases_of_each_guarantee() {
        assert_eq!(Shares::default().shortfalls(LONG).len(), Guarantee::ALL.len());
    }
}
