//! The table of the trials, as Markdown and as JSON: how many histories are lost, doubled, stale or late without each check.

use serde_json::{Map, Value, json};

use crate::losses::Loss;
use crate::trial::GuardTrial;

/// One row: the removed check, and the trial or the reason why it could not be tried.
pub(crate) type Row<'a> = (&'a str, Result<GuardTrial, String>);

/// The heading of the table.
pub(crate) fn heading() -> String {
    let losses: String = Loss::ALL.iter().map(|loss| format!(" {} |", loss.name())).collect();
    let rule: String = Loss::ALL.iter().map(|_| "---:|").collect();
    format!("| without |{losses} caught by |\n|---|{rule}---|")
}

/// One line of the table. Numbers are breaches per 100 000 histories. They are absent if the simulation counted no
/// breaches.
pub(crate) fn line((name, trial): &Row<'_>) -> String {
    let counts: String = match trial {
        Ok(GuardTrial::Broken(losses, _)) => {
            let cell = |loss: &Loss| match losses.per_100_000(*loss) {
                0 => " |".to_owned(),
                count => format!(" {count} |"),
            };
            Loss::ALL.iter().map(cell).collect()
        }
        Ok(GuardTrial::Endless | GuardTrial::FailedTest(_) | GuardTrial::NotCaught) | Err(_) => {
            Loss::ALL.iter().map(|_| " |").collect()
        }
    };
    format!("| {name} |{counts} {} |", caught_by(trial).replace('|', "/"))
}

/// What caught the removal of a check.
fn caught_by(trial: &Result<GuardTrial, String>) -> String {
    match trial {
        Ok(GuardTrial::Broken(losses, None)) => format!("simulation: {}", losses.guarantees()),
        Ok(GuardTrial::Broken(losses, Some(test))) => format!("simulation: {}; test `{test}`", losses.guarantees()),
        Ok(GuardTrial::Endless) => "simulation: it does not end".to_owned(),
        Ok(GuardTrial::FailedTest(test)) => format!("test `{test}`"),
        Ok(GuardTrial::NotCaught) => "NOT CAUGHT".to_owned(),
        Err(error) => format!("NOT TRIED: {}", error.lines().next().unwrap_or_default()),
    }
}

/// Tells whether the trial could be run and the removal was caught.
pub(crate) fn is_caught((_, trial): &Row<'_>) -> bool {
    !matches!(trial, Err(_) | Ok(GuardTrial::NotCaught))
}

/// The whole table, with a sentence that explains its numbers.
pub(crate) fn markdown(rows: &[Row<'_>], histories: u64) -> String {
    let lines: Vec<_> = rows.iter().map(line).collect();
    let histories = thousands(histories);
    format!(
        "Breaches per 100 000 simulated histories without each check, counted over {histories}. A row without numbers \
         names a check whose removal broke hardly any history, but makes the named test fail.\n\n{}\n{}",
        heading(),
        lines.join("\n")
    )
}

/// The whole table as one JSON object. Numbers are breaches per 100 000 histories; only breaches that the simulation
/// counted are there. `caught_by` is null if nothing caught the removal, and `error` says why it could not be tried.
pub(crate) fn json(rows: &[Row<'_>], histories: u64, seed: u64) -> Value {
    let checks: Vec<_> = rows.iter().map(check).collect();
    json!({ "seed": seed, "histories": histories, "checks": checks })
}

fn check(row: &Row<'_>) -> Value {
    let (name, trial) = row;
    let mut breaches = Map::new();
    if let Ok(GuardTrial::Broken(losses, _)) = trial {
        for loss in Loss::ALL {
            let count = losses.per_100_000(loss);
            if count > 0 {
                breaches.insert(loss.name().to_owned(), count.into());
            }
        }
    }
    json!({
        "check": name,
        "caught_by": is_caught(row).then(|| caught_by(trial)),
        "error": trial.as_ref().err(),
        "breaches_per_100_000": breaches,
    })
}

/// A number with a space between its thousands.
fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{} {:03}", thousands(number / 1000), number % 1000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::Losses;

    #[test]
    fn each_row_says_what_is_lost_or_which_test_fails() {
        let breaches = [("G1".to_owned(), 4), ("G2".to_owned(), 2)].into_iter().collect();
        let few = Losses { breaches: [("G6".to_owned(), 2)].into_iter().collect(), histories: 40_000 };
        let rows = [
            ("is_time", Ok(GuardTrial::Broken(Losses { breaches, histories: 40_000 }, None))),
            ("is_late", Ok(GuardTrial::Broken(few, Some("tests::late".to_owned())))),
            ("is_newest", Ok(GuardTrial::FailedTest("tests::newest".to_owned()))),
            ("is_new", Ok(GuardTrial::NotCaught)),
            ("is_old", Err("expected a | b\nfound c".to_owned())),
        ];
        let expected = "counted over 40 000. A row without numbers names a check whose removal broke hardly any \
            history, but makes the named test fail.\n\n\
            | without | lost | doubled | stale | late | other | caught by |\n\
            |---|---:|---:|---:|---:|---:|---|\n\
            | is_time | 10 | 5 | | | | simulation: G1, G2 |\n\
            | is_late | | | | 5 | | simulation: G6; test `tests::late` |\n\
            | is_newest | | | | | | test `tests::newest` |\n\
            | is_new | | | | | | NOT CAUGHT |\n\
            | is_old | | | | | | NOT TRIED: expected a / b |";
        let found = markdown(&rows, 40_000);
        assert!(found.ends_with(expected), "{found}");
    }

    #[test]
    fn a_program_reads_the_same_numbers_as_json() {
        let breaches = [("G1".to_owned(), 4), ("G2".to_owned(), 2)].into_iter().collect();
        let rows = [
            ("is_time", Ok(GuardTrial::Broken(Losses { breaches, histories: 40_000 }, None))),
            ("is_new", Ok(GuardTrial::NotCaught)),
            ("is_old", Err("expected a\nfound c".to_owned())),
        ];
        let expected = json!({
            "seed": 7,
            "histories": 40_000,
            "checks": [
                {
                    "check": "is_time",
                    "caught_by": "simulation: G1, G2",
                    "error": null,
                    "breaches_per_100_000": { "lost": 10, "doubled": 5 },
                },
                { "check": "is_new", "caught_by": null, "error": null, "breaches_per_100_000": {} },
                {
                    "check": "is_old",
                    "caught_by": null,
                    "error": "expected a\nfound c",
                    "breaches_per_100_000": {},
                },
            ],
        });
        assert_eq!(json(&rows, 40_000, 7), expected);
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, expected) in [(7, "7"), (40_000, "40 000"), (1_002_003, "1 002 003")] {
            assert_eq!(thousands(number), expected);
        }
    }
}
