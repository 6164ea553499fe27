//! Suites of the ports that send messages: wake-ups by queue and by schedule, parked texts, and messages that are sent
//! again or moved to a dead-letter queue.

use jiff::{SignedDuration, Timestamp};
use reminder::event::WakeUp;
use reminder::ids::{MessageId, OutgoingTextId, OutgoingTextKey, PersonId, ReminderKey};
use reminder::policy::Route;
use reminder::ports::{Clock, Ids, Parking, Ports, Queues, SourceQueue, WakeUps};
use reminder::wire::{DialMessage, ParkedText, TextWakeUpMessage, WakeUpMessage};

use super::rules::{NotHeld, Pause, eventually, expect, succeed};
use super::samples::Samples;

/// Takes messages out of the queues, as their receiver does, and counts schedules.
pub trait Deliveries {
    /// Takes all messages out of the dial queue, and returns their bodies.
    fn wake_ups(&self) -> impl Future<Output = Result<Vec<String>, NotHeld>>;

    /// Takes all messages out of the inbound queue, and returns their bodies.
    fn parked(&self) -> impl Future<Output = Result<Vec<String>, NotHeld>>;

    /// Takes all messages out of a queue's dead-letter queue, and returns their bodies.
    fn dead_letters(&self, queue: SourceQueue) -> impl Future<Output = Result<Vec<String>, NotHeld>>;

    /// Number of schedules whose name contains this text.
    fn schedules(&self, name: &str) -> impl Future<Output = Result<usize, NotHeld>>;
}

/// How far ahead this suite plans its schedules, in seconds, before it rounds down to a full minute. After that, a
/// schedule is still at least one minute ahead.
const AHEAD_S: i64 = 120;

/// Checks every rule of [`WakeUps`]. The suite must be the only reader of the queues.
///
/// # Errors
/// Fails with the first broken rule.
pub async fn wake_ups<P: Ports>(ports: &P, receiver: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let samples = Samples::new(ports.ids(), ports.clock().now())?;
    at_once(ports, &samples.person, receiver, pause).await?;
    not_early(ports, &samples.person, receiver, pause).await?;
    let wake = wake(ports, &samples.person);
    let too_long = ports.wake_ups().send(&wake, Route::Queue { delay_s: 901 }).await;
    expect("a delay of over 900 s is refused", &too_long.is_err(), &true)?;
    by_schedule(ports, &samples.person, receiver).await?;
    for_text(ports, &samples.person, receiver, pause).await
}

async fn at_once<P: Ports>(
    ports: &P,
    person: &PersonId,
    receiver: &impl Deliveries,
    pause: &impl Pause,
) -> Result<(), NotHeld> {
    let wake = wake(ports, person);
    succeed("a wake-up is sent", ports.wake_ups().send(&wake, Route::Queue { delay_s: 0 }).await)?;
    arrives(&DialMessage::Reminder(WakeUpMessage::from(&wake)), receiver, pause).await
}

async fn not_early<P: Ports>(
    ports: &P,
    person: &PersonId,
    receiver: &impl Deliveries,
    pause: &impl Pause,
) -> Result<(), NotHeld> {
    const DELAY_S: u32 = 3;
    let wake = wake(ports, person);
    let sent_at = ports.clock().now();
    succeed("a wake-up is sent", ports.wake_ups().send(&wake, Route::Queue { delay_s: DELAY_S }).await)?;
    arrives(&DialMessage::Reminder(WakeUpMessage::from(&wake)), receiver, pause).await?;
    let took = ports.clock().now().duration_since(sent_at);
    expect("a delayed wake-up is not early", &(took.as_secs() >= i64::from(DELAY_S)), &true)
}

/// Checks the wake-ups of a text.
async fn for_text<P: Ports>(
    ports: &P,
    person: &PersonId,
    receiver: &impl Deliveries,
    pause: &impl Pause,
) -> Result<(), NotHeld> {
    let fresh_key = || {
        let text = OutgoingTextId::of_occurrence(&ports.ids().reminder(), 1);
        OutgoingTextKey { person: person.clone(), text }
    };
    for delay_s in [0, 3] {
        let (text, sent_at) = (fresh_key(), ports.clock().now());
        succeed("the wake-up of a text is sent", ports.wake_ups().send_for_text(&text, delay_s).await)?;
        arrives(&DialMessage::Text(TextWakeUpMessage::from(&text)), receiver, pause).await?;
        let took = ports.clock().now().duration_since(sent_at);
        expect("the wake-up of a text is not early", &(took.as_secs() >= i64::from(delay_s)), &true)?;
    }
    let too_long = ports.wake_ups().send_for_text(&fresh_key(), 901).await;
    expect("a delay of over 900 s is refused", &too_long.is_err(), &true)
}

async fn arrives(expected: &DialMessage, receiver: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let find = async || {
        let bodies = receiver.wake_ups().await?;
        Ok(bodies.iter().find(|body| DialMessage::read(body).is_ok_and(|found| found == *expected)).cloned())
    };
    eventually("a wake-up arrives as it was sent", pause, find).await.map(drop)
}

/// Checks that schedules are created, but does not wait until they fire. The end-to-end tests check that they fire.
async fn by_schedule<P: Ports>(ports: &P, person: &PersonId, receiver: &impl Deliveries) -> Result<(), NotHeld> {
    let wake = wake(ports, person);
    let route = Route::Schedule { at: ahead(ports.clock().now()) };
    succeed("a schedule is created", ports.wake_ups().send(&wake, route).await)?;
    succeed("creating an existing schedule succeeds", ports.wake_ups().send(&wake, route).await)?;
    let name = wake.key.reminder.as_str();
    expect("a generation has one schedule", &receiver.schedules(name).await?, &1)?;
    let next = WakeUp { generation: wake.generation + 1, ..wake.clone() };
    succeed("a schedule of the next generation is created", ports.wake_ups().send(&next, route).await)?;
    expect("each generation has its own schedule", &receiver.schedules(name).await?, &2)
}

/// The beginning of a minute that is at least one minute ahead.
fn ahead(now: Timestamp) -> Timestamp {
    let second = now.as_second() + AHEAD_S;
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(now)
}

fn wake<P: Ports>(ports: &P, person: &PersonId) -> WakeUp {
    let key = ReminderKey { person: person.clone(), reminder: ports.ids().reminder() };
    WakeUp { key, generation: 3, wake_at: ahead(ports.clock().now()) }
}

/// Checks every rule of [`Parking`]. The suite must be the only reader of the queues.
///
/// # Errors
/// Fails with the first broken rule.
pub async fn parking<P: Ports>(ports: &P, receiver: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let now = ports.clock().now();
    let text = ParkedText {
        id: succeed("the id of a text is read", MessageId::new("twilio", &format!("SM{}", ports.ids().write_id())))?,
        from: succeed("an address is read", "+12125550142".parse())?,
        body: "remind me to say \"hi\" to Zoë 🐈\nat 6:30 PM".to_owned(),
        opt_out_type: None,
        received_at: now,
        times: 2,
    };
    for delay_s in [0, 2] {
        let sent_at = ports.clock().now();
        succeed("a text is parked", ports.parking().park(&text, delay_s).await)?;
        let find = async || {
            let bodies = receiver.parked().await?;
            Ok(bodies.iter().find(|body| ParkedText::read(body).is_ok_and(|found| found == text)).cloned())
        };
        eventually("a parked text arrives as it was parked", pause, find).await?;
        let took: SignedDuration = ports.clock().now().duration_since(sent_at);
        expect("a parked text is not early", &(took.as_secs() >= i64::from(delay_s)), &true)?;
    }
    let too_long = ports.parking().park(&text, 901).await;
    expect("a delay of over 900 s is refused", &too_long.is_err(), &true)
}

/// Checks every rule of [`Queues`]. The suite must be the only reader of the queues.
///
/// # Errors
/// Fails with the first broken rule.
pub async fn queues<P: Ports>(ports: &P, receiver: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    for queue in [SourceQueue::Inbound, SourceQueue::Dial] {
        let body = |what: &str| format!("{{\"v\": 99, \"{what}\":\t\"{} Zoë 🐈\"}}\n", ports.ids().write_id());
        let moved = body("moved");
        succeed("a message is moved", ports.queues().move_to_dead_letters(queue, &moved).await)?;
        let find = async || Ok(receiver.dead_letters(queue).await?.into_iter().find(|found| *found == moved));
        eventually("a moved message is a dead letter, unchanged", pause, find).await?;
        for delay_s in [0, 2] {
            let (repeated, sent_at) = (body("repeated"), ports.clock().now());
            succeed("a message is sent again", ports.queues().send_again(queue, &repeated, delay_s).await)?;
            let find = async || {
                let bodies = match queue {
                    SourceQueue::Inbound => receiver.parked().await?,
                    SourceQueue::Dial => receiver.wake_ups().await?,
                };
                Ok(bodies.into_iter().find(|found| *found == repeated))
            };
            eventually("a message that was sent again arrives unchanged", pause, find).await?;
            let took: SignedDuration = ports.clock().now().duration_since(sent_at);
            expect("a message that was sent again is not early", &(took.as_secs() >= i64::from(delay_s)), &true)?;
        }
        let too_long = ports.queues().send_again(queue, &body("late"), 901).await;
        expect("a delay of over 900 s is refused", &too_long.is_err(), &true)?;
    }
    Ok(())
}
