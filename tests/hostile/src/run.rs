//! The phases of a run.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use local::progress::Progress;
use local::stack::Stack;
use reminder::ids::PersonKey;

use super::answers::{Answer, CLIENTS, Sender, Tally};
use super::findings::Findings;
use super::honest::{self, Heard};
use super::logs::Search;
use super::memory::{self, MemoryWatch};
use super::numbers::{Role, UNUSUAL};
use super::plan::{Planner, canary};
use super::report::Report;
use super::request::{Expected, Request, signature};
use super::routes::{Route, Target};
use super::rows::{Explained, Ignored, Rows};
use super::sizes::{COPIES, RunLength, Sizes};
use super::{aws_requests, crowd, poison, queues};

const POLL: Duration = Duration::from_millis(500);
/// How long the rows of the targets may take to become quiet after their texts.
const QUIET: Duration = Duration::from_secs(30);

/// A run on its stack.
pub(crate) struct Run<'a> {
    stack: &'a Stack,
    length: RunLength,
    sizes: Sizes,
    seed: u64,
    progress: Progress,
    canary: String,
    key: PersonKey,
    sender: Sender,
    ignored: Ignored,
    targets: Vec<Target>,
    started: Instant,
    started_at: Timestamp,
    /// When the requests ended that the functions handle one like the other.
    calm_until: Instant,
    phases: Vec<(&'static str, Tally)>,
    findings: Findings,
    explained: Explained,
    poison: usize,
    late_in_crowd: Option<SignedDuration>,
}

impl<'a> Run<'a> {
    /// Makes the reminders that forged requests try to change.
    pub(crate) async fn begin(stack: &'a Stack, length: RunLength, seed: u64, progress: Progress) -> Result<Self> {
        let key = aws_requests::person_key(stack).await?;
        let canary = canary(seed);
        let ignored = Ignored::of(honest::TEXT_IDS, honest::people(&key)).and_existing(stack).await?;
        let mut run = Self {
            sender: Sender::new(stack.api_url()?, canary.clone()),
            sizes: Sizes::of(length),
            targets: vec![],
            started: Instant::now(),
            started_at: Timestamp::now(),
            calm_until: Instant::now(),
            phases: vec![],
            findings: Findings::default(),
            explained: Explained::default(),
            poison: 0,
            late_in_crowd: None,
            stack,
            length,
            seed,
            progress,
            canary,
            key,
            ignored,
        };
        run.make_targets().await?;
        Ok(run)
    }

    async fn make_targets(&mut self) -> Result<()> {
        let canary = self.canary.clone();
        // These ids begin in another way than those of the planner of the other requests.
        let mut planner = Planner::new(self.seed ^ 0x8000_0000, &canary, &[]);
        let words = format!("remind me to {canary} in 5 days");
        let texts: Vec<Request> =
            (0..self.sizes.targets).map(|index| planner.text(&Role::Target.number(index), &words)).collect();
        self.explain(&texts);
        self.send("targets", &texts, 1).await;
        for index in 0..self.sizes.targets {
            let number = Role::Target.number(index);
            let person = aws_requests::person_of(&number, &self.key).context("expected a valid number")?;
            let reminders = honest::reminders(self.stack, &person).await?;
            let reminder = reminders.first().and_then(|item| item["sk"]["S"].as_str()?.strip_prefix("REM#"));
            let reminder = reminder.context("expected the text of a target to make a reminder")?.to_owned();
            self.targets.push(Target { number, person, reminder });
        }
        Ok(())
    }

    /// Runs all phases, while honest people are reminded and the memory of the functions is watched.
    pub(crate) async fn play(mut self) -> Result<Report> {
        let (stack, key, canary, due_s) = (self.stack, self.key.clone(), self.canary.clone(), self.sizes.honest_due_s);
        let (is_over, heard) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let mut memory = MemoryWatch::default();
        let keep = |person| heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(person);
        let honest = honest::keep_reminding(stack, &key, &canary, due_s, &is_over, keep);
        let phases = async {
            let result = self.phases().await;
            is_over.store(true, Ordering::Relaxed);
            result
        };
        tokio::select! {
            both = async { tokio::try_join!(phases, honest) } => drop(both?),
            never = memory.watch(stack) => match never? {},
        }
        let heard = heard.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = heard.first().context("expected an honest reminder")?;
        self.late_callbacks(first).await?;
        if self.sizes.crowd > 0 {
            self.crowd(first).await?;
        }
        self.check_honest(&heard);
        self.finish(&mut memory, &heard).await
    }

    async fn phases(&mut self) -> Result<()> {
        let (canary, targets) = (self.canary.clone(), self.targets.clone());
        let mut planner = Planner::new(self.seed, &canary, &targets);
        let before = self.quiet_rows().await?;
        let forged = planner.forged(self.sizes.forged);
        self.send("forged", &forged, CLIENTS).await;
        let after_forged = Rows::read(self.stack, &self.ignored).await?;
        before.compare(&after_forged, "a forged request", &mut self.findings);
        let reports = planner.reports();
        self.send("claims that never were", &reports, CLIENTS).await;
        let (no_row, unusual) = planner.signed(self.sizes.signed);
        self.send("signed, spoiled", &no_row, CLIENTS).await;
        let after_signed = Rows::read(self.stack, &self.ignored).await?;
        after_forged.compare(&after_signed, "a signed request without effect", &mut self.findings);
        let unusual: Vec<Request> = unusual.into_iter().chain(planner.unusual_texts(self.sizes.unusual)).collect();
        self.explain(&unusual);
        self.send("unusual numbers and ids", &unusual, CLIENTS).await;
        for index in 0..self.sizes.repeated {
            self.repeat(&mut planner, index).await?;
        }
        let texts = planner.texts(self.sizes.texts);
        self.explain(&texts);
        self.send("hostile texts", &texts, CLIENTS).await;
        self.calm_until = Instant::now();
        self.poison().await?;
        let after = Rows::read(self.stack, &self.ignored).await?;
        after.explain(&after_signed, &self.explained, &mut self.findings);
        let of_targets = |rows: &Rows| rows.of(self.targets.iter().map(|target| target.person.as_str()));
        of_targets(&after_signed).compare(&of_targets(&after), "poison or a text", &mut self.findings);
        Ok(())
    }

    /// Reads the rows when they have not changed for a while.
    async fn quiet_rows(&self) -> Result<Rows> {
        let started = Instant::now();
        let mut rows = Rows::read(self.stack, &self.ignored).await?;
        loop {
            tokio::time::sleep(POLL).await;
            let next = Rows::read(self.stack, &self.ignored).await?;
            if next == rows {
                return Ok(rows);
            }
            ensure!(started.elapsed() < QUIET, "expected the rows of the targets to become quiet");
            rows = next;
        }
    }

    async fn send(&mut self, phase: &'static str, requests: &[Request], clients: usize) -> Vec<Option<Answer>> {
        if self.phases.last().is_none_or(|(name, _)| *name != phase) {
            self.progress.say(&format!("Sending: {phase}"));
            self.phases.push((phase, Tally::default()));
        }
        let (tally, findings, answers) = self.sender.send(requests, clients).await;
        if let Some((_, sum)) = self.phases.last_mut() {
            sum.extend(&tally);
        }
        self.findings.extend(findings);
        answers
    }

    /// Remembers that these texts may store rows.
    fn explain(&mut self, texts: &[Request]) {
        for request in texts {
            let Expected::Text { id, from } = &request.expected else { continue };
            self.explained.ids.insert(id.clone());
            if let Some(person) = aws_requests::person_of(from, &self.key) {
                if UNUSUAL.contains(&from.as_str()) {
                    self.explained.uncallable.insert(person.clone());
                }
                self.explained.people.insert(person);
            }
        }
    }

    /// Sends one text many times at once, and then its id from another number.
    async fn repeat(&mut self, planner: &mut Planner<'_>, index: usize) -> Result<()> {
        let (owner, thief) = (Role::Copied.number(2 * index), Role::Copied.number(2 * index + 1));
        let secret = format!("{}{index}", self.canary);
        let text = planner.text(&owner, &format!("remind me to feed {secret} in 3 hours"));
        let stolen = planner.stolen_id(&text, &thief, &format!("remind me to take {} in 4 hours", self.canary));
        self.explain(&[text.clone(), stolen.clone()]);
        let copies = vec![text; COPIES];
        let answers = self.send("copies at once", &copies, COPIES).await;
        let different: BTreeSet<Vec<u8>> = answers.into_iter().flatten().map(|answer| answer.body).collect();
        // The status URL of an answer has its instant, so only the words are compared.
        let words: BTreeSet<String> =
            different.iter().map(|body| words_of(body)).filter(|words| !words.is_empty()).collect();
        if words.len() != 1 || !words.iter().all(|words| words.contains(&secret)) {
            self.findings.add("copies of a text got different answers", format!("{words:?}"));
        }
        let person = aws_requests::person_of(&owner, &self.key).context("expected a valid number")?;
        let made = honest::reminders(self.stack, &person).await?.len();
        if made != 1 {
            self.findings.add("copies of a text made other than one reminder", format!("{made}"));
        }
        let answers = self.send("copies at once", &[stolen], 1).await;
        if answers.into_iter().flatten().any(|answer| words_of(&answer.body).contains(&secret)) {
            self.findings
                .add("a sender got the answer of another sender", "an id that another sender had used".to_owned());
        }
        Ok(())
    }

    /// Puts poison on the queues, and invokes the functions with wrong events.
    async fn poison(&mut self) -> Result<()> {
        self.progress.say("Sending: poison for queues and functions");
        self.explained.id_beginnings = vec![poison::TEXT_IDS];
        let numbers = [Role::Sender.number(1), poison::PREMIUM.to_owned()];
        self.explained.people.extend(numbers.iter().filter_map(|number| aws_requests::person_of(number, &self.key)));
        self.poison = queues::poison(self.stack, &self.canary, &self.targets[0], &mut self.findings).await?;
        Ok(())
    }

    /// Repeats the callbacks of a call that is over, out of order and many at once. They are signed and name a real
    /// claim, but must not change the reminder again.
    async fn late_callbacks(&mut self, heard: &Heard) -> Result<()> {
        const STATUSES: [&str; 8] =
            ["no-answer", "completed", "ringing", "initiated", "busy", "in-progress", "failed", "canceled"];
        let before = honest::reminders(self.stack, &heard.person).await?;
        let mut requests = Vec::new();
        for index in 0..COPIES {
            let step = ["status", "status", "speech", "key", "answered-by", "message"][index % 6];
            let path = format!("{}/{step}", heard.path);
            let mut form = Route::Call("status").form(&mut fastrand::Rng::with_seed(1), "", heard.number.as_str(), "");
            form.set("CallSid", heard.call.as_str());
            form.set("CallStatus", STATUSES[index % STATUSES.len()]);
            form.set("Digits", "1");
            let body = form.encoded();
            requests.push(Request {
                description: format!("late {step}"),
                method: reqwest::Method::POST,
                content_type: "application/x-www-form-urlencoded",
                signatures: vec![signature(&path, &body)],
                expected: Expected::NoRow,
                path,
                body,
            });
        }
        let answers = self.send("late callbacks", &requests, COPIES).await;
        if answers.iter().flatten().any(|answer| (400..500).contains(&answer.status)) {
            self.findings.add("a late callback was refused", heard.path.clone());
        }
        let after = honest::reminders(self.stack, &heard.person).await?;
        if before != after {
            self.findings.add("late callbacks changed a reminder", format!("{before:?} → {after:?}"));
        }
        Ok(())
    }

    /// Lets many forged numbers ask for calls at the same time, and checks that they do not delay a confirmed number.
    async fn crowd(&mut self, confirmed: &Heard) -> Result<()> {
        let mut planner = Planner::new(self.seed ^ 0x4000_0000, &self.canary, &[]);
        let words = format!("remind me to {} in {} seconds", self.canary, crowd::DUE_S);
        let texts: Vec<Request> =
            (0..self.sizes.crowd).map(|index| planner.text(&Role::Crowd.number(index), &words)).collect();
        self.explain(&texts);
        self.send("crowd", &texts, CLIENTS).await;
        let late = crowd::remind_confirmed(self.stack, confirmed, &self.canary).await?;
        if late > honest::LATE_MAX || late < -SignedDuration::from_secs(1) {
            self.findings.add("a crowd of forged numbers delayed a confirmed number", format!("{late:?}"));
        }
        self.late_in_crowd = Some(late);
        Ok(())
    }

    fn check_honest(&mut self, heard: &[Heard]) {
        for Heard { number, late, .. } in heard {
            if *late > honest::LATE_MAX || *late < -SignedDuration::from_secs(1) {
                self.findings.add("an honest reminder was not on time", format!("{}: {late:?}", number.as_str()));
            }
        }
    }

    async fn finish(mut self, memory: &mut MemoryWatch, heard: &[Heard]) -> Result<Report> {
        self.progress.say("Searching rows and logs");
        memory.look(self.stack)?;
        let figures = memory.figures(self.calm_until, &mut self.findings);
        if figures.len() != super::logs::FUNCTIONS.len() {
            self.findings.add("a function whose memory was not read", format!("{figures:?}"));
        }
        if self.length == RunLength::Long {
            // In a short run, the processes are still getting warm.
            memory::check_flat(&figures, &mut self.findings);
        }
        let search = Search::new(self.canary.clone());
        let rows = Rows::read(self.stack, &self.ignored).await?;
        rows.check_numbers(&search, &mut self.findings);
        let logs = search.run(self.stack, self.started_at.as_millisecond(), &mut self.findings).await?;
        Ok(Report {
            seed: self.seed,
            took: self.started.elapsed(),
            late_in_crowd: self.late_in_crowd,
            late: heard.iter().map(|heard| heard.late).collect(),
            memory: figures,
            rows: rows.count(),
            phases: self.phases,
            poison: self.poison,
            findings: self.findings,
            logs,
        })
    }
}

/// Returns the words of a TwiML document.
fn words_of(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document);
    let Ok(parsed) = roxmltree::Document::parse(&text) else { return String::new() };
    parsed.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect()
}
