//! The losses if a check is removed: the breaches that the simulation counts, by the guarantee that was broken.

use std::collections::BTreeMap;

/// The breaches that a run of the simulation found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// Number of breaches of each guarantee, by its name.
    pub(crate) breaches: BTreeMap<String, u64>,
    /// Number of judged histories.
    pub(crate) histories: u64,
}

/// The effect on a person if a guarantee is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A reminder or a text is lost.
    Lost,
    /// A call or a text comes twice.
    Doubled,
    /// A call or a text follows from an outdated state, or comes after a cancellation.
    Stale,
    /// A call comes too early or too late.
    Late,
    /// One failure affects other reminders or texts, or work does not end.
    Other,
}

impl Loss {
    /// All losses, in the order of the table's columns.
    pub(crate) const ALL: [Self; 5] = [Self::Lost, Self::Doubled, Self::Stale, Self::Late, Self::Other];

    /// The heading of the loss's column in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Stale => "stale",
            Self::Late => "late",
            Self::Other => "other",
        }
    }

    /// The loss if this guarantee is broken.
    fn of(guarantee: &str) -> Self {
        match guarantee {
            "G1" | "G8" => Self::Lost,
            "G2" => Self::Doubled,
            "G3" | "G4" => Self::Stale,
            "G5" | "G6" => Self::Late,
            _ => Self::Other,
        }
    }
}

impl Losses {
    /// Reads the last lines of the simulation's output. Returns nothing if a line is missing or malformed, or if the
    /// verdict contradicts the counts.
    pub(crate) fn read(output: &str) -> Option<Self> {
        let line = |start: &str| output.lines().rev().find_map(|line| line.strip_prefix(start));
        let verdict = line("verdict: ")?;
        let histories = verdict.split(' ').find_map(|word| word.strip_prefix("histories="))?.parse().ok()?;
        let count = |word: &str| {
            let (guarantee, count) = word.split_once('=')?;
            Some((guarantee.to_owned(), count.parse().ok()?))
        };
        let breaches: BTreeMap<_, _> = line("breaches:")?.split_whitespace().map(count).collect::<Option<_>>()?;
        // `short` means that no breach was found, but the run has not covered everything.
        let fits = match verdict.split(' ').next()? {
            "held" | "short" => breaches.is_empty(),
            "broken" => !breaches.is_empty(),
            _ => false,
        };
        fits.then_some(Self { breaches, histories })
    }

    /// Number of breaches in all.
    pub(crate) fn count(&self) -> u64 {
        self.breaches.values().sum()
    }

    /// The names of the broken guarantees.
    pub(crate) fn guarantees(&self) -> String {
        self.breaches.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Number of breaches that mean this loss, for 100 000 histories. It is rounded, but it is 0 only without a breach.
    pub(crate) fn per_100_000(&self, loss: Loss) -> u64 {
        let found = self.breaches.iter().filter(|(guarantee, _)| Loss::of(guarantee) == loss);
        let count: u64 = found.map(|(_, count)| count).sum();
        let histories = self.histories.max(1);
        let rounded = (count * 100_000 + histories / 2) / histories;
        if count > 0 { rounded.max(1) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(breaches: &[(&str, u64)], histories: u64) -> Losses {
        let breaches = breaches.iter().map(|(guarantee, count)| ((*guarantee).to_owned(), *count)).collect();
        Losses { breaches, histories }
    }

    #[test]
    fn breaches_are_read_from_the_last_lines() {
        let read =
            |verdict: &str, breaches: &str| Losses::read(&format!("seed 1\nbreaches:{breaches}\nverdict: {verdict}\n"));
        let broken = "broken guarantee=G2 seed=17 histories=412 worlds=99";
        assert_eq!(read(broken, " G2=3 panic=1"), Some(losses(&[("G2", 3), ("panic", 1)], 412)));
        assert_eq!(read("held histories=5 worlds=2", ""), Some(losses(&[], 5)));
        assert_eq!(read("short shortfalls=7 histories=5 worlds=2", ""), Some(losses(&[], 5)));
    }

    #[test]
    fn an_incomplete_or_contradictory_output_is_not_read() {
        for output in [
            "",
            "verdict: held histories=5 worlds=2",
            "breaches: G1=1\nverdict: held histories=5 worlds=2",
            "breaches:\nverdict: broken guarantee=G2 seed=17 histories=412 worlds=99",
            "breaches: G1\nverdict: broken guarantee=G1 seed=17 histories=412 worlds=99",
            "breaches: G1=1\nverdict: well histories=4",
            "breaches: G1=1\nverdict: broken guarantee=G1",
        ] {
            assert_eq!(Losses::read(output), None, "{output}");
        }
    }

    #[test]
    fn breaches_are_counted_by_their_effect_on_a_person() {
        let losses = losses(&[("G1", 3), ("G8", 1), ("G3", 20), ("G6", 1), ("liveness", 2)], 400_000);
        let counts = Loss::ALL.map(|loss| losses.per_100_000(loss));
        assert_eq!(counts, [1, 0, 5, 1, 1]);
        assert_eq!(losses.guarantees(), "G1, G3, G6, G8, liveness");
    }
}
