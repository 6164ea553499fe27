//! Compiles the functions, and puts their binaries beside the template that deploys them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::local_paths::LocalPaths;
use crate::parameters::Parameters;
use crate::progress::Progress;
use crate::subprocess;
use crate::tools::{self, Tools};

/// Names of the functions in the template. The package of a function has the same name in lower case.
pub const FUNCTIONS: [&str; 4] = ["Inbound", "Dialer", "Callback", "Sweeper"];

/// Name of the environment variable that asks for the release build if it is `true`.
const RELEASE: &str = "RELEASE";

/// How the functions are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// By cargo, in the dev profile. Takes a few minutes the first time, and shares its compiled dependencies with the
    /// tests.
    Development,
    /// With SAM, exactly as for AWS: small and fast, but the first build takes more than ten minutes.
    Release,
}

impl Build {
    /// Returns the release build if the environment variable `RELEASE` is `true`, else the development build.
    #[must_use]
    pub fn of_environment() -> Self {
        if std::env::var(RELEASE).is_ok_and(|value| value == "true") { Self::Release } else { Self::Development }
    }

    /// Returns the release build if `is_release`, else the build that the environment asks for.
    #[must_use]
    pub fn release_if(is_release: bool) -> Self {
        if is_release { Self::Release } else { Self::of_environment() }
    }

    /// Returns the folder of the built template and binaries.
    #[must_use]
    pub fn folder(self, paths: &LocalPaths) -> PathBuf {
        paths.local().join(match self {
            Self::Development => "build-development",
            Self::Release => "build-release",
        })
    }
}

/// Compiles the functions in the dev profile. Cargo compiles only changed code again; without changes, this
/// takes a second. It needs none of the installed tools, so it may run while they are installed.
///
/// # Errors
/// Fails if cargo fails, for example because of a compiler error. The message contains the first error.
pub async fn compile(paths: &LocalPaths, progress: &Progress) -> Result<Binaries> {
    progress.say("Compiling the functions (a few minutes the first time, then seconds)");
    let packages: Vec<String> = FUNCTIONS.iter().map(|function| function.to_lowercase()).collect();
    // With this package, the dependencies get the features that they have in the tests, so that `cargo test` need not
    // compile them again.
    let selected: Vec<String> = packages.into_iter().chain([env!("CARGO_PKG_NAME").to_owned()]).collect();
    let all = packages_of(paths, &selected).await?;
    let mut command = cargo(paths);
    command.args(["build", "--message-format", "json-render-diagnostics"]);
    command.args(selected.iter().flat_map(|package| ["--package", package]));
    let (mut binaries, mut compiled) = (BTreeMap::new(), BTreeSet::new());
    let log = paths.log("compile");
    let work = subprocess::run("compiling the functions", command, &log, |line| {
        let Some(artifact) = Artifact::read(line) else { return };
        if let Some(executable) = artifact.executable {
            binaries.insert(artifact.name, executable);
        }
        if compiled.insert(artifact.package)
            && !artifact.is_fresh
            && compiled.len().is_multiple_of(PACKAGES_PER_MESSAGE)
        {
            progress.say(&format!("  Compiled {} of {all} packages", compiled.len()));
        }
    });
    // The largest packages are compiled last, so for a minute no package is ready.
    progress.during("compiling", work).await?;
    Ok(Binaries(binaries))
}

/// Number of compiled packages after which a message says how far the build is.
const PACKAGES_PER_MESSAGE: usize = 50;

/// The compiled functions: name of the package and path of the executable.
#[derive(Debug)]
pub struct Binaries(BTreeMap<String, PathBuf>);

impl Binaries {
    /// Writes the build output as SAM does: the template, and for each function a folder with its executable.
    ///
    /// # Errors
    /// Fails if an executable is missing, or if a file can't be read or written.
    pub async fn write(&self, paths: &LocalPaths) -> Result<()> {
        let folder = Build::Development.folder(paths);
        for function in FUNCTIONS {
            let package = function.to_lowercase();
            let executable = self
                .0
                .get(&package)
                .with_context(|| format!("expected an executable of the package {package} from cargo, found none"))?;
            let target = folder.join(function);
            std::fs::create_dir_all(&target).with_context(|| format!("could not create {}", target.display()))?;
            copy_stripped(executable, &target.join("bootstrap")).await?;
        }
        let source = paths.root().join("infra/template.yaml");
        let template =
            std::fs::read_to_string(&source).with_context(|| format!("could not read {}", source.display()))?;
        let target = folder.join("template.yaml");
        std::fs::write(&target, with_built_folders(&template)?)
            .with_context(|| format!("could not write {}", target.display()))
    }
}

/// Copies an executable and removes its debug information, because that makes the file three times as large. If the
/// program `strip` is missing, which comes with most C compilers, copies the file unchanged.
async fn copy_stripped(executable: &Path, target: &Path) -> Result<()> {
    let mut strip = Command::new("strip");
    strip.arg("-o").arg(target).arg(executable).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if strip.status().await.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    std::fs::copy(executable, target)
        .map(drop)
        .with_context(|| format!("could not copy {} to {}", executable.display(), target.display()))
}

/// Returns the template with the folders of the built functions in place of the folders of their sources.
fn with_built_folders(template: &str) -> Result<String> {
    let mut built = template.to_owned();
    for function in FUNCTIONS {
        let source = format!("CodeUri: ../functions/{}\n", function.to_lowercase());
        if !built.contains(&source) {
            bail!("expected {:?} in infra/template.yaml, found no such line", source.trim_end());
        }
        built = built.replace(&source, &format!("CodeUri: {function}\n"));
    }
    Ok(built)
}

/// A compiled target, from a JSON message of cargo.
struct Artifact {
    /// Id of the package.
    package: String,
    /// Name of the target, for example of a binary.
    name: String,
    executable: Option<PathBuf>,
    /// Whether it was compiled before.
    is_fresh: bool,
}

impl Artifact {
    /// Reads a line of cargo's output. Returns `None` for a line that is no message about an artifact.
    fn read(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (message["reason"] == "compiler-artifact").then_some(())?;
        let executable = text(&message["executable"]).map(PathBuf::from);
        let (package, name) = (text(&message["package_id"])?, text(&message["target"]["name"])?);
        Some(Self { package, name, executable, is_fresh: message["fresh"] == true })
    }
}

/// Returns the number of packages that cargo compiles for these packages, including their dependencies.
async fn packages_of(paths: &LocalPaths, packages: &[String]) -> Result<usize> {
    let mut command = cargo(paths);
    command.args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    let mut all = BTreeSet::new();
    let log = paths.log("packages");
    subprocess::run("counting the packages", command, &log, |line| {
        // A package that was listed before has a note after its name and version.
        let package: Vec<&str> = line.split_whitespace().take(2).collect();
        if package.get(1).is_some_and(|version| version.starts_with('v')) {
            all.insert(package.join(" "));
        }
    })
    .await?;
    Ok(all.len())
}

/// Returns a command that runs cargo in the workspace.
fn cargo(paths: &LocalPaths) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(paths.root());
    tools::without_variables_of_this_package(&mut command);
    command
}

/// Builds the template and the functions with SAM. Cargo compiles only changed code again; without changes, this takes
/// three seconds.
///
/// # Errors
/// Fails if the build fails, for example because of a compiler error. The message contains the first error.
pub async fn release(tools: &Tools, paths: &LocalPaths, parameters: &Parameters, progress: &Progress) -> Result<()> {
    progress.say("Building the functions for release (the first build takes more than ten minutes)");
    let mut command = tools.sam(paths);
    command.args(["build", "--config-env", "local", "--build-dir"]).arg(Build::Release.folder(paths));
    command.arg("--parameter-overrides").args(parameters.overrides());
    let log = paths.log("build");
    let work = subprocess::run("building the functions", command, &log, |line| {
        if let Some(folder) = line.strip_prefix("Building codeuri: ").and_then(|rest| rest.split_whitespace().next()) {
            let function = Path::new(folder).file_name().unwrap_or_default().to_string_lossy().into_owned();
            progress.say(&format!("  {function}"));
        }
    });
    progress.during("building", work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_template_names_the_folders_of_the_binaries() {
        let source = include_str!("../../template.yaml");
        let built = with_built_folders(source).unwrap();
        for function in FUNCTIONS {
            assert!(built.contains(&format!("      CodeUri: {function}\n")), "{function}");
        }
        assert!(!built.contains("CodeUri: .."), "expected no folder of sources");
        let error = with_built_folders("Resources: {}").unwrap_err().to_string();
        assert_eq!(error, r#"expected "CodeUri: ../functions/inbound" in infra/template.yaml, found no such line"#);
    }

    #[test]
    fn an_artifact_is_read_from_a_message_of_cargo() {
        let line = r#"{"reason":"compiler-artifact","package_id":"path+file:///w/dialer#0.1.0",
            "target":{"kind":["bin"],"name":"dialer"},"executable":"/t/debug/dialer","fresh":false}"#;
        let artifact = Artifact::read(line).unwrap();
        assert_eq!((artifact.name.as_str(), artifact.executable), ("dialer", Some(PathBuf::from("/t/debug/dialer"))));
        for other in ["   Compiling dialer v0.1.0", r#"{"reason":"build-finished","success":true}"#] {
            assert!(Artifact::read(other).is_none(), "{other}");
        }
    }
}
