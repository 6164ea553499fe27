//! The operator's credentials: those in the secret, those that the carriers accept, and those that the functions use.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use lambda::credentials::{AccountCredentials, CurrentCredentials, StoredCredentials};
use reminder::ids::CarrierName;
use reminder::ports::{Credentials, Renewal};
use twilio::signature::Verifier;
use twilio::{Authorization, Current};

use super::function_name::FunctionName;
use super::names::carrier_name;

/// The content of the secret.
pub(super) type Content = Rc<RefCell<AccountCredentials>>;

/// Reads the secret over the network. `None` if it is not read in time.
pub(super) type ReadSecret = Box<dyn Fn(Content) -> LocalBoxFuture<'static, Option<AccountCredentials>>>;

/// The secret, as the functions read it again.
#[derive(Clone)]
struct Secret {
    content: Content,
    reads: Rc<Cell<u32>>,
    read: Rc<OnceCell<ReadSecret>>,
}

impl StoredCredentials for Secret {
    type Error = &'static str;

    async fn read(&self) -> Result<AccountCredentials, &'static str> {
        self.reads.set(self.reads.get() + 1);
        let read = self.read.get().ok_or("the functions run in no cloud")?;
        read(Rc::clone(&self.content)).await.ok_or("the secret was not read in time")
    }
}

/// What one function uses. All its invocations share it, as in one instance of the function.
struct Used {
    /// What authorizes its requests.
    authorization: Current<Authorization>,
    current: CurrentCredentials<Secret>,
}

/// The credentials of the first account in a world whose operator changes them. Each function reads them by itself.
pub struct Rotation {
    secret: Secret,
    /// What the functions use, in the order of [`FunctionName::ALL`].
    used: [Used; FunctionName::ALL.len()],
    /// What the carrier accepts.
    accepted: RefCell<Authorization>,
}

impl Rotation {
    /// Starts the functions with these verifiers, in the order of [`FunctionName::ALL`], and with these credentials,
    /// which the carrier accepts. The secret has them too, and the tokens of the first verifier.
    pub fn new(verifiers: &[Verifier; FunctionName::ALL.len()], first: &Authorization) -> Rc<Self> {
        let name = carrier_name(0);
        let tokens = (*verifiers[0].tokens().get()).clone();
        let content = AccountCredentials { tokens, authorizations: vec![(name.clone(), first.clone())] };
        let secret = Secret { content: Rc::new(RefCell::new(content)), reads: Rc::default(), read: Rc::default() };
        let used = std::array::from_fn(|function| {
            let authorization = Current::new(first.clone());
            let clients = vec![(name.clone(), authorization.clone())];
            Used { authorization, current: CurrentCredentials::new(secret.clone(), &verifiers[function], clients) }
        });
        Rc::new(Self { secret, used, accepted: RefCell::new(first.clone()) })
    }

    /// Sets how the functions read the secret. Only the first call has an effect.
    pub(super) fn set_read(&self, read: ReadSecret) {
        self.secret.read.get_or_init(|| read);
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
    pub(super) async fn renew(&self, function: FunctionName, used: u64, now: Timestamp) -> Renewal {
        self.used[function as usize].current.renew(used, now).await
    }

    /// How often a function's credentials have changed.
    pub(super) fn changes(&self, function: FunctionName) -> u64 {
        self.used[function as usize].current.changes()
    }

    /// Whether a carrier refuses a function's requests.
    pub(super) fn is_refused(&self, function: FunctionName, carrier: &CarrierName) -> bool {
        let used = &self.used[function as usize];
        *carrier == carrier_name(0) && *used.authorization.get() != *self.accepted.borrow()
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation").field("reads", &self.reads()).finish_non_exhaustive()
    }
}
