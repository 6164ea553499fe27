//! What is done to the stack, phase by phase.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::crowd::{CLIENTS, Crowd, Sent, Text};
use super::judge::{self, Acceptance, Figures, Phase};
use super::kills::{Killed, kill_mid_call};
use super::scenario::{RunLength, Scenario};
use super::{diagnostics, people};
use local::progress::Progress;
use local::stack::Stack;
use simulated_carrier::{Fault, FaultKind, PhoneNumber, ResourceKind};

/// How long after its maximum lateness a reminder must have come to its end: with these short times what half an hour is with
/// the usual ones.
const MARGIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(500);
/// How long a killed function's messages stay hidden with these times; then they come again.
const HIDDEN: Duration = Duration::from_secs(65);
/// How long it must stay quiet at the end.
const QUIET: Duration = Duration::from_secs(5);
/// How long the carrier holds its answer to a third of the people whose functions are killed.
const HOLD_MS: u64 = 400;

/// How long functions are killed beyond the time in which all are due: over the first of them, and what a kill undid.
const KILLED_PAST: Duration = Duration::from_secs(10);
/// Texts at once while the function that takes them is killed: some come after a kill, into a new process.
const FEW: usize = 3;

/// The size of each scenario.
struct Sizes {
    /// People whose functions are killed, and in how many seconds they are all due.
    killed: (usize, usize),
    /// People with reminders pending when the emulated AWS stops, and for how long it is away.
    stopped: (usize, Duration),
    /// For how long the carrier is dead, and how many texts come in each second of it.
    dead: (Duration, u32),
    /// People who send two texts each, all at once, and in how many seconds these are all due.
    flood: (usize, usize),
    /// People whose reminders are due in the same second.
    herd: usize,
}

impl Sizes {
    fn of(length: RunLength) -> Self {
        match length {
            RunLength::Short => Self {
                killed: (24, 5),
                stopped: (20, Duration::from_secs(2)),
                dead: (Duration::from_secs(6), 4),
                flood: (40, 5),
                herd: 100,
            },
            RunLength::Long => Self {
                killed: (120, 40),
                stopped: (120, Duration::from_secs(15)),
                dead: (Duration::from_secs(60), 3),
                // 572 different texts, of which half come twice at once and a quarter again: 1001 posts.
                flood: (286, 60),
                herd: 300,
            },
        }
    }
}

/// A run on its stack. Dropping it takes the stack down.
pub(super) struct Run {
    stack: Stack,
    crowd: Crowd,
    sizes: Sizes,
    limit: Duration,
    progress: Progress,
    killed: Killed,
}

impl Run {
    pub(super) async fn begin(stack: Stack, length: RunLength, progress: Progress) -> Result<Self> {
        let crowd = Crowd::start(stack.carrier()).await?;
        let limit = Duration::from_secs(length.max_lateness_s()) + MARGIN;
        Ok(Self { stack, crowd, sizes: Sizes::of(length), limit, progress, killed: Killed::default() })
    }

    /// Goes through these scenarios and judges each when all are over: what comes late is seen too.
    pub(super) async fn phases(&mut self, scenarios: &[Scenario]) -> Result<Vec<Figures>> {
        let mut phases = Vec::new();
        for scenario in scenarios {
            phases.push(match scenario {
                Scenario::FunctionsKilled => self.functions_killed().await?,
                Scenario::AwsStopped => self.emulator_stopped().await?,
                Scenario::CarrierDead => self.carrier_dead().await?,
                Scenario::TextsAtOnce => self.texts_at_once().await?,
                Scenario::SameSecond => self.same_second().await?,
            });
        }
        self.progress.say("Waiting for whatever comes late");
        let hidden = self.killed.last().map_or(Duration::ZERO, |last| HIDDEN.saturating_sub(last.elapsed()));
        tokio::time::sleep(hidden.max(QUIET)).await;
        let log = self.stack.carrier().log(None);
        let judged: Vec<Figures> = phases.iter().map(|phase| judge::judge(&log, phase)).collect();
        if judged.iter().any(|figures| !figures.problems.is_empty()) {
            diagnostics::show(&self.stack, &self.progress).await?;
        }
        Ok(judged)
    }

    /// New people with one text each, the first due after `first_s`, the last `within_s` later.
    fn people(&mut self, count: usize, first_s: usize, within_s: usize) -> Result<Vec<Text>> {
        let due_in = |index: usize| format!("in {} seconds", first_s + index * within_s / count);
        (0..count).map(|index| Ok(self.new_texter()?.text(due_in(index)))).collect()
    }

    fn new_texter(&mut self) -> Result<Texter<'_>> {
        let number = self.crowd.new_person(self.stack.carrier())?;
        Ok(Texter { crowd: &mut self.crowd, number })
    }

    async fn functions_killed(&mut self) -> Result<Phase> {
        self.progress.say("Killing functions mid-call");
        let (count, within_s) = self.sizes.killed;
        let texts = self.people(count, 5, within_s)?;
        for text in texts.iter().step_by(3) {
            let hold = Fault {
                resource: Some(ResourceKind::Calls),
                ms: Some(HOLD_MS),
                ..Fault::once(text.number.clone(), FaultKind::Hold)
            };
            self.stack.carrier().add_fault(hold).map_err(|reason| anyhow!(reason))?;
        }
        let mut phase =
            Phase { name: "functions killed", acceptance: Acceptance::WhatIsAnswered, ..empty_phase(&texts) };
        let (stack, crowd) = (&self.stack, &self.crowd);
        let work = async {
            phase.sent = crowd.send(&texts, FEW).await?;
            until_over(stack, &phase, self.limit).await;
            Ok(())
        };
        let a_while = Duration::from_secs(u64::try_from(within_s)?) + KILLED_PAST;
        kill_mid_call(stack, &mut self.killed, a_while, work).await?;
        phase.note = self.killed.note();
        Ok(phase)
    }

    async fn emulator_stopped(&mut self) -> Result<Phase> {
        self.progress.say("Stopping the emulated AWS with reminders pending");
        let (count, away) = self.sizes.stopped;
        let texts = self.people(count, 4, 4 + usize::try_from(away.as_secs())?)?;
        let mut phase = Phase {
            name: "AWS stopped and started",
            sent: self.crowd.send(&texts, CLIENTS).await?,
            ..empty_phase(&texts)
        };
        let stopped = Instant::now();
        if let Some(emulator) = self.stack.emulator() {
            emulator.stop().await?;
            tokio::time::sleep(away).await;
            emulator.start_again().await?;
        }
        phase.note = format!("away for {:.1} s", stopped.elapsed().as_secs_f64());
        until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn carrier_dead(&mut self) -> Result<Phase> {
        let (dead, each_second) = self.sizes.dead;
        self.progress.say(&format!("The carrier is dead for {} s, and texts go on coming", dead.as_secs()));
        let mut phase = Phase { name: "carrier dead under load", ..empty_phase(&[]) };
        let started = Instant::now();
        self.stack.carrier().be_unreachable();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / each_second);
        while started.elapsed() < dead {
            ticks.tick().await;
            let text = self.new_texter()?.text("in 2 seconds".to_owned());
            phase.posted += text.copies;
            phase.sent.push(self.crowd.send_one(&text).await?);
        }
        self.stack.carrier().be_reachable();
        phase.note = format!("dead for {:.1} s, {each_second} texts a second", started.elapsed().as_secs_f64());
        until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn texts_at_once(&mut self) -> Result<Phase> {
        let (people, within_s) = self.sizes.flood;
        self.progress.say("Texting all at once, with duplicates");
        let mut posts: Vec<(usize, Text)> = Vec::new();
        for index in 0..people * 2 {
            // The second text of somebody who has sent one is theirs too.
            let when = format!("in {} seconds", 8 + index * within_s / (people * 2));
            let mut text = match index.checked_sub(people) {
                None => self.new_texter()?.text(when),
                Some(first) => {
                    let number = posts[first].1.number.clone();
                    self.crowd.text(&number, when)
                }
            };
            text.copies = 1 + usize::from(index % 2 == 0);
            posts.push((index, text));
        }
        // A quarter comes once more, while the first is hardly answered.
        let again: Vec<(usize, Text)> =
            posts.iter().filter(|(index, _)| index % 4 == 1).map(|(index, text)| (index + 5, text.clone())).collect();
        posts.extend(again);
        posts.sort_by_key(|(place, _)| *place);
        let posts: Vec<Text> = posts.into_iter().map(|(_, text)| text).collect();
        let started = Instant::now();
        let mut phase =
            Phase { name: "texts at once", sent: self.crowd.send(&posts, CLIENTS).await?, ..empty_phase(&posts) };
        phase.note = format!("{} posted in {:.1} s", phase.posted, started.elapsed().as_secs_f64());
        until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn same_second(&mut self) -> Result<Phase> {
        self.progress.say(&format!("{} reminders due in the same second", self.sizes.herd));
        // Far enough ahead for all of them to be stored before.
        let ahead = SignedDuration::from_secs(5 + i64::try_from(self.sizes.herd / 20)?);
        let when = clock(Timestamp::now() + ahead)?;
        let texts: Vec<Text> =
            (0..self.sizes.herd).map(|_| Ok(self.new_texter()?.text(when.clone()))).collect::<Result<_>>()?;
        let mut phase = Phase {
            name: "due in the same second",
            sent: self.crowd.send(&texts, CLIENTS).await?,
            ..empty_phase(&texts)
        };
        phase.note = format!("all {when}");
        until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }
}

/// A person who is about to text.
struct Texter<'a> {
    crowd: &'a mut Crowd,
    number: PhoneNumber,
}

impl Texter<'_> {
    fn text(self, when: String) -> Text {
        self.crowd.text(&self.number, when)
    }
}

/// A phase in which nothing came back yet for these texts, which must all be accepted.
fn empty_phase(texts: &[Text]) -> Phase {
    let posted = texts.iter().map(|text| text.copies).sum();
    Phase { name: "", acceptance: Acceptance::All, sent: Vec::<Sent>::new(), posted, note: String::new() }
}

/// Waits until everything of a phase has ended, or should have: the judge says what did not.
async fn until_over(stack: &Stack, phase: &Phase, limit: Duration) {
    let started = Instant::now();
    while !judge::is_over(&stack.carrier().log(None), phase) && started.elapsed() < limit {
        tokio::time::sleep(POLL).await;
    }
}

/// "at 4:52:30 PM", where these people live.
fn clock(at: Timestamp) -> Result<String> {
    let local = at.to_zoned(TimeZone::get(people::ZONE)?);
    Ok(local.strftime("at %-I:%M:%S %p").to_string())
}
