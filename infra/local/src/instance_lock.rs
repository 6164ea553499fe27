//! A lock between programs of this workspace, because a test and `cargo local` may install or build at the same time.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::progress::Progress;

const POLL: Duration = Duration::from_millis(200);

/// A held lock. It is released when this value is dropped or the process ends.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Waits until no other program holds the lock, and takes it. Polls instead of waiting in the kernel, so that the
    /// wait can be cancelled.
    ///
    /// # Errors
    /// Fails if the file can't be created or locked.
    pub async fn take(file: &Path, step: &str, progress: &Progress) -> Result<Self> {
        let lock = File::create(file).with_context(|| format!("could not create {}", file.display()))?;
        let mut reported = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { _file: lock }),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("could not lock {}", file.display()));
                }
                Err(TryLockError::WouldBlock) => {
                    if !reported {
                        progress.say(&format!("Waiting for another program of this workspace that is {step}"));
                        reported = true;
                    }
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn taking_a_held_lock_waits_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lock");
        let progress = Progress::begin();
        let first = InstanceLock::take(&file, "testing", &progress).await.unwrap();
        let mut second = Box::pin(InstanceLock::take(&file, "testing", &progress));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        second.await.unwrap();
    }
}
