//! `cargo simulate`: runs worlds until so many histories are judged, prints what struck and how they ended, and fails
//! on a breach with the timeline of the first seed that has one. `--seed` alone replays one world.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use jiff::tz::TimeZone;
use simulation::checker;
use simulation::functions::Functions;
use simulation::tally::Tally;
use simulation::world::{self, ZONE};

/// What was asked for.
struct Arguments {
    histories: Option<u64>,
    seed: u64,
    threads: usize,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = arguments(std::env::args().skip(1))?;
    match arguments.histories {
        Some(histories) => many(histories, arguments.seed, arguments.threads),
        None => replay(arguments.seed),
    }
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = Arguments { histories: None, seed: 0, threads };
    let mut seen = false;
    while let Some(word) = words.next() {
        let mut number = || -> anyhow::Result<u64> {
            let value = words.next().with_context(|| format!("{word} takes a number"))?;
            value.parse().with_context(|| format!("{word} takes a number, found {value:?}"))
        };
        match word.as_str() {
            "--histories" => arguments.histories = Some(number()?),
            "--seed" => arguments.seed = number()?,
            "--threads" => arguments.threads = usize::try_from(number()?)?.max(1),
            _ => bail!("expected --histories N, --seed S, --threads T, found {word:?}"),
        }
        seen = true;
    }
    if seen { Ok(arguments) } else { bail!("expected --histories N to judge many worlds, or --seed S to replay one") }
}

fn many(histories: u64, first_seed: u64, threads: usize) -> anyhow::Result<ExitCode> {
    #[expect(clippy::disallowed_methods, reason = "how long it took is for people; nothing in a world hangs on it")]
    let begun = Instant::now();
    let (next, done) = (AtomicU64::new(first_seed), AtomicU64::new(0));
    let work = || -> anyhow::Result<Tally> {
        let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
        let mut tally = Tally::default();
        while done.load(Ordering::Relaxed) < histories {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let remains = world::run(seed, &functions, &zone, |_| ());
            done.fetch_add(u64::try_from(remains.at_end.len())?, Ordering::Relaxed);
            tally.add(seed, &remains, checker::judge(&remains));
        }
        Ok(tally)
    };
    let mut sum = Tally::default();
    let tallies: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    for tally in tallies {
        sum.merge(tally.map_err(|_| anyhow!("a world panicked"))??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "it is shown without digits")]
    let speed = sum.histories as f64 / seconds;
    println!("{}\n\n{seconds:.1} s, {speed:.0} histories/s, {} worlds with a breach", sum.tables(), sum.broken);
    for ((guarantee, seed), what) in &sum.breaches {
        println!("seed {seed}: {guarantee}: {what}");
    }
    match sum.breaches.keys().next() {
        Some((_, seed)) => replay(*seed),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Runs one world again and tells all of it.
fn replay(seed: u64) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(ZONE)?;
    let remains = world::run(seed, &Functions::new()?, &zone, |cloud| cloud.history.tell_all());
    println!("\nseed {seed}, {:?}", remains.mood);
    for line in remains.cloud.history.timeline() {
        println!("{line}");
    }
    let breaches = checker::judge(&remains);
    for breach in &breaches {
        println!("BREACH {breach}");
    }
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
