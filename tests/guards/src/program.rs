//! Runs another program with a time limit, because a mutation may make it run forever.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Interval at which the program is checked.
const POLL: Duration = Duration::from_millis(20);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With exit status 0.
    Success,
    /// With another exit status, or by a signal.
    Failure,
    /// It was killed at the time limit.
    TimedOut,
}

/// Runs a program for at most `limit`. Returns how it ended, and its output, which is also in the file `log`.
pub(crate) fn run(mut command: Command, limit: Duration, log: &Path) -> Result<(Ended, String)> {
    let file = File::create(log).with_context(|| format!("can't write {}", log.display()))?;
    let errors = file.try_clone().with_context(|| format!("can't write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file).stderr(errors);
    let mut child = command.spawn().with_context(|| format!("can't start {:?}", command.get_program()))?;
    let ended = wait(&mut child, limit)?;
    let output = std::fs::read(log).with_context(|| format!("can't read {}", log.display()))?;
    Ok((ended, String::from_utf8_lossy(&output).into_owned()))
}

fn wait(child: &mut Child, limit: Duration) -> Result<Ended> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ended::Success } else { Ended::Failure });
        }
        if begun.elapsed() > limit {
            child.kill().context("can't kill a program at its time limit")?;
            child.wait()?;
            return Ok(Ended::TimedOut);
        }
        sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> (Ended, String) {
        let log = std::env::temp_dir().join(format!("guards-{}-{}", std::process::id(), script.len()));
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let ended = run(command, limit, &log).unwrap();
        std::fs::remove_file(log).unwrap();
        ended
    }

    #[test]
    fn a_programs_end_and_output_are_returned() {
        const LONG: Duration = Duration::from_secs(60);
        assert_eq!(shell("echo a; echo b >&2", LONG), (Ended::Success, "a\nb\n".to_owned()));
        assert_eq!(shell("exit 3", LONG), (Ended::Failure, String::new()));
    }

    #[test]
    fn a_program_is_killed_at_its_time_limit() {
        assert_eq!(shell("echo a; exec sleep 600", Duration::from_millis(500)), (Ended::TimedOut, "a\n".to_owned()));
    }
}
