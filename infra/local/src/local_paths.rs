//! Paths of the workspace and of `.local/`, the folder for files that are created at run time.

use std::path::{Path, PathBuf};

/// Paths of the workspace and of its folder `.local/`.
#[derive(Debug, Clone)]
pub struct LocalPaths {
    root: PathBuf,
}

impl LocalPaths {
    /// Returns the paths of the workspace from which this program was built.
    #[must_use]
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: package.ancestors().nth(2).unwrap_or(package).to_owned() }
    }

    /// Returns the folder of the workspace.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder for files that are created at run time. Git ignores this folder. It may be removed while no
    /// program uses it.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// Returns the log file of a program.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        self.local().join("log").join(format!("{name}.log"))
    }

    /// Returns the folder in which `cargo local` keeps its state between starts.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.local().join("state")
    }
}
