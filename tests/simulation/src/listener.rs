//! What the functions log, as far as it is of interest outside: alarms for the operator, and which arms of the life
//! cycle were gone through. Each thread runs its worlds one after the other, so each has its own notes.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, set_global_default};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::transitions_seen::{TARGET, TransitionsSeen};

/// An alarm: something that a human acts on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alarm {
    /// The reminder that it names, if it names one.
    pub reminder: Option<String>,
    /// What it says.
    pub words: String,
}

thread_local! {
    static ALARMED: Cell<bool> = const { Cell::new(false) };
    static ALARMS: RefCell<Vec<Alarm>> = const { RefCell::new(Vec::new()) };
    static ARMS: RefCell<TransitionsSeen> = RefCell::new(TransitionsSeen::default());
}

/// Begins to listen. Every world does; only the first has anything to do.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    // Where a test has a subscriber of its own, alarms are not heard, and reminders that failed are missed.
    ONCE.call_once(|| drop(set_global_default(Listener)));
    drop(alarms());
}

/// The alarms since this was last asked for.
pub(crate) fn alarms() -> Vec<Alarm> {
    if ALARMED.replace(false) { ALARMS.take() } else { Vec::new() }
}

/// The arms that this thread's worlds went through since this was last asked for.
pub fn arms() -> TransitionsSeen {
    ARMS.take()
}

struct Listener;

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // What is of no interest costs nothing at all.
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
            let mut names = TransitionNames::default();
            event.record(&mut names);
            ARMS.with_borrow_mut(|arms| arms.count(names.0));
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

/// State, event and outcome, each by its place in the table.
#[derive(Default)]
struct TransitionNames([Option<usize>; 3]);

impl Visit for TransitionNames {
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
            "message" => self.words = format!("{value:?}"),
            _ => {}
        }
    }
}
