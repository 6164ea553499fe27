//! The processes of the functions, which the emulator starts as its children.

use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process};

/// A running process of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionProcess {
    /// Name of the function.
    pub function: String,
    id: u32,
}

impl FunctionProcess {
    /// Returns the id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Kills the process immediately, like a machine failure. Returns false if the process does not exist any more.
    #[must_use]
    pub fn kill(&self) -> bool {
        let pid = i32::try_from(self.id).ok().and_then(Pid::from_raw);
        pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
    }
}

/// Lists the function processes of the emulator at this URL. If the emulator's process id is given, lists only the
/// descendants of that process.
///
/// # Errors
/// Fails if processes can't be listed.
pub fn of_functions(endpoint_url: &str, emulator: Option<u32>) -> Result<Vec<FunctionProcess>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").context("could not list processes")? {
        let path = entry?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        // The process may have just ended, or belong to another user.
        let Ok(environment) = std::fs::read(path.join("environ")) else { continue };
        let Some(function) = variable(&environment, "AWS_LAMBDA_FUNCTION_NAME") else { continue };
        let uses_emulator = variable(&environment, "AWS_ENDPOINT_URL").as_deref() == Some(endpoint_url);
        if uses_emulator && emulator.is_none_or(|emulator| is_descendant(id, emulator)) {
            found.push(FunctionProcess { function, id });
        }
    }
    Ok(found)
}

fn variable(environment: &[u8], name: &str) -> Option<String> {
    let start = format!("{name}=");
    let mut values = environment.split(|byte| *byte == 0).filter_map(|pair| pair.strip_prefix(start.as_bytes()));
    values.next().map(|value| String::from_utf8_lossy(value).into_owned())
}

fn is_descendant(id: u32, ancestor: u32) -> bool {
    std::iter::successors(Some(id), |id| parent(*id)).skip(1).any(|id| id == ancestor)
}

/// Returns the parent of a process. Absent if the process has no parent or does not exist any more.
fn parent(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat")).ok()?;
    // The name in parentheses may contain anything. After it come the state and the parent.
    let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    (parent != 0).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_descendants_of_the_emulator_with_its_url_are_found() {
        let start = |url: &str| {
            let mut command = std::process::Command::new("sleep");
            command.arg("60").env("AWS_LAMBDA_FUNCTION_NAME", "dialer").env("AWS_ENDPOINT_URL", url);
            command.spawn().unwrap()
        };
        let url = format!("http://127.0.0.1:1/{}", std::process::id());
        let (mut ours, mut other) = (start(&url), start("http://127.0.0.1:2"));
        let descendants = |emulator| of_functions(&url, Some(emulator)).unwrap();
        // A process that was just started may not have its environment yet.
        let started = std::time::Instant::now();
        let mut found = descendants(std::process::id());
        while found.is_empty() && started.elapsed() < std::time::Duration::from_secs(10) {
            std::thread::yield_now();
            found = descendants(std::process::id());
        }
        assert_eq!(found, [FunctionProcess { function: "dialer".to_owned(), id: ours.id() }]);
        assert!(descendants(other.id()).is_empty());
        assert!(found[0].kill());
        assert!(!ours.wait().unwrap().success());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
