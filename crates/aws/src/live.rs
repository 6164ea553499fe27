//! All that a function needs of the outside, as one value.

use reminder::ports::{Carrier, Ports};

use crate::channels::ChannelTable;
use crate::clock::SystemClock;
use crate::configuration::{ParkingConfig, StoreConfig, Variables, WakeUpConfig};
use crate::connect::Connections;
use crate::ids::Ulids;
use crate::parking::InboundQueue;
use crate::secret::Secret;
use crate::store::Table;
use crate::wake_ups::QueueAndSchedules;

/// What a function has once it has started, all but its carriers, which take the secret to make.
#[derive(Debug)]
pub struct Started {
    /// The truth.
    pub store: Table,
    /// The clock and the buffer.
    pub wake_ups: QueueAndSchedules,
    /// Where texts wait.
    pub parking: InboundQueue,
    /// The carriers' slots and breakers.
    pub channels: ChannelTable,
    /// The carrier's credentials, and the key that names people.
    pub secret: Secret,
}

/// Reads the settings of every port, then the secret while the connection to the table is made: a handshake is most of
/// a cold start, and before the first request it is for free.
///
/// # Errors
/// A variable is missing or malformed, or the secret can't be read.
pub async fn start(variables: &Variables) -> anyhow::Result<Started> {
    let connections = Connections::new(variables)?;
    let settings = StoreConfig::read(variables)?;
    let channels = connections.channels(&settings);
    let store = connections.store(settings);
    let wake_ups = connections.wake_ups(WakeUpConfig::read(variables)?);
    let parking = connections.parking(ParkingConfig::read(variables)?);
    let (secret, ()) = tokio::join!(connections.secret(variables.secret_id()?), store.warm());
    Ok(Started { store, wake_ups, parking, channels, secret: secret? })
}

impl Started {
    /// The ports, with these carriers, the preferred one first.
    pub fn with<C: Carrier>(self, carriers: Vec<C>) -> Live<C> {
        let Self { store, wake_ups, parking, channels, .. } = self;
        Live { store, wake_ups, parking, channels, carriers }
    }
}

/// The ports of a deployed function.
#[derive(Debug)]
pub struct Live<C> {
    store: Table,
    wake_ups: QueueAndSchedules,
    parking: InboundQueue,
    channels: ChannelTable,
    carriers: Vec<C>,
}

impl<C: Carrier> Ports for Live<C> {
    type Store = Table;
    type WakeUps = QueueAndSchedules;
    type Parking = InboundQueue;
    type Channels = ChannelTable;
    type Carrier = C;
    type Clock = SystemClock;
    type Ids = Ulids;

    fn store(&self) -> &Table {
        &self.store
    }

    fn wake_ups(&self) -> &QueueAndSchedules {
        &self.wake_ups
    }

    fn parking(&self) -> &InboundQueue {
        &self.parking
    }

    fn channels(&self) -> &ChannelTable {
        &self.channels
    }

    fn carriers(&self) -> &[C] {
        &self.carriers
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn ids(&self) -> &Ulids {
        &Ulids
    }
}
