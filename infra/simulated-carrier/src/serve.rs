//! Serves the carrier's port: accepts connections while the port is open, and closes them when the port is closed.

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

/// Pause after a failed accept, because without free file descriptors the next accept would fail too.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the carrier stops.
pub(super) async fn serve(router: Router, state: SharedState) {
    let mut reach = state.reach.subscribe();
    while *reach.borrow_and_update() != Reachability::Stopped {
        tokio::select! {
            // `accept` does not notice that the port was opened or closed, so call it again.
            _ = reach.changed() => {}
            accepted = state.port.accept() => match accepted {
                Ok(stream) => drop(tokio::spawn(serve_connection(stream, router.clone(), state.reach.subscribe()))),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, mut reach: watch::Receiver<Reachability>) {
    // Send small responses immediately instead of combining them. A failure only makes them slower.
    let _ = stream.set_nodelay(true);
    let connection = Connection::new();
    let service = TowerToHyperService::new(router.layer(Extension(connection.clone())));
    let mut requests = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // The connection has ended, perhaps because of an error of the client.
        _ = requests.as_mut() => return,
        () = connection.is_cut() => return,
        () = until_changed(&mut reach, Reachability::Open) => {}
    }
    // Finish the current request, then close the connection.
    requests.as_mut().graceful_shutdown();
    tokio::select! {
        _ = requests => {}
        () = connection.is_cut() => {}
        () = until_stopped(&mut reach) => {}
    }
}

/// Waits until the carrier's reachability differs from `from`.
async fn until_changed(reach: &mut watch::Receiver<Reachability>, from: Reachability) {
    // An error means that the carrier was dropped, so it is not reachable either.
    drop(reach.wait_for(|reach| *reach != from).await);
}

async fn until_stopped(reach: &mut watch::Receiver<Reachability>) {
    drop(reach.wait_for(|reach| *reach == Reachability::Stopped).await);
}
