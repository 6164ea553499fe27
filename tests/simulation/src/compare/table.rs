//! The table of a comparison, as Markdown.

use super::{Comparison, Counts, Pair};

/// A column: its heading, and the count in it.
type Column = (&'static str, fn(&Counts) -> u64);

/// The columns, in their order.
const COLUMNS: [Column; 4] = [
    ("lost", |counts| counts.lost),
    ("doubled", |counts| counts.doubled),
    ("late", |counts| counts.late),
    ("rung after no", |counts| counts.rung_after_no),
];

/// Width of the first column.
const NAME_WIDTH: usize = 32;

/// The meaning of the columns and of the rows.
const LEGEND: &str = "\
lost           neither a call nor a text within 16 minutes of the due
doubled        a call during another one, or after a call that was confirmed with a key
late           the first call, or the text instead, came more than a minute after the due
rung after no  a call that was decided on after the phone showed that the reminder is deleted
things fail    three in ten kinds of faults, each at 0.1% to 3% of its opportunities, outages up to 5 minutes";

/// The whole table, with the meaning of its columns.
pub(super) fn markdown(comparison: &Comparison) -> String {
    let Comparison { calm, rough } = comparison;
    let heading = |heading: &str| format!(" {heading:>width$} |", width = width(heading));
    let rule = |heading: &str| format!("{}:|", "-".repeat(width(heading) + 1));
    let headings: String = COLUMNS.iter().map(|(name, _)| heading(name)).collect();
    let rules: String = COLUMNS.iter().map(|(name, _)| rule(name)).collect();
    let promised = |counts: &Counts| thousands(counts.promised);
    format!(
        "Per 100 000 reminders, counted over {} and {} where nothing fails, {} and {} where things fail:\n\n\
         | {:NAME_WIDTH$} |{headings}\n|{}|{rules}\n{}{}\n{LEGEND}",
        promised(&calm.service),
        promised(&calm.usual_way),
        promised(&rough.service),
        promised(&rough.usual_way),
        "",
        "-".repeat(NAME_WIDTH + 2),
        rows("nothing fails", calm),
        rows("things fail", rough),
    )
}

fn rows(worlds: &str, pair: &Pair) -> String {
    let row = |product: &str, counts| row(&format!("{worlds}: {product}"), counts);
    row("sixthirty", &pair.service) + &row("the usual way", &pair.usual_way)
}

fn row(name: &str, counts: &Counts) -> String {
    let cell = |heading: &str, count: u64| {
        let count = thousands(per_100_000(count, counts.promised));
        format!(" {count:>width$} |", width = width(heading))
    };
    let cells: String = COLUMNS.iter().map(|(heading, count)| cell(heading, count(counts))).collect();
    format!("| {name:NAME_WIDTH$} |{cells}\n")
}

/// Width of a column's cells, for numbers of up to 100 000.
fn width(heading: &str) -> usize {
    heading.len().max("100 000".len())
}

/// A count for 100 000 reminders. It is rounded, but it is 0 only if nothing was counted.
fn per_100_000(count: u64, of: u64) -> u64 {
    let rounded = (count * 100_000 + of / 2) / of.max(1);
    if count > 0 { rounded.max(1) } else { 0 }
}

/// A number with a space between its thousands.
fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{} {:03}", thousands(number / 1000), number % 1000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_both_products_in_both_kinds_of_worlds() {
        let counts = |lost, doubled, late, rung_after_no| Counts {
            asked: 50_000,
            promised: 40_000,
            lost,
            doubled,
            late,
            rung_after_no,
        };
        let calm = Pair { service: counts(0, 0, 0, 0), usual_way: counts(0, 0, 4, 0) };
        let rough = Pair { service: counts(0, 0, 800, 0), usual_way: counts(40_000, 3000, 7, 1) };
        let expected = "\
| nothing fails: sixthirty         |       0 |       0 |       0 |             0 |
| nothing fails: the usual way     |       0 |       0 |      10 |             0 |
| things fail: sixthirty           |       0 |       0 |   2 000 |             0 |
| things fail: the usual way       | 100 000 |   7 500 |      18 |             3 |
";
        let table = markdown(&Comparison { calm, rough });
        assert!(table.contains(expected), "{table}");
        let heading = "|                                  |    lost | doubled |    late | rung after no |\n";
        assert!(table.contains(heading), "{table}");
    }

    #[test]
    fn a_count_is_0_per_100_000_only_if_nothing_was_counted() {
        for ((count, of), expected) in [((0, 10), 0), ((1, 10_000_000), 1), ((1, 200_000), 1), ((3, 200), 1500)] {
            assert_eq!(per_100_000(count, of), expected, "{count} of {of}");
        }
        assert_eq!(per_100_000(0, 0), 0);
    }
}
