//! Texts of different senders with the same message id: a forged request can repeat the id of another person's text.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, WorldEvent};
use simulation::fakes::Cloud;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms;
use simulation::world::START;

const ANN: &str = "+12125550142";
const BOB: &str = "+12125550143";

/// Sends a text to the webhook. Returns its answer; empty if there is none.
fn answer(functions: &Rc<Functions>, cloud: &Rc<Cloud>, from: &str, body: &str) -> Result<String> {
    let form = [("MessageSid", "SM1"), ("From", from), ("To", SERVICE_NUMBER), ("Body", body)];
    functions.text(cloud, 7, twilio_forms::post("/sms", &form));
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(7, InvocationOutcome::Http { status: 200, body })) => {
                return Ok(twilio_forms::read(&body).context("expected readable TwiML")?.texts.join(""));
            }
            Step::Idle => bail!("expected a response, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

#[test]
fn a_text_with_the_message_id_of_another_sender_is_a_text_of_its_own() -> Result<()> {
    let functions = Functions::new()?;
    let cloud = Cloud::new(1, START);
    let milk = "remind me to buy milk in 20 minutes";
    let cat = "remind me to feed the cat in 30 minutes";
    let to_ann = answer(&functions, &cloud, ANN, milk)?;
    let to_bob = answer(&functions, &cloud, BOB, cat)?;
    assert!(to_ann.contains("buy milk"), "{to_ann}");
    assert!(to_bob.contains("feed the cat") && !to_bob.contains("milk"), "{to_bob}");
    // A repeat of either text gets the sender's own answer, and makes nothing.
    assert_eq!(answer(&functions, &cloud, ANN, milk)?, to_ann);
    assert_eq!(answer(&functions, &cloud, BOB, cat)?, to_bob);
    let table = cloud.table.borrow();
    let mut tasks: Vec<_> = table.reminders().map(|reminder| (reminder.key.person.clone(), &*reminder.task)).collect();
    tasks.sort_unstable_by_key(|(_, task)| *task);
    assert_eq!(tasks.iter().map(|(_, task)| *task).collect::<Vec<_>>(), ["buy milk", "feed the cat"]);
    assert_ne!(tasks[0].0, tasks[1].0);
    assert_eq!(table.messages().count(), 2);
    cloud.engine.clear();
    Ok(())
}
