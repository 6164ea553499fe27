//! The phone in the browser. One origin serves the page, the simulated carrier's control routes, and the reminders of a
//! person.
//!
//! Only this machine can use the phone: the server listens on loopback, and the page of another site can neither read
//! nor send texts.

mod assets;
mod flow;
mod guard;
mod place;
mod reminders;
mod routes;
mod table;
mod timeline;
mod totals;

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::serve::ListenerExt as _;
use simulated_carrier::PhoneNumber;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::chaos_minute::{self, MinuteRunner};
use crate::parameters::SERVICE_NUMBER;
use crate::stack::Stack;
use crate::talk::TalkReport;

pub use self::flow::{FlowStep, ReadFlow};
pub use self::place::Place;
pub use self::reminders::{ReadReminders, Reminder, ReminderState};
pub use self::routes::PageConfig;
pub use self::table::Table;
pub use self::timeline::{LifeEvent, ReadTimeline, Sign};
pub use self::totals::ReadLog;

/// Port of the page of `cargo local`.
pub const PORT: u16 = 53308;
/// Countries of the page's example people: the parameter `Countries` of the stack.
pub const COUNTRIES: &str = "US,GB";

/// A running server of the page. Dropping it stops the server.
pub struct PageServer {
    /// Address on which the server listens.
    pub addr: SocketAddr,
    minutes: Arc<MinuteRunner>,
    stop: oneshot::Sender<()>,
}

impl PageServer {
    /// Returns the URL of the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops the server and a running chaos minute. After that, the page uses the stack no more.
    pub async fn stop(self) {
        drop(self.stop);
        // An open connection may still ask for a minute. It is refused.
        self.minutes.close().await;
    }
}

/// A reserved port on loopback for the page. The port is reserved before the stack is built, which may take minutes.
/// Requests that arrive before the page is served wait.
#[derive(Debug)]
pub struct PageUrl {
    listener: TcpListener,
    addr: SocketAddr,
}

impl PageUrl {
    /// Reserves a port. With port 0, a free port is chosen.
    ///
    /// # Errors
    /// Fails if another program uses the port.
    pub async fn reserve(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| crate::port_in_use(port))?;
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr })
    }

    /// Serves the page of a stack, with the steps of the talk if it is played there.
    ///
    /// # Errors
    /// Fails if the stack's outputs, or the key from which people's ids are derived, can't be read.
    pub async fn serve(self, stack: &Arc<Stack>, talk: Option<TalkReport>) -> Result<PageServer> {
        let endpoint = stack.endpoint().clone();
        let table = Table::of(endpoint, stack.output("TableName")?, stack.output("SecretId")?).await?;
        Ok(self.serve_with(PageConfig {
            service_number: PhoneNumber::parse(SERVICE_NUMBER)?,
            carrier: stack.carrier().control_router(),
            reminders: table.reader(),
            flow: flow::reader(stack)?,
            timeline: timeline::reader(stack)?,
            log: log_of(stack),
            minutes: Arc::new(minutes_of(stack)),
            talk,
        }))
    }

    /// Serves the page with this configuration, in a task of this process.
    pub fn serve_with(self, config: PageConfig) -> PageServer {
        let Self { listener, addr } = self;
        let minutes = Arc::clone(&config.minutes);
        let router = routes::router(config, addr.port());
        // Send small events immediately instead of combining them. A failure only makes them slower.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            // Resolves when the sender is dropped. Nothing is ever sent.
            let stopped = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                eprintln!("error: the page at {addr} stopped: {error}");
            }
        });
        PageServer { addr, minutes, stop }
    }
}

/// Returns the function that reads the log of a stack's carrier. After the stack has stopped, the log is empty.
fn log_of(stack: &Arc<Stack>) -> ReadLog {
    let stack = Arc::downgrade(stack);
    Arc::new(move || stack.upgrade().map(|stack| stack.carrier().log(None)).unwrap_or_default())
}

/// Returns the runner of chaos minutes on a stack. Only a running minute keeps the stack from stopping.
fn minutes_of(stack: &Arc<Stack>) -> MinuteRunner {
    let stack = Arc::downgrade(stack);
    MinuteRunner::new(Arc::new(move |seed, first, report| {
        let stack = stack.upgrade();
        Box::pin(async move {
            let stack = stack.context("the stack has stopped")?;
            chaos_minute::run(&stack, seed, first, &report).await
        })
    }))
}
