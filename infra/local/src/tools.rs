//! Checks the requirements of the machine, and installs the pinned tools into `.local/`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use crate::instance_lock::InstanceLock;
use crate::local_paths::LocalPaths;
use crate::progress::Progress;
use crate::subprocess;

/// Version of MiniStack. The launcher replaces names in MiniStack's code, so it needs exactly this version.
pub const EMULATOR_VERSION: &str = "1.5.33";
/// The pinned packages of the emulator, with the hashes of their files. `.ci/lock-python` writes them.
const EMULATOR: Packages = Packages {
    tool: "the emulator",
    file: "infra/local/requirements/emulator.txt",
    pinned: include_str!("../requirements/emulator.txt"),
};
/// The pinned packages of SAM, and of cargo-lambda with Zig, which links for Amazon Linux.
const SAM: Packages =
    Packages { tool: "SAM", file: "infra/local/requirements/sam.txt", pinned: include_str!("../requirements/sam.txt") };

/// Python commands to try, the usual one first.
const PYTHONS: &[&str] = &["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
const PYTHON_CHECK: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// The Python packages of one tool.
struct Packages {
    tool: &'static str,
    /// The file with the pinned packages, from the root of the workspace.
    file: &'static str,
    /// The content of the file.
    pinned: &'static str,
}

/// The installed tools, in two virtual environments, because the emulator and SAM need different versions of botocore.
#[derive(Debug, Clone)]
pub struct Tools {
    emulator: PathBuf,
    sam: PathBuf,
}

impl Tools {
    /// Checks the machine's requirements and installs the tools that are not installed yet.
    ///
    /// # Errors
    /// Fails if requirements are missing (the message lists all that are missing), or if a package can't be installed.
    pub async fn install(paths: &LocalPaths, progress: &Progress) -> Result<Self> {
        let python = check_machine().await?;
        let folder = paths.local().join("tools");
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("could not create the folder {}", folder.display()))?;
        let _lock = InstanceLock::take(&folder.join("lock"), "installing its tools", progress).await?;
        let tools = Self { emulator: folder.join("emulator"), sam: folder.join("sam") };
        install(&tools.emulator, &python, &EMULATOR, paths, progress).await?;
        install(&tools.sam, &python, &SAM, paths, progress).await?;
        Ok(tools)
    }

    /// Returns the Python interpreter that has the emulator installed.
    #[must_use]
    pub fn emulator_python(&self) -> PathBuf {
        self.emulator.join("bin/python")
    }

    /// Returns a command that runs SAM with its tools on the `PATH` and without access to an AWS account.
    #[must_use]
    pub fn sam(&self, paths: &LocalPaths) -> Command {
        let mut command = Command::new(self.sam.join("bin/sam"));
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.sam.join("bin")).chain(std::env::split_paths(&inherited));
        command.current_dir(paths.root()).env("PATH", std::env::join_paths(path).unwrap_or(inherited));
        // SAM must not see a real AWS account.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            command.env_remove(&name);
        }
        without_variables_of_this_package(&mut command);
        command
            .env("SAM_CLI_TELEMETRY", "0")
            .env("__SAM_CLI_APP_DIR", paths.local().join("sam"))
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "000000000000")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_REGION", crate::endpoint::REGION)
            .env("AWS_DEFAULT_REGION", crate::endpoint::REGION);
        command
    }
}

/// Removes the variables that `cargo run` sets for this package, so that a cargo which this command starts does not take
/// the name and the version of this package for those of another one.
pub(crate) fn without_variables_of_this_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Checks the requirements that [`Tools::install`] can't install, and returns the Python command to use.
async fn check_machine() -> Result<String> {
    if !cfg!(target_os = "linux") {
        bail!("this command runs only on Linux, because the functions are Linux programs that run without a container");
    }
    let mut missing = Vec::new();
    if !runs("cargo", &["--version"]).await {
        missing.push("Rust (https://rustup.rs)".to_owned());
    }
    if !runs("cc", &["--version"]).await {
        missing.push("a C compiler named cc (Debian: apt install gcc libc6-dev)".to_owned());
    }
    let python = find_python().await;
    if python.is_none() {
        missing.push("Python 3.10 or newer with venv (Debian: apt install python3-venv)".to_owned());
    }
    match python {
        Some(python) if missing.is_empty() => Ok(python),
        _ => bail!("missing on this machine: {}. Install what is missing and try again", missing.join("; ")),
    }
}

async fn find_python() -> Option<String> {
    for python in PYTHONS {
        if runs(python, &["-c", PYTHON_CHECK]).await {
            return Some((*python).to_owned());
        }
    }
    None
}

async fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

/// Creates a virtual environment with these packages and no others, unless it exists. Pip refuses a file whose hash is
/// not listed. The stamp is written last, so an incomplete environment is created again.
async fn install(
    folder: &Path,
    python: &str,
    packages: &Packages,
    paths: &LocalPaths,
    progress: &Progress,
) -> Result<()> {
    let stamp = folder.join("installed");
    // A virtual environment contains its own path, so it does not work after a move. So the stamp has the path too.
    let wanted = format!("{}\n{}", folder.display(), packages.pinned);
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    progress.say(&format!("Installing {} ({})", packages.tool, packages.file));
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", folder.display()))?;
    }
    let mut command = Command::new(python);
    command.args(["-m", "venv"]).arg(folder);
    subprocess::run("creating a Python environment", command, &paths.log("venv"), |_| ()).await?;
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(folder.join("bin/python"));
        command.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]).args(arguments);
        command
    };
    // The list is complete. If pip looked for dependencies itself, it would refuse those with an extra, because the
    // list names the packages of an extra instead.
    let mut command = pip(&["install", "--require-hashes", "--no-deps", "--requirement"]);
    command.arg(paths.root().join(packages.file));
    let (name, log) = (format!("installing {}", packages.tool), paths.log("pip"));
    progress.during("installing", subprocess::run(&name, command, &log, |_| ())).await?;
    let name = format!("checking that the packages of {} are complete", packages.tool);
    subprocess::run(&name, pip(&["check"]), &log, |_| ()).await?;
    std::fs::write(&stamp, wanted).with_context(|| format!("could not write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = include_str!("../../../tests/contract/requirements.txt");

    /// Returns the requirements of a file: a package with its version, then its hashes.
    fn requirements(pinned: &str) -> Vec<String> {
        let lines = pinned.lines().filter(|line| !line.trim_start().starts_with('#'));
        let joined: Vec<&str> = lines.collect();
        joined.join("\n").replace("\\\n", " ").lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_python_package_has_an_exact_version_and_hashes() {
        for pinned in [EMULATOR.pinned, SAM.pinned, CONTRACT] {
            let found = requirements(pinned);
            assert!(found.len() > 30, "{found:?}");
            for requirement in found {
                let (package, hashes) = requirement.split_once("--hash=").unwrap_or((&requirement, ""));
                assert!(package.contains("=="), "{requirement}");
                let hashes: Vec<&str> = hashes.split("--hash=").map(str::trim).collect();
                let is_sha256 = |hash: &&str| hash.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64);
                assert!(hashes.iter().all(is_sha256), "{package}: expected SHA-256 hashes, found {hashes:?}");
            }
            assert!(!pinned.contains("://"), "expected no address of a registry");
        }
    }

    #[test]
    fn the_pinned_packages_have_the_versions_of_their_lists() {
        for (list, pinned) in [
            (include_str!("../requirements/emulator.in"), EMULATOR.pinned),
            (include_str!("../requirements/sam.in"), SAM.pinned),
            (include_str!("../../../tests/contract/requirements.in"), CONTRACT),
        ] {
            for listed in list.lines().filter(|line| !line.starts_with('#')) {
                // The packages of an extra are pinned one by one, so its name is left out.
                let listed = format!("{} ", listed.replace("[full]", ""));
                assert!(requirements(pinned).iter().any(|found| found.starts_with(&listed)), "{listed}");
            }
        }
        let emulator = format!("ministack=={EMULATOR_VERSION} ");
        assert!(requirements(EMULATOR.pinned).iter().any(|found| found.starts_with(&emulator)), "{emulator}");
    }
}
