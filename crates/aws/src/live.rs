//! All that a function needs of the outside, as one value.

use reminder::ports::{Carrier, Ports};

use crate::clock::SystemClock;
use crate::configuration::{ParkingSettings, StoreSettings, Variables, WakeupSettings};
use crate::connect::Connections;
use crate::ids::Ulids;
use crate::lines::LineTable;
use crate::parking::InboundQueue;
use crate::secret::Secret;
use crate::store::Table;
use crate::wakeups::QueueAndSchedules;

/// What a function has once it has started, all but its carriers, which take the secret to make.
#[derive(Debug)]
pub struct Started {
    /// The truth.
    pub store: Table,
    /// The clock and the buffer.
    pub wakeups: QueueAndSchedules,
    /// Where texts wait.
    pub parking: InboundQueue,
    /// The carriers' slots and breakers.
    pub lines: LineTable,
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
    let settings = StoreSettings::read(variables)?;
    let lines = connections.lines(&settings);
    let store = connections.store(settings);
    let wakeups = connections.wakeups(WakeupSettings::read(variables)?);
    let parking = connections.parking(ParkingSettings::read(variables)?);
    let (secret, ()) = tokio::join!(connections.secret(variables.secret_id()?), store.warm());
    Ok(Started { store, wakeups, parking, lines, secret: secret? })
}

impl Started {
    /// The ports, with these carriers, the preferred one first.
    pub fn with<C: Carrier>(self, carriers: Vec<C>) -> Live<C> {
        let Self { store, wakeups, parking, lines, .. } = self;
        Live { store, wakeups, parking, lines, carriers }
    }
}

/// The ports of a deployed function.
#[derive(Debug)]
pub struct Live<C> {
    store: Table,
    wakeups: QueueAndSchedules,
    parking: InboundQueue,
    lines: LineTable,
    carriers: Vec<C>,
}

impl<C: Carrier> Ports for Live<C> {
    type Store = Table;
    type Wakeups = QueueAndSchedules;
    type Parking = InboundQueue;
    type Lines = LineTable;
    type Carrier = C;
    type Clock = SystemClock;
    type Ids = Ulids;

    fn store(&self) -> &Table {
        &self.store
    }

    fn wakeups(&self) -> &QueueAndSchedules {
        &self.wakeups
    }

    fn parking(&self) -> &InboundQueue {
        &self.parking
    }

    fn lines(&self) -> &LineTable {
        &self.lines
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
