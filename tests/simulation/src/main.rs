//! `cargo simulate`: runs worlds until enough histories are judged, and prints the injected faults and the ends of the
//! reminders. A history is one reminder, from its text to its end.
//!
//! A breach of a guarantee is a failure. After all worlds have run, the timeline of one seed with a breach is printed.
//! `--seed` alone replays one world. `--herd` runs one world in which many reminders are due at the same second.
//! `--stop-at-first` ends at the first breach, without a timeline. `--count` runs all worlds without a timeline.
//! `--compare` runs the service and the usual way to build one in the same worlds, and prints what people miss; with
//! `--json`, for programs.
//!
//! The last two lines of a run with `--histories` are for programs. The first line counts the breaches of each
//! guarantee: `breaches: G1=… G3=…`. The second line is `verdict: held …`, `verdict: broken guarantee=… seed=…
//! histories=… worlds=…`, or `verdict: short …`. Short means that a run of this many histories should have taken more
//! transitions, injected more faults or judged more cases.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, anyhow, bail, ensure};
use jiff::tz::TimeZone;
use simulation::cases::{CASES, Case};
use simulation::checker::{self, Breach, Judgement};
use simulation::compare::{self, Comparison};
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::listener;
use simulation::tally::Tally;
use simulation::world::{self, Remains, ZONE};

/// Text of `--help`, also shown after a wrong argument.
const USAGE: &str = "\
Runs the service's functions in simulated worlds full of faults, and checks every guarantee.

Usage: cargo simulate --histories N [--seed S] [--threads T] [--stop-at-first | --count]
       cargo simulate --compare [--json] [--histories N] [--seed S] [--threads T]
       cargo simulate --herd PEOPLE [--seed S]
       cargo simulate --case NAME [--seed S]
       cargo simulate --seed S

  --histories N    Run worlds until N reminders are judged, from their texts to their ends
  --compare        Run the service and the usual way to build one in the same worlds, without and with faults, and
                   count what people miss; N is 4000 by default
  --json           Print the comparison as one JSON object
  --herd PEOPLE    Run one world without faults in which PEOPLE reminders are due at the same second
  --seed S         Seed of the first world or of the case (default 0); used alone, replay that world
  --case NAME      Print the timeline of a directed case; without a known name, list them
  --threads T      Number of threads (default: one for each core)
  --stop-at-first  Stop at the first broken guarantee
  --count          Count the breaches, and print no timeline
  -V, --version    Show the version
  -h, --help       Show this text

Exit codes: 0 no guarantee was broken, 1 one was broken or the run failed, 2 wrong arguments.";

/// Exit code after wrong arguments, as of the other programs.
const WRONG_ARGUMENTS: u8 = 2;

/// Number of reminders that people ask for in a comparison, if `--histories` does not say it.
const COMPARED_HISTORIES: u64 = 4000;

/// Arguments of the command line.
struct Arguments {
    histories: Option<u64>,
    compares: bool,
    /// Whether a comparison is printed as JSON.
    is_json: bool,
    herd: Option<u32>,
    case: Option<String>,
    seed: u64,
    threads: usize,
    until: Until,
}

/// When a run of many worlds ends, and how its breaches are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// After all histories. Every breach is counted, and the first one is replayed.
    Through,
    /// After all histories. Every breach is counted, and no world is replayed.
    Counted,
    /// As soon as a world has a breach.
    FirstBreach,
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let has = |short, long| std::env::args().skip(1).any(|word| word == short || word == long);
    if has("-h", "--help") {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    if has("-V", "--version") {
        println!("cargo simulate {}", env!("CARGO_PKG_VERSION"));
        return Ok(ExitCode::SUCCESS);
    }
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("error: {wrong:#}");
            return Ok(ExitCode::from(WRONG_ARGUMENTS));
        }
    };
    if let Some(case) = &arguments.case {
        return directed(case, arguments.seed);
    }
    if arguments.compares {
        return compare(arguments.histories.unwrap_or(COMPARED_HISTORIES), &arguments);
    }
    match (arguments.histories, arguments.herd) {
        (Some(histories), _) => many(histories, &arguments),
        (None, Some(people)) => herd(people, arguments.seed),
        (None, None) => replay(arguments.seed),
    }
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (until, compares, is_json) = (Until::Through, false, false);
    let mut arguments =
        Arguments { histories: None, compares, is_json, herd: None, case: None, seed: 0, threads, until };
    let mut seen = false;
    while let Some(word) = words.next() {
        if word == "--case" {
            arguments.case = Some(words.next().unwrap_or_default());
            seen = true;
            continue;
        }
        let mut number = || -> anyhow::Result<u64> {
            let value = words.next().with_context(|| format!("{word} takes a number"))?;
            value.parse().with_context(|| format!("{word} takes a number, found {value:?}"))
        };
        let too_large = || format!("{word} is too large");
        match word.as_str() {
            "--histories" => arguments.histories = Some(number()?),
            "--compare" => arguments.compares = true,
            "--json" => arguments.is_json = true,
            "--herd" => arguments.herd = Some(u32::try_from(number()?).with_context(too_large)?),
            "--seed" => arguments.seed = number()?,
            "--threads" => arguments.threads = usize::try_from(number()?).with_context(too_large)?.max(1),
            "--stop-at-first" => arguments.until = Until::FirstBreach,
            "--count" => arguments.until = Until::Counted,
            _ => bail!("unknown argument {word:?}\n\n{USAGE}"),
        }
        seen = true;
    }
    ensure!(seen, "expected an argument\n\n{USAGE}");
    let has_many_worlds = arguments.histories.is_some() || arguments.until == Until::Through;
    ensure!(has_many_worlds, "--stop-at-first and --count need --histories\n\n{USAGE}");
    ensure!(arguments.compares || !arguments.is_json, "--json needs --compare\n\n{USAGE}");
    Ok(arguments)
}

/// Runs and judges one world. A panic that no handler catches is a breach as well.
fn judged(seed: u64, functions: &Rc<Functions>, zone: &TimeZone) -> Result<(Remains, Judgement), Breach> {
    let run = || {
        let remains = world::run(seed, functions, zone, |_| ());
        let judgement = checker::judge(&remains);
        (remains, judgement)
    };
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| Breach { guarantee: "panic", description: "a function or the simulation panicked".to_owned() })
}

fn many(histories: u64, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    #[expect(clippy::disallowed_methods, reason = "the duration is only printed; no world depends on it")]
    let begun = Instant::now();
    let (next, done, found) = (AtomicU64::new(arguments.seed), AtomicU64::new(0), AtomicBool::new(false));
    let enough = || {
        let found = arguments.until == Until::FirstBreach && found.load(Ordering::Relaxed);
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
        tally.transitions = listener::transitions();
        Ok(tally)
    };
    let mut sum = Tally::default();
    for tally in on_threads(arguments.threads, work) {
        sum.merge(tally?);
    }
    print(&sum, begun.elapsed().as_secs_f64());
    if let (Some((_, seed)), Until::Through) = (sum.breaches.keys().next(), arguments.until) {
        replay(*seed)?;
    }
    let short = sum.shortfalls();
    for shortfall in &short {
        println!("{shortfall}");
    }
    println!("{}", sum.breach_line());
    println!("{}", sum.verdict());
    Ok(if sum.broken == 0 && short.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(sum: &Tally, seconds: f64) {
    #[expect(clippy::cast_precision_loss, reason = "it is shown without decimals")]
    let speed = sum.histories as f64 / seconds;
    println!("{}\n\n{seconds:.1} s, {speed:.0} histories/s, {} worlds with a breach", sum.tables(), sum.broken);
    for ((guarantee, seed), description) in &sum.breaches {
        println!("seed {seed}: {guarantee}: {description}");
    }
}

/// Runs the service and the usual way in the same worlds, until people have asked for this many reminders, and prints
/// both counts. The number of threads does not change them.
fn compare(histories: u64, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let end = arguments.seed.saturating_add(histories.div_ceil(compare::REMINDERS));
    let next = AtomicU64::new(arguments.seed);
    let work = || -> anyhow::Result<Comparison> {
        let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
        let mut sum = Comparison::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return Ok(sum);
            }
            sum.add(&Comparison::of_seed(seed, &functions, &zone)?);
        }
    };
    let mut sum = Comparison::default();
    for comparison in on_threads(arguments.threads, work) {
        sum.add(&comparison?);
    }
    if arguments.is_json {
        println!("{}", serde_json::to_string(&sum)?);
    } else {
        println!("{}", sum.table());
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the same work on so many threads, and returns their results.
fn on_threads<T: Send>(threads: usize, work: impl Fn() -> anyhow::Result<T> + Copy + Send) -> Vec<anyhow::Result<T>> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|result| result.map_err(|_| anyhow!("a worker panicked")).flatten()).collect()
    })
}

/// Runs one world without faults in which this many people want to be called at the same second.
fn herd(people: u32, seed: u64) -> anyhow::Result<ExitCode> {
    let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
    let remains = world::herd(seed, people, &functions, &zone);
    let judgement = checker::judge(&remains);
    let requests: Vec<_> =
        remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::CallRequested { .. })).collect();
    let dead = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::DeadLetter { .. })).count();
    let span_ms = requests.first().zip(requests.last()).map_or(0, |(first, last)| last.at_ms - first.at_ms);
    let mut tally = Tally::default();
    tally.add(seed, &remains, judgement);
    println!("{}\n", tally.tables());
    println!("{people} due at once: {} calls requested in {} s, {dead} dead letters", requests.len(), span_ms / 1000);
    for (guarantee, description) in tally.breaches.iter().map(|((guarantee, _), description)| (guarantee, description))
    {
        println!("BREACH {guarantee}: {description}");
    }
    println!("{}", tally.verdict());
    Ok(if tally.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one world again and prints its whole timeline.
fn replay(seed: u64) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(ZONE)?;
    let remains = world::run(seed, &Functions::new()?, &zone, |cloud| cloud.history.keep_timeline());
    println!("\nseed {seed}, {:?}, {:?}", remains.fault_profile, remains.scale);
    Ok(show(&remains))
}

/// Runs a directed case and prints its whole timeline.
fn directed(name: &str, seed: u64) -> anyhow::Result<ExitCode> {
    let Some(case) = Case::named(name) else {
        let known: Vec<_> = CASES.iter().map(|case| format!("{:<26}{}", case.name, case.about)).collect();
        bail!("expected a directed case, found {name:?}. Known cases:\n{}", known.join("\n"))
    };
    let zone = TimeZone::get(ZONE)?;
    let remains = case.run(seed, &Functions::new()?, &zone, |cloud| cloud.history.keep_timeline());
    println!("\ncase {name}, seed {seed}: {}", case.about);
    Ok(show(&remains))
}

/// Prints the timeline of a world, the items that were live at its end, and its breaches.
fn show(remains: &Remains) -> ExitCode {
    for line in remains.cloud.history.timeline() {
        println!("{line}");
    }
    for live in &remains.live_afterwards {
        println!("live at the end: {}", live.description);
    }
    let breaches = checker::judge(remains).breaches;
    for breach in &breaches {
        println!("BREACH {breach}");
    }
    if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(line: &str) -> String {
        let refused = arguments(line.split_whitespace().map(str::to_owned)).err().unwrap();
        format!("{refused:#}").lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_comparison_takes_the_number_of_its_reminders() {
        let read = |line: &str| arguments(line.split_whitespace().map(str::to_owned)).unwrap();
        let Arguments { compares, histories, seed, .. } = read("--compare --histories 70 --seed 5");
        assert_eq!((compares, histories, seed), (true, Some(70), 5));
        assert!(read("--compare").compares && !read("--seed 5").compares);
        assert!(read("--compare --json").is_json && !read("--compare").is_json);
    }

    #[test]
    fn a_wrong_argument_is_refused_by_name() {
        for (line, expected) in [
            ("--herd 99999999999", "--herd is too large: out of range integral type conversion attempted"),
            ("--count", "--stop-at-first and --count need --histories"),
            ("--compare --histories", "--histories takes a number"),
            ("--json --seed 3", "--json needs --compare"),
            ("--stop-at-first --seed 3", "--stop-at-first and --count need --histories"),
            ("--seed many", "--seed takes a number, found \"many\": invalid digit found in string"),
            ("", "expected an argument"),
        ] {
            assert_eq!(error_of(line), expected, "{line:?}");
        }
    }
}
