//! The phone in the browser: one page, the carrier's side of it and how a person's reminders stand, on one origin.
//!
//! Only this machine is served: the listener is on loopback, and a page from elsewhere can neither read nor text.

mod assets;
mod guard;
mod reminders;
mod routes;
mod table;

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result};
use axum::serve::ListenerExt as _;
use simulated_carrier::PhoneNumber;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::parameters::SERVICE_NUMBER;
use crate::stack::Stack;

pub use self::reminders::{ReadReminders, Reminder, ReminderState};
pub use self::routes::PageConfig;
pub use self::table::Table;

/// Where the page of `cargo local` is.
pub const PORT: u16 = 53308;
/// Where the people live whom the page offers to be: the stack's parameter `Countries`.
pub const COUNTRIES: &str = "US,GB";

/// A page's server that runs until this is dropped.
#[derive(Debug)]
pub struct PageServer {
    /// Where it listens.
    pub addr: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl PageServer {
    /// The page's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

/// A reserved address of the page on loopback: taken before the stack is built, which takes minutes, and served once
/// there is one. Requests that come before wait.
#[derive(Debug)]
pub struct PageUrl {
    listener: TcpListener,
    addr: SocketAddr,
}

impl PageUrl {
    /// Reserves a port; 0 reserves a free one.
    ///
    /// # Errors
    /// Another program has the port.
    pub async fn reserve(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.with_context(|| format!("port {port} is in use; is `cargo local` running already?"))?;
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr })
    }

    /// Serves the page of a stack.
    ///
    /// # Errors
    /// The stack's outputs, or the key by which it names people, can't be read.
    pub async fn serve(self, stack: &Stack) -> Result<PageServer> {
        let endpoint = stack.endpoint().clone();
        let table = Table::of(endpoint, stack.output("TableName")?, stack.output("SecretId")?).await?;
        Ok(self.serve_with(PageConfig {
            service_number: PhoneNumber::parse(SERVICE_NUMBER)?,
            carrier: stack.carrier().control_router(),
            reminders: table.reader(),
        }))
    }

    /// Serves the page inside this process.
    pub fn serve_with(self, config: PageConfig) -> PageServer {
        let Self { listener, addr } = self;
        let router = routes::router(config, addr.port());
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
        PageServer { addr, _stop: stop }
    }
}
