//! What people do because of a call: they text during it or after it, or call the service.

use reminder::ids::CallId;

use super::planned::PlannedEvent;
use super::{Scale, World};
use crate::people::{Meaning, Place};

impl World {
    /// Sometimes a person texts soon after their phone begins to ring, often before the call is over. Races between
    /// texts and calls happen then.
    pub(super) fn text_during_call(&mut self, call: &CallId) {
        if !self.is_scripted && self.cloud.engine.chance(if self.is_unheard() { 300 } else { 1500 }) {
            let Some(person) = self.called(call) else { return };
            let soon_ms = self.cloud.engine.between(0, 40_000);
            self.plan(soon_ms, PlannedEvent::ExtraText(person));
        }
        if matches!(self.scale, Scale::Unheard(1..)) && self.cloud.engine.chance(2000) {
            // Only a person who has said where they are can say that they have moved.
            let Some(person) = self.called(call).filter(|person| self.people[*person].place.is_some()) else { return };
            let (soon_ms, place) = (self.cloud.engine.between(0, 20_000), self.cloud.engine.one_of(&Place::ALL));
            self.move_along(person, soon_ms, place);
        }
    }

    /// Sometimes a person texts "done" after a call, whether they heard it or not. The text may come so late
    /// that it is no longer about that call. Some people ask for another reminder first.
    pub(super) fn text_done_later(&mut self, call: &CallId) {
        if self.is_scripted || !self.cloud.engine.chance(if self.is_unheard() { 100 } else { 800 }) {
            return;
        }
        let Some(person) = self.called(call) else { return };
        let within_ms = if self.cloud.engine.chance(8000) { 600_000 } else { 5_400_000 };
        let done_ms = self.cloud.engine.between(500, within_ms);
        if self.cloud.engine.chance(4000) {
            let request_ms = self.cloud.engine.between(0, done_ms);
            self.plan(request_ms, PlannedEvent::AskForReminder(person));
        }
        self.plan(done_ms, PlannedEvent::SendText(person, Meaning::Done));
    }

    /// Whether the world tests series that nobody hears. Then few texts must follow a call, because each "done" ends a
    /// row of missed occurrences.
    fn is_unheard(&self) -> bool {
        matches!(self.scale, Scale::Unheard(_))
    }

    /// Sometimes a person calls the number that has called them.
    pub(super) fn call_back_later(&mut self, call: &CallId) {
        if !self.is_scripted && self.cloud.engine.chance(700) {
            let Some(person) = self.called(call) else { return };
            let later_ms = self.cloud.engine.between(5000, 1_800_000);
            self.plan(later_ms, PlannedEvent::CallToService(person));
        }
    }
}
