//! Deploys the built template and functions to an emulated AWS.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::build::FUNCTIONS;
use crate::endpoint::{Deployed, Endpoint, Service};
use crate::local_paths::LocalPaths;
use crate::parameters::Parameters;
use crate::progress::Progress;
use crate::subprocess;
use crate::tools::Tools;

/// Name of the local stack. `samconfig.toml` contains the same name.
pub const STACK: &str = "sixthirty-local";
/// Name of the tag with the hash of the deployed template, binaries and parameters. The emulator stores it with the
/// stack, so the tag is gone if the stack is gone.
const FINGERPRINT: &str = "fingerprint";

/// Account of the functions at the simulated carrier. No other carrier accepts it.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000630";
/// Auth token of [`ACCOUNT_SID`], with which the simulated carrier signs webhooks.
pub const AUTH_TOKEN: &str = "only-for-the-simulated-carrier";
/// Second account, for stacks with two accounts.
pub const SECOND_ACCOUNT_SID: &str = "AC00000000000000000000000000000631";
/// Auth token of [`SECOND_ACCOUNT_SID`].
pub const SECOND_AUTH_TOKEN: &str = "only-for-the-second-simulated-carrier";

/// Number of carrier accounts of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    /// A single account.
    One,
    /// Two accounts. The second is used while the first fails.
    Two,
}

/// Deploys the build in this folder, unless the same build is deployed already, and returns the stack.
///
/// # Errors
/// Fails if SAM or the emulator reports an error.
pub async fn deploy(
    tools: &Tools,
    paths: &LocalPaths,
    built: &Path,
    endpoint: &Endpoint,
    parameters: &Parameters,
    progress: &Progress,
) -> Result<Deployed> {
    let fingerprint = fingerprint(built, parameters)?;
    let same =
        |stack: &Deployed| stack.status.ends_with("_COMPLETE") && stack.tags.get(FINGERPRINT) == Some(&fingerprint);
    if let Some(stack) = endpoint.stack(STACK).await?.filter(same) {
        progress.say("The stack is already deployed");
        return Ok(stack);
    }
    progress.say("Deploying the stack");
    let mut command = tools.sam(paths);
    command
        .env("AWS_ENDPOINT_URL", endpoint.url())
        .args(["deploy", "--config-env", "local", "--config-file"])
        .arg(paths.root().join("samconfig.toml"))
        .arg("--template-file")
        .arg(built.join("template.yaml"))
        .arg("--tags")
        .arg(format!("{FINGERPRINT}={fingerprint}"));
    command.arg("--parameter-overrides").args(parameters.overrides());
    subprocess::run("deploying", command, &paths.log("deploy"), |_| ()).await?;
    let stack = endpoint
        .stack(STACK)
        .await?
        .with_context(|| format!("expected a stack {STACK} after the deployment, found none"))?;
    if !same(&stack) {
        bail!(
            "deploying failed: expected the stack to be complete, found {} (full output: {})",
            stack.status,
            paths.log("deploy").display()
        );
    }
    Ok(stack)
}

/// Does the steps after a deployment: writes the carrier's credentials, as operators do on AWS, and enables the table's
/// TTL, which the emulator's CloudFormation ignores.
///
/// # Errors
/// Fails if the emulator reports an error.
pub async fn finish(endpoint: &Endpoint, stack: &Deployed, accounts: Accounts) -> Result<()> {
    write_credentials(endpoint, stack.output("SecretId")?, accounts).await?;
    expire_records(endpoint, stack.output("TableName")?).await
}

/// Writes the carrier's credentials into the secret. Keeps the key from which people's ids are derived.
async fn write_credentials(endpoint: &Endpoint, secret: &str, accounts: Accounts) -> Result<()> {
    let stored = endpoint.call(Service::SecretsManager, "GetSecretValue", &json!({ "SecretId": secret })).await?;
    let text = stored["SecretString"].as_str().context("expected a SecretString, found none")?;
    let before: Value = serde_json::from_str(text).context("expected JSON in the secret")?;
    let mut after = before.clone();
    after["account_sid"] = json!(ACCOUNT_SID);
    after["auth_token"] = json!(AUTH_TOKEN);
    if accounts == Accounts::Two {
        after["second_account_sid"] = json!(SECOND_ACCOUNT_SID);
        after["second_auth_token"] = json!(SECOND_AUTH_TOKEN);
    }
    if after == before {
        return Ok(());
    }
    let input = json!({ "SecretId": secret, "SecretString": after.to_string() });
    endpoint.call(Service::SecretsManager, "PutSecretValue", &input).await.map(drop)
}

/// Enables the table's TTL through the API, because the emulator's CloudFormation ignores it.
async fn expire_records(endpoint: &Endpoint, table: &str) -> Result<()> {
    let input = json!({ "TableName": table });
    let found = endpoint.call(Service::DynamoDb, "DescribeTimeToLive", &input).await?;
    if found["TimeToLiveDescription"]["TimeToLiveStatus"] != "DISABLED" {
        return Ok(());
    }
    let wanted = json!({ "AttributeName": "expires", "Enabled": true });
    let input = json!({ "TableName": table, "TimeToLiveSpecification": wanted });
    endpoint.call(Service::DynamoDb, "UpdateTimeToLive", &input).await.map(drop)
}

/// Returns a hash of the built template, the binaries and the parameters.
fn fingerprint(build: &Path, parameters: &Parameters) -> Result<String> {
    let mut hash = Sha256::new();
    let binaries = FUNCTIONS.iter().map(|function| build.join(function).join("bootstrap"));
    for file in std::iter::once(build.join("template.yaml")).chain(binaries) {
        let bytes = std::fs::read(&file).with_context(|| format!("expected the build output {}", file.display()))?;
        hash.update(Sha256::digest(&bytes));
    }
    for parameter in parameters.overrides() {
        hash.update(Sha256::digest(parameter.as_bytes()));
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_build(folder: &Path, dialer: &str) {
        std::fs::write(folder.join("template.yaml"), "Resources: {}").unwrap();
        for function in FUNCTIONS {
            std::fs::create_dir_all(folder.join(function)).unwrap();
            let binary = if function == "Dialer" { dialer } else { "binary" };
            std::fs::write(folder.join(function).join("bootstrap"), binary).unwrap();
        }
    }

    #[test]
    fn a_changed_binary_or_parameter_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let parameters = Parameters::of_this_machine();
        write_build(folder.path(), "one");
        let one = fingerprint(folder.path(), &parameters).unwrap();
        assert_eq!(one, fingerprint(folder.path(), &parameters).unwrap());
        assert_ne!(one, fingerprint(folder.path(), &parameters.clone().with_short_times()).unwrap());
        write_build(folder.path(), "two");
        assert_ne!(one, fingerprint(folder.path(), &parameters).unwrap());
    }
}
