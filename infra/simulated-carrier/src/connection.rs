//! The connection of a request.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::Notify;

/// The connection of a request, which the handler can close instead of responding.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    cut: Arc<Notify>,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self { cut: Arc::new(Notify::new()) }
    }

    /// Closes the connection without a response. Never returns.
    pub(super) async fn cut<T>(self) -> T {
        self.cut.notify_one();
        match std::future::pending::<Infallible>().await {}
    }

    /// Resolves when the connection must be closed.
    pub(super) async fn is_cut(&self) {
        self.cut.notified().await;
    }
}
