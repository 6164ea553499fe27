//! The phone in the browser: one page, the carrier's side of it and how a person's reminders stand, on one origin.
//!
//! Only this machine is served: the listener is on loopback, and a page from elsewhere can neither read nor text.

mod assets;
mod guard;
mod reminders;
mod table;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::guard::Guard;
use crate::carrier::PhoneNumber;

pub use self::reminders::{ReadReminders, Reminder, State as ReminderState};
pub use self::table::Table;

/// Where the page of `cargo local` is.
pub const PORT: u16 = 53308;

/// What the page's server is told when it starts.
pub struct Settings {
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
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

/// Starts serving the page inside this process.
///
/// # Errors
/// The port can't be listened on: somebody else does.
pub async fn serve(settings: Settings) -> io::Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
    let addr = listener.local_addr()?;
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
    Ok(Running { addr, _stop: stop })
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
    let Settings { service_number, carrier, reminders, .. } = settings;
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
