//! `cargo operate doctor`: examines a stack and its accounts at the carrier for everything that keeps a phone from
//! ringing, and says what is wrong, what people notice, and what to do.

mod account;
mod api_key;
mod finding;
mod functions;
mod number;
mod resources;
mod secret;
mod starts;
#[cfg(test)]
mod tests;
mod trial;
mod webhook;

use anyhow::Result;
use aws::secret::ApiKey;
use jiff::Timestamp;
use reminder::ids::Number;

use crate::access::Access;
use crate::carrier::CarrierAccount;
use crate::stack::Stack;
use api_key::AuthorizedBy;

pub use self::finding::{CheckResult, Finding, Findings};

/// Examines the stack and its accounts. With a test number, also sends it a text and calls it.
///
/// # Errors
/// Fails if the stack can't be found. A check that can't be made is a finding.
pub async fn examine(access: &Access, test_number: Option<&Number>, now: Timestamp) -> Result<Findings> {
    let stack = Stack::find(access).await?;
    let mut findings = Findings::default();
    resources::check_stack(&stack, &mut findings);
    resources::check_parameters(&stack, &mut findings);
    resources::check_table(access, &stack, &mut findings).await;
    resources::check_alarm_mail(access, &stack, &mut findings).await;
    functions::check_concurrency(access, &stack, &mut findings).await;
    functions::check_sources(access, &stack, &mut findings).await;
    functions::check_sweeps(access, &mut findings).await;
    starts::check(access, &stack, &mut findings).await;
    let Some(secret) = secret::check(access, &stack, &mut findings).await else { return Ok(findings) };
    webhook::check(access, &stack, &secret, &mut findings).await;
    let url = stack.parameter("CarrierUrl").unwrap_or("https://api.twilio.com");
    let first = CarrierAccount::new(url, secret.account_sid(), secret.auth_token());
    check_account(&first, &stack, "ServiceNumber", &mut findings).await;
    let requests = check_api_key(url, secret.account_sid(), secret.api_key(), &mut findings).await;
    if let Some(second) = secret.second() {
        let url = stack.parameter("SecondCarrierUrl").unwrap_or(url);
        let second_key = second.api_key.as_ref();
        let second = CarrierAccount::new(url, &second.account_sid, &second.auth_token);
        check_account(&second, &stack, "SecondServiceNumber", &mut findings).await;
        check_api_key(url, second.sid(), second_key, &mut findings).await;
    } else if stack.parameter("SecondServiceNumber").is_some() {
        findings.problem(
            "second account",
            "the parameter SecondServiceNumber is set, but the secret has no second account",
            "while the first account fails, nobody is called",
            "write second_account_sid and second_auth_token into the secret, or deploy without SecondServiceNumber",
        );
    }
    if let (Some(to), Some(from)) = (test_number, stack.parameter("ServiceNumber")) {
        trial::send(requests.as_ref().unwrap_or(&first), from, to, now, &mut findings).await;
    }
    Ok(findings)
}

/// Examines the API key of an account, if it has one. Returns the account with requests that the key authorizes, if the
/// functions use the key.
async fn check_api_key(url: &str, sid: &str, key: Option<&ApiKey>, findings: &mut Findings) -> Option<CarrierAccount> {
    let key = key?;
    let account = CarrierAccount::with_api_key(url, sid, key);
    let authorized_by = api_key::check(&account, key, findings).await;
    (authorized_by == AuthorizedBy::Key).then_some(account)
}

/// Examines an account and the number in the parameter with this name.
async fn check_account(account: &CarrierAccount, stack: &Stack, parameter: &'static str, findings: &mut Findings) {
    if account::check(account, findings).await == account::Credentials::Refused {
        return;
    }
    let Some(number) = stack.parameter(parameter) else {
        let what = format!("the secret has a second account, but the parameter {parameter} is empty");
        findings.problem(
            "second account",
            what,
            "while the first account fails, nobody is called",
            "deploy with SecondServiceNumber, or remove second_account_sid from the secret",
        );
        return;
    };
    number::check(account, stack, number, findings).await;
}
