//! Measures the time and the allocations of `understand` for the texts on stdin (JSON lines with `text`), and its time
//! for texts of 16 to 1600 characters. Also measures the time of the first text of the process, because a cold start of
//! a function includes it.

use jiff::{Timestamp, tz::TimeZone};
use language::{Country, Hints, understand};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{alloc::System, hint::black_box, io::BufRead, time::Duration};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Number of runs of each text. The fastest run counts, so that other work of the machine has little effect.
const RUNS: usize = 20;
/// Lengths of the generated texts, in characters.
const LENGTHS: [usize; 6] = [16, 50, 160, 320, 800, 1600];

struct Reader {
    now: Timestamp,
    zone: TimeZone,
    hints: Hints,
}

impl Reader {
    fn read(&self, text: &str) {
        black_box(understand(black_box(text), self.now, &self.zone, &self.hints));
    }

    #[expect(clippy::disallowed_methods, reason = "this program measures time")]
    fn once(&self, text: &str) -> Duration {
        let start = std::time::Instant::now();
        self.read(text);
        start.elapsed()
    }

    fn best(&self, text: &str) -> Duration {
        (0..RUNS).map(|_| self.once(text)).min().unwrap_or_default()
    }

    fn allocations(&self, text: &str) -> usize {
        let region = Region::new(ALLOCATOR);
        self.read(text);
        region.change().allocations
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reader = Reader {
        now: "2027-03-10T15:15:00Z".parse()?,
        zone: TimeZone::get("America/New_York")?,
        hints: Hints { country: Country::US, question: None },
    };
    println!("first text: {:.1?}", reader.once("remind me to buy milk at 6:30 PM"));
    let mut texts = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        texts.extend(row["text"].as_str().map(str::to_owned));
    }
    if !texts.is_empty() {
        let mut times: Vec<Duration> = texts.iter().map(|text| reader.best(text)).collect();
        times.sort_unstable();
        let mut allocations: Vec<usize> = texts.iter().map(|text| reader.allocations(text)).collect();
        allocations.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        println!(
            "{} texts: median {:.1?}, 90 % within {:.1?}, 99 % within {:.1?}",
            times.len(),
            at(50),
            at(90),
            at(99)
        );
        println!(
            "allocations: median {}, most {}",
            allocations[allocations.len() / 2],
            allocations[allocations.len() - 1]
        );
    }
    for length in LENGTHS {
        let mut text = "remind me tomorrow at 5 to ".to_owned();
        while text.len() < length {
            text.push_str("buy milk, bread and 2 eggs for the cake; ");
        }
        text.truncate(length);
        println!("{length:5} characters: {:.1?}", reader.best(&text));
    }
    Ok(())
}
