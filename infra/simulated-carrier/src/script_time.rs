//! The limit of all times that can be scripted: in scripts of calls and deliveries, in verdicts and in phone settings.

/// Maximum time in a script, a verdict or a phone's setting, in milliseconds: ten minutes. A longer time probably has a
/// wrong unit.
pub(super) const SCRIPT_TIME_MAX_MS: u64 = 600_000;
