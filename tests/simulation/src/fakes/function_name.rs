//! The functions of the service.

/// A function of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum FunctionName {
    /// Takes in texts.
    Inbound,
    /// Places calls and sends due texts.
    Dialer,
    /// Answers the carriers' requests about calls and texts.
    Callback,
    /// Recovers records whose deadline has passed.
    Sweeper,
}

impl FunctionName {
    /// Every function that exists.
    pub const ALL: [Self; 4] = [Self::Inbound, Self::Dialer, Self::Callback, Self::Sweeper];
}
