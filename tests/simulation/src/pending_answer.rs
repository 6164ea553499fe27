//! The answer to a request, and the task that waits for this answer.

use std::cell::RefCell;
use std::task::{Context, Poll, Waker};

/// The answer to a request, which may not have arrived yet. When it arrives, the task that waits for it is woken.
#[derive(Debug)]
pub(crate) struct PendingAnswer<T> {
    answer: RefCell<Option<T>>,
    waiting: RefCell<Option<Waker>>,
}

impl<T> PendingAnswer<T> {
    pub(crate) fn empty() -> Self {
        Self { answer: RefCell::new(None), waiting: RefCell::new(None) }
    }

    pub(crate) fn fill(&self, answer: T) {
        *self.answer.borrow_mut() = Some(answer);
        if let Some(waker) = self.waiting.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Returns the answer, or registers the caller to be woken when it arrives.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<T> {
        if let Some(answer) = self.answer.borrow_mut().take() {
            return Poll::Ready(answer);
        }
        *self.waiting.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }
}
