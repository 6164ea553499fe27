//! The operator's credentials: those in the secret, those that the carriers accept, and those that the functions use.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use jiff::Timestamp;
use lambda::credentials::{AccountCredentials, CurrentCredentials, StoredCredentials};
use reminder::ids::CarrierName;
use reminder::ports::{Credentials, Renewal};
use twilio::signature::Verifier;
use twilio::{Authorization, Current};

use super::names::carrier_name;

/// The secret, as the functions read it again.
#[derive(Debug, Clone)]
struct Secret {
    content: Rc<RefCell<AccountCredentials>>,
    reads: Rc<Cell<u32>>,
}

impl StoredCredentials for Secret {
    type Error = &'static str;

    async fn read(&self) -> Result<AccountCredentials, &'static str> {
        self.reads.set(self.reads.get() + 1);
        Ok(self.content.borrow().clone())
    }
}

/// The credentials of the first account in a world whose operator changes them. All invocations of a function share
/// what it uses, as in one instance of a function.
pub struct Rotation {
    secret: Secret,
    /// What authorizes the functions' requests.
    used: Current<Authorization>,
    /// What the carrier accepts.
    accepted: RefCell<Authorization>,
    current: CurrentCredentials<Secret>,
}

impl Rotation {
    /// Starts functions with this verifier and these credentials, which the secret has and the carrier accepts.
    pub fn new(verifier: &Verifier, first: &Authorization) -> Rc<Self> {
        let name = carrier_name(0);
        let tokens = (*verifier.tokens().get()).clone();
        let content = AccountCredentials { tokens, authorizations: vec![(name.clone(), first.clone())] };
        let secret = Secret { content: Rc::new(RefCell::new(content)), reads: Rc::default() };
        let used = Current::new(first.clone());
        let current = CurrentCredentials::new(secret.clone(), verifier, vec![(name, used.clone())]);
        Rc::new(Self { secret, used, accepted: RefCell::new(first.clone()), current })
    }

    /// Writes new credentials of the first account into the secret.
    pub fn write_secret(&self, content: AccountCredentials) {
        *self.secret.content.borrow_mut() = content;
    }

    /// From now on the carrier accepts only this authorization.
    pub fn promote(&self, authorization: Authorization) {
        *self.accepted.borrow_mut() = authorization;
    }

    /// How often the functions have read the secret again.
    pub fn reads(&self) -> u32 {
        self.secret.reads.get()
    }

    /// Reads the secret again, as a function does.
    pub(super) async fn renew(&self, used: u64, now: Timestamp) -> Renewal {
        self.current.renew(used, now).await
    }

    /// How often the functions' credentials have changed.
    pub(super) fn changes(&self) -> u64 {
        self.current.changes()
    }

    /// Whether a carrier refuses the functions' requests.
    pub(super) fn is_refused(&self, carrier: &CarrierName) -> bool {
        *carrier == carrier_name(0) && *self.used.get() != *self.accepted.borrow()
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation").field("reads", &self.reads()).finish_non_exhaustive()
    }
}
