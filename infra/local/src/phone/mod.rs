//! The phone in the browser: one page, the carrier's side of it and how a person's reminders stand, on one origin.
//!
//! Only this machine is served: the listener is on loopback, and a page from elsewhere can neither read nor text.

mod assets;
mod guard;
mod reminders;
mod table;

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::extract::State;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::guard::Guard;
use crate::parameters::SERVICE_NUMBER;
use crate::stack::Stack;
use simulated_carrier::PhoneNumber;

pub use self::reminders::{ReadReminders, Reminder, State as ReminderState};
pub use self::table::Table;

/// Where the page of `cargo local` is.
pub const PORT: u16 = 53308;
/// Where the people live whom the page offers to be: the stack's parameter `Countries`.
pub const COUNTRIES: &str = "US,GB";

/// What the page's server is told when it starts.
pub struct Settings {
    /// The number the service owns: who the person in the browser texts.
    pub service_number: PhoneNumber,
    /// The carrier's own routes, `/_phone` and `/_carrier`.
    pub carrier: Router,
    /// How a person's reminders are read.
    pub reminders: ReadReminders,
}

/// A page's server that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Running {
    /// The page's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

/// A port on loopback that is ours: taken before a stack is built for minutes, opened once there is one. Who comes
/// early waits.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    addr: SocketAddr,
}

impl Door {
    /// Takes a port; 0 takes a free one.
    ///
    /// # Errors
    /// Somebody else has it.
    pub async fn take(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| format!("port {port} is in use; is `cargo local` running already?"))?;
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr })
    }

    /// Serves the page of a stack.
    ///
    /// # Errors
    /// The stack's outputs, or the key by which it names people, can't be read.
    pub async fn open_to(self, stack: &Stack) -> Result<Running> {
        let endpoint = stack.endpoint().clone();
        let table = Table::of(endpoint, stack.output("TableName")?, stack.output("SecretId")?).await?;
        Ok(self.open(Settings {
            service_number: PhoneNumber::parse(SERVICE_NUMBER)?,
            carrier: stack.carrier().control_router(),
            reminders: table.reader(),
        }))
    }

    /// Serves the page inside this process.
    pub fn open(self, settings: Settings) -> Running {
        let Self { listener, addr } = self;
        let router = router(settings, addr.port());
        // Events are small and awaited: they should not wait to be joined with more. A failure only makes them slower.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            // Nothing is ever sent: the other end is dropped.
            let stopped = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                eprintln!("the page lost its port {addr}: {error}");
            }
        });
        Running { addr, _stop: stop }
    }
}

/// What the page's own routes know.
#[derive(Clone)]
struct Served {
    service_number: PhoneNumber,
    /// Tells one start of the carrier from the next, whose log begins anew.
    started: Timestamp,
    reminders: ReadReminders,
}

fn router(settings: Settings, port: u16) -> Router {
    let Settings { service_number, carrier, reminders } = settings;
    let served = Arc::new(Served { service_number, started: Timestamp::now(), reminders });
    Router::new()
        .route("/api/service", get(service))
        .route("/api/reminders", get(reminders::read))
        .with_state(served)
        .merge(assets::routes())
        .merge(carrier)
        .layer(middleware::from_fn_with_state(Guard::of(port), guard::keep))
}

/// Whom the page texts, and which start of the carrier this is.
async fn service(State(served): State<Arc<Served>>) -> Json<Value> {
    Json(json!({ "number": served.service_number, "started": served.started }))
}
