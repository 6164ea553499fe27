//! All ports of a deployed function, as one value.

use reminder::ports::{Carrier, Credentials, Ports};

use crate::channels::ChannelTable;
use crate::clock::SystemClock;
use crate::configuration::{ParkingConfig, QueuesConfig, StoreConfig, Variables, WakeUpConfig};
use crate::connect::{Connections, SecretReader};
use crate::ids::Ulids;
use crate::parking::InboundQueue;
use crate::queues::SourceQueues;
use crate::secret::Secret;
use crate::store::Table;
use crate::wake_ups::QueueAndSchedules;

/// The ports of a function that has started, without its carriers, which are made from the secret.
#[derive(Debug)]
pub struct Started {
    /// The store: the DynamoDB table.
    pub store: Table,
    /// The sender of wake-ups.
    pub wake_ups: QueueAndSchedules,
    /// The queue on which parked texts wait.
    pub parking: InboundQueue,
    /// The queues that invoke functions.
    pub queues: SourceQueues,
    /// The carriers' channels, with their slots and breakers.
    pub channels: ChannelTable,
    /// The carriers' credentials, and the key that people's ids are derived with.
    pub secret: Secret,
    /// Reads the secret again.
    pub secret_reader: SecretReader,
}

/// Reads the configuration of every port except the carriers. Then connects to the table while it reads the secret,
/// because a TLS handshake takes most of a cold start.
///
/// # Errors
/// Fails if a variable is missing or malformed, or if the secret can't be read or is malformed.
pub async fn start(variables: &Variables) -> anyhow::Result<Started> {
    let connections = Connections::new(variables)?;
    let config = StoreConfig::read(variables)?;
    let channels = connections.channels(&config);
    let store = connections.store(config);
    let wake_ups = connections.wake_ups(WakeUpConfig::read(variables)?);
    let parking = connections.parking(ParkingConfig::read(variables)?);
    let queues = connections.queues(QueuesConfig::read(variables)?);
    let secret_reader = connections.secret(variables.secret_id()?);
    let (secret, ()) = tokio::join!(secret_reader.read(), store.warm());
    Ok(Started { store, wake_ups, parking, queues, channels, secret: secret?, secret_reader })
}

impl Started {
    /// Returns the ports with these carriers, the preferred one first, and their credentials.
    pub fn with<C: Carrier, K: Credentials>(self, carriers: Vec<C>, credentials: K) -> Live<C, K> {
        let Self { store, wake_ups, parking, queues, channels, .. } = self;
        Live { store, wake_ups, parking, queues, channels, carriers, credentials }
    }
}

/// The ports of a deployed function.
#[derive(Debug)]
pub struct Live<C, K> {
    store: Table,
    wake_ups: QueueAndSchedules,
    parking: InboundQueue,
    queues: SourceQueues,
    channels: ChannelTable,
    carriers: Vec<C>,
    credentials: K,
}

impl<C: Carrier, K: Credentials> Ports for Live<C, K> {
    type Store = Table;
    type WakeUps = QueueAndSchedules;
    type Parking = InboundQueue;
    type Queues = SourceQueues;
    type Channels = ChannelTable;
    type Carrier = C;
    type Credentials = K;
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

    fn queues(&self) -> &SourceQueues {
        &self.queues
    }

    fn channels(&self) -> &ChannelTable {
        &self.channels
    }

    fn carriers(&self) -> &[C] {
        &self.carriers
    }

    fn credentials(&self) -> &K {
        &self.credentials
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn ids(&self) -> &Ulids {
        &Ulids
    }
}
