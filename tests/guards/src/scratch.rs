//! A copy of the workspace in which checks are removed. Its build output is kept, so that a mutation needs only a
//! partial build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::mutation::Mutation;

/// Folders that are not source.
const NOT_SOURCE: [&str; 5] = ["target", ".git", ".local", ".aws-sam", "node_modules"];

/// The copy. It is in the workspace's `target` folder, so that `cargo clean` removes it too.
#[derive(Debug)]
pub(crate) struct Scratch {
    root: PathBuf,
    workspace: PathBuf,
    target: PathBuf,
}

impl Scratch {
    /// Updates the copy. Unchanged files keep their time, so Cargo does not build them again.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let folder = root.join("target/guards");
        let scratch =
            Self { root: root.to_owned(), workspace: folder.join("workspace"), target: folder.join("target") };
        mirror(&scratch.root, &scratch.workspace)?;
        Ok(scratch)
    }

    /// The files that a mutation changes, with their changed texts.
    pub(crate) fn mutated(&self, mutation: &Mutation) -> Result<Vec<(PathBuf, String)>> {
        let mut files: Vec<(PathBuf, String)> = Vec::new();
        for edit in &mutation.edits {
            let place = self.workspace.join(&edit.file);
            let at = match files.iter().position(|(file, _)| *file == place) {
                Some(at) => at,
                None => {
                    let original = self.root.join(&edit.file);
                    let text = fs::read_to_string(&original).with_context(|| format!("{}", original.display()))?;
                    files.push((place, text));
                    files.len() - 1
                }
            };
            files[at].1 = edit.apply(&files[at].1).with_context(|| format!("without {}", mutation.name))?;
        }
        Ok(files)
    }

    /// Applies a mutation to the copy, runs `act`, and restores the copy.
    pub(crate) fn without<T>(&self, mutation: &Mutation, act: impl FnOnce() -> Result<T>) -> Result<T> {
        for (file, text) in self.mutated(mutation)? {
            fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
        }
        let result = act();
        mirror(&self.root, &self.workspace)?;
        result
    }

    /// A Cargo command that runs in the copy.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            // Cargo sets these variables for this program. The Cargo that is started here must not inherit them.
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command.current_dir(&self.workspace).env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never");
        // Most mutations change a few lines, so most of the last build can be used again.
        command.env("CARGO_INCREMENTAL", "1");
        command
    }

    /// The simulation that was built in the copy.
    pub(crate) fn simulation(&self) -> Command {
        Command::new(self.target.join("sim/simulation"))
    }

    /// A program that was built from the copy, by the path that Cargo printed.
    pub(crate) fn program(&self, path: &str) -> Command {
        Command::new(self.workspace.join(path))
    }

    /// File for a program's output.
    pub(crate) fn log(&self) -> PathBuf {
        self.target.with_file_name("log")
    }
}

/// Makes `to` equal to `from`, without the folders that are not source. Unchanged files keep their modification time,
/// by which Cargo decides what to build.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("can't create {}", to.display()))?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        let original = from.join(entry.file_name());
        if entry.file_type()?.is_dir() && !original.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_type()?.is_file() && !original.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if NOT_SOURCE.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            mirror(&entry.path(), &place)?;
        } else {
            let text = fs::read(entry.path()).with_context(|| format!("can't read {}", entry.path().display()))?;
            if fs::read(&place).ok().as_ref() != Some(&text) {
                fs::write(&place, text).with_context(|| format!("can't write {}", place.display()))?;
            }
        }
    }
    Ok(())
}
