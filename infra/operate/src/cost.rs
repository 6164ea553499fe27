//! `cargo operate cost`: what a reminder and a month cost, as requests counted times public prices.

pub mod prices;
mod requests;
mod usage;

use std::fmt::Write as _;

use serde::Serialize;

use self::prices::{ALL, AS_OF, Payee, Price};
use self::usage::{Usage, idle_month};
use crate::report::Report;

pub use self::requests::{Kind, Requests};

/// Shares of the kinds of reminders in a typical month: of ten reminders, two are near, three are far, four are of a
/// series, and one is missed.
const MIX: [(Kind, f64); 4] = [(Kind::Near, 0.2), (Kind::Far, 0.3), (Kind::Occurrence, 0.4), (Kind::Missed, 0.1)];

/// The costs of reminders and months.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// The costs of one reminder of each kind, of an idle month, and of months with reminders.
    pub rows: Vec<Row>,
    /// The requests of one reminder of each kind, if nothing fails.
    pub requests: Vec<RequestsRow>,
    /// The public prices.
    pub prices: [Price; 18],
    /// When the prices were looked up.
    pub as_of: &'static str,
}

/// The requests of one reminder of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestsRow {
    /// The name of the kind.
    pub kind: &'static str,
    /// The numbers of requests, each with its name.
    pub counts: Vec<(&'static str, u32)>,
}

/// A row of the table, in dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What is paid for.
    pub what: String,
    /// Paid to AWS.
    pub aws: f64,
    /// Paid to the carrier.
    pub carrier: f64,
    /// The counted units, each with its number.
    pub units: Vec<(&'static str, f64)>,
}

impl Row {
    fn of(what: String, usage: &Usage) -> Self {
        let dollars = |payee| {
            let of_payee = usage.iter().filter(|(price, _)| price.payee == payee);
            of_payee.map(|(price, count)| price.dollars * count).sum()
        };
        let count = |unit| usage.iter().filter(|(price, _)| price.unit == unit).map(|(_, count)| count).sum::<f64>();
        let units = ALL.iter().map(|price| (price.unit, count(price.unit))).filter(|(_, count)| *count > 0.0);
        Self { what, aws: dollars(Payee::Aws), carrier: dollars(Payee::Carrier), units: units.collect() }
    }
}

/// Returns the costs of one reminder of each kind, of an idle month, and of a month with each number of reminders.
#[must_use]
pub fn costs(reminders: &[u64]) -> Costs {
    let mut rows: Vec<Row> =
        Kind::ALL.iter().map(|kind| Row::of(format!("one reminder, {}", kind.name()), &kind.usage())).collect();
    rows.push(Row::of("a month without reminders".to_owned(), &idle_month()));
    for count in reminders {
        let mut usage = idle_month();
        for (kind, share) in MIX {
            // Exact up to 2^53 reminders.
            #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 reminders")]
            let times = *count as f64 * share;
            usage.extend(kind.usage().into_iter().map(|(price, units)| (price, units * times)));
        }
        rows.push(Row::of(format!("a month with {count} reminders"), &usage));
    }
    let requests = Kind::ALL.map(|kind| RequestsRow {
        kind: kind.name(),
        counts: Requests::NAMES.into_iter().zip(kind.requests().numbers()).collect(),
    });
    Costs { rows, requests: requests.into(), prices: ALL, as_of: AS_OF }
}

impl Report for Costs {
    fn lines(&self) -> String {
        let mut lines = format!("{:<36} {:>14} {:>14}\n", "US dollars", "AWS", "carrier");
        // Writing to a `String` can't fail.
        for row in &self.rows {
            let digits = if row.aws < 0.01 { 6 } else { 2 };
            let _ = writeln!(lines, "{:<36} {:>14.digits$} {:>14.digits$}", row.what, row.aws, row.carrier);
        }
        let _ = writeln!(lines, "\nRequests of one reminder, if nothing fails:");
        for RequestsRow { kind, counts } in &self.requests {
            let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
            let _ = writeln!(lines, "  {kind:<19} {}", counts.join(", "));
        }
        let _ = write!(
            lines,
            "\nA month's reminders: 20 % near, 30 % far, 40 % of a series, 10 % missed. A call is counted as one minute \
             with\nmachine detection. Free tiers, discounts and metrics that only reminders have are left out.\nPrices of {AS_OF}, us-east-1 and US numbers:\n"
        );
        for price in &self.prices {
            let _ = writeln!(lines, "  {:>13.9}  {:<18} {}", price.dollars, price.unit, price.source);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(row: &Row, unit: &str) -> f64 {
        row.units.iter().find(|(name, _)| *name == unit).map_or(0.0, |(_, count)| *count)
    }

    #[test]
    fn the_counted_requests_of_each_kind_of_reminder_are_stated() {
        let expected = [
            // Write units, queue requests, schedules, HTTP requests, invocations, minutes, segments sent.
            ("one reminder, near, heard", [28.0, 3.0, 0.0, 8.0, 9.0, 1.0, 1.0]),
            ("one reminder, far, heard", [32.0, 6.0, 1.0, 8.0, 10.0, 1.0, 1.0]),
            ("one reminder, of a series, heard", [22.0, 6.0, 1.0, 5.0, 7.0, 1.0, 0.0]),
            ("one reminder, far, missed", [73.0, 12.0, 1.0, 13.0, 17.0, 0.0, 3.0]),
        ];
        let names = [
            "write unit",
            "queue request",
            "schedule",
            "HTTP request",
            "invocation",
            "minute of a call",
            "segment sent",
        ];
        for ((what, counts), row) in expected.into_iter().zip(costs(&[]).rows) {
            assert_eq!(row.what, what);
            assert_eq!(names.map(|unit| units(&row, unit)), counts, "{what}");
        }
    }

    /// Writes a whole number with a space before each three digits, as the guide does.
    fn grouped(count: f64) -> String {
        let digits = format!("{count:.0}");
        let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    }

    /// Writes a count of the guide's table. Only gigabytes and their seconds are not whole.
    fn counted(count: f64) -> String {
        if count == 0.0 {
            return String::new();
        }
        if count.fract() == 0.0 { grouped(count) } else { format!("{count:.6}").trim_end_matches('0').to_owned() }
    }

    /// The guide shows what the command prints, and from which counts.
    #[test]
    fn the_guide_shows_these_costs_and_the_counts_that_they_are_made_of() {
        const GUIDE: &str = include_str!("../../../docs/deploying.md");
        let costs = costs(&[1_000, 1_000_000]);
        let (table, _) =
            costs.lines().split_once("\n\n").map(|(table, rest)| (table.to_owned(), rest.to_owned())).unwrap();
        assert!(GUIDE.contains(&format!("```\n{table}\n```\n")), "expected in the guide:\n{table}");
        let mut rows = String::new();
        for price in ALL {
            let counts: Vec<String> = costs.rows[..5].iter().map(|row| counted(units(row, price.unit))).collect();
            let million = price.dollars * 1e6;
            let dollars =
                if price.dollars < 0.000_1 { format!("{million:.3} / M") } else { format!("{:.4}", price.dollars) };
            let _ = writeln!(rows, "| {} | {dollars} | {} |", price.unit, counts.join(" | "));
        }
        assert!(GUIDE.contains(&rows), "expected in the guide:\n{rows}");
    }

    #[test]
    fn a_month_costs_what_its_reminders_and_an_idle_month_cost() {
        let rows = costs(&[10, 1_000_000]).rows;
        let [near, far, occurrence, missed, idle, ten, million] = &rows[..] else { panic!("{rows:?}") };
        let reminders = 2.0 * near.carrier + 3.0 * far.carrier + 4.0 * occurrence.carrier + missed.carrier;
        assert!((ten.carrier - idle.carrier - reminders).abs() < 1e-9);
        assert!((million.aws - idle.aws) / 1e6 < 0.0001, "a reminder costs less than a hundredth of a cent on AWS");
        assert!(million.carrier > 100.0 * million.aws, "the carrier's bill is by far the larger one");
    }

    /// A test of the template compares the runbook with the alarms.
    #[test]
    fn each_price_names_its_page_and_each_unit_has_one_price() {
        for price in ALL {
            assert!(price.source.starts_with("https://") && price.dollars > 0.0, "{price:?}");
            assert_eq!(ALL.iter().filter(|other| other.unit == price.unit).count(), 1, "{}", price.unit);
        }
    }
}
