//! Running another program for so long, and no longer: a mutation may make it go on for ever.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

const POLL: Duration = Duration::from_millis(20);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With success.
    Well,
    /// With a failure.
    Badly,
    /// Not by itself.
    Never,
}

/// Runs a program until it ends or `limit` is over; what it says is in `log` then.
pub(crate) fn run(mut command: Command, limit: Duration, log: &Path) -> Result<(Ended, String)> {
    let file = File::create(log).with_context(|| format!("can't write {}", log.display()))?;
    let errors = file.try_clone().with_context(|| format!("can't write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file).stderr(errors);
    let mut child = command.spawn().with_context(|| format!("can't start {:?}", command.get_program()))?;
    let ended = wait(&mut child, limit)?;
    let said = std::fs::read(log).with_context(|| format!("can't read {}", log.display()))?;
    Ok((ended, String::from_utf8_lossy(&said).into_owned()))
}

fn wait(child: &mut Child, limit: Duration) -> Result<Ended> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ended::Well } else { Ended::Badly });
        }
        if begun.elapsed() > limit {
            child.kill().context("can't end a program that goes on")?;
            child.wait()?;
            return Ok(Ended::Never);
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
    fn a_program_ends_by_itself_and_what_it_said_is_known() {
        const LONG: Duration = Duration::from_secs(60);
        assert_eq!(shell("echo a; echo b >&2", LONG), (Ended::Well, "a\nb\n".to_owned()));
        assert_eq!(shell("exit 3", LONG), (Ended::Badly, String::new()));
    }

    #[test]
    fn a_program_that_goes_on_is_ended() {
        assert_eq!(shell("echo a; exec sleep 600", Duration::from_millis(500)), (Ended::Never, "a\n".to_owned()));
    }
}
