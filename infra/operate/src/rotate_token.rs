//! `cargo operate rotate-token`: replaces the carrier's token without a refused webhook. The new token is written beside
//! the old one, because Twilio signs with the old token until the new one is promoted.

use anyhow::{Context as _, Result, bail, ensure};
use aws::secret::Secret;
use serde::Serialize;
use serde_json::Value;

use crate::access::{Access, described};
use crate::carrier::{CarrierAccount, CarrierResponse};
use crate::person::secret_json;
use crate::report::{Report, Run, done_and_next};
use crate::stack::Stack;

/// An account of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// The account that is used by default.
    First,
    /// The account that is used while the first one fails.
    Second,
}

/// A step of a rotation.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Writes this new token beside the old one.
    Begin(String),
    /// Removes the old token, after the new one was promoted.
    Finish,
}

/// What was found and done, and the next step. It holds no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotation {
    /// What was found and done.
    pub done: Vec<String>,
    /// The next steps.
    pub next: Vec<String>,
    #[serde(skip)]
    run: Option<Run>,
}

/// The names of an account's fields in the secret.
struct Fields {
    sid: &'static str,
    token: &'static str,
    previous: &'static str,
    url: &'static str,
    /// The arguments of this tool that finish the rotation.
    finish: &'static str,
}

impl Account {
    fn fields(self) -> Fields {
        match self {
            Self::First => Fields {
                sid: "account_sid",
                token: "auth_token",
                previous: "previous_auth_token",
                url: "CarrierUrl",
                finish: "rotate-token --finish --yes",
            },
            Self::Second => Fields {
                sid: "second_account_sid",
                token: "second_auth_token",
                previous: "second_previous_auth_token",
                url: "SecondCarrierUrl",
                finish: "rotate-token --second --finish --yes",
            },
        }
    }
}

/// Carries out a step of a rotation.
///
/// # Errors
/// Fails if the secret can't be read or written, or if the carrier refuses a token that the step needs. Then nothing
/// was changed.
pub async fn rotate(access: &Access, account: Account, step: Step, run: Run) -> Result<Rotation> {
    let stack = Stack::find(access).await?;
    let mut secret: Value = serde_json::from_str(&secret_json(access, &stack).await?)
        .ok()
        .context("expected JSON in the secret, found another text")?;
    let fields = account.fields();
    let stored = |name: &str| secret[name].as_str().unwrap_or_default().to_owned();
    let (sid, current, previous) = (stored(fields.sid), stored(fields.token), stored(fields.previous));
    ensure!(!sid.is_empty() && !current.is_empty(), "the secret has no {} and {}", fields.sid, fields.token);
    let url = stack.parameter(fields.url).or(stack.parameter("CarrierUrl")).unwrap_or("https://api.twilio.com");
    let is_accepted = async |token: &str| accepts(&CarrierAccount::new(url, &sid, token)).await;
    let mut rotation = Rotation { done: Vec::new(), next: Vec::new(), run: Some(run) };
    match step {
        Step::Begin(new) => {
            ensure!(new != current, "the secret has this token already as {}", fields.token);
            ensure!(
                is_accepted(&new).await?,
                "the carrier refuses the new token; create a secondary auth token in Twilio's console, and give that one"
            );
            if !previous.is_empty() && is_accepted(&previous).await? {
                bail!(
                    "a rotation is under way: {} still works; promote the newer token, then run --finish",
                    fields.previous
                );
            }
            let old = if is_accepted(&current).await? { "works" } else { "does NOT work any more" };
            rotation.done.push(format!("The carrier accepts the new token; the old one {old}."));
            secret[fields.token] = Value::String(new);
            secret[fields.previous] = Value::String(current);
            rotation.next = vec![
                format!(
                    "Restart the functions, with another level than now: {}",
                    access.deploy_command("LogLevel=debug")
                ),
                format!("Check that they accept webhooks: {}", access.command("doctor")),
                "Only then promote the secondary token in Twilio's console. Until then Twilio signs with the old one."
                    .to_owned(),
                format!("Then remove the old token: {}", access.command(fields.finish)),
            ];
        }
        Step::Finish => {
            ensure!(!previous.is_empty(), "no rotation is under way: {} is empty", fields.previous);
            ensure!(is_accepted(&current).await?, "the carrier refuses {}; don't remove the other token", fields.token);
            ensure!(
                !is_accepted(&previous).await?,
                "the old token still works, so Twilio signs with it; promote the secondary token in Twilio's console first"
            );
            rotation.done.push("The carrier accepts the new token, and refuses the old one.".to_owned());
            secret[fields.previous] = Value::String(String::new());
            rotation.next = vec![
                "Nothing, unless the old token has leaked: functions that run accept it until they read the secret \
                 again, so restart them (docs/operating.md)."
                    .to_owned(),
            ];
        }
    }
    if run == Run::Real {
        write(access, &stack, &secret).await?;
        rotation.done.push(format!("Written to the secret {}.", stack.output("SecretId")?));
    }
    Ok(rotation)
}

/// Writes the secret, unless the functions could not read it.
async fn write(access: &Access, stack: &Stack, secret: &Value) -> Result<()> {
    let json = secret.to_string();
    Secret::parse(&json).context("the secret would be unusable, so it was not written")?;
    let request = access.secrets().put_secret_value().secret_id(stack.output("SecretId")?).secret_string(json);
    request.send().await.map(drop).map_err(described).context("could not write the secret")
}

/// Whether the carrier accepts the token of an account.
async fn accepts(account: &CarrierAccount) -> Result<bool> {
    match account.account().await? {
        CarrierResponse::Found(_) => Ok(true),
        CarrierResponse::Unauthorized => Ok(false),
        CarrierResponse::Refused(why) => bail!("the carrier refuses to show the account {}: {why}", account.sid()),
    }
}

impl Report for Rotation {
    fn lines(&self) -> String {
        let next: &[String] = if self.run == Some(Run::Real) { &self.next } else { &[] };
        done_and_next(&self.done, next) + self.run.map_or("", Run::note)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fake_aws::{self, FakeAws};

    const ACCOUNT_SID: &str = "AC0123456789abcdef0123456789abcdef";

    /// Starts a fake whose carrier accepts these tokens.
    async fn start(accepted: &[&str], previous: &str) -> (FakeAws, Access) {
        let (fake, access) = fake_aws::start().await;
        {
            let mut fake = fake.lock().unwrap();
            fake.secret["previous_auth_token"] = json!(previous);
            fake.tokens = Some(accepted.iter().map(|token| (*token).to_owned()).collect());
        }
        (fake, access)
    }

    fn stored(fake: &FakeAws) -> (String, String) {
        let secret = &fake.lock().unwrap().secret;
        let text = |name: &str| secret[name].as_str().unwrap().to_owned();
        (text("auth_token"), text("previous_auth_token"))
    }

    fn begin(token: &str) -> Step {
        Step::Begin(token.to_owned())
    }

    #[tokio::test]
    async fn the_new_token_is_written_beside_the_old_one_and_the_key_of_people_stays() {
        let (fake, access) = start(&["current-token", "new-token"], "").await;
        let lines = rotate(&access, Account::First, begin("new-token"), Run::Real).await.unwrap().lines();
        assert_eq!(stored(&fake), ("new-token".to_owned(), "current-token".to_owned()));
        assert_eq!(fake.lock().unwrap().secret["person_key"], fake_aws::PERSON_KEY);
        assert!(lines.contains("Next:\n1. Restart the functions") && !lines.contains("-token."), "{lines}");
        assert!(!lines.contains("new-token") && !lines.contains("current-token"), "{lines}");
    }

    #[tokio::test]
    async fn the_next_step_of_the_second_account_is_about_that_account() {
        let (fake, access) = start(&["current-token", "new-token"], "").await;
        for (name, value) in [("second_account_sid", ACCOUNT_SID), ("second_auth_token", "current-token")] {
            fake.lock().unwrap().secret[name] = json!(value);
        }
        let lines = rotate(&access, Account::Second, begin("new-token"), Run::Real).await.unwrap().lines();
        assert!(lines.ends_with("cargo operate rotate-token --second --finish --yes\n"), "{lines}");
        let lines = rotate(&access, Account::First, begin("new-token"), Run::Real).await.unwrap().lines();
        assert!(lines.ends_with("cargo operate rotate-token --finish --yes\n"), "{lines}");
    }

    #[tokio::test]
    async fn the_old_token_is_removed_once_the_carrier_refuses_it() {
        let (fake, access) = start(&["current-token", "old-token"], "old-token").await;
        let error = rotate(&access, Account::First, Step::Finish, Run::Real).await.unwrap_err().to_string();
        assert!(error.starts_with("the old token still works"), "{error}");
        assert_eq!(stored(&fake).1, "old-token");
        fake.lock().unwrap().tokens = Some(vec!["current-token".to_owned()]);
        rotate(&access, Account::First, Step::Finish, Run::Real).await.unwrap();
        assert_eq!(stored(&fake), ("current-token".to_owned(), String::new()));
    }

    #[tokio::test]
    async fn a_step_that_would_break_the_service_changes_nothing() {
        for (accepted, previous, account, step, expected) in [
            (&["current-token"][..], "", Account::First, begin("typo"), "the carrier refuses the new token"),
            (&["current-token"], "", Account::First, begin("current-token"), "the secret has this token already"),
            (&["current-token", "new", "old"], "old", Account::First, begin("new"), "a rotation is under way"),
            (&["current-token"], "", Account::First, Step::Finish, "no rotation is under way"),
            (&["old"], "old", Account::First, Step::Finish, "the carrier refuses auth_token"),
            (&["new"], "", Account::Second, begin("new"), "the secret has no second_account_sid"),
        ] {
            let (fake, access) = start(accepted, previous).await;
            let error = format!("{:#}", rotate(&access, account, step, Run::Real).await.unwrap_err());
            assert!(error.starts_with(expected), "expected {expected:?}, found {error:?}");
            assert!(fake.lock().unwrap().inputs("PutSecretValue").is_empty(), "{expected}");
        }
    }

    #[tokio::test]
    async fn a_dry_run_checks_the_tokens_and_writes_nothing() {
        let (fake, access) = start(&["current-token", "new-token"], "").await;
        let lines = rotate(&access, Account::First, begin("new-token"), Run::Dry).await.unwrap().lines();
        assert!(
            lines.contains("accepts the new token; the old one works") && lines.ends_with(Run::Dry.note()),
            "{lines}"
        );
        assert_eq!(stored(&fake).0, "current-token");
    }
}
