//! The item of a carrier's channel: its next free slot and its circuit breaker. Slots are reserved by updates of the
//! item.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::channel::{Breaker, OpenBreaker};
use reminder::ports::{Replacement, Versioned};

use super::attributes::{Fields, Item, NotOurs};

/// Returns the next free slot, in milliseconds since 1970. Returns `None` if no slot has been reserved yet, or if the
/// attribute is no number.
pub(crate) fn next_ms(item: &Item) -> Option<i64> {
    item.get("next_ms")?.as_n().ok()?.parse().ok()
}

/// Reads the breaker of an item. Returns a closed breaker of version 0 if none has been written yet.
pub(crate) fn read(item: &Item) -> Result<Versioned<Breaker>, NotOurs> {
    let fields = Fields::of(item);
    let until: Option<Timestamp> = fields.maybe_instant("open_until")?;
    let opened = until.map(|until| {
        let (for_s, probe_until) = (fields.number("open_for_s")?, fields.maybe_instant("probe_until")?);
        Ok(OpenBreaker { until, for_s, probe_until })
    });
    let breaker = Breaker { failures: fields.instants("failures")?, opened: opened.transpose()? };
    Ok(Versioned::read(breaker, fields.maybe_number("breaker_version")?.unwrap_or(0)))
}

/// Adds the replacement of a breaker to an update. The update fails unless the stored breaker has the version that was
/// read. The slot is not changed.
pub(crate) fn replace(request: UpdateItemFluentBuilder, breaker: &Replacement<Breaker>) -> UpdateItemFluentBuilder {
    let failures = breaker.failures.iter().map(|at| AttributeValue::S(at.to_string())).collect();
    let request = request
        .expression_attribute_values(":version", AttributeValue::N(breaker.version().to_string()))
        .expression_attribute_values(":failures", AttributeValue::L(failures));
    let request = match breaker.replaced() {
        None => request.condition_expression("attribute_not_exists(breaker_version)"),
        Some(before) => request
            .condition_expression("breaker_version = :before")
            .expression_attribute_values(":before", AttributeValue::N(before.to_string())),
    };
    const WRITTEN: &str = "SET breaker_version = :version, failures = :failures";
    let Some(OpenBreaker { until, for_s, probe_until }) = breaker.opened else {
        return request.update_expression(format!("{WRITTEN} REMOVE open_until, open_for_s, probe_until"));
    };
    let request = request
        .expression_attribute_values(":until", AttributeValue::S(until.to_string()))
        .expression_attribute_values(":for", AttributeValue::N(for_s.to_string()));
    match probe_until {
        Some(probe_until) => request
            .update_expression(format!("{WRITTEN}, open_until = :until, open_for_s = :for, probe_until = :probe"))
            .expression_attribute_values(":probe", AttributeValue::S(probe_until.to_string())),
        None => {
            request.update_expression(format!("{WRITTEN}, open_until = :until, open_for_s = :for REMOVE probe_until"))
        }
    }
}
