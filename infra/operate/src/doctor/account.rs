//! Checks of an account at the carrier.

use super::finding::Findings;
use crate::carrier::{CarrierAccount, CarrierResponse};

/// Whether the carrier accepts the credentials in the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credentials {
    Accepted,
    Refused,
}

pub(super) async fn check(account: &CarrierAccount, findings: &mut Findings) -> Credentials {
    let check = "account at the carrier";
    let found = match account.account().await {
        Ok(CarrierResponse::Found(found)) => found,
        Ok(CarrierResponse::Unauthorized) => {
            findings.problem(
                check,
                format!("the carrier refuses the token of the account {}", account.sid()),
                "no phone rings, and texts get no answer",
                "copy the auth token from Twilio's console into the secret; if the account SID is wrong, copy it too, \
                 and restart the functions (docs/operating.md)",
            );
            return Credentials::Refused;
        }
        Ok(CarrierResponse::Refused(why)) => {
            findings.problem(
                check,
                format!("the carrier refuses to show the account {}: {why}", account.sid()),
                "no phone rings, if calls are refused too",
                "look at the account in Twilio's console",
            );
            return Credentials::Refused;
        }
        Err(error) => {
            findings.unchecked(check, &error);
            return Credentials::Refused;
        }
    };
    let before = findings.findings.len();
    if found["status"].as_str().is_some_and(|status| status != "active") {
        findings.problem(
            check,
            format!("the account is {}", found["status"].as_str().unwrap_or_default()),
            "no phone rings, and no text is sent",
            "look at Twilio's console for the reason: often the balance is used up",
        );
    }
    if found["type"].as_str() == Some("Trial") {
        findings.problem(
            check,
            "it is a trial account",
            "only numbers that you verified at Twilio are called and texted, and calls begin with Twilio's preamble",
            "upgrade the account in Twilio's console",
        );
    }
    findings.fine_unless_found(before, check, "active");
    Credentials::Accepted
}
