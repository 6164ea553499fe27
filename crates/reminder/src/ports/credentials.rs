//! The credentials of the carriers' accounts, which the operator may change while functions run.

use std::future::Future;

use jiff::Timestamp;

/// The least time between two reads of the credentials after refusals, in seconds. Anyone can send a request with a
/// wrong signature, and each read takes time and money.
pub const CREDENTIALS_READ_EVERY_S: i64 = 60;

/// The least time from a read that failed to the next read, in seconds. It is short, because the carrier delivers a
/// refused webhook again only for some seconds.
pub const FAILED_CREDENTIALS_READ_EVERY_S: i64 = 5;

/// The result of reading the credentials again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The credentials have changed since the caller used them.
    Renewed,
    /// The credentials are the same, or could not be read, or were read only a short time ago.
    Unchanged,
}

/// The credentials of the carriers' accounts: those that authorize requests, and those that webhooks are signed with.
///
/// A function reads them when it starts. Nothing tells it that the operator has changed them, but then signatures do
/// not match, or a carrier refuses requests.
pub trait Credentials {
    /// Returns how often the credentials have changed since the function started. A caller that uses them keeps this
    /// number, in case that they are refused.
    fn changes(&self) -> u64;

    /// Reads the credentials again after such a refusal, unless they have changed since the caller used them, when
    /// [`changes`](Self::changes) was `used`. All later requests and signatures MUST use the credentials that were
    /// read. If they can't be read or used, the ones in use MUST stay in use.
    ///
    /// They MUST be read at most once in [`CREDENTIALS_READ_EVERY_S`], or if the read fails, in
    /// [`FAILED_CREDENTIALS_READ_EVERY_S`]. Callers at the same time MUST share one read, which MUST end within
    /// [`CREDENTIALS_READ_MAX_S`](crate::policy::CREDENTIALS_READ_MAX_S).
    fn renew(&self, used: u64, now: Timestamp) -> impl Future<Output = Renewal>;
}
