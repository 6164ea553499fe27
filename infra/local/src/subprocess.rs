//! Runs another program: writes its output to a file, reports a failure in one line, and kills the program if the
//! caller stops waiting for it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

/// Number of last lines that are searched for the cause of a failure: compilers print many lines after the first error.
const REMEMBERED_LINES: usize = 400;

/// Runs a program to its end. Writes its output to the file `log` and passes each line to `on_line`.
///
/// # Errors
/// Fails if the log can't be written, or if the program can't be started or exits with an error. After an exit with an
/// error, the message has the cause and the path of the log.
pub async fn run(name: &str, mut command: Command, log: &Path, mut on_line: impl FnMut(&str)) -> Result<()> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
    }
    let mut file = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command
        .spawn()
        .with_context(|| format!("{name} failed: could not start {:?}", command.as_std().get_program()))?;
    let group = Group::of(child.id());

    let (sender, mut lines) = mpsc::channel(64);
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let mut remembered = VecDeque::new();
    while let Some(line) = lines.recv().await {
        writeln!(file, "{line}").with_context(|| format!("could not write {}", log.display()))?;
        on_line(&line);
        if remembered.len() == REMEMBERED_LINES {
            remembered.pop_front();
        }
        remembered.push_back(line);
    }
    let status = child.wait().await?;
    group.ended();
    if !status.success() {
        bail!("{name} failed: {} (full output: {})", cause(&remembered), log.display());
    }
    Ok(())
}

/// Forwards lines until the program closes its output.
fn forward(output: Option<impl AsyncRead + Unpin + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(output) = output else { return };
    tokio::spawn(async move {
        let mut reader = BufReader::new(output).lines();
        while let Ok(Some(line)) = reader.next_line().await {
            if lines.send(line).await.is_err() {
                break;
            }
        }
    });
}

/// Returns the line that best describes the failure: a compiler error, else another error, else the last line. Compiler
/// errors are preferred, because SAM first prints an error line of its own, which may contain only a warning of the
/// compiler.
fn cause(lines: &VecDeque<String>) -> String {
    let starting = |word: &str| lines.iter().find(|line| line.trim_start().starts_with(word));
    let found = starting("error[").or_else(|| starting("error:")).or_else(|| starting("Error"));
    let found = found.or_else(|| lines.iter().rev().find(|line| !line.trim().is_empty()));
    found.map_or_else(|| "it printed nothing".to_owned(), |line| line.trim().to_owned())
}

/// A process group. Dropping it kills the program and all its children: a cancelled build must not go on compiling.
struct Group(Option<Pid>);

impl Group {
    fn of(id: Option<u32>) -> Self {
        Self(id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// Prevents the kill, because the program has ended.
    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // An error means that the group has just ended.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(of: &[&str]) -> VecDeque<String> {
        of.iter().map(|&line| line.to_owned()).collect()
    }

    #[test]
    fn the_cause_is_the_first_compiler_error() {
        let said = lines(&["   Compiling x", "error[E0583]: file not found", "error: could not compile `x`", "bye"]);
        assert_eq!(cause(&said), "error[E0583]: file not found");
        let said =
            lines(&["Error: Builder failed: warning: a range", "warning: b", "error: expected `;`", "error: aborting"]);
        assert_eq!(cause(&said), "error: expected `;`");
    }

    #[test]
    fn without_an_error_the_cause_is_the_last_line_that_is_not_empty() {
        assert_eq!(cause(&lines(&["one", "two", "  "])), "two");
        assert_eq!(cause(&lines(&[])), "it printed nothing");
    }

    #[tokio::test]
    async fn a_failing_program_is_reported_with_its_cause_and_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log/step.log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo fine; echo 'Error: no such stack' >&2; exit 3"]);
        let failure = run("deploying", command, &log, |_| ()).await.unwrap_err().to_string();
        assert!(failure.starts_with("deploying failed: Error: no such stack (full output: "), "{failure}");
        assert!(std::fs::read_to_string(&log).unwrap().contains("fine"));
    }

    #[tokio::test]
    async fn a_cancelled_step_leaves_no_grandchild_running() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("sleep 60 & echo $! > {0}.new; mv {0}.new {0}; echo up; wait", pid_file.display()));
        let (up, mut is_up) = mpsc::channel(1);
        let log = folder.path().join("log");
        tokio::select! {
            ended = run("waiting", command, &log, |_| _ = up.try_send(())) => {
                panic!("expected the program to run until it is cancelled, it ended with {ended:?}")
            }
            _ = is_up.recv() => {}
        }
        let pid: i32 = std::fs::read_to_string(&pid_file).unwrap().trim().parse().unwrap();
        let still_there =
            || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        tokio::time::timeout(std::time::Duration::from_secs(10), async {
            while still_there() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("expected the grandchild to end, it is still running");
    }
}
