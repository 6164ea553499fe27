//! A lock among programs of this workspace: a test and a `cargo local` may install or build at the same time.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::progress::Progress;

const POLL: Duration = Duration::from_millis(200);

/// A held lock; it is released when this is dropped, or when the process ends.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Waits until no other program holds the lock. It asks again and again rather than wait in the kernel, so that whoever
    /// waits can be told to end.
    ///
    /// # Errors
    /// The file can't be made or locked.
    pub async fn take(file: &Path, what: &str, progress: &Progress) -> Result<Self> {
        let lock = File::create(file).with_context(|| format!("can't make {}", file.display()))?;
        let mut told = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { _file: lock }),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("can't lock {}", file.display()));
                }
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        progress.say(&format!("Waiting: another program of this workspace is {what}"));
                        told = true;
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
    async fn a_lock_is_waited_for_and_given_up_by_being_dropped() {
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
