//! The days and months that a rule leaves out.

use crate::{
    english::grammar::recurrence::every,
    rule::{Frequency, NthWeekday, Pattern},
};
use jiff::civil::Weekday;

/// The days or months on which a rule does not ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    Weekdays(Vec<Weekday>),
    Months(Vec<i8>),
}

impl Exception {
    /// Removes the exception from a rule. `None` if no rule can express what is left.
    pub(crate) fn remove_from(&self, pattern: &mut Pattern) -> Option<()> {
        match self {
            Exception::Weekdays(days) => {
                if pattern.frequency > Frequency::Weekly
                    || pattern.frequency == Frequency::Daily && pattern.interval > 1
                {
                    return None;
                }
                if pattern.weekdays.is_empty() {
                    if pattern.frequency == Frequency::Weekly {
                        return None;
                    }
                    pattern.weekdays =
                        every::whole_week().into_iter().map(|weekday| NthWeekday { nth: 0, weekday }).collect();
                }
                pattern.weekdays.retain(|nth| !days.contains(&nth.weekday));
                if pattern.frequency == Frequency::Daily {
                    pattern.frequency = Frequency::Weekly;
                }
                (!pattern.weekdays.is_empty()).then_some(())
            }
            Exception::Months(months) => {
                if pattern.frequency == Frequency::Yearly {
                    return None;
                }
                let all = if pattern.months.is_empty() { (1..=12).collect() } else { pattern.months.clone() };
                pattern.months = all.into_iter().filter(|month| !months.contains(month)).collect();
                (!pattern.months.is_empty()).then_some(())
            }
        }
    }
}
