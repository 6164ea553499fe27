//! Runs the scenarios, one phase for each.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::kills::kill_mid_call;
use super::scenario::{RunLength, Scenario};
use super::{diagnostics, next_try};
use judge::{Acceptance, Figures, Phase, Sent};
use local::crowd::{Crowd, First, Text};
use local::kills::Killed;
use local::progress::Progress;
use local::stack::Stack;
use simulated_carrier::{DeliveryEnd, DeliveryScript, Fault, FaultKind, PhoneNumber, Reports, ResourceKind};

/// Time after its max lateness within which a reminder must have ended. With the default times, this would be half an
/// hour.
const MARGIN: Duration = Duration::from_secs(60);
/// Maximum number of texts that are sent at the same time.
const CLIENTS: usize = 32;
const POLL: Duration = Duration::from_millis(500);
/// Time between two searches for texts that were not delivered, to move their next try to now.
const BETWEEN_MOVES: Duration = Duration::from_secs(5);
/// How long the messages of a killed function stay hidden with the times of a run, before SQS delivers them again.
const HIDDEN: Duration = Duration::from_secs(77);
/// Minimum wait at the end, to see late calls and texts.
const QUIET: Duration = Duration::from_secs(5);
/// How long the carrier delays its answer to a call request while functions are killed, for a third of the people.
const HOLD_MS: u64 = 400;

/// How much longer functions are killed than the span of the dues, to also hit retries and recoveries.
const KILLED_PAST: Duration = Duration::from_secs(10);
/// Number of texts that are sent at the same time while the inbound function is killed. It is small, so that some texts
/// reach a new process after a kill.
const FEW_CLIENTS: usize = 3;

/// Twilio's code of a text to a phone that is off.
const PHONE_OFF: u32 = 30003;

/// The load of each scenario.
struct Sizes {
    /// Number of people who text while functions are killed, and over how many seconds their dues are spread.
    killed: (usize, usize),
    /// Number of people with pending reminders when the emulated AWS stops, and how long it is stopped.
    stopped: (usize, Duration),
    /// How long the carrier is unreachable, and how many texts come per second.
    dead: (Duration, u32),
    /// Number of people who send two texts each, and over how many seconds their dues are spread.
    flood: (usize, usize),
    /// Number of people whose reminders are due in the same second.
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
                // 572 different texts. Half are sent twice at the same time, and a quarter again later: 1001 posts.
                flood: (286, 60),
                herd: 300,
            },
        }
    }
}

/// A run on its stack. Dropping it stops the stack.
pub(super) struct Run {
    stack: Stack,
    crowd: Crowd,
    sizes: Sizes,
    /// How long a phase waits for its reminders at most.
    limit: Duration,
    progress: Progress,
    killed: Killed,
}

impl Run {
    pub(super) async fn begin(stack: Stack, length: RunLength, progress: Progress) -> Result<Self> {
        let crowd = Crowd::start(stack.carrier(), First::default()).await?;
        let limit = Duration::from_secs(length.max_lateness_s()) + MARGIN;
        Ok(Self { stack, crowd, sizes: Sizes::of(length), limit, progress, killed: Killed::default() })
    }

    /// Runs the scenarios. Judges each at the end of the run, so that late calls and texts are seen too.
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
        self.progress.say("Waiting for late calls and texts");
        let hidden = self.killed.last().map_or(Duration::ZERO, |last| HIDDEN.saturating_sub(last.elapsed()));
        tokio::time::sleep(hidden.max(QUIET)).await;
        let log = self.stack.carrier().log(None);
        let judged: Vec<Figures> = phases.iter().map(|phase| judge::judge(&log, phase)).collect();
        if judged.iter().any(|figures| !figures.problems.is_empty()) {
            diagnostics::show(&self.stack, &self.progress).await?;
        }
        Ok(judged)
    }

    /// Returns a text from each of `count` new people. From `first_s` on, the dues are spread over `within_s` seconds.
    fn people(&mut self, count: usize, first_s: usize, within_s: usize) -> Result<Vec<Text>> {
        let due_in = |index: usize| format!("in {} seconds", first_s + index * within_s / count);
        (0..count).map(|index| Ok(self.new_texter()?.text(due_in(index)))).collect()
    }

    fn new_texter(&mut self) -> Result<Texter<'_>> {
        let number = self.crowd.new_person(self.stack.carrier())?;
        Ok(Texter { crowd: &mut self.crowd, number })
    }

    /// Scripts the delivery of the next texts to a person. All answers were sent before, so these texts replace calls.
    fn hamper_delivery(&self, number: &PhoneNumber, index: usize) -> Result<()> {
        self.stack.carrier().deliver(number, deliveries(index)).map_err(|reason| anyhow!(reason))
    }

    async fn functions_killed(&mut self) -> Result<Phase> {
        self.progress.say("Killing functions during calls");
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
        let mut phase = Phase { name: "functions killed", acceptance: Acceptance::MayFail, ..empty_phase(&texts) };
        let (stack, crowd) = (&self.stack, &self.crowd);
        let work = async {
            phase.sent = crowd.send(&texts, FEW_CLIENTS).await?;
            wait_until_over(stack, &phase, self.limit).await;
            Ok(())
        };
        let duration = Duration::from_secs(u64::try_from(within_s)?) + KILLED_PAST;
        kill_mid_call(stack, &mut self.killed, duration, work).await?;
        phase.note = self.killed.note();
        Ok(phase)
    }

    async fn emulator_stopped(&mut self) -> Result<Phase> {
        self.progress.say("Stopping the emulated AWS while reminders are pending");
        let (count, outage) = self.sizes.stopped;
        let texts = self.people(count, 4, 4 + usize::try_from(outage.as_secs())?)?;
        let mut phase = Phase {
            name: "AWS stopped and started",
            sent: self.crowd.send(&texts, CLIENTS).await?,
            ..empty_phase(&texts)
        };
        let stopped = Instant::now();
        if let Some(emulator) = self.stack.emulator() {
            emulator.stop().await?;
            tokio::time::sleep(outage).await;
            emulator.start_again().await?;
        }
        phase.note = format!("stopped for {:.1} s", stopped.elapsed().as_secs_f64());
        wait_until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn carrier_dead(&mut self) -> Result<Phase> {
        let (dead, each_second) = self.sizes.dead;
        self.progress.say(&format!("Making the carrier unreachable for {} s while texts keep coming", dead.as_secs()));
        let mut phase = Phase { name: "carrier unreachable", ..empty_phase(&[]) };
        let started = Instant::now();
        self.stack.carrier().be_unreachable();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / each_second);
        while started.elapsed() < dead {
            ticks.tick().await;
            let text = self.new_texter()?.text("in 2 seconds".to_owned());
            phase.posted += text.copies;
            phase.sent.push(self.crowd.send_one(&text).await?);
            self.hamper_delivery(&text.number, phase.sent.len())?;
        }
        self.stack.carrier().be_reachable();
        phase.note = format!("unreachable for {:.1} s, {each_second} texts/s", started.elapsed().as_secs_f64());
        wait_until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn texts_at_once(&mut self) -> Result<Phase> {
        let (people, within_s) = self.sizes.flood;
        self.progress.say("Sending many texts at once, with duplicates");
        let mut posts: Vec<(usize, Text)> = Vec::new();
        for index in 0..people * 2 {
            // The first texts of all people come before their second texts.
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
        // A quarter of the texts is sent once more shortly afterwards.
        let repeats: Vec<(usize, Text)> =
            posts.iter().filter(|(index, _)| index % 4 == 1).map(|(index, text)| (index + 5, text.clone())).collect();
        posts.extend(repeats);
        posts.sort_by_key(|(position, _)| *position);
        let posts: Vec<Text> = posts.into_iter().map(|(_, text)| text).collect();
        let started = Instant::now();
        let mut phase =
            Phase { name: "texts at once", sent: self.crowd.send(&posts, CLIENTS).await?, ..empty_phase(&posts) };
        phase.note = format!("{} posted in {:.1} s", phase.posted, started.elapsed().as_secs_f64());
        // In a short run, most second reminders are texted, because the phone may not ring again so soon.
        for (index, text) in posts.iter().enumerate() {
            self.hamper_delivery(&text.number, index)?;
        }
        wait_until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }

    async fn same_second(&mut self) -> Result<Phase> {
        self.progress.say(&format!("Making {} reminders due in the same second", self.sizes.herd));
        // By this time all texts are stored, even on a busy machine. A text that came later would mean tomorrow.
        let ahead = SignedDuration::from_secs(30 + i64::try_from(self.sizes.herd / 10)?);
        let when = clock(Timestamp::now() + ahead)?;
        let texts: Vec<Text> =
            (0..self.sizes.herd).map(|_| Ok(self.new_texter()?.text(when.clone()))).collect::<Result<_>>()?;
        let mut phase = Phase {
            name: "due in the same second",
            sent: self.crowd.send(&texts, CLIENTS).await?,
            ..empty_phase(&texts)
        };
        phase.note = format!("all {when}");
        wait_until_over(&self.stack, &phase, self.limit).await;
        Ok(phase)
    }
}

/// A person who sends a text.
struct Texter<'a> {
    crowd: &'a mut Crowd,
    number: PhoneNumber,
}

impl Texter<'_> {
    fn text(self, when: String) -> Text {
        self.crowd.text(&self.number, when)
    }
}

/// Returns the delivery scripts of the texts that replace a call, for the person of this index. For a third of the
/// people, the first text is not delivered. For another third, no status of the first text is reported.
fn deliveries(index: usize) -> Vec<DeliveryScript> {
    let phone_off =
        DeliveryScript { then: DeliveryEnd::Undelivered, code: Some(PHONE_OFF), ..DeliveryScript::default() };
    match index % 3 {
        0 => vec![],
        1 => vec![phone_off],
        _ => vec![DeliveryScript { reports: Reports::Lost, ..DeliveryScript::default() }],
    }
}

/// Returns a phase without answers so far, in which all texts must be accepted.
fn empty_phase(texts: &[Text]) -> Phase {
    let posted = texts.iter().map(|text| text.copies).sum();
    Phase { name: "", acceptance: Acceptance::All, sent: Vec::<Sent>::new(), posted, note: String::new() }
}

/// Waits until each reminder of a phase was spoken or delivered as a text, at most for `limit`. The judge reports those
/// that were not. Meanwhile, texts that were not delivered are tried again without the wait of a quarter of an hour.
async fn wait_until_over(stack: &Stack, phase: &Phase, limit: Duration) {
    let started = Instant::now();
    let mut moved_at = started;
    while !judge::is_over(&stack.carrier().log(None), phase) && started.elapsed() < limit {
        if moved_at.elapsed() > BETWEEN_MOVES {
            moved_at = Instant::now();
            // An error is ignored, because the emulator may fail under load. The next search tries again.
            drop(next_try::move_all_to_now(stack).await);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Formats an instant in the people's zone, for example "at 4:52:30 PM".
fn clock(at: Timestamp) -> Result<String> {
    let local = at.to_zoned(TimeZone::get(judge::ZONE)?);
    Ok(local.strftime("at %-I:%M:%S %p").to_string())
}
