//! Checks of an account's API key, which authorizes the functions' requests instead of the token.

use aws::secret::ApiKey;

use super::finding::Findings;
use crate::carrier::CarrierAccount;

/// Resources that the functions read, and that no account has.
const READ: [(&str, &str); 2] = [
    ("calls", "Calls/CA00000000000000000000000000000000.json"),
    ("texts", "Messages/SM00000000000000000000000000000000.json"),
];

/// What authorizes the functions' requests to an account with an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthorizedBy {
    /// The API key.
    Key,
    /// The account's token, because the key can't be used.
    Token,
}

/// Checks that the key is well-formed and may read calls and texts. Whether it may also create them is shown only by a
/// test call and a test text.
pub(super) async fn check(account: &CarrierAccount, key: &ApiKey, findings: &mut Findings) -> AuthorizedBy {
    let check = "API key";
    let effect = "no phone rings, and no text is sent; only answers to texts arrive";
    let remedy = "create a Standard API key in Twilio's console, and write its SID and secret into the secret as \
                  api_key and api_key_secret (second_api_key and second_api_key_secret for the second account); or \
                  remove both, and the token is used";
    if let Err(error) = twilio::ApiKey::new(&key.sid, &key.secret) {
        let problem = format!("the API key of {}: {error}", account.sid());
        let effect = "nothing: the account's token authorizes requests, and each start of a function raises an alarm";
        findings.problem(check, problem, effect, remedy);
        return AuthorizedBy::Token;
    }
    for (what, path) in READ {
        match account.may_read(path).await {
            Ok(true) => {}
            Ok(false) => {
                let problem = format!("the carrier does not let the API key of {} read {what}", account.sid());
                findings.problem(check, problem, effect, remedy);
                return AuthorizedBy::Key;
            }
            Err(error) => {
                findings.unchecked(check, &error);
                return AuthorizedBy::Key;
            }
        }
    }
    findings.fine(check, "may read calls and texts");
    AuthorizedBy::Key
}
