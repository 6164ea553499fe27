//! A series that is paused while the sweeper is about to recover it.

use executor::Context;
use reminder::event::{Event, Report};
use reminder::ids::{CallId, ReminderKey};
use reminder::policy::{MISSED_IN_ROW_MAX, Policy, Times, after};
use reminder::ports::{Clock, Ids, Ports, Store};
use reminder::record::{AnsweredBy, Lifecycle, Reminder, State};
use simulation::engine::Step;
use simulation::events::WorldEvent;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::world::START;
use simulation::{listener, twilio_forms};

/// Number of the person who texts.
const NUMBER: &str = "+12125550142";

/// Applies the report that the last call of an occurrence was not picked up, after the sweeper has read the overdue
/// reminder and before the sweeper writes it. Returns the reminder before and after the sweeper's attempt to write it.
async fn race<P: Ports>(ports: P, key: ReminderKey) -> (Reminder, Reminder) {
    let Ok(policy) = Policy::new(Times::DEFAULT) else { panic!("the default times are valid") };
    let context = Context::new(&ports, &policy);
    let (claim, now) = (ports.ids().claim(), ports.clock().now());
    let Ok(call) = CallId::new("twilio", "CA1") else { panic!("expected the id of a call") };
    let Ok(Some(stored)) = ports.store().reminder(&key).await else { panic!("expected a reminder") };
    let (pickup, answered) = (AnsweredBy::Nobody, AnsweredBy::Nobody);
    let state = State::Ringing { attempt: 3, claim: claim.clone(), call: call.clone(), pickup, answered };
    let life = Lifecycle::Live { state, deadline: after(now, -1), recoveries: 0 };
    let due = after(now, -600);
    let write = stored.replaced_by(Reminder { missed_in_row: MISSED_IN_ROW_MAX - 1, due, life, ..(*stored).clone() });
    assert_eq!(ports.store().replace(&write, None).await, Ok(()));
    let (overdue, reported) = (write.clone().written(), write.written());

    let report = Event::CallReported { claim, call, report: Report::NotReached };
    assert!(executor::apply(context, reported, report).await.is_ok());
    let Ok(Some(paused)) = ports.store().reminder(&key).await else { panic!("expected a reminder") };
    assert!(executor::apply(context, overdue, Event::DeadlinePassed).await.is_ok());
    let Ok(Some(swept)) = ports.store().reminder(&key).await else { panic!("expected a reminder") };
    (paused.into_value(), swept.into_value())
}

#[test]
fn a_sweeper_that_loses_the_race_against_the_pause_of_a_series_changes_nothing() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = Cloud::new(1, START);
    let body = "remind me every day at 9am to take the pills";
    let form = [("MessageSid", "SM1"), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
    functions.text(&cloud, 7, twilio_forms::post("/sms", &form));
    while !matches!(cloud.engine.step(), Step::Event(WorldEvent::InvocationEnded(7, _))) {}

    listener::listen();
    let made = cloud.table.borrow().reminders().next().map(|reminder| reminder.key.clone());
    let Some(key) = made else { panic!("expected a reminder, found none") };
    let Some((paused, swept)) = fakes::run(&cloud, race(Invocation::new(&cloud), key)) else {
        panic!("expected an end")
    };
    assert!(paused.is_paused(), "{paused:?}");
    assert_eq!(swept, paused);
    let transitions = listener::transitions();
    let row = transitions.table().into_iter().find(|row| row.starts_with("DeadlinePassed"));
    let cells: Vec<String> = row.iter().flat_map(|row| row.split_whitespace().map(str::to_owned)).collect();
    // The columns are Waiting, Dialing, Ringing, Paused and Ended. Each cell counts changed/acted/ignored.
    assert_eq!(cells[1..], ["0/0/0", "0/0/0", "1/0/0", "0/0/1", "0/0/0"]);
    assert!(transitions.unexpected(1).is_empty(), "{:?}", transitions.unexpected(1));
}
