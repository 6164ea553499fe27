//! The result of a chaos minute.

use judge::Figures;
use serde::Serialize;

/// The result of a chaos minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The seed, which selects the plan.
    pub seed: u64,
    /// Number of people, each with one reminder.
    pub reminders: usize,
    /// Number of killed processes of functions.
    pub killed: usize,
    /// How often the emulated AWS was stopped.
    pub aws_stopped: usize,
    /// How often the carrier was stopped.
    pub carrier_stopped: usize,
    /// Number of carrier faults that were armed.
    pub faults: usize,
    /// The judge's figures.
    pub figures: Figures,
    /// The figures in one sentence.
    pub sentence: String,
    /// The command that runs the same plan.
    pub command: String,
    /// Duration of the minute with its recovery, in seconds.
    pub took_s: u64,
}

/// What was broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outages {
    pub(super) killed: usize,
    pub(super) aws_stopped: usize,
    pub(super) carrier_stopped: usize,
    pub(super) faults: usize,
}

impl Card {
    pub(super) fn of(seed: u64, outages: Outages, figures: Figures, took_s: u64) -> Self {
        let Outages { killed, aws_stopped, carrier_stopped, faults } = outages;
        Self {
            seed,
            reminders: figures.texts,
            killed,
            aws_stopped,
            carrier_stopped,
            faults,
            sentence: sentence(outages, &figures),
            command: format!("cargo local chaos --seed {seed}"),
            figures,
            took_s,
        }
    }

    /// Returns whether each reminder was accepted, and none was lost, doubled or early.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.figures.problems.is_empty()
    }

    /// Formats the card for a terminal.
    #[must_use]
    pub fn lines(&self) -> String {
        let Figures { accepted, called, texted, .. } = self.figures;
        let problems: String = self.figures.problems.iter().map(|problem| format!("  {problem}\n")).collect();
        format!(
            "{}\n{accepted} accepted, {called} called, {texted} texted, in {} s\n{problems}run the same plan: {}",
            self.sentence, self.took_s, self.command
        )
    }
}

fn sentence(outages: Outages, figures: &Figures) -> String {
    let median = figures.late_p50_ms.map_or_else(String::new, |ms| format!(", median {:+.1} s", ms as f64 / 1000.0));
    let processes = if outages.killed == 1 { "process" } else { "processes" };
    format!(
        "{} reminders, {} {processes} killed, {}, {}: {} lost, {} doubled{median}",
        figures.texts,
        outages.killed,
        stopped("AWS", outages.aws_stopped),
        stopped("the carrier", outages.carrier_stopped),
        figures.lost,
        figures.doubled,
    )
}

fn stopped(what: &str, count: usize) -> String {
    match count {
        0 => format!("{what} not stopped"),
        1 => format!("{what} stopped once"),
        more => format!("{what} stopped {more} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        Figures {
            phase: "chaos minute",
            posted: 20,
            texts: 20,
            accepted: 20,
            called: 15,
            texted: 6,
            lost: 0,
            doubled: 0,
            early: 0,
            late_p50_ms: Some(310),
            late_p99_ms: Some(9000),
            most_calls_in_a_second: 1,
            note: String::new(),
            problems: Vec::new(),
        }
    }

    #[test]
    fn a_card_says_what_was_broken_and_what_was_lost() {
        let outages = Outages { killed: 11, aws_stopped: 1, carrier_stopped: 1, faults: 8 };
        let card = Card::of(7, outages, figures(), 190);
        let expected = "20 reminders, 11 processes killed, AWS stopped once, the carrier stopped once: 0 lost, \
                        0 doubled, median +0.3 s";
        assert_eq!(card.sentence, expected);
        assert!(card.is_good());
        assert!(card.lines().ends_with("run the same plan: cargo local chaos --seed 7"), "{}", card.lines());
        let lost = Figures { lost: 1, problems: vec!["lost: water baba".to_owned()], late_p50_ms: None, ..figures() };
        let card = Card::of(7, Outages { killed: 1, ..Outages::default() }, lost, 190);
        let expected = "20 reminders, 1 process killed, AWS not stopped, the carrier not stopped: 1 lost, 0 doubled";
        assert_eq!(card.sentence, expected);
        assert!(!card.is_good());
        assert!(card.lines().contains("\n  lost: water baba\n"), "{}", card.lines());
    }
}
