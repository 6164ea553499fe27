//! The simulation's fakes pass the same conformance suites as the real adapters.

use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::ids::PersonId;
use reminder::incoming_text::IncomingText;
use reminder::ports::{Clock, Overdue, SourceQueue};
use simulation::conformance::{self, Deliveries, NotHeld, Pause, Planted};
use simulation::events::QueueName;
use simulation::fakes::{self, Cloud, Conditions, Invocation, Release};
use simulation::world::START;

/// Gives the suites access to the inside of the fakes.
struct Hand(Rc<Cloud>);

impl Planted for Hand {
    async fn plant(&self, partition: &str, sort: &str, deadline: Timestamp) -> Result<(), NotHeld> {
        self.0.table.borrow_mut().plant(partition, sort, deadline);
        Ok(())
    }

    async fn write_newer(&self, item: &Overdue) -> Result<(), NotHeld> {
        self.0.table.borrow_mut().written_by(item, Release::Later);
        Ok(())
    }

    async fn write_ours(&self, item: &Overdue) -> Result<(), NotHeld> {
        self.0.table.borrow_mut().written_by(item, Release::Ours);
        Ok(())
    }

    async fn spoil_question(&self, person: &PersonId) -> Result<(), NotHeld> {
        self.0.table.borrow_mut().spoil_question(person);
        Ok(())
    }

    /// The fake has no older key: it finds each text by its person and id.
    async fn move_to_old_key(&self, _: &IncomingText) -> Result<(), NotHeld> {
        Ok(())
    }
}

impl Deliveries for Hand {
    async fn dead_letters(&self, _: SourceQueue) -> Result<Vec<String>, NotHeld> {
        Ok(self.0.history.dead_letters())
    }

    async fn wake_ups(&self) -> Result<Vec<String>, NotHeld> {
        Ok(self.take(QueueName::Dial))
    }

    async fn parked(&self) -> Result<Vec<String>, NotHeld> {
        Ok(self.take(QueueName::Inbound))
    }

    async fn schedules(&self, name: &str) -> Result<usize, NotHeld> {
        Ok(self.0.scheduler.borrow().named(name))
    }
}

impl Hand {
    fn take(&self, name: QueueName) -> Vec<String> {
        let received = self.0.receive(name, 10);
        for message in &received {
            self.0.delete(name, message.id);
        }
        received.into_iter().map(|message| message.body).collect()
    }
}

impl Pause for Hand {
    async fn pause(&self, time: SignedDuration) {
        let never = std::future::pending::<()>();
        Invocation::new(&self.0).within(time, never).await;
    }
}

/// Runs a suite on fakes without faults.
fn check(
    cloud: &Rc<Cloud>,
    suite: impl AsyncFnOnce(&Invocation, &Hand) -> Result<(), NotHeld> + 'static,
) -> Result<(), NotHeld> {
    let (ports, hand) = (Invocation::new(cloud), Hand(Rc::clone(cloud)));
    let held = fakes::run(cloud, async move { suite(&ports, &hand).await });
    held.unwrap_or_else(|| panic!("the suite takes more than a day of virtual time"))
}

fn cloud(seed: u64) -> Rc<Cloud> {
    Cloud::new(seed, START)
}

#[test]
fn the_fake_store_passes_the_store_suite() {
    for seed in 0..20 {
        let held = check(&cloud(seed), async |ports, hand| conformance::store(ports, hand, hand).await);
        assert_eq!(held, Ok(()), "seed {seed}");
    }
}

#[test]
fn the_fake_queue_and_scheduler_pass_the_wake_up_suite() {
    for seed in 0..20 {
        let held = check(&cloud(seed), async |ports, hand| conformance::wake_ups(ports, hand, hand).await);
        assert_eq!(held, Ok(()), "seed {seed}");
    }
}

#[test]
fn the_fake_queue_passes_the_parking_suite() {
    for seed in 0..20 {
        let held = check(&cloud(seed), async |ports, hand| conformance::parking(ports, hand, hand).await);
        assert_eq!(held, Ok(()), "seed {seed}");
    }
}

#[test]
fn the_fake_queues_pass_the_suite_of_messages_that_a_release_cannot_handle() {
    for seed in 0..20 {
        let held = check(&cloud(seed), async |ports, hand| conformance::queues(ports, hand, hand).await);
        assert_eq!(held, Ok(()), "seed {seed}");
    }
}

#[test]
fn the_fake_channels_pass_the_suite_of_slots_and_breakers() {
    for seed in 0..20 {
        let held = check(&cloud(seed), async |ports, hand| conformance::channels(ports, hand).await);
        assert_eq!(held, Ok(()), "seed {seed}");
    }
}

#[test]
fn a_store_that_ignores_versions_fails_the_store_suite() {
    let cloud = cloud(1);
    cloud.conditions.set(Conditions::VersionIgnored);
    let held = check(&cloud, async |ports, hand| conformance::store(ports, hand, hand).await);
    assert!(held.is_err());
}
