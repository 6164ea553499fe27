//! Costs: how many writes and messages a reminder and a text may cost without faults.

use super::*;

#[test]
fn a_life_without_faults_costs_no_more_than_the_protocol_says() {
    let cost = |costs| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), costs));
        story.judge(3)
    };
    held(&cost(LIFE));
    breaks(&cost(Costs { by_texts: 2, ..LIFE }), "2 transactions");
    breaks(&cost(Costs { with_text: 2, ..LIFE }), "2 transactions with a text");
    breaks(&cost(Costs { writes: 6, ..LIFE }), "7 writes");
    breaks(&cost(Costs { turns: 2, ..LIFE }), "7 writes");
    breaks(&cost(Costs { schedules: 2, ..LIFE }), "2 schedules");
    breaks(&cost(Costs { messages: 3, ..LIFE }), "3 dial messages");
}

#[test]
fn a_far_wake_up_that_is_near_when_it_is_sent_costs_the_write_of_its_confirmation_but_no_schedule() {
    let cost = |came_near| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), Costs { schedules: 0, messages: 1, came_near, ..LIFE }));
        story.judge(3)
    };
    held(&cost(1));
    breaks(&cost(0), "6 writes");
}

#[test]
fn a_wake_up_that_is_on_the_queue_when_the_simulation_ends_costs_a_message_without_a_call() {
    let cost = |on_the_way| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.costs.push((story.reminder(0).to_string(), Costs { messages: 3, on_the_way, ..LIFE }));
        story.judge(3)
    };
    keeps(&cost(1), "dial messages");
    breaks(&cost(0), "3 dial messages");
}

#[test]
fn the_maximum_of_writes_grows_with_each_day_of_a_series() {
    let written = |writes| {
        let mut story = daily();
        story.costs.push((story.reminder(0).to_string(), Costs { writes, ..Costs::default() }));
        story.judge(10 * 24)
    };
    // One due on each of ten days, and the next one.
    keeps(&written(11 * 24), "was written");
    breaks(&written(11 * 24 + 1), "was written 265 times");
}

#[test]
fn a_claim_that_lost_to_a_concurrent_change_may_cost_a_turn_and_a_slot() {
    let cost = |costs| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), costs));
        story.judge(3)
    };
    held(&cost(Costs { lost: 1, turns: 4, messages: 3, ..LIFE }));
    breaks(&cost(Costs { lost: 1, turns: 5, ..LIFE }), "10 writes");
    breaks(&cost(Costs { lost: 1, messages: 4, ..LIFE }), "4 dial messages");
    let reserved = |lost| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), Costs { lost, ..LIFE }));
        for second in [1790, 1800] {
            story.reserve(second);
        }
        story.judge(3)
    };
    held(&reserved(1));
    breaks(&reserved(0), "2 slots");
}

#[test]
fn an_attempt_that_is_cancelled_while_it_waits_for_the_phone_costs_a_message() {
    let story = |other: i64| {
        let mut story = asked();
        story.text(120, tea(), TEA);
        story.call(1800, 0, "pills", Talk::Silent(PickedUpBy::Mailbox));
        story.call(other, 120, "tea", Talk::Keys(&['1'])).text(2130, Meaning::Delete(1), "Deleted #1 pills.");
        story.costs.push((story.reminder(0).to_string(), Costs { messages: 4, ..LIFE }));
        story.judge(3)
    };
    keeps(&story(2100), "dial messages");
    breaks(&story(2700), "dial messages");
}

#[test]
fn a_text_that_comes_again_sends_a_near_wake_up_again() {
    let again = |second, messages| {
        let mut story = asked();
        let id = MessageId::new("twilio", &format!("SM{:032}", story.texts)).unwrap();
        story.at(second, 0, Observation::TextDelivered { id });
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.costs.push((story.reminder(0).to_string(), Costs { messages, ..LIFE }));
        story.judge(3)
    };
    held(&again(1000, 3));
    breaks(&again(1000, 4), "4 dial messages");
    breaks(&again(900, 3), "3 dial messages");
}

#[test]
fn a_text_without_faults_costs_its_try_its_acceptance_and_its_delivery() {
    let cost = |writes| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.text_writes.push(("T1".to_owned(), writes));
        story.judge(3)
    };
    held(&cost(3));
    breaks(&cost(4), "4 writes");
}
