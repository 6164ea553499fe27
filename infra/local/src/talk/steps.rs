//! The ten steps of the talk, in the order of docs/talk.md: what each is about, the fault that it causes, what the
//! service promises, and the place in the code that keeps the promise.

use super::code::{CodePlace, code_place};
use super::expected::Expected;
use crate::phone::ReminderState::{Cancelled, Heard, Missed, OptedOut};

/// A step of the talk.
#[derive(Debug)]
pub(super) struct TalkStep {
    /// The words of the talk.
    pub(super) section: &'static str,
    /// What the step is about, in one or two sentences.
    pub(super) about: &'static str,
    /// The fault that is caused, as a sentence.
    pub(super) fault: &'static str,
    /// The promise that is kept, as a sentence.
    pub(super) promise: &'static str,
    /// What the promise means for each person of the step.
    pub(super) expected: &'static [&'static [Expected]],
    /// The place in the code that keeps the promise.
    pub(super) code: CodePlace,
    /// What the step does.
    pub(super) play: Play,
}

/// What a step does on the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Play {
    /// A text becomes a call.
    Text,
    /// The dialer is killed while it waits for the carrier's answer.
    KillDialer,
    /// AWS is stopped while a reminder becomes due.
    StopAws,
    /// A text can't be stored.
    Park,
    /// The carrier is down while three reminders become due.
    StopCarrier,
    /// The carrier's answer is lost.
    LoseAnswer,
    /// The same text arrives many times.
    RepeatText,
    /// The carrier's reports are repeated and reordered.
    Reorder,
    /// The reminder is deleted during its call, and its person opts out.
    DeleteAndOptOut,
    /// The wake-up is lost.
    LoseWakeUp,
}

/// Number of steps.
pub const STEPS_COUNT: usize = 10;

/// The facts of a reminder whose person was called once and pressed a key.
const CALLED_ONCE: &[Expected] = &[
    Expected::Ends(&[Heard]),
    Expected::Requests(1),
    Expected::Rings(1),
    Expected::Says("buy milk"),
    Expected::Texts(0),
];
/// The same, if a carrier that was down has also refused requests.
const CALLED_AT_LAST: &[Expected] =
    &[Expected::Ends(&[Heard]), Expected::Rings(1), Expected::Says("buy milk"), Expected::Texts(0)];

/// The steps in their order.
pub(super) const STEPS: [TalkStep; STEPS_COUNT] = [
    TalkStep {
        section: "A service receives a text, waits, and calls the user",
        about: "One function stores the text in a table and sends a wake-up message to a queue. At the due time the \
                queue hands the message to another function, which asks the carrier for the call.",
        fault: "None. This step shows the normal case.",
        promise: "The phone rang once, and the call said the reminder.",
        expected: &[CALLED_ONCE],
        code: code_place!(
            "crates/executor/src/wake_up.rs",
            "(Ok(()), Route::Queue { delay_s }) => {",
            "Some(Event::WakeUpSent { generation })"
        ),
        play: Play::Text,
    },
    TalkStep {
        section: "Failures of CPU and memory",
        about: "A process can end at any moment, even in the middle of a call. The dialer therefore writes a claim \
                before it asks the carrier, and only a written claim may place a call.",
        fault: "The dialer is killed while it waits for the carrier's answer. Ten seconds later the queue delivers \
                the wake-up again.",
        promise: "The phone rang once: the second delivery found the claim and did nothing.",
        expected: &[CALLED_ONCE],
        code: code_place!(
            "functions/dialer/src/dial.rs",
            "let applied = apply_with(context, reminder, woken, give_back_unclaimed).await?;",
            "place(selected, context, *claimed, &profile, claim, last_start).await;"
        ),
        play: Play::KillDialer,
    },
    TalkStep {
        section: "Failures of disk and network",
        about: "Table, queue and functions can be gone for some time. Nothing that was accepted is only in memory, so \
                the work goes on when they are back, and a late call still rings if it is not later than a limit.",
        fault: "AWS is stopped for five seconds, and the reminder becomes due meanwhile.",
        promise: "The phone rang once, when AWS was back.",
        expected: &[&[
            Expected::Ends(&[Heard]),
            Expected::Requests(1),
            Expected::Rings(1),
            Expected::WithinSeconds(45),
            Expected::Says("buy milk"),
            Expected::Texts(0),
        ]],
        code: code_place!(
            "crates/reminder/src/record.rs",
            "pub fn is_within_max_lateness(&self, policy: &Policy, now: Timestamp) -> bool {",
            "now <= policy.last_ring(self.due)"
        ),
        play: Play::StopAws,
    },
    TalkStep {
        section: "Load shedding and asynchronous architecture",
        about: "If the table can't take a text now, the text waits on a queue and is answered later. A text is never \
                answered with “OK” before it is stored.",
        fault: "The function that takes texts can't find its table.",
        promise: "The text was not answered at first. It was parked, stored and answered later, and the phone rang.",
        expected: &[&[
            Expected::Ends(&[Heard]),
            Expected::Requests(1),
            Expected::Rings(1),
            Expected::Says("buy milk"),
            Expected::Texts(1),
            Expected::TextSays("buy milk"),
        ]],
        code: code_place!(
            "functions/inbound/src/webhook.rs",
            "parking.park(&parked, PARKED_FIRST_S)",
            "reply(200, Body::Xml(&api.no_answer()))"
        ),
        play: Play::Park,
    },
    TalkStep {
        section: "Retries, exponential backoff, circuit breaking",
        about: "A request that certainly failed is repeated after a random, growing wait. After five failures a \
                circuit breaker stops all requests to the carrier, and later one request tests whether it works again.",
        fault: "The carrier is down while three reminders become due, until its breaker opens.",
        promise: "All three phones rang once, when the carrier worked again.",
        expected: &[CALLED_AT_LAST, CALLED_AT_LAST, CALLED_AT_LAST],
        code: code_place!(
            "crates/reminder/src/channel.rs",
            "if failures.len() >= FAILURES {",
            "return Some(Self::open(now, OPEN_S));"
        ),
        play: Play::StopCarrier,
    },
    TalkStep {
        section: "At most once, at least once, exactly once",
        about: "If the carrier's answer is lost, nobody knows whether the phone rings. A call is placed at most once, \
                so it is not repeated. A text is sent at least once, so it replaces the call.",
        fault: "The carrier closes the connection without an answer. Ann's call was placed anyway, Ben's was not.",
        promise: "Each call was requested once. Ann's phone rang once; Ben was texted instead.",
        expected: &[
            CALLED_ONCE,
            &[
                Expected::Ends(&[Missed]),
                Expected::Requests(1),
                Expected::Rings(0),
                Expected::Texts(1),
                Expected::TextSays("buy milk"),
            ],
        ],
        code: code_place!(
            "crates/reminder/src/lifecycle/dialing.rs",
            "Event::DeadlinePassed => self.text(TextReason::Unknown, answered, Some(claim)),",
            "Event::DeadlinePassed"
        ),
        play: Play::LoseAnswer,
    },
    TalkStep {
        section: "The keys to “only once”: atomic, window, idempotent",
        about: "The carrier may deliver a text many times. The text's id, the reminder and the answer are stored in \
                one transaction, which fails if the id is there; then the stored answer is sent again.",
        fault: "The same text arrives 50 times, five times at the same moment.",
        promise: "There is one reminder, all copies got the same answer, and the phone rang once.",
        expected: &[&[
            Expected::Ends(&[Heard]),
            Expected::SameAnswers,
            Expected::Requests(1),
            Expected::Rings(1),
            Expected::Says("buy milk"),
        ]],
        code: code_place!(
            "crates/aws/src/store.rs",
            "self.conditional_put(message_item, Condition::AbsentOrExpired { at: message.received_at })?,",
            "self.conditional_put(profile_item, Condition::of(profile))?,"
        ),
        play: Play::RepeatText,
    },
    TalkStep {
        section: "Out-of-order delivery",
        about: "The carrier's reports may come twice, late and in any order. Each names the claim of its call, and \
                an end is final, so a late report changes nothing.",
        fault: "Every report of the call is sent twice, and the reports about its progress come after its end, the \
                last one first.",
        promise: "The phone rang once, and the reminder stayed heard.",
        expected: &[CALLED_ONCE],
        code: code_place!(
            "crates/reminder/src/record/state.rs",
            "pub fn has_claim(&self, claim: &ClaimId) -> bool {",
            "self.claim() == Some(claim)"
        ),
        play: Play::Reorder,
    },
    TalkStep {
        section: "Problems of state; the product first",
        about: "A person and a call may change one reminder at the same moment. Each write names the version it read, \
                and the words of a call are read from the table when it is answered.",
        fault: "Ann deletes the reminder while her phone rings, and the carrier does not end the call. Then she texts \
                STOP.",
        promise: "The call only said goodbye, her other reminder ended too, and nothing came after it.",
        expected: &[&[
            Expected::Ends(&[Cancelled, OptedOut]),
            Expected::Requests(1),
            Expected::Says("Goodbye"),
            Expected::NeverSays("buy milk"),
            Expected::Texts(0),
        ]],
        code: code_place!(
            "crates/reminder/src/lifecycle/call_speech.rs",
            "let speaks = reminder.state().is_some_and(|state| state.has_claim(claim));",
            "if speaks { Speech::Task } else { Speech::Goodbye }"
        ),
        play: Play::DeleteAndOptOut,
    },
    TalkStep {
        section: "Embrace your bugs",
        about: "The table is the truth; queue and schedules only make things happen sooner. A sweeper looks for \
                records whose deadline has passed, whatever the reason.",
        fault: "The queue is emptied, so the wake-up of the reminder is lost.",
        promise: "The sweeper found the reminder ten seconds after its due and sent the wake-up again. The phone rang \
                  once.",
        expected: &[&[
            Expected::Ends(&[Heard]),
            Expected::Requests(1),
            Expected::Rings(1),
            Expected::WithinSeconds(60),
            Expected::Says("buy milk"),
            Expected::Texts(0),
        ]],
        code: code_place!(
            "crates/reminder/src/lifecycle/waiting.rs",
            "if self.is_within_max_lateness(self.now) && counted < RECOVERIES_MAX {",
            "self.text(late_reason(attempt, answered), answered, None)"
        ),
        play: Play::LoseWakeUp,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_all_its_parts_and_its_code_is_found() {
        for step in &STEPS {
            for sentence in [step.about, step.fault, step.promise] {
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
            }
            assert!(!step.section.is_empty() && !step.section.ends_with('.'), "{}", step.section);
            assert!(!step.expected.is_empty() && step.expected.iter().all(|person| !person.is_empty()), "{step:?}");
            let sentences = step.about.matches(['.', ';', '?']).count();
            assert!((1..=3).contains(&sentences), "{}", step.about);
            let found = step.code.find().unwrap_or_else(|problem| panic!("{problem}"));
            assert!(!found.lines.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn every_step_does_something_else() {
        for (index, step) in STEPS.iter().enumerate() {
            for other in &STEPS[..index] {
                assert_ne!(step.play, other.play);
                assert_ne!(step.section, other.section);
                assert_ne!((step.code.path, step.code.from), (other.code.path, other.code.from));
            }
        }
    }

    #[test]
    fn a_step_with_a_reminder_that_nobody_was_told_of_is_not_good() {
        use crate::talk::expected::Facts;
        for step in &STEPS {
            let silent = |person: &[Expected]| person.iter().any(|one| one.problem(&Facts::default()).is_some());
            assert!(step.expected.iter().all(|person| silent(person)), "{}", step.section);
        }
    }
}
