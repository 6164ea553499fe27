//! One invocation of a function: the ports it uses.

use std::rc::Rc;

use jiff::SignedDuration;
use reminder::ids::CarrierName;
use reminder::ports::Ports;

use super::cloud::Cloud;
use super::function_name::FunctionName;
use super::names::carrier_name;
use crate::faults::Fault;

/// One invocation of a function: the ports it uses.
#[derive(Debug)]
pub struct Invocation {
    pub(super) cloud: Rc<Cloud>,
    /// The function whose credentials it uses.
    pub(super) function: FunctionName,
    pub(super) carriers: Vec<CarrierClient>,
    /// How far its clock is ahead of the true time. Negative if it is behind.
    pub(super) skew: SignedDuration,
    /// Number of earlier invocations in its chain. In a chain, a message from each invocation starts the next one.
    pub(super) chain: u32,
}

impl Invocation {
    /// Creates an invocation of the sweeper that begins now.
    pub fn new(cloud: &Rc<Cloud>) -> Self {
        Self::of(cloud, FunctionName::Sweeper)
    }

    /// Creates an invocation of a function that begins now.
    pub fn of(cloud: &Rc<Cloud>, function: FunctionName) -> Self {
        Self::in_chain(cloud, function, 0)
    }

    /// Creates an invocation of a function that begins now and handles a message of a chain.
    pub fn in_chain(cloud: &Rc<Cloud>, function: FunctionName, chain: u32) -> Self {
        /// Half of the largest assumed difference between two functions' clocks, in milliseconds.
        const SKEW_MS: i64 = 500;
        let ahead_ms = if cloud.injects(Fault::ClockSkew) { cloud.engine.between(-SKEW_MS, SKEW_MS) } else { 0 };
        let client = |which| CarrierClient { cloud: Rc::clone(cloud), function, name: carrier_name(which) };
        let carriers = (0..cloud.carriers.get()).map(client).collect();
        Self { cloud: Rc::clone(cloud), function, carriers, skew: SignedDuration::from_millis(ahead_ms), chain }
    }

    /// The cloud in which it runs.
    pub fn cloud(&self) -> &Rc<Cloud> {
        &self.cloud
    }
}

/// A function's client of a carrier.
#[derive(Debug)]
pub struct CarrierClient {
    pub(super) cloud: Rc<Cloud>,
    pub(super) function: FunctionName,
    pub(super) name: CarrierName,
}

impl Ports for Invocation {
    type Store = Self;
    type WakeUps = Self;
    type Parking = Self;
    type Queues = Self;
    type Channels = Self;
    type Carrier = CarrierClient;
    type Credentials = Self;
    type Clock = Self;
    type Ids = Self;

    fn store(&self) -> &Self {
        self
    }

    fn wake_ups(&self) -> &Self {
        self
    }

    fn parking(&self) -> &Self {
        self
    }

    fn queues(&self) -> &Self {
        self
    }

    fn channels(&self) -> &Self {
        self
    }

    fn carriers(&self) -> &[CarrierClient] {
        &self.carriers
    }

    fn credentials(&self) -> &Self {
        self
    }

    fn clock(&self) -> &Self {
        self
    }

    fn ids(&self) -> &Self {
        self
    }
}
