//! Reads the credentials of the carriers' accounts again after a carrier has refused an account.

use reminder::policy::CREDENTIALS_READ_MAX_S;
use reminder::ports::{CarrierError, Clock, Credentials, Ports, RefusalScope, Remedy, Renewal};

use crate::Context;

/// How much time must be left to read the credentials again before the channel's health is recorded, in seconds: for
/// the read, and then as much again to record the health.
const BEFORE_HEALTH_S: i64 = 2 * CREDENTIALS_READ_MAX_S;

/// Whether the carrier refuses every request of the account until the operator acts, for example with 401 or 403.
pub(crate) fn is_refused_account(error: &CarrierError) -> bool {
    matches!(error, CarrierError::RefusedForNow { scope: RefusalScope::Account, remedy: Remedy::Operator, .. })
}

/// Reads the credentials again if the carrier refuses the account. The refused request is not repeated here: its record
/// goes on as after every refusal for now, and its next request uses the credentials that were read. Nothing that must
/// not be cut off follows the read, so it needs only its own time. Before a reply there is hardly more.
pub(crate) async fn renew_if_refused<P: Ports>(context: Context<'_, P>, error: &CarrierError) {
    if is_refused_account(error) {
        renew(context, context.ports.credentials().changes(), CREDENTIALS_READ_MAX_S).await;
    }
}

/// Reads the credentials again before the health of a channel is recorded. `used` is how often they had changed when
/// they were used.
pub(crate) async fn renew_before_health<P: Ports>(context: Context<'_, P>, used: u64) -> Renewal {
    renew(context, used, BEFORE_HEALTH_S).await
}

/// Reads the credentials again, at most once a minute, unless they have changed since they were used, or fewer than
/// `needed_s` seconds are left.
async fn renew<P: Ports>(context: Context<'_, P>, used: u64, needed_s: i64) -> Renewal {
    let credentials = context.ports.credentials();
    if credentials.changes() == used && !context.has_time_for(needed_s) {
        tracing::info!("the carrier's credentials are not read again: too little time is left");
        return Renewal::Unchanged;
    }
    credentials.renew(used, context.ports.clock().now()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_account_that_the_carrier_refuses_until_the_operator_acts_may_have_old_credentials() {
        let refused = |scope, remedy| CarrierError::RefusedForNow {
            reason: "HTTP 401".to_owned(),
            retry_after: None,
            scope,
            remedy,
        };
        for (error, expected) in [
            (refused(RefusalScope::Account, Remedy::Operator), true),
            (refused(RefusalScope::Account, Remedy::Wait), false),
            (refused(RefusalScope::Request, Remedy::Operator), false),
            (CarrierError::NumberRefused { code: 21_211 }, false),
            (CarrierError::OptedOut { code: 21_610 }, false),
            (CarrierError::Unknown("HTTP 500".to_owned()), false),
        ] {
            assert_eq!(is_refused_account(&error), expected, "{error:?}");
        }
    }
}
