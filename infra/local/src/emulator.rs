//! The emulated AWS: a MiniStack process that starts quickly and ends with this program.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpSocket;

use crate::endpoint::Endpoint;
use crate::tools::{EMULATOR_VERSION, Tools};

/// Python program that starts MiniStack without its delays, and refuses requests of web pages.
const LAUNCHER: &str = include_str!("emulator.py");
/// Time limit for the start, which takes half a second on an idle machine.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Time limit for the stop. While the emulator stops, it writes its state to disk, which takes two seconds.
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// A running emulator. Dropping it stops it and waits until its state is on disk. If that takes too long, it is killed.
#[derive(Debug)]
pub struct Emulator {
    /// The current process: a stopped emulator may be started again.
    child: Mutex<Child>,
    port: u16,
    /// Reserves the port, also while the emulator is stopped.
    _claim: TcpSocket,
    tools: Tools,
    folder: PathBuf,
}

impl Emulator {
    /// Starts an emulator that keeps its state in `folder`. With port 0, a free port is chosen.
    ///
    /// # Errors
    /// Fails if the port is in use, or if the emulator ends or does not answer in time.
    pub async fn start(tools: &Tools, folder: &Path, port: u16) -> Result<Self> {
        let (port, claim) = claim_port(port)?;
        let child = launch(tools, folder, port, &log_file(folder))?;
        let emulator =
            Self { child: Mutex::new(child), port, _claim: claim, tools: tools.clone(), folder: folder.to_owned() };
        emulator.wait_until_up().await?;
        Ok(emulator)
    }

    /// Stops the emulator by SIGTERM, and waits until it has written its state to disk.
    ///
    /// # Errors
    /// Fails if the emulator does not end in time.
    pub async fn stop(&self) -> Result<()> {
        self.request_stop();
        let stop_requested = Instant::now();
        while self.child().try_wait()?.is_none() {
            if stop_requested.elapsed() > STOP_LIMIT {
                bail!("expected the emulator to end within {STOP_LIMIT:?}, it is still running");
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Starts the emulator again after a stop, on the same port and with the same state.
    ///
    /// # Errors
    /// Fails if the emulator ends or does not answer in time.
    pub async fn start_again(&self) -> Result<()> {
        *self.child() = launch(&self.tools, &self.folder, self.port, &log_file(&self.folder))?;
        self.wait_until_up().await
    }

    /// Starts the emulator if it does not run, and waits until it answers. An interrupted stop or start may have left it
    /// in any state.
    ///
    /// # Errors
    /// Fails if the emulator ends or does not answer in time.
    pub async fn ensure_up(&self) -> Result<()> {
        let is_running = {
            let mut child = self.child();
            child.stdin.is_some() && child.try_wait()?.is_none()
        };
        if is_running {
            return self.wait_until_up().await;
        }
        if self.stop().await.is_err() {
            self.kill()?;
        }
        self.start_again().await
    }

    /// Closes the standard input of the launcher, which then sends itself a SIGTERM.
    fn request_stop(&self) {
        drop(self.child().stdin.take());
    }

    /// Returns the endpoint of the emulator.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(format!("http://127.0.0.1:{}", self.port))
    }

    /// Returns the process id of the emulator, whose descendants are the processes of the functions.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child().id()
    }

    /// Kills the emulator without saving its state, like a power failure.
    ///
    /// # Errors
    /// Fails if the process can't be killed.
    pub fn kill(&self) -> Result<()> {
        self.child().kill().context("could not kill the emulator")?;
        self.child().wait().context("could not wait for the end of the emulator")?;
        Ok(())
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait_until_up(&self) -> Result<()> {
        let log = log_file(&self.folder);
        let endpoint = self.endpoint();
        let started = Instant::now();
        while !endpoint.is_up().await {
            let ended = self.child().try_wait()?;
            if let Some(status) = ended {
                bail!("the emulator ended with {status}: {} (full output: {})", last_line(&log), log.display());
            }
            if started.elapsed() > START_LIMIT {
                bail!("the emulator does not answer on port {} (its output: {})", self.port, log.display());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.request_stop();
        let stop_requested = Instant::now();
        while stop_requested.elapsed() < STOP_LIMIT {
            let state = self.child().try_wait();
            match state {
                Ok(None) => std::thread::sleep(POLL),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // The time limit has passed. An error means that the process has just ended.
        let _ = self.child().kill();
        let _ = self.child().wait();
    }
}

/// Checks that a port is free, or chooses a free port, and reserves it with a socket that is bound but does not listen.
/// The system then gives the port to no program that asks for any free port. The emulator can still listen on the
/// port, because the emulator and this socket both set `SO_REUSEADDR`.
fn claim_port(port: u16) -> Result<(u16, TcpSocket)> {
    let in_use = || crate::port_in_use(port);
    if port != 0 {
        TcpListener::bind(("127.0.0.1", port)).with_context(in_use)?;
    }
    let claim = TcpSocket::new_v4()?;
    claim.set_reuseaddr(true)?;
    claim.bind((Ipv4Addr::LOCALHOST, port).into()).with_context(in_use)?;
    Ok((claim.local_addr()?.port(), claim))
}

/// Starts the emulator with a minimal environment, because every function inherits it.
fn launch(tools: &Tools, folder: &Path, port: u16, log: &Path) -> Result<Child> {
    let temporary = folder.join("tmp");
    if temporary.exists() {
        // The emulator unpacks the binaries here and never removes them.
        std::fs::remove_dir_all(&temporary)
            .with_context(|| format!("could not empty the folder {}", temporary.display()))?;
    }
    std::fs::create_dir_all(&temporary)
        .with_context(|| format!("could not create the folder {}", temporary.display()))?;
    let output = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
    let address = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(tools.emulator_python());
    command
        .args(["-c", LAUNCHER, EMULATOR_VERSION])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", folder)
        .env("TMPDIR", &temporary)
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        // This host is in the queue URLs. `localhost` could resolve to ::1 first.
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("IOT_MTLS_ENABLED", "0")
        // Enforces roles and queue policies, so that a missing permission is found here and not on AWS.
        .env("AUTH", "true")
        .env("AWS_ENDPOINT_URL", &address)
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", state_folder(folder))
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output);
    // Ctrl-C reaches a whole process group. The emulator has a group of its own, so that this program can stop it after
    // the parts that use it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().with_context(|| format!("could not start {}", tools.emulator_python().display()))
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("emulator.log")
}

fn state_folder(folder: &Path) -> PathBuf {
    folder.join("state")
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_an_error_that_names_the_port() {
        let holder = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let refusal = claim_port(port).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("could not listen on port {port};")), "{refusal}");
    }

    #[test]
    fn port_0_chooses_a_free_port_and_reserves_it_for_the_emulator() {
        let (port, _claim) = claim_port(0).unwrap();
        assert_ne!(port, 0);
        // Without the reservation, one of these claims gets the port in a few of a hundred runs.
        let others: Vec<_> = (0..200).map(|_| claim_port(0).unwrap()).collect();
        assert!(others.iter().all(|(other, _)| *other != port));
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}
