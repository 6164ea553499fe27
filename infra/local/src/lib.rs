//! The real template and binaries on this machine: an emulated AWS, a simulated carrier, and the stack they make.

pub mod carrier;
pub mod chaos;
pub mod demo;
pub mod deploy;
pub mod dlq;
pub mod emulator;
pub mod endpoint;
pub mod handset;
pub mod parameters;
pub mod phone;
pub mod place;
pub mod processes;
pub mod progress;
pub mod stack;
pub mod step;
pub mod tools;
pub mod turn;
