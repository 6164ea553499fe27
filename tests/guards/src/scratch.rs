//! A copy of the workspace in which something can be taken away, with what was built of it from one time to the next.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::mutation::Mutation;

/// What is not source: built, installed, or history.
const NOT_SOURCE: [&str; 5] = ["target", ".git", ".local", ".aws-sam", "node_modules"];

/// The copy. It lies in the workspace's own target folder, so that cleaning up takes it away too.
#[derive(Debug)]
pub(crate) struct Scratch {
    root: PathBuf,
    workspace: PathBuf,
    target: PathBuf,
}

impl Scratch {
    /// Copies what differs from the copy that is there; what is unchanged is not built again.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let folder = root.join("target/guards");
        let scratch =
            Self { root: root.to_owned(), workspace: folder.join("workspace"), target: folder.join("target") };
        mirror(&scratch.root, &scratch.workspace)?;
        Ok(scratch)
    }

    /// The files that this changes, and their texts with it.
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

    /// Does something while the copy is without it, and puts it back.
    pub(crate) fn without<T>(&self, mutation: &Mutation, act: impl FnOnce() -> Result<T>) -> Result<T> {
        for (file, text) in self.mutated(mutation)? {
            fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
        }
        let done = act();
        mirror(&self.root, &self.workspace)?;
        done
    }

    /// Cargo in the copy.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            // What `cargo run` says about this package is not for the cargo that is started here.
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command.current_dir(&self.workspace).env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never");
        command
    }

    /// The simulation that was built last.
    pub(crate) fn simulation(&self) -> Command {
        Command::new(self.target.join("sim/simulation"))
    }

    /// A program by the path that Cargo says it has in the copy.
    pub(crate) fn program(&self, path: &str) -> Command {
        Command::new(self.workspace.join(path))
    }

    /// Where a program's words go.
    pub(crate) fn log(&self) -> PathBuf {
        self.target.with_file_name("log")
    }
}

/// Makes a folder like another one: what is the same keeps its time, which is what Cargo looks at.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("can't make {}", to.display()))?;
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
