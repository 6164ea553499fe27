//! The carrier's port, which can be closed and opened again.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;

/// Maximum number of connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// An open or closed port. As soon as `close` returns, connections are refused.
#[derive(Debug)]
pub(super) struct Port {
    addr: SocketAddr,
    /// The runtime of the listener, because `open` may be called outside of it.
    runtime: Handle,
    state: Mutex<ListenState>,
}

#[derive(Debug)]
enum ListenState {
    Open(TcpListener),
    /// Bound without listening: no other program gets the port, and connections are refused.
    Closed(TcpSocket),
    /// Released: the carrier has stopped, or another program uses the port by now.
    Lost,
}

impl Port {
    /// Opens the port at an address.
    pub(super) fn listen(at: SocketAddr) -> io::Result<Self> {
        let listener = bind(at)?.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        Ok(Self { addr, runtime: Handle::current(), state: Mutex::new(ListenState::Open(listener)) })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) fn close(&self) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut state = self.lock();
        // The listener must be dropped before the port can be bound again.
        *state = ListenState::Lost;
        *state = ListenState::Closed(bind(self.addr)?);
        Ok(())
    }

    pub(super) fn open(&self) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut state = self.lock();
        let socket = match std::mem::replace(&mut *state, ListenState::Lost) {
            ListenState::Closed(socket) => socket,
            ListenState::Open(_) | ListenState::Lost => bind(self.addr)?,
        };
        *state = ListenState::Open(socket.listen(BACKLOG)?);
        Ok(())
    }

    /// Releases the port, even if other tasks still hold the state of the carrier.
    pub(super) fn release(&self) {
        *self.lock() = ListenState::Lost;
    }

    /// Waits for the next connection. Waits forever while the port is closed.
    pub(super) async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|context| match &*self.lock() {
            ListenState::Open(listener) => listener.poll_accept(context).map_ok(|(stream, _)| stream),
            ListenState::Closed(_) | ListenState::Lost => Poll::Pending,
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, ListenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bind(at: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    Ok(socket)
}
