//! What is sent arrives: wake-ups by queue and schedule, parked texts.

use jiff::{SignedDuration, Timestamp};
use reminder::event::WakeUp;
use reminder::ids::{PersonId, ReminderKey};
use reminder::policy::Route;
use reminder::ports::{Clock, Ids, Parking, Ports, WakeUps};
use reminder::wire::{ParkedText, ParkedTextVersion, WakeUpMessage};

use super::{NotHeld, Pause, Samples, eventually, expect, succeed};

/// A hand at the far end of the queues.
pub trait Deliveries {
    /// The bodies of the messages that stand in the dial queue now; they are taken out.
    fn wake_ups(&self) -> impl Future<Output = Result<Vec<String>, NotHeld>>;

    /// The bodies of the messages that stand in the inbound queue now; they are taken out.
    fn parked(&self) -> impl Future<Output = Result<Vec<String>, NotHeld>>;

    /// How many schedules there are whose name contains this.
    fn schedules(&self, name: &str) -> impl Future<Output = Result<usize, NotHeld>>;
}

/// How far a schedule lies ahead in this suite: two minutes, so that its minute has surely not begun.
const AHEAD_S: i64 = 120;

/// Every rule of [`WakeUps`]. Nobody else may read the queues meanwhile.
///
/// # Errors
/// The first rule that does not hold.
pub async fn wake_ups<P: Ports>(ports: &P, hand: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let samples = Samples::new(ports.ids(), ports.clock().now())?;
    at_once(ports, &samples.person, hand, pause).await?;
    not_early(ports, &samples.person, hand, pause).await?;
    let wake = wake(ports, &samples.person);
    let too_long = ports.wake_ups().send(&wake, Route::Queue { delay_s: 901 }).await;
    expect("a delay of over 900 s is refused", &too_long.is_err(), &true)?;
    by_schedule(ports, &samples.person, hand).await
}

async fn at_once<P: Ports>(
    ports: &P,
    person: &PersonId,
    hand: &impl Deliveries,
    pause: &impl Pause,
) -> Result<(), NotHeld> {
    let wake = wake(ports, person);
    succeed("a wake-up is sent", ports.wake_ups().send(&wake, Route::Queue { delay_s: 0 }).await)?;
    arrives(&wake, hand, pause).await
}

async fn not_early<P: Ports>(
    ports: &P,
    person: &PersonId,
    hand: &impl Deliveries,
    pause: &impl Pause,
) -> Result<(), NotHeld> {
    const DELAY_S: u32 = 3;
    let wake = wake(ports, person);
    let sent_at = ports.clock().now();
    succeed("a wake-up is sent", ports.wake_ups().send(&wake, Route::Queue { delay_s: DELAY_S }).await)?;
    arrives(&wake, hand, pause).await?;
    let took = ports.clock().now().duration_since(sent_at);
    expect("a delayed wake-up is not early", &(took.as_secs() >= i64::from(DELAY_S)), &true)
}

async fn arrives(wake: &WakeUp, hand: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let expected = WakeUpMessage::from(wake);
    let seen = async || {
        let bodies = hand.wake_ups().await?;
        Ok(bodies
            .iter()
            .find(|body| serde_json::from_str(body).is_ok_and(|found: WakeUpMessage| found == expected))
            .cloned())
    };
    eventually("a wake-up arrives as it was sent", pause, seen).await.map(drop)
}

/// The schedule lies ahead, so that this does not wait for it; that it fires is for the end-to-end tests.
async fn by_schedule<P: Ports>(ports: &P, person: &PersonId, hand: &impl Deliveries) -> Result<(), NotHeld> {
    let wake = wake(ports, person);
    let route = Route::Schedule { at: ahead(ports.clock().now()) };
    succeed("a schedule is made", ports.wake_ups().send(&wake, route).await)?;
    succeed("a schedule that is there already is a success", ports.wake_ups().send(&wake, route).await)?;
    let name = wake.key.reminder.as_str();
    expect("a generation has one schedule", &hand.schedules(name).await?, &1)?;
    let next = WakeUp { generation: wake.generation + 1, ..wake.clone() };
    succeed("the next generation's is made", ports.wake_ups().send(&next, route).await)?;
    expect("each generation has its own", &hand.schedules(name).await?, &2)
}

/// The beginning of a minute that lies ahead.
fn ahead(now: Timestamp) -> Timestamp {
    let second = now.as_second() + AHEAD_S;
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(now)
}

fn wake<P: Ports>(ports: &P, person: &PersonId) -> WakeUp {
    let key = ReminderKey { person: person.clone(), reminder: ports.ids().reminder() };
    WakeUp { key, generation: 3, wake_at: ahead(ports.clock().now()) }
}

/// Every rule of [`Parking`]. Nobody else may read the queues meanwhile.
///
/// # Errors
/// The first rule that does not hold.
pub async fn parking<P: Ports>(ports: &P, hand: &impl Deliveries, pause: &impl Pause) -> Result<(), NotHeld> {
    let now = ports.clock().now();
    let text = ParkedText {
        parked: ParkedTextVersion,
        carrier: "twilio".to_owned(),
        id: format!("SM{}", ports.ids().write_id()),
        from: "+12125550142".to_owned(),
        body: "remind me to say \"hi\" to Zoë 🐈\nat 6:30 PM".to_owned(),
        opt_out_type: None,
        received_at: now,
        times: 2,
    };
    for delay_s in [0, 2] {
        let sent_at = ports.clock().now();
        succeed("a text is parked", ports.parking().park(&text, delay_s).await)?;
        let seen = async || {
            let bodies = hand.parked().await?;
            Ok(bodies
                .iter()
                .find(|body| serde_json::from_str(body).is_ok_and(|found: ParkedText| found == text))
                .cloned())
        };
        eventually("a parked text comes back as it was", pause, seen).await?;
        let took: SignedDuration = ports.clock().now().duration_since(sent_at);
        expect("a parked text is not early", &(took.as_secs() >= i64::from(delay_s)), &true)?;
    }
    let too_long = ports.parking().park(&text, 901).await;
    expect("a delay of over 900 s is refused", &too_long.is_err(), &true)
}
