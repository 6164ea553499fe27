//! The credentials in use. They are read again if a signature or a request is refused, because the operator may have
//! changed them.

use std::cell::Cell;
use std::fmt::Display;
use std::future::Future;

use futures_util::lock::Mutex;
use jiff::{SignedDuration, Timestamp};
use reminder::ids::CarrierName;
use reminder::ports::{CREDENTIALS_READ_EVERY_S, Credentials, FAILED_CREDENTIALS_READ_EVERY_S, Renewal};
use twilio::signature::Verifier;
use twilio::{Authorization, Current, Tokens};

/// The credentials of all accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCredentials {
    /// The tokens that a webhook may be signed with.
    pub tokens: Tokens,
    /// What authorizes the requests of each account.
    pub authorizations: Vec<(CarrierName, Authorization)>,
}

impl AccountCredentials {
    /// Returns what authorizes the requests of an account, or `None` if the account has no credentials.
    #[must_use]
    pub fn authorization(&self, account: &CarrierName) -> Option<&Authorization> {
        self.authorizations.iter().find(|(name, _)| name == account).map(|(_, authorization)| authorization)
    }
}

/// The place where the operator stores the credentials.
pub trait StoredCredentials {
    /// Why the credentials can't be read or used. Its text MUST NOT show them.
    type Error: Display;

    /// Reads the credentials.
    fn read(&self) -> impl Future<Output = Result<AccountCredentials, Self::Error>>;
}

/// The credentials that a verifier of webhooks and the carriers' clients use.
pub struct CurrentCredentials<S> {
    stored: S,
    tokens: Current<Tokens>,
    authorizations: Vec<(CarrierName, Current<Authorization>)>,
    /// When they were last read again, and how long they are not read after that, in seconds. Locked while they are
    /// read, so that callers at the same time share one read.
    last_read: Mutex<Option<(Timestamp, i64)>>,
    /// How often they have changed.
    changes: Cell<u64>,
}

impl<S> CurrentCredentials<S> {
    /// Returns the credentials that the verifier and these clients, each with its carrier name, use.
    pub fn new(stored: S, verifier: &Verifier, clients: Vec<(CarrierName, Current<Authorization>)>) -> Self {
        Self {
            stored,
            tokens: verifier.tokens().clone(),
            authorizations: clients,
            last_read: Mutex::default(),
            changes: Cell::new(0),
        }
    }

    /// Replaces the credentials in use. Returns whether any of them is new.
    fn replace(&self, read: AccountCredentials) -> bool {
        let mut is_new = false;
        for (account, current) in &self.authorizations {
            if let Some(authorization) = read.authorization(account) {
                is_new |= current.replace(authorization.clone());
            }
        }
        is_new | self.tokens.replace(read.tokens)
    }
}

impl<S: StoredCredentials> Credentials for CurrentCredentials<S> {
    fn changes(&self) -> u64 {
        self.changes.get()
    }

    async fn renew(&self, used: u64, now: Timestamp) -> Renewal {
        let mut last_read = self.last_read.lock().await;
        if self.changes.get() != used {
            return Renewal::Renewed;
        }
        // The clock may have been set back, and then the time until `now` is negative.
        let is_recent = |(read_at, every_s): (Timestamp, i64)| {
            now.duration_since(read_at).abs() < SignedDuration::from_secs(every_s)
        };
        if last_read.is_some_and(is_recent) {
            return Renewal::Unchanged;
        }
        // This also counts if the caller stops waiting for the read.
        *last_read = Some((now, FAILED_CREDENTIALS_READ_EVERY_S));
        let read = match self.stored.read().await {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the carrier's credentials can't be read again");
                return Renewal::Unchanged;
            }
        };
        *last_read = Some((now, CREDENTIALS_READ_EVERY_S));
        if !self.replace(read) {
            return Renewal::Unchanged;
        }
        self.changes.set(used + 1);
        tracing::info!("the carrier's credentials have changed; the new ones are used");
        Renewal::Renewed
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::pin;

    use futures_util::FutureExt;
    use futures_util::future::{join, join_all};
    use twilio::AuthToken;

    use super::*;

    /// Credentials that a test changes. Each read waits until it is polled a second time.
    struct Stored {
        now: RefCell<Result<AccountCredentials, &'static str>>,
        reads: Cell<u32>,
    }

    impl StoredCredentials for &Stored {
        type Error = &'static str;

        async fn read(&self) -> Result<AccountCredentials, &'static str> {
            self.reads.set(self.reads.get() + 1);
            let mut is_first_poll = true;
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::take(&mut is_first_poll) { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
            })
            .await;
            self.now.borrow().clone()
        }
    }

    fn token(text: &str) -> AuthToken {
        AuthToken::new(text).unwrap()
    }

    fn name() -> CarrierName {
        twilio::NAME.parse().unwrap()
    }

    fn authorization(text: &str) -> Authorization {
        Authorization::of_token(&"ACffffffffffffffffffffffffffffffff".parse().unwrap(), &token(text))
    }

    fn of(text: &str) -> AccountCredentials {
        AccountCredentials { tokens: Tokens(vec![token(text)]), authorizations: vec![(name(), authorization(text))] }
    }

    struct Scene {
        stored: Stored,
        verifier: Verifier,
        client: Current<Authorization>,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                stored: Stored { now: RefCell::new(Ok(of("old"))), reads: Cell::new(0) },
                verifier: Verifier::new("https://sixthirty.example".parse().unwrap(), of("old").tokens),
                client: Current::new(authorization("old")),
            }
        }

        fn current(&self) -> CurrentCredentials<&Stored> {
            CurrentCredentials::new(&self.stored, &self.verifier, vec![(name(), self.client.clone())])
        }

        fn store(&self, credentials: Result<AccountCredentials, &'static str>) {
            *self.stored.now.borrow_mut() = credentials;
        }

        fn uses(&self) -> AccountCredentials {
            AccountCredentials {
                tokens: (*self.verifier.tokens().get()).clone(),
                authorizations: vec![(name(), (*self.client.get()).clone())],
            }
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// Runs a future that waits for nothing but its own polls.
    fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        (0..1000).find_map(|_| future.as_mut().now_or_never()).expect("a future that ends after a few polls")
    }

    #[test]
    fn changed_credentials_are_used_for_signatures_and_requests() {
        let scene = Scene::new();
        let current = scene.current();
        scene.store(Ok(of("new")));
        assert_eq!(scene.uses(), of("old"));
        assert_eq!(run(current.renew(current.changes(), at(0))), Renewal::Renewed);
        assert_eq!(scene.uses(), of("new"));
    }

    #[test]
    fn a_flood_of_refusals_reads_the_credentials_once_a_minute() {
        let scene = Scene::new();
        let current = scene.current();
        for second in 0..300 {
            for _ in 0..20 {
                assert_eq!(run(current.renew(current.changes(), at(second))), Renewal::Unchanged);
            }
        }
        assert_eq!(scene.stored.reads.get(), 5);
    }

    #[test]
    fn refusals_at_the_same_time_share_one_read_and_all_learn_of_the_change() {
        let scene = Scene::new();
        let current = scene.current();
        scene.store(Ok(of("new")));
        let renewals = run(join_all((0..9).map(|_| current.renew(current.changes(), at(0)))));
        assert_eq!(renewals, [Renewal::Renewed; 9]);
        assert_eq!(scene.stored.reads.get(), 1);
        let (unchanged, _) =
            run(join(current.renew(current.changes(), at(60)), current.renew(current.changes(), at(60))));
        assert_eq!((unchanged, scene.stored.reads.get()), (Renewal::Unchanged, 2));
    }

    #[test]
    fn a_late_refusal_of_old_credentials_learns_of_the_change_without_another_read() {
        let scene = Scene::new();
        let current = scene.current();
        let used = current.changes();
        scene.store(Ok(of("new")));
        for _ in 0..3 {
            assert_eq!(run(current.renew(used, at(1))), Renewal::Renewed);
        }
        assert_eq!(run(current.renew(current.changes(), at(1))), Renewal::Unchanged);
        assert_eq!(scene.stored.reads.get(), 1);
    }

    #[test]
    fn credentials_that_cannot_be_read_or_used_change_nothing_and_are_read_again_soon() {
        let scene = Scene::new();
        let current = scene.current();
        scene.store(Err("expected the carrier's auth_token, found an empty string"));
        assert_eq!(run(current.renew(current.changes(), at(0))), Renewal::Unchanged);
        assert_eq!(scene.uses(), of("old"));
        scene.store(Ok(of("new")));
        assert_eq!(run(current.renew(current.changes(), at(4))), Renewal::Unchanged);
        assert_eq!(run(current.renew(current.changes(), at(5))), Renewal::Renewed);
        assert_eq!((scene.uses(), scene.stored.reads.get()), (of("new"), 2));
    }

    #[test]
    fn a_clock_that_is_set_back_allows_another_read_only_if_it_is_far_off() {
        let scene = Scene::new();
        let current = scene.current();
        for (second, reads) in [(1000, 1), (990, 1), (900, 2)] {
            run(current.renew(current.changes(), at(second)));
            assert_eq!(scene.stored.reads.get(), reads, "{second}");
        }
    }

    #[test]
    fn an_account_without_new_credentials_keeps_its_own() {
        let scene = Scene::new();
        let current = scene.current();
        scene.store(Ok(AccountCredentials { authorizations: Vec::new(), ..of("new") }));
        assert_eq!(run(current.renew(current.changes(), at(0))), Renewal::Renewed);
        assert_eq!(scene.uses(), AccountCredentials { authorizations: of("old").authorizations, ..of("new") });
    }
}
