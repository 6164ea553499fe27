//! Checks of the secret.

use aws::secret::Secret;
use serde_json::Value;
use twilio::AccountSid;

use super::finding::Findings;
use crate::access::Access;
use crate::person::secret_json;
use crate::stack::Stack;

/// Reads the secret, and returns it if the functions can use it.
pub(super) async fn check(access: &Access, stack: &Stack, findings: &mut Findings) -> Option<Secret> {
    let check = "secret";
    let effect = "texts get no answer, and no phone rings, because no function starts";
    let json = match secret_json(access, stack).await {
        Ok(json) => json,
        Err(error) => {
            let remedy = "look for the secret of the output SecretId in Secrets Manager; if it is scheduled for \
                          deletion, cancel that: without its person_key no stored person is found again";
            findings.problem(check, format!("{error:#}"), effect, remedy);
            return None;
        }
    };
    let remedy =
        "write account_sid and auth_token into the secret, as docs/deploying.md says, and leave person_key as it is";
    let secret = match Secret::parse(&json) {
        Ok(secret) => secret,
        Err(error) => {
            findings.problem(check, format!("{error:#}"), effect, remedy);
            return None;
        }
    };
    if let Err(error) = secret.account_sid().parse::<AccountSid>() {
        findings.problem(check, format!("account_sid: {error}"), effect, remedy);
        return None;
    }
    let before = findings.findings.len();
    let stored: Value = serde_json::from_str(&json).unwrap_or_default();
    let is_empty = |name: &str| stored[name].as_str().unwrap_or_default().is_empty();
    if is_empty("second_account_sid") != is_empty("second_auth_token") {
        findings.problem(
            check,
            "the second account is incomplete, so it is ignored",
            "while the first account fails, nobody is called",
            "write both second_account_sid and second_auth_token into the secret",
        );
    }
    let rotation = secret
        .previous_auth_token()
        .map_or("", |_| "a previous_auth_token is stored: if the rotation of the token is over, remove it");
    findings.fine_unless_found(before, check, rotation);
    Some(secret)
}
