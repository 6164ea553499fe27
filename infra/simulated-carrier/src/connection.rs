//! The connection a request came on.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::Notify;

/// The connection a request came on, so that its handler can close it instead of answering.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    cut: Arc<Notify>,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self { cut: Arc::new(Notify::new()) }
    }

    /// Closes the connection without an answer. This never returns.
    pub(super) async fn cut<T>(self) -> T {
        self.cut.notify_one();
        match std::future::pending::<Infallible>().await {}
    }

    /// Resolves when the connection is to be closed.
    pub(super) async fn is_cut(&self) {
        self.cut.notified().await;
    }
}
