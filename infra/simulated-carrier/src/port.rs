//! The port a carrier listens on. It can be closed and opened again, and a connection cut in the middle of a request:
//! the two ways in which a carrier is away that its clients must tell apart.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use super::state::{Board, Reach};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// Pause after a failed accept: out of file descriptors, the next one fails too.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connection a request came on.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    cut: Arc<Notify>,
}

impl Wire {
    pub(super) fn new() -> Self {
        Self { cut: Arc::new(Notify::new()) }
    }

    /// Closes the connection without an answer; whoever was to give one is not heard of again.
    pub(super) async fn cut(self) -> Result<axum::response::Response, super::rest::problem::Problem> {
        self.cut.notify_one();
        match std::future::pending::<Infallible>().await {}
    }
}

/// The port, open or closed. It is closed by the time that closing it returns: who connects then is refused.
#[derive(Debug)]
pub(super) struct Port {
    addr: SocketAddr,
    /// Opening may be asked for outside of it.
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Open(TcpListener),
    /// Bound without listening: nobody else gets the port, and who connects is refused.
    Closed(TcpSocket),
    /// Given up: the carrier has stopped, or somebody else got the port after all.
    Lost,
}

impl Port {
    /// Starts listening.
    pub(super) fn listen(at: SocketAddr) -> io::Result<Self> {
        let listener = bind(at)?.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        Ok(Self { addr, runtime: Handle::current(), state: Mutex::new(State::Open(listener)) })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) fn close(&self) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut state = self.lock();
        // The listener must be gone before the port can be bound again.
        *state = State::Lost;
        *state = State::Closed(bind(self.addr)?);
        Ok(())
    }

    pub(super) fn open(&self) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut state = self.lock();
        let socket = match std::mem::replace(&mut *state, State::Lost) {
            State::Closed(socket) => socket,
            State::Open(_) | State::Lost => bind(self.addr)?,
        };
        *state = State::Open(socket.listen(BACKLOG)?);
        Ok(())
    }

    /// Gives the port up; who still holds on to the carrier does not keep it.
    pub(super) fn give_up(&self) {
        *self.lock() = State::Lost;
    }

    /// The next connection; none ever while the port is closed.
    async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|context| match &*self.lock() {
            State::Open(listener) => listener.poll_accept(context).map_ok(|(stream, _)| stream),
            State::Closed(_) | State::Lost => Poll::Pending,
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bind(at: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    Ok(socket)
}

/// Serves until the carrier stops.
pub(super) async fn serve(router: Router, board: Board) {
    let mut reach = board.reach.subscribe();
    while *reach.borrow_and_update() != Reach::Stopped {
        tokio::select! {
            // Opened or closed: who waited for a connection must look again.
            _ = reach.changed() => {}
            accepted = board.port.accept() => match accepted {
                Ok(stream) => drop(tokio::spawn(converse(stream, router.clone(), board.reach.subscribe()))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

async fn converse(stream: TcpStream, router: Router, mut reach: watch::Receiver<Reach>) {
    // Answers are small and awaited: they should not wait to be joined with more. A failure only makes them slower.
    let _ = stream.set_nodelay(true);
    let wire = Wire::new();
    let service = TowerToHyperService::new(router.layer(Extension(wire.clone())));
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that went away is no failure of the carrier's.
        _ = connection.as_mut() => return,
        () = wire.cut.notified() => return,
        () = left(&mut reach, Reach::Open) => {}
    }
    // What is being answered is finished; nothing more is taken on this connection.
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = wire.cut.notified() => {}
        () = until_stopped(&mut reach) => {}
    }
}

/// Waits until the carrier's reach is another.
async fn left(reach: &mut watch::Receiver<Reach>, from: Reach) {
    // An error says that the carrier is gone, which is another reach too.
    drop(reach.wait_for(|reach| *reach != from).await);
}

async fn until_stopped(reach: &mut watch::Receiver<Reach>) {
    drop(reach.wait_for(|reach| *reach == Reach::Stopped).await);
}
