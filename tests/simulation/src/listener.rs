//! Listens to the functions' logs for alarms and for transitions of the lifecycle. Each thread runs its worlds one
//! after the other, and collects only the alarms of its own worlds.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::transitions_seen::{TARGET, TransitionsSeen};

/// An error in the log, which raises an alarm for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alarm {
    /// Id of the reminder in the log record, if it has one.
    pub reminder: Option<String>,
    /// Id of the outgoing text in the log record, if it has one.
    pub outgoing: Option<String>,
    /// Id of the incoming text in the log record, if it has one. It begins with the name of the text's carrier.
    pub message: Option<String>,
    /// Message of the log record.
    pub words: String,
}

thread_local! {
    static ALARMED: Cell<bool> = const { Cell::new(false) };
    static ALARMS: RefCell<Vec<Alarm>> = const { RefCell::new(Vec::new()) };
    static TRANSITIONS: RefCell<TransitionsSeen> = RefCell::new(TransitionsSeen::default());
}

/// Installs the listener at the first call, and discards the alarms of this thread's earlier worlds at every call.
pub fn listen() {
    static ONCE: Once = Once::new();
    // If a test has installed another subscriber, alarms are not received, and failed reminders are reported as
    // breaches.
    ONCE.call_once(|| drop(set_global_default(Listener)));
    drop(alarms());
}

/// Takes out the alarms since the last call.
pub fn alarms() -> Vec<Alarm> {
    if ALARMED.replace(false) { ALARMS.take() } else { Vec::new() }
}

/// Takes out the transitions that this thread's worlds have taken since the last call.
pub fn transitions() -> TransitionsSeen {
    TRANSITIONS.take()
}

struct Listener;

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Log records that are not needed cost nothing.
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && (*metadata.level() == Level::ERROR || metadata.target() == TARGET)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target() == TARGET {
            let mut indexes = TransitionIndexes::default();
            event.record(&mut indexes);
            TRANSITIONS.with_borrow_mut(|transitions| transitions.count(indexes.0));
        } else {
            let mut alarm = Alarm::default();
            event.record(&mut alarm);
            ALARMS.with_borrow_mut(|alarms| alarms.push(alarm));
            ALARMED.set(true);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Indexes of the state, the event and the outcome in their tables.
#[derive(Default)]
struct TransitionIndexes([Option<usize>; 3]);

impl Visit for TransitionIndexes {
    fn record_str(&mut self, field: &Field, value: &str) {
        let place = ["state", "event", "outcome"].iter().position(|name| *name == field.name());
        if let Some(place) = place {
            self.0[place] = TransitionsSeen::index(place, value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl Visit for Alarm {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "reminder.id" => self.reminder = Some(format!("{value:?}")),
            "text.id" => self.outgoing = Some(format!("{value:?}")),
            "message.id" => self.message = Some(format!("{value:?}")),
            "message" => self.words = format!("{value:?}"),
            _ => {}
        }
    }
}
