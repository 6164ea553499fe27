//! Serves the carrier's port: accepts connections while it is open, and lets go of them when it is closed.

use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::connection::Connection;
use super::state::{Reachability, SharedState};

/// Pause after a failed accept: out of file descriptors, the next one fails too.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the carrier stops.
pub(super) async fn serve(router: Router, state: SharedState) {
    let mut reach = state.reach.subscribe();
    while *reach.borrow_and_update() != Reachability::Stopped {
        tokio::select! {
            // Opened or closed: who waited for a connection must look again.
            _ = reach.changed() => {}
            accepted = state.port.accept() => match accepted {
                Ok(stream) => drop(tokio::spawn(converse(stream, router.clone(), state.reach.subscribe()))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

async fn converse(stream: TcpStream, router: Router, mut reach: watch::Receiver<Reachability>) {
    // Answers are small and awaited: they should not wait to be joined with more. A failure only makes them slower.
    let _ = stream.set_nodelay(true);
    let connection = Connection::new();
    let service = TowerToHyperService::new(router.layer(Extension(connection.clone())));
    let mut requests = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that went away is no failure of the carrier's.
        _ = requests.as_mut() => return,
        () = connection.is_cut() => return,
        () = left(&mut reach, Reachability::Open) => {}
    }
    // What is being answered is finished; nothing more is taken on this connection.
    requests.as_mut().graceful_shutdown();
    tokio::select! {
        _ = requests => {}
        () = connection.is_cut() => {}
        () = until_stopped(&mut reach) => {}
    }
}

/// Waits until the carrier's reach is another.
async fn left(reach: &mut watch::Receiver<Reachability>, from: Reachability) {
    // An error says that the carrier is gone, which is another reach too.
    drop(reach.wait_for(|reach| *reach != from).await);
}

async fn until_stopped(reach: &mut watch::Receiver<Reachability>) {
    drop(reach.wait_for(|reach| *reach == Reachability::Stopped).await);
}
