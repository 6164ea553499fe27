//! Compares the service with the usual way to build one: both run in the same worlds, with the same people and faults,
//! and the same judge counts what the people's phones saw.

mod judge;
mod table;

use std::rc::Rc;

use jiff::tz::TimeZone;
use serde::Serialize;

pub use judge::{Counts, judge};

use crate::fault_profile::FaultProfile;
use crate::functions::{Functions, InvalidConfig};
use crate::usual_way::UsualWay;
use crate::world::compared::{self, PEOPLE};

/// Number of reminders in each compared world.
pub const REMINDERS: u64 = PEOPLE as u64;

/// The counts of both products in the same worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The counts of the service.
    #[serde(rename = "sixthirty")]
    pub service: Counts,
    /// The counts of the usual way.
    #[serde(rename = "the_usual_way")]
    pub usual_way: Counts,
}

/// The counts of both products, in worlds without faults and with faults.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// In worlds in which nothing fails.
    #[serde(rename = "nothing_fails")]
    pub calm: Pair,
    /// In worlds in which things fail.
    #[serde(rename = "things_fail")]
    pub rough: Pair,
}

impl Comparison {
    /// Runs both products in the two worlds of a seed, one without and one with faults.
    ///
    /// # Errors
    /// Fails if a constant from which the usual way is configured is not valid.
    pub fn of_seed(seed: u64, functions: &Rc<Functions>, zone: &TimeZone) -> Result<Self, InvalidConfig> {
        let pair = |fault_profile| -> Result<Pair, InvalidConfig> {
            let service = compared::run(seed, fault_profile, functions, zone, |_| ());
            let usual_way = compared::run(seed, fault_profile, &UsualWay::new(zone)?, zone, |cloud| {
                cloud.deployment.set(UsualWay::deployment());
            });
            Ok(Pair {
                service: judge(&service.asked, &service.entries),
                usual_way: judge(&usual_way.asked, &usual_way.entries),
            })
        };
        Ok(Self { calm: pair(FaultProfile::Calm)?, rough: pair(FaultProfile::Rough)? })
    }

    /// Adds the counts of other worlds.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [(&mut self.calm, &other.calm), (&mut self.rough, &other.rough)] {
            sum.service.add(&more.service);
            sum.usual_way.add(&more.usual_way);
        }
    }

    /// The table of the counts per 100 000 reminders, as Markdown, with the meaning of its columns.
    pub fn table(&self) -> String {
        table::markdown(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_names_each_product_in_each_kind_of_world() {
        let usual_way = Counts { asked: 9, promised: 8, lost: 7, doubled: 6, late: 5, rung_after_no: 4 };
        let rough = Pair { service: Counts::default(), usual_way };
        let json = serde_json::to_value(Comparison { calm: Pair::default(), rough }).unwrap();
        let expected = json!({ "asked": 9, "promised": 8, "lost": 7, "doubled": 6, "late": 5, "rung_after_no": 4 });
        assert_eq!(json["things_fail"]["the_usual_way"], expected);
        for (world, product) in
            [("nothing_fails", "sixthirty"), ("nothing_fails", "the_usual_way"), ("things_fail", "sixthirty")]
        {
            assert_eq!(json[world][product]["lost"], 0, "{world}, {product}");
        }
    }
}
