//! The emulated AWS: a MiniStack of our own, started quickly and ended with us.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpSocket;

use crate::endpoint::Endpoint;
use crate::tools::{EMULATOR_VERSION, Tools};

/// Starts MiniStack without its delays, and closed to web pages.
const LAUNCHER: &str = include_str!("emulator.py");
/// It is up in half a second; a busy machine may take a while.
const START_LIMIT: Duration = Duration::from_secs(60);
/// It writes its state down when it stops, which takes two seconds.
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// A running emulator. Dropping it stops it and waits: its state is on disk then.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    port: u16,
    /// Keeps the port from everybody else, also while the emulator does not run.
    _claim: TcpSocket,
    tools: Tools,
    folder: PathBuf,
}

impl Emulator {
    /// Starts an emulator that keeps its state in `folder`; port 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken, or the emulator ends or stays silent instead of starting.
    pub async fn start(tools: &Tools, folder: &Path, port: u16) -> Result<Self> {
        let (port, claim) = claim_port(port)?;
        let child = launch(tools, folder, port, &log_file(folder))?;
        let mut emulator = Self { child, port, _claim: claim, tools: tools.clone(), folder: folder.to_owned() };
        emulator.wait_until_up().await?;
        Ok(emulator)
    }

    /// Stops it as a service manager would, by SIGTERM, and waits until it has written down what it knows.
    ///
    /// # Errors
    /// It does not end.
    pub async fn stop(&mut self) -> Result<()> {
        self.ask_to_end();
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > STOP_LIMIT {
                bail!("expected the emulator to end within {STOP_LIMIT:?}, found it running");
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Starts it again after it was stopped, at the same address and with all that it knew.
    ///
    /// # Errors
    /// It ends or stays silent instead of starting.
    pub async fn start_again(&mut self) -> Result<()> {
        self.child = launch(&self.tools, &self.folder, self.port, &log_file(&self.folder))?;
        self.wait_until_up().await
    }

    /// The launcher sends itself a SIGTERM when nobody holds its standard input any more.
    fn ask_to_end(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Where it answers.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new(format!("http://127.0.0.1:{}", self.port))
    }

    /// Its process, for tests that look for the functions' processes below it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, without a chance to write down what it knows: what a power cut does.
    ///
    /// # Errors
    /// The process can't be ended.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().context("can't end the emulator")?;
        self.child.wait().context("can't wait for the emulator's end")?;
        Ok(())
    }

    async fn wait_until_up(&mut self) -> Result<()> {
        let log = log_file(&self.folder);
        let endpoint = self.endpoint();
        let started = Instant::now();
        while !endpoint.is_up().await {
            if let Some(status) = self.child.try_wait()? {
                bail!("the emulator ended with {status}: {} (all of it: {})", last_line(&log), log.display());
            }
            if started.elapsed() > START_LIMIT {
                bail!("the emulator does not answer on port {} (what it says: {})", self.port, log.display());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.ask_to_end();
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(POLL),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // It had its time. An error means that it has ended after all.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Checks that a port is free, or finds a free one, and keeps it: the socket is bound and does not listen. The system
/// gives a bound port to nobody who asks for any free one, and lets the emulator listen on it, which sets `SO_REUSEADDR`
/// as this socket does.
fn claim_port(port: u16) -> Result<(u16, TcpSocket)> {
    let taken = || format!("port {port} is in use; is `cargo local` running already?");
    if port != 0 {
        TcpListener::bind(("127.0.0.1", port)).with_context(taken)?;
    }
    let claim = TcpSocket::new_v4()?;
    claim.set_reuseaddr(true)?;
    claim.bind((Ipv4Addr::LOCALHOST, port).into()).with_context(taken)?;
    Ok((claim.local_addr()?.port(), claim))
}

/// Every function inherits the emulator's environment, so it gets no more than it needs.
fn launch(tools: &Tools, folder: &Path, port: u16, log: &Path) -> Result<Child> {
    let temporary = folder.join("tmp");
    if temporary.exists() {
        // It unpacks every binary it is given and removes none.
        std::fs::remove_dir_all(&temporary).with_context(|| format!("can't empty {}", temporary.display()))?;
    }
    std::fs::create_dir_all(&temporary).with_context(|| format!("can't make {}", temporary.display()))?;
    let output = File::create(log).with_context(|| format!("can't write {}", log.display()))?;
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
        // Queue URLs name it; `localhost` may mean ::1 first.
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("IOT_MTLS_ENABLED", "0")
        // Roles and queue policies are obeyed, so a grant that is missing shows here and not on AWS.
        .env("AUTH", "true")
        .env("AWS_ENDPOINT_URL", &address)
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", state_folder(folder))
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output);
    // Ctrl-C reaches a whole process group; this one is stopped in its turn, after what uses it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().with_context(|| format!("can't start {}", tools.emulator_python().display()))
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("emulator.log")
}

fn state_folder(folder: &Path) -> PathBuf {
    folder.join("state")
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named() {
        let holder = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let refusal = claim_port(port).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("port {port} is in use")), "{refusal}");
    }

    #[test]
    fn port_0_finds_a_free_one_and_keeps_it_from_all_but_who_was_meant_to_listen_there() {
        let (port, _claim) = claim_port(0).unwrap();
        assert_ne!(port, 0);
        // As many as a system with the usual range of ports may need to come by it by chance.
        let others: Vec<_> = (0..200).map(|_| claim_port(0).unwrap()).collect();
        assert!(others.iter().all(|(other, _)| *other != port));
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}
