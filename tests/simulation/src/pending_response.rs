//! The response to a request, and the task that waits for this response.

use std::cell::RefCell;
use std::task::{Context, Poll, Waker};

/// The response to a request, which may not have arrived yet. When it arrives, the task that waits for it is woken.
#[derive(Debug)]
pub(crate) struct PendingResponse<T> {
    response: RefCell<Option<T>>,
    waiting: RefCell<Option<Waker>>,
}

impl<T> PendingResponse<T> {
    pub(crate) fn empty() -> Self {
        Self { response: RefCell::new(None), waiting: RefCell::new(None) }
    }

    pub(crate) fn fill(&self, response: T) {
        *self.response.borrow_mut() = Some(response);
        if let Some(waker) = self.waiting.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Returns the response, or registers the caller to be woken when it arrives.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<T> {
        if let Some(response) = self.response.borrow_mut().take() {
            return Poll::Ready(response);
        }
        *self.waiting.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }
}
