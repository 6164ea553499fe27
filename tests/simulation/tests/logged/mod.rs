//! Collects the lines that handlers log in a test.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// One line, with its fields as text.
pub(crate) type Line = BTreeMap<&'static str, String>;

/// Collects the wanted lines that one thread logs.
#[derive(Clone)]
struct Lines {
    is_wanted: fn(&Metadata<'_>) -> bool,
    lines: Arc<Mutex<Vec<Line>>>,
}

struct Fields<'a>(&'a mut Line);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        (self.is_wanted)(metadata)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::new();
        event.record(&mut Fields(&mut line));
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Returns the wanted lines that are logged meanwhile.
pub(crate) fn lines(is_wanted: fn(&Metadata<'_>) -> bool, run: impl FnOnce()) -> Vec<Line> {
    let collected = Lines { is_wanted, lines: Arc::default() };
    tracing::subscriber::with_default(collected.clone(), run);
    std::mem::take(&mut *collected.lines.lock().unwrap_or_else(PoisonError::into_inner))
}
