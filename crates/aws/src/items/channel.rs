//! The item of a carrier's channel: its slots and its circuit breaker. Slots are reserved by updates of the item.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::channel::slots::{ChannelState, Count, Reservation, Slots, Span, Spent, Step};
use reminder::channel::{Breaker, OpenBreaker};
use reminder::ports::{Replacement, Versioned};

use super::attributes::{Fields, Item, NotOurs};

/// Reads the slots of an item, and how many slots were reserved in the counted hour. Returns `None` if no slot has been
/// reserved yet, or if `next_ms` is no number. Releases without lanes write only `next_ms`.
pub(crate) fn state(item: &Item) -> Option<ChannelState> {
    let number = |name: &str| item.get(name)?.as_n().ok()?.parse::<i64>().ok();
    let count = number("budget_slots").and_then(|slots| u32::try_from(slots).ok());
    let spent = number("budget_hour").map(|hour| Spent { hour, slots: count.unwrap_or(0) });
    let one_lane = Slots::in_one_lane(number("next_ms")?);
    let lanes = || Some(Slots { free_ms: number("free_ms")?, interval_ms: number("slot_interval_ms")?, ..one_lane });
    Some(ChannelState { slots: lanes().unwrap_or(one_lane), spent: spent.unwrap_or_default() })
}

/// Whether no slot from now on is left free. See [`Step`].
macro_rules! no_slot_is_free {
    () => {
        "(attribute_not_exists(free_ms) OR free_ms >= next_ms OR (slot_interval_ms = :seen AND next_ms < :soon))"
    };
}

/// Adds a reservation to an update of a channel's item: the condition and the change of [`Reservation::reserve`].
pub(crate) fn reserve(request: UpdateItemFluentBuilder, reservation: Reservation) -> UpdateItemFluentBuilder {
    let (condition, update, values) = expressions(reservation.step);
    let (is_counted, counts, counted) = counting(reservation.count);
    let request = request
        .condition_expression(format!("({condition}){is_counted}"))
        .update_expression(format!("{update}{counts}"));
    values.into_iter().chain(counted).fold(request, |request, (name, value)| {
        request.expression_attribute_values(name, AttributeValue::N(value.to_string()))
    })
}

/// Returns the condition, the change and the values that a count adds to a step.
fn counting(count: Count) -> (&'static str, &'static str, Vec<(&'static str, i64)>) {
    match count {
        Count::Uncounted => ("", "", Vec::new()),
        Count::First { hour } => (
            " AND (attribute_not_exists(budget_hour) OR budget_hour < :hour)",
            ", budget_hour = :hour, budget_slots = :one",
            vec![(":hour", hour), (":one", 1)],
        ),
        Count::Further { hour, budget } => (
            " AND budget_hour >= :hour AND budget_slots < :budget",
            ", budget_slots = budget_slots + :one",
            vec![(":hour", hour), (":budget", i64::from(budget)), (":one", 1)],
        ),
    }
}

/// Returns a step's condition, its change, and the values that both name.
fn expressions(step: Step) -> (&'static str, &'static str, Vec<(&'static str, i64)>) {
    let within = |Span { now_ms, latest_ms }| vec![(":now", now_ms), (":latest", latest_ms)];
    match step {
        Step::Now { now_ms, interval_ms } => (
            "attribute_not_exists(next_ms) OR next_ms <= :now",
            "SET next_ms = :then, free_ms = :then, slot_interval_ms = :interval",
            vec![(":now", now_ms), (":then", now_ms + interval_ms), (":interval", interval_ms)],
        ),
        Step::Next { span, interval_ms, seen_interval_ms, soon_ms } => (
            concat!("next_ms > :now AND next_ms <= :latest AND ", no_slot_is_free!()),
            "SET next_ms = next_ms + :interval, free_ms = next_ms + :interval, slot_interval_ms = :interval",
            [within(span), vec![(":interval", interval_ms), (":seen", seen_interval_ms), (":soon", soon_ms)]].concat(),
        ),
        Step::FirstFree { span, interval_ms } => (
            "free_ms > :now AND free_ms <= :latest AND free_ms < next_ms AND slot_interval_ms = :interval",
            "SET free_ms = free_ms + :two",
            [within(span), vec![(":interval", interval_ms), (":two", 2 * interval_ms)]].concat(),
        ),
        Step::LaterFree { passed_ms, slot_ms, interval_ms } => (
            "free_ms = :passed AND next_ms > :slot AND slot_interval_ms = :interval",
            "SET free_ms = :then",
            vec![
                (":passed", passed_ms),
                (":slot", slot_ms),
                (":then", slot_ms + 2 * interval_ms),
                (":interval", interval_ms),
            ],
        ),
        Step::LeaveFree { span, interval_ms } => (
            "next_ms > :now AND next_ms <= :latest AND slot_interval_ms = :interval",
            "SET next_ms = next_ms + :two",
            [within(span), vec![(":interval", interval_ms), (":two", 2 * interval_ms)]].concat(),
        ),
        Step::LeaveFirstFree { span, interval_ms, seen_interval_ms, soon_ms } => (
            concat!("next_ms > :now AND next_ms <= :latest AND ", no_slot_is_free!()),
            "SET free_ms = next_ms, next_ms = next_ms + :two, slot_interval_ms = :interval",
            [
                within(span),
                vec![
                    (":interval", interval_ms),
                    (":two", 2 * interval_ms),
                    (":seen", seen_interval_ms),
                    (":soon", soon_ms),
                ],
            ]
            .concat(),
        ),
    }
}

/// Reads the breaker of an item. Returns a closed breaker of version 0 if none has been written yet.
pub(crate) fn read_breaker(item: &Item) -> Result<Versioned<Breaker>, NotOurs> {
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
/// read. The slots are not changed.
pub(crate) fn replace_breaker(
    request: UpdateItemFluentBuilder,
    breaker: &Replacement<Breaker>,
) -> UpdateItemFluentBuilder {
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
