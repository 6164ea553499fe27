//! `cargo simulate`: runs worlds until so many histories are judged, prints what struck and how they ended, and fails
//! on a breach with the timeline of the first seed that has one. `--seed` alone replays one world; `--herd` runs
//! one in which so many are due at once; with `--stop-at-first` the first breach ends it, and no timeline is printed. The last line is for programs: `verdict: held …`,
//! `verdict: broken guarantee=… seed=… histories=… worlds=…`, or `verdict: short …` where so many histories should have
//! met more arms of the life cycle, or more faults.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use jiff::tz::TimeZone;
use simulation::checker::{self, Breach, Judgement};
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::listener;
use simulation::tally::Tally;
use simulation::world::{self, Remains, ZONE};

/// What may be asked for.
const USAGE: &str = "expected --histories N [--seed S] [--threads T] [--stop-at-first] to judge so many histories, \
                     --herd PEOPLE [--seed S] to have so many due at once, or --seed S to replay one world";

/// What was asked for.
struct Arguments {
    histories: Option<u64>,
    herd: Option<u32>,
    seed: u64,
    threads: usize,
    until: Until,
}

/// When judging many worlds ends early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Never: all breaches are counted.
    Through,
    /// At the first breach.
    FirstBreach,
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let arguments = arguments(std::env::args().skip(1))?;
    match (arguments.histories, arguments.herd) {
        (Some(histories), _) => many(histories, &arguments),
        (None, Some(people)) => herd(people, arguments.seed),
        (None, None) => replay(arguments.seed),
    }
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = Arguments { histories: None, herd: None, seed: 0, threads, until: Until::Through };
    let mut seen = false;
    while let Some(word) = words.next() {
        let mut number = || -> anyhow::Result<u64> {
            let value = words.next().with_context(|| format!("{word} takes a number"))?;
            value.parse().with_context(|| format!("{word} takes a number, found {value:?}"))
        };
        match word.as_str() {
            "--histories" => arguments.histories = Some(number()?),
            "--herd" => arguments.herd = Some(u32::try_from(number()?)?),
            "--seed" => arguments.seed = number()?,
            "--threads" => arguments.threads = usize::try_from(number()?)?.max(1),
            "--help" | "-h" => bail!("{USAGE}"),
            "--stop-at-first" => arguments.until = Until::FirstBreach,
            _ => bail!("found {word:?}; {USAGE}"),
        }
        seen = true;
    }
    if seen { Ok(arguments) } else { bail!("{USAGE}") }
}

/// One world and what is wrong with it. A handler that panics outside of what it catches is wrong as well.
fn judged(seed: u64, functions: &Rc<Functions>, zone: &TimeZone) -> Result<(Remains, Judgement), Breach> {
    let run = || {
        let remains = world::run(seed, functions, zone, |_| ());
        let judgement = checker::judge(&remains);
        (remains, judgement)
    };
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| Breach { guarantee: "panic", what: "a function or the world itself panicked".to_owned() })
}

fn many(histories: u64, asked: &Arguments) -> anyhow::Result<ExitCode> {
    #[expect(clippy::disallowed_methods, reason = "how long it took is for people; nothing in a world hangs on it")]
    let begun = Instant::now();
    let (next, done, found) = (AtomicU64::new(asked.seed), AtomicU64::new(0), AtomicBool::new(false));
    let enough = || {
        let found = asked.until == Until::FirstBreach && found.load(Ordering::Relaxed);
        found || done.load(Ordering::Relaxed) >= histories
    };
    let work = || -> anyhow::Result<Tally> {
        let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
        let mut tally = Tally::default();
        while !enough() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            match judged(seed, &functions, &zone) {
                Ok((remains, judgement)) => {
                    done.fetch_add(remains.reminders, Ordering::Relaxed);
                    tally.add(seed, &remains, judgement);
                }
                Err(panicked) => tally.broke(seed, vec![panicked]),
            }
            if tally.broken > 0 {
                found.store(true, Ordering::Relaxed);
            }
        }
        tally.arms = listener::arms();
        Ok(tally)
    };
    let mut sum = Tally::default();
    let tallies: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..asked.threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    for tally in tallies {
        sum.merge(tally.map_err(|_| anyhow!("a worker panicked"))??);
    }
    tell(&sum, begun.elapsed().as_secs_f64());
    if let (Some((_, seed)), Until::Through) = (sum.breaches.keys().next(), asked.until) {
        replay(*seed)?;
    }
    let short = sum.shortfalls();
    for shortfall in &short {
        println!("{shortfall}");
    }
    println!("{}", sum.verdict());
    Ok(if sum.broken == 0 && short.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(sum: &Tally, seconds: f64) {
    #[expect(clippy::cast_precision_loss, reason = "it is shown without digits")]
    let speed = sum.histories as f64 / seconds;
    println!("{}\n\n{seconds:.1} s, {speed:.0} histories/s, {} worlds with a breach", sum.tables(), sum.broken);
    for ((guarantee, seed), what) in &sum.breaches {
        println!("seed {seed}: {guarantee}: {what}");
    }
}

/// Runs one world in which so many people want to be called at the same second, and nothing goes wrong.
fn herd(people: u32, seed: u64) -> anyhow::Result<ExitCode> {
    let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
    let remains = world::herd(seed, people, &functions, &zone);
    let judgement = checker::judge(&remains);
    let asked: Vec<_> =
        remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::CallAsked { .. })).collect();
    let dead = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::DeadLetter { .. })).count();
    let span_ms = asked.first().zip(asked.last()).map_or(0, |(first, last)| last.at_ms - first.at_ms);
    let mut tally = Tally::default();
    tally.add(seed, &remains, judgement);
    println!("{}\n", tally.tables());
    println!("{people} due at once: {} calls asked for in {} s, {dead} dead letters", asked.len(), span_ms / 1000);
    for (guarantee, what) in tally.breaches.iter().map(|((guarantee, _), what)| (guarantee, what)) {
        println!("BREACH {guarantee}: {what}");
    }
    println!("{}", tally.verdict());
    Ok(if tally.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one world again and tells all of it.
fn replay(seed: u64) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(ZONE)?;
    let remains = world::run(seed, &Functions::new()?, &zone, |cloud| cloud.history.tell_all());
    println!("\nseed {seed}, {:?}", remains.profile_of_faults);
    for line in remains.cloud.history.timeline() {
        println!("{line}");
    }
    let breaches = checker::judge(&remains).breaches;
    for breach in &breaches {
        println!("BREACH {breach}");
    }
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
