//! Where things are: the workspace, and `.local/`, which holds all that is made while running on this machine.

use std::path::{Path, PathBuf};

/// The folder of the workspace, and the ones below `.local/` in it.
#[derive(Debug, Clone)]
pub struct LocalPaths {
    root: PathBuf,
}

impl LocalPaths {
    /// The workspace this program was built from.
    #[must_use]
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: package.ancestors().nth(2).unwrap_or(package).to_owned() }
    }

    /// The workspace's own folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All that is made on this machine; git ignores it, and removing it is safe while nothing runs.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// What programs said.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        self.local().join("log").join(format!("{name}.log"))
    }

    /// The built template and binaries.
    #[must_use]
    pub fn build(&self) -> PathBuf {
        self.local().join("build")
    }

    /// What `cargo local` remembers from one start to the next.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.local().join("state")
    }
}
